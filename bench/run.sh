#!/bin/sh
# The whole table of measurements: every program of bench/, one after another, each
# with its own defaults.  `make bench` builds first and calls this.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
make --no-print-directory -j"$(nproc)" benches

printf '%s, %s processors, %s, %s\n' "$(uname -sm)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "$("$build/pendeen" version | head -n 1)"
for source in bench/*.c; do
    name=$(basename "$source" .c)
    printf '\n== %s\n' "$name"
    "$build/bench/$name"
done

printf '\n== dedupe, a million and ten million records\n'
"$build/bench/dedupe" --records 1000000
"$build/bench/dedupe" --records 10000000

printf '\n== accuracy\n'
if command -v python3 >/dev/null; then
    python3 bench/accuracy.py --program "$build/pendeen"
else
    echo "SKIPPED: there is no python3"
fi
