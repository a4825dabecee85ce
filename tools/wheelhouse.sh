#!/bin/sh
# Gathers the source of this commit and the locked packages as wheels into one archive, for a machine that has
# the same system and the same Python as this one and no internet: docs/deploy/install.md says how it is used.
set -eu

python=${PYTHON:-python3}
folder=build/wheelhouse/beian
rm -rf build/wheelhouse
mkdir -p "$folder"
git archive HEAD | tar -x -C "$folder"

gather() {
    "$python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        --dest "$folder/wheels" -r "$1"
}
gather requirements.lock
# Both can be done without: Python's own SQLite, and no PostgreSQL.
for lock in requirements-sqlite.lock requirements-postgresql.lock; do
    gather "$lock" 2>/dev/null || echo "No wheel for this machine: $lock is left out" >&2
done

tar -czf build/beian-offline.tar.gz -C build/wheelhouse beian
rm -rf build/wheelhouse
echo "build/beian-offline.tar.gz: for $("$python" -c 'import platform, sys; print(platform.system(),
    platform.machine(), f"Python {sys.version_info.major}.{sys.version_info.minor}")' | tr -d '\n')"
