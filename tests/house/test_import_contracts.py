"""Each import contract refuses what it is there to refuse: breaches are planted in a copy of the house."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app import HOUSE

# By contract: the module that gets the line, and what it may not import.
BREACHES = {
    "Truth does not know how it is shown": [
        ("models.filings.planted", "blueprints.web.page"),
        ("models.rules.planted", "blueprints.institution"),
    ],
    "Rules and the reading of files know neither the web nor rows": [
        ("models.examining.planted", "flask"),
        ("models.examining.planted", "sqlalchemy"),
        ("models.rules.planted", "flask"),
        ("models.rules.planted", "flask_login"),
        ("models.rules.planted", "flask_sqlalchemy"),
        ("models.rules.planted", "flask_wtf"),
        ("models.rules.planted", "models.database"),
        ("models.rules.planted", "sqlalchemy"),
        ("models.xlsx.planted", "flask"),
        ("models.xlsx.planted", "sqlalchemy"),
    ],
    "The rooms of rows stand on each other, never in a circle": [
        ("models.reports.planted", "models.campaigns"),
        ("models.channels.planted", "models.filings"),
        ("models.examining.planted", "models.people"),
        ("models.filings.planted", "models.register"),
        ("models.messaging.planted", "models.channels"),
        ("models.people.planted", "models.auth"),
        ("models.register.planted", "models.imports"),
        ("models.rules.planted", "models.people"),
        ("models.xlsx.planted", "models.imports"),
    ],
    "Rows are handed what they need and do not ask Flask for it": [
        ("models.campaigns.planted", "flask"),
        ("models.filings.planted", "flask"),
        ("models.messaging.planted", "flask_login"),
        ("models.reports.planted", "flask_wtf"),
    ],
    "The clock, the files and the database import nothing of ours": [
        ("models.files", "models.rules"),
        ("models.clock", "models.rules"),
        ("models.database", "models.filings"),
        ("models.database", "models.tables"),
    ],
    "A room of the mould does not reach into another; what they share lies below them": [
        ("blueprints.institution.components.planted", "blueprints.institution.review"),
        ("blueprints.institution.filings.planted", "blueprints.institution.review"),
        ("blueprints.institution.loading", "blueprints.institution.components"),
        ("blueprints.institution.paper.planted", "blueprints.institution.filings"),
        ("blueprints.institution.pdf.planted", "blueprints.institution.paper"),
        ("blueprints.institution.review.planted", "blueprints.institution.home"),
    ],
}


def contracts() -> list[str]:
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def copied_house(folder: Path) -> Path:
    """Every module of the house, and the contracts, where they may be spoilt."""
    for module in [*HOUSE.glob("models/**/*.py"), *HOUSE.glob("blueprints/**/*.py")]:
        copy = folder / module.relative_to(HOUSE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, copy)
    shutil.copy(HOUSE / "pyproject.toml", folder)
    return folder


def plant(house: Path, module: str, imported: str) -> None:
    """Writes the import as the last line of the module, which need not exist yet."""
    with (house / (module.replace(".", "/") + ".py")).open("a") as file:
        file.write(f"import {imported}\n")


def broken_contracts(house: Path) -> str:
    """What the linter says of the contracts that this house breaks; '' when it breaks none."""
    linter = Path(sys.executable).with_name("lint-imports")
    report = subprocess.run(
        [linter, "--no-cache"], cwd=house, env=os.environ | {"COLUMNS": "400"}, capture_output=True, text=True
    )
    assert "Contracts: " in report.stdout, report.stdout + report.stderr
    return report.stdout.partition("Broken contracts")[2]


def section_on(contract: str, report: str) -> str:
    """What the linter says below the underlined name of the contract, up to the next underlined name."""
    section = re.search(
        rf"^{re.escape(contract)}\n-+\n(.*?)(?=^[^\n]+\n---|\Z)", report, re.DOTALL | re.MULTILINE
    )
    return section[1] if section else ""


def test_the_copy_keeps_every_contract_until_a_breach_is_planted(tmp_path: Path) -> None:
    assert broken_contracts(copied_house(tmp_path)) == ""


def test_every_contract_has_a_breach_to_refuse() -> None:
    assert sorted(BREACHES) == sorted(contracts())


@pytest.mark.parametrize("contract", contracts())
def test_a_contract_refuses_each_planted_breach(contract: str, tmp_path: Path) -> None:
    house = copied_house(tmp_path)
    for module, imported in BREACHES[contract]:
        plant(house, module, imported)
    refused = section_on(contract, broken_contracts(house))
    unnoticed = [
        f"{module} -> {imported}"
        for module, imported in BREACHES[contract]
        if f"{module} -> {imported} (" not in refused
    ]
    assert unnoticed == []
