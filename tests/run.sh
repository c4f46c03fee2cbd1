#!/bin/sh
# Runs every test and closes with "N passed, N failed".
#   tests/run.sh [SUITE...]    suites: unit link sql fuzz http cli browser
# C suites run twice: as released, and under the address and undefined
# behaviour sanitisers.  Every test program speaks TAP; a program that ends
# badly without saying "not ok" counts as one failure.
set -u
cd "$(dirname "$0")/.."
suites=${*:-unit link sql fuzz http cli browser}
jobs=$(nproc)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

build() {
    if ! make --no-print-directory -j"$jobs" "$@" >"$results/build" 2>&1; then
        tail -60 "$results/build"
        echo "0 passed, 1 failed"
        exit 1
    fi
}

passed=0
failed=0
# run NAME COMMAND...
run() {
    name=$1
    shift
    start=$(date +%s)
    CMOCKA_MESSAGE_OUTPUT=TAP "$@" >"$results/out" 2>"$results/err" </dev/null
    code=$?
    good=$(grep -c '^ok ' "$results/out")
    bad=$(grep -c '^not ok ' "$results/out")
    if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    passed=$((passed + good))
    failed=$((failed + bad))
    printf '%-44s %4d passed %3d failed %4ds\n' "$name" "$good" "$bad" $(($(date +%s) - start))
    grep '# [Ss][Kk][Ii][Pp]' "$results/out"
    if [ "$bad" -gt 0 ]; then
        grep -A25 '^not ok ' "$results/out" | head -150
        tail -60 "$results/err"
    fi
}

build all tests
build MODE=asan BUILD=build-asan all tests

for suite in $suites; do
    case $suite in
    unit | link | sql)
        for source in tests/"$suite"/test_*.c; do
            [ -e "$source" ] || continue
            program=${source%.c}
            run "$program" "build/$program"
            run "$program (sanitisers)" "build-asan/$program"
        done
        ;;
    fuzz)
        for source in tests/fuzz/fuzz_*.c; do
            [ -e "$source" ] || continue
            target=$(basename "$source" .c)
            run "corpus of $target" "build-asan/tests/fuzz/$target" tests/fuzz/corpus/"${target#fuzz_}"/*
        done
        ;;
    http | cli)
        for script in tests/"$suite"/test_*; do
            [ -x "$script" ] || continue
            run "$script" "$script" build
            run "$script (sanitisers)" "$script" build-asan
        done
        ;;
    browser)
        [ -x tests/browser/run ] && run tests/browser tests/browser/run
        ;;
    *)
        echo "no suite '$suite'" >&2
        exit 2
        ;;
    esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
