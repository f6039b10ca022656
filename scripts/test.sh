#!/usr/bin/env bash
# The whole of `make test`, cheapest first. Everything is built once, for all of it and for `make run`: every call names the
# whole workspace, so that libraries are always compiled with the same features.
set -euo pipefail

step() { printf '\n== %s\n' "$*"; }
without() { [[ ",${ARENGO_TEST_WITHOUT:-}," == *",$1,"* ]]; }

if [ -n "${ARENGO_TEST_WITHOUT:-}" ]; then
  step "Told to do without: $ARENGO_TEST_WITHOUT"
fi
if [ -z "${ARENGO_DATA:-}" ]; then
  step 'ARENGO_DATA is not set: tests of imports use the small fixtures of tests/fixtures instead of real data'
fi

step Format
cargo fmt --all --check
step Build
cargo build --locked --workspace --all-targets
step Clippy
cargo clippy --locked --workspace --all-targets -- -D warnings
step 'Every test, on SQLite'
ARENGO_TEST_DATABASE=sqlite cargo test --locked --workspace
if ! without postgres; then
  step 'The tests of the whole program again, on PostgreSQL'
  ARENGO_TEST_DATABASE=postgres cargo test --locked --workspace --test it
fi
