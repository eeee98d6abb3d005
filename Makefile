# Plumbline. `make test` is all that a change must pass; see CONTRIBUTING.md.
GO ?= go
export CGO_ENABLED = 0

.PHONY: build test check bench bench-country torture fmt need

build: ## the program, in ./plumbline
	$(GO) build -trimpath -o plumbline ./cmd/plumbline

test: ## everything, on both databases and in a real browser; installs what is missing
	./scripts/test.sh

check: ## formatting, vet, lint, vulnerabilities
	./scripts/check.sh

bench: ## ratios measured in one run; needs sqlite3 for some
	$(GO) test ./bench/ -run '^$$' -bench . -benchtime 1x -timeout 1h

bench-country: ## the same with a log of a million entries, exports, backup and restore: gigabytes and many minutes
	PLUMBLINE_BENCH_COUNTRY=1 $(GO) test ./bench/ -run '^$$' -bench . -benchtime 1x -timeout 2h

torture: ## kills the program two hundred times in every way; needs PostgreSQL
	PLUMBLINE_TORTURE=200 $(GO) test ./internal/crash -run Killed -count 1 -timeout 60m -v

fmt:
	gofmt -w cmd internal bench
