#!/usr/bin/env bash
# Runs every test on both databases and in a real browser. What the tests need and the machine lacks (Chromium, fonts,
# PostgreSQL) is installed from the distribution's packages; a PostgreSQL of our own is started if none answers.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

updated=
install() {
  echo "installing: $*"
  [ -n "$updated" ] || as_root apt-get update -qq
  updated=1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

browser() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || install chromium
  fc-list ':lang=zh' 2>/dev/null | grep -q . || install fontconfig fonts-noto-cjk
}

# own_postgres starts a server in a temporary folder, on a socket port that nobody uses; it ends with this script.
own_postgres() {
  local bin dir port
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
  if [ -z "$bin" ]; then
    install postgresql
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  fi
  dir=$(mktemp -d /tmp/plumbline-postgres-XXXXXX)
  port=$((20000 + RANDOM % 20000))
  local who=()
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"
    who=(runuser -u postgres --)
  fi
  (cd / && "${who[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale >/dev/null)
  (cd / && "${who[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c fsync=off -c max_connections=200" >/dev/null)
  trap 'cd /; '"${who[*]:-}"' '"$bin"'/pg_ctl -D '"$dir"'/data -m immediate stop >/dev/null; rm -rf '"$dir" EXIT
  export PLUMBLINE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
}

answers() { (exec 3<>/dev/tcp/127.0.0.1/5432) 2>/dev/null && go run ./scripts/pgping; }

browser
if [ -z "${PLUMBLINE_TEST_POSTGRES:-}" ] && ! answers; then own_postgres; fi
go test -timeout 20m "$@" ./...
