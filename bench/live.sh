#!/bin/sh
# The live index in one run: speed and bytes, what is found and how well calibrated, names by
# origin, a start with a full store.  A few minutes; numbers of processor time beside the wall's.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
make --no-print-directory -j"$(nproc)" benches >/dev/null

printf '%s, %s processors, %s, seed %s\n' "$(uname -sm)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "${SEED:-1}"
run() {
    printf '\n== %s\n' "$*"
    program=$1
    shift
    "$build/bench/$program" "$@"
}
run live --seed "${SEED:-1}" --processor 1
run recall --seed "${SEED:-1}" --seeds 10
run recall --seed "${SEED:-1}" --seeds 10 --learnt 1 | grep -v '^  '
run origin --seed "${SEED:-1}" --rounds 20
run origin --seed "${SEED:-1}" --rounds 20 --held 1
run rebuild --seed "${SEED:-1}"
