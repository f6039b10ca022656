#!/usr/bin/env bash
# once.sh OUTPUT INPUT... -- COMMAND...: runs the command, unless OUTPUT is there and the inputs are as they were then.
set -euo pipefail

output=$1
shift
inputs=()
while [ "$1" != -- ]; do
  inputs+=("$1")
  shift
done
shift

stamp=target/stamps/${output//\//_}
now=$({ printf '%s\n' "$*" "${inputs[@]}"; cat "${inputs[@]}" 2>/dev/null || true; } | sha256sum)
if [ -e "$output" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
  exit 0
fi
"$@"
mkdir -p target/stamps
printf '%s\n' "$now" >"$stamp"
