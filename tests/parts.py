"""System parts that only tests need: found, or the tests that need them are skipped by name.

With CI=true a missing part fails the run instead, so that nothing is skipped in silence.
"""

import os
import shutil

import pytest

# Seconds, for what should come at once: only what hangs takes so long on the busiest machine.
PATIENCE = 180

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)

# Debian keeps it where only root's PATH leads.
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin")

PARTS = {
    "browser": ("Chromium", CHROMIUM),
    "poppler": ("poppler-utils", shutil.which("pdftotext")),
    "office": ("LibreOffice", shutil.which("soffice")),
    "systemd": ("systemd-analyze", shutil.which("systemd-analyze")),
    "nginx": ("nginx", NGINX),
}


def require_part(item: pytest.Item) -> None:
    """Skip (or, with CI=true, fail) a test whose marked part is not installed."""
    for mark, (name, found) in PARTS.items():
        if item.get_closest_marker(mark) and not found:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{name} is missing, and CI=true skips nothing")
            pytest.skip(f"{name} is not installed")
