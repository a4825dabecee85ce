#!/bin/sh
# Installs the system parts that only tests need, where this user may.
# What is missing afterwards is skipped by name (or fails with CI=true): see tests/parts.py.
set -eu

missing() { ! command -v "$1" >/dev/null 2>&1; }

packages=""
missing pdftotext && packages="$packages poppler-utils"
missing chromium && missing chromium-browser && missing google-chrome && packages="$packages chromium"
missing soffice && packages="$packages libreoffice-calc"
missing systemd-analyze && packages="$packages systemd"
# Where systemd runs the package would start a web server at once: that is for the machine's owner to do.
missing nginx && [ ! -x /usr/sbin/nginx ] && [ ! -d /run/systemd/system ] && packages="$packages nginx-light"
[ "${1:-}" = postgresql ] && missing pg_ctl && ! ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 &&
    packages="$packages postgresql"
[ -n "$packages" ] || exit 0

if missing apt-get || [ "$(id -u)" -ne 0 ]; then
    echo "Not installed:$packages. Tests that need them will be skipped by name." >&2
    exit 0
fi
echo "Installing for the tests:$packages" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $packages fonts-noto-cjk >/dev/null ||
    echo "Could not install:$packages. Tests that need them will be skipped by name." >&2
