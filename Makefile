# Everything one does with Arengo. `make` alone lists it.
# What a target needs and can install itself, it installs; what it cannot (Rust, Node, a C compiler) it names.

CARGO := cargo
ARGS ?=
# Acts of each life in `make simulate`, and how many lives there are.
OPS ?= 1000000
LIVES ?= 64
export CARGO_TERM_COLOR ?= auto

.DEFAULT_GOAL := help
.PHONY: simulate simulate-planted help run build test check bench conformance assets tools need format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: need assets ## build and serve a demonstration city on http://127.0.0.1:8080
	@$(CARGO) build --locked --workspace --bins
	@exec target/debug/arengo serve --data-dir data $(ARGS)

build: need assets ## the program for production: target/release/arengo
	$(CARGO) build --locked --release --package server --bin arengo

test: need assets tools ## format, clippy, build, and every test on SQLite and on PostgreSQL, in a browser and by fuzzing
	scripts/test.sh

check: need assets ## documentation without warnings; licences, sources and advisories of what we build on
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps
	scripts/deny.sh

bench: need assets ## what it costs, beside what it would cost bare
	$(CARGO) bench --locked --workspace --bench city $(ARGS)

conformance: need assets ## outside validators: the Italian API rules, HTML, accessibility, a longer fuzzing
	scripts/conformance.sh

simulate: need assets ## money under seeded chance against an oracle, at length: LIVES=64 lives of OPS=1000000 acts each
	$(CARGO) build --locked --release --workspace --bin simulate
	ARENGO_SEEDS=$(LIVES) ARENGO_ACTS=$(OPS) target/release/simulate

simulate-planted: need assets ## bugs planted on purpose, each of which the simulation must find; PLANTED="NAME NAME" tries those
	scripts/planted.sh $(PLANTED)

assets: ## style sheets, scripts and fonts from web/assets, when something in there changed
	@scripts/once.sh web/assets/node_modules web/assets/package-lock.json -- npm ci --ignore-scripts --prefix web/assets --no-audit --no-fund
	@scripts/once.sh web/assets/dist $$(git ls-files -co --exclude-standard web/assets web/templates) -- node web/assets/build.mjs

tools: ## what the tests use from outside: PostgreSQL, Chromium, Schemathesis
	@scripts/tools.sh test

need: ## say what is missing on this machine
	@scripts/need.sh

format: ## lay out the code as `make test` wants it
	$(CARGO) fmt --all

clean: ## forget everything that can be made again (not the data folder)
	rm -rf target web/assets/dist web/assets/node_modules tests/browser/node_modules
