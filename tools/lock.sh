#!/bin/sh
# Writes both lock files: exact versions and hashes, no download addresses.
set -eu
pin() {
    uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --python-version 3.11 --quiet "$@"
}
pin --output-file requirements.lock
pin --extra dev --constraint requirements.lock --output-file requirements-dev.lock
