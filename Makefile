# Plumbline. `make test` is all that a change must pass; see CONTRIBUTING.md.
GO ?= go
export CGO_ENABLED = 0

.PHONY: build test check bench fmt need

build: ## the program, in ./plumbline
	$(GO) build -trimpath -o plumbline ./cmd/plumbline

test: ## everything, on both databases and in a real browser; installs what is missing
	./scripts/test.sh

check: ## formatting, vet, lint, vulnerabilities
	./scripts/check.sh

bench: ## ratios measured in one run; needs sqlite3 for some
	$(GO) test ./bench/ -run '^$$' -bench . -benchtime 1x

fmt:
	gofmt -w cmd internal bench
