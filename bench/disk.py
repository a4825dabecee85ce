"""`python -m bench.disk`: what a filing takes on the disk, and what a backup of many does."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from bench.school import filled_app
from models.database import db

FILINGS = 2_000
KB, MB = 1024, 1024 * 1024


def main(filings: int) -> None:
    """Print the sizes of a database with the demo alone and with so many filings more, and of its backup."""
    with TemporaryDirectory() as few, TemporaryDirectory() as many, TemporaryDirectory() as backups:
        filled_app(few, 0)
        app = filled_app(many, filings)
        with app.app_context():
            before, after = (_bytes(Path(folder)) for folder in (few, many))
            began = monotonic()
            app.test_cli_runner().invoke(args=["backup", backups])
            seconds = monotonic() - began
            db.engine.dispose()
        [backup] = Path(backups).iterdir()
        print(f"demo alone: {before / MB:.1f} MB; with {filings} filings more: {after / MB:.1f} MB")
        print(f"a filing with an event, without files: {(after - before) / filings / KB:.1f} KB")
        print(f"its backup: {backup.stat().st_size / MB:.1f} MB, {seconds:.1f} s with all checks")


def _bytes(instance: Path) -> int:
    return sum(path.stat().st_size for path in instance.glob("beian.sqlite3*"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILINGS)
