#!/usr/bin/env bash
# Formatting, vet, lint, known vulnerabilities. The tools are Go modules at pinned versions, built into a temporary
# folder; nothing is installed. The vulnerability database is asked over the network (PLUMBLINE_VULNDB names another
# one, a mirror or a file:// folder); where it does not answer, a person is told and a CI run goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

echo "gofmt"
bad=$(gofmt -l cmd internal scripts $([ -d bench ] && echo bench))
[ -z "$bad" ] || { echo "not formatted (run make fmt):"; echo "$bad"; exit 1; }

echo "go vet"
go vet ./...

echo "staticcheck"
GOBIN="$tools" go install honnef.co/go/tools/cmd/staticcheck@v0.8.2
"$tools/staticcheck" ./...

echo "govulncheck"
GOBIN="$tools" go install golang.org/x/vuln/cmd/govulncheck@v1.9.0
status=0
"$tools/govulncheck" ${PLUMBLINE_VULNDB:+-db "$PLUMBLINE_VULNDB"} ./... >"$tools/said" 2>&1 || status=$?
if [ "$status" = 0 ]; then
  echo "everything is in order"
elif grep -q '^govulncheck: fetching vulnerabilities' "$tools/said"; then
  echo "the vulnerability database could not be reached: known vulnerabilities were not looked for"
  [ -n "${CI:-}" ] || exit 1
else
  cat "$tools/said"
  exit "$status"
fi
