#!/usr/bin/env bash
# Bugs planted on purpose, one at a time, in a worktree of their own: the simulation of money must find each of them.
# Names of patches as arguments try only those. PLANTED_SEEDS and PLANTED_ACTS say how long it looks for each.
set -euo pipefail

cd "$(dirname "$0")/.."
scratch="$PWD/target/planted"
git worktree prune
if [ ! -d "$scratch" ]; then
  git worktree add --quiet --detach "$scratch" HEAD
fi
git -C "$scratch" checkout --quiet --force --detach "$(git rev-parse HEAD)"
trap 'git -C "$scratch" checkout --quiet --force HEAD' EXIT
mkdir -p "$scratch/web/assets"
cp -r web/assets/dist "$scratch/web/assets/"

if [ $# -eq 0 ]; then
  set -- tests/planted/*.patch
fi
missed=0
for patch in "$@"; do
  name=$(basename "$patch" .patch)
  git -C "$scratch" checkout --quiet --force HEAD
  git -C "$scratch" apply "$PWD/tests/planted/$name.patch"
  (cd "$scratch" && cargo build --quiet --workspace --locked --bin simulate)
  if found=$(ARENGO_LEAST=0 ARENGO_SEEDS="${PLANTED_SEEDS:-8}" ARENGO_ACTS="${PLANTED_ACTS:-2000}" \
    "$scratch/target/debug/simulate" 2>&1); then
    printf 'MISSED  %s\n' "$name"
    missed=$((missed + 1))
  else
    printf 'found   %s: %s\n' "$name" "$(grep -m1 '^seed' <<<"$found" | cut -c1-120)"
  fi
done
printf '%s planted, %s missed\n' "$#" "$missed"
[ "$missed" -eq 0 ]
