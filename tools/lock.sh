#!/bin/sh
# Writes the lock files: exact versions and hashes, no download addresses.
set -eu
pin() {
    uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --python-version 3.11 --quiet "$@"
}
pin --output-file requirements.lock
printf 'pysqlite3>=0.6.1\n' | uv pip compile - --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --python-version 3.11 --quiet --output-file requirements-sqlite.lock
printf 'psycopg[binary]>=3.3.9\n' | uv pip compile - --universal --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --python-version 3.11 --constraint requirements.lock --quiet \
    --output-file requirements-postgresql.lock
pin --extra dev --constraint requirements.lock --output-file requirements-dev.lock
