#!/usr/bin/env bash
# tools.sh test|conformance: gets what tests use from outside. Debian's packages where we may install them; the rest under
# target/tools. What ARENGO_TEST_WITHOUT names is left out.
set -euo pipefail

without() { [[ ",${ARENGO_TEST_WITHOUT:-}," == *",$1,"* ]]; }

packages=()
if ! without postgres && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  packages+=(postgresql)
fi
if ! without browser && ! command -v chromium >/dev/null; then
  packages+=(chromium)
fi
if ! without schemathesis && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  packages+=(python3 python3-venv)
fi
if [ "$1" = conformance ] && ! command -v java >/dev/null; then
  packages+=(default-jre-headless)
fi
[ "${#packages[@]}" = 0 ] || scripts/packages.sh "${packages[@]}"

if ! without browser; then
  scripts/once.sh tests/browser/node_modules tests/browser/package-lock.json -- \
    npm ci --ignore-scripts --prefix tests/browser --no-audit --no-fund
fi
if ! without schemathesis; then
  scripts/once.sh target/tools/python/bin/schemathesis scripts/python.txt -- bash -c '
    set -e
    rm -rf target/tools/python
    python3 -m venv target/tools/python
    target/tools/python/bin/pip install --quiet --requirement scripts/python.txt'
fi
if [ "$1" = conformance ]; then
  scripts/once.sh scripts/conformance/node_modules scripts/conformance/package-lock.json -- \
    npm ci --ignore-scripts --prefix scripts/conformance --no-audit --no-fund
fi
