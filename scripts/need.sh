#!/usr/bin/env bash
# Names what is missing to build Arengo and how to get it. Nothing is installed here: these are choices of the machine's owner.
set -euo pipefail

missing=0
lacks() {
  printf 'Missing: %s\n  %s\n' "$1" "$2" >&2
  missing=1
}

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null; then
  lacks "Rust $rust or newer" 'Get it with rustup (apt-get install rustup && rustup default stable, or see rust-lang.org).'
elif ! printf '%s\n%s\n' "$rust" "$(cargo --version | cut -d' ' -f2)" | sort --check=quiet --version-sort; then
  lacks "Rust $rust or newer (here: $(cargo --version))" 'Get it with: rustup update stable'
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  lacks 'Node.js 20 or newer, with npm' 'Get it with: apt-get install nodejs npm (Debian 13 or newer; elsewhere see nodejs.org).'
elif [ "$(node --print 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  lacks "Node.js 20 or newer (here: $(node --version))" 'Get it from Debian 13 or newer, or see nodejs.org.'
fi

command -v cc >/dev/null || lacks 'a C compiler' 'Get it with: apt-get install build-essential'
command -v git >/dev/null || lacks 'git' 'Get it with: apt-get install git'
exit "$missing"
