#!/usr/bin/env bash
# `make conformance`: what others' programs say of us. Every one must be there, and none may object.
set -euo pipefail

step() { printf '\n== %s\n' "$*"; }

unset ARENGO_TEST_WITHOUT
scripts/tools.sh conformance
spectral=scripts/conformance/node_modules/.bin/spectral
vnu=scripts/conformance/node_modules/vnu-jar/build/dist/vnu.jar
work=target/conformance
rm -rf "$work"
mkdir -p "$work"

step 'The API description, by the Italian rules (Spectral)'
"$spectral" lint api/openapi.json --ruleset scripts/conformance/italian.yml --fail-severity=warn

step 'A demonstration city to look at'
cargo build --locked --workspace --all-targets
base=http://127.0.0.1:8089
target/debug/arengo serve --data-dir "$work/data" --listen "${base#http://}" >"$work/server.log" 2>&1 &
server=$!
trap 'kill "$server"' EXIT
curl --silent --show-error --fail --retry 300 --retry-connrefused --retry-delay 1 --output /dev/null "$base/api/v1/status" ||
  { cat "$work/server.log"; exit 1; }

step 'Every page that links lead to: HTML (vnu) and accessibility (axe)'
node tests/browser/run.mjs crawl "$base/" "$work/pages" 300 >"$work/pages.json"
java -jar "$vnu" --errors-only "$work/pages"
node --print 'JSON.parse(fs.readFileSync(process.argv[1])).pages.map((page) => page.url).join("\n")' "$work/pages.json" |
  xargs --no-run-if-empty node tests/browser/run.mjs axe

step 'A longer fuzzing, with every role'
ARENGO_EXAMPLES=200 cargo test --locked --workspace --test it -- fuzzing | tee "$work/fuzzing.log"
grep --quiet '^test .* ok$' "$work/fuzzing.log"
