#!/bin/sh
# Runs a command beside a PostgreSQL of its own: new data in a folder under build/, a free port on
# loopback, a password of one run, nothing kept afterwards. BEIAN_TEST_DATABASE says where it is.
set -eu

bin=${POSTGRESQL_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl || echo /none/pg_ctl)")
[ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || {
    echo "No PostgreSQL here (Debian: apt-get install postgresql); POSTGRESQL_BIN says where its programs are." >&2
    exit 1
}

# Asked only whether there is one.
[ "${1:-}" != --there ] || exit 0

mkdir -p build
folder=$(mktemp -d "$PWD/build/postgresql.XXXXXX")
# It refuses to run as root: there its own user does it, which Debian's package brings.
as_owner() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
    as_owner() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
    chown postgres:postgres "$folder"
fi

ended() {
    as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap ended EXIT
trap 'exit 130' INT TERM HUP

python=${PYTHON:-python3}
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
password=$("$python" -c 'import secrets; print(secrets.token_hex(16))')
(umask 077 && printf '%s\n' "$password" >"$folder/password")
[ "$(id -u)" -ne 0 ] || chown postgres:postgres "$folder/password"
cd "$folder"
as_owner "$bin/initdb" -D data -U beian -E UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --pwfile=password \
    >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
# What a power cut would cost is no matter of a test.
cat >conf <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
END
as_owner tee -a data/postgresql.conf <conf >/dev/null
as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w start >/dev/null ||
    { cat "$folder/data/log" >&2; exit 1; }
cd "$OLDPWD"

BEIAN_TEST_DATABASE="postgresql://beian:$password@127.0.0.1:$port/postgres"
export BEIAN_TEST_DATABASE
"$@"
