#!/usr/bin/env bash
# packages.sh NAME...: installs packages of Debian, where we may (as root, or by sudo without a password).
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
  as_root=(env)
elif sudo --non-interactive true 2>/dev/null; then
  as_root=(sudo --non-interactive env)
else
  printf 'Missing: %s\n  Get it with: sudo apt-get install %s\n' "$*" "$*" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  printf 'Missing: %s (the names are of Debian; this machine has no apt-get)\n' "$*" >&2
  exit 1
fi
"${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
