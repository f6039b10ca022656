#!/usr/bin/env bash
# What we build on, against deny.toml. Advisories only when a copy of their database is on the machine: it is not fetched here.
set -euo pipefail

version=0.20.2
if ! command -v cargo-deny >/dev/null; then
  export PATH="$PWD/target/tools/bin:$PATH"
  if [ "$(cargo-deny --version 2>/dev/null)" != "cargo-deny $version" ]; then
    cargo install --locked --quiet "cargo-deny@$version" --root target/tools --target-dir target/tools/build
    rm -rf target/tools/build
  fi
fi
cargo-deny --locked check bans licenses sources
if compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-db*/*" >/dev/null; then
  cargo-deny --locked --offline check advisories --disable-fetch
else
  echo 'advisories not checked: no database at hand (cargo deny fetch gets it)'
fi
