#!/bin/sh
# Runs every test and closes with "N passed, N failed".
#   tests/run.sh [SUITE...]    suites: unit link sql fuzz http cli browser postgres
# "postgres": whatever uses a store once more, on a PostgreSQL cluster of its own.
# C suites run twice: as released, and under the address and undefined
# behaviour sanitisers.  Every test program speaks TAP; a program that ends
# badly without saying "not ok" counts as one failure.
set -u
cd "$(dirname "$0")/.."
suites=${*:-unit link sql fuzz http cli browser postgres}
jobs=$(nproc)
results=$(mktemp -d)
trap 'tests/postgres stop "$results/postgres" 2>/dev/null; rm -rf "$results"' EXIT

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
    bad=$(grep '^not ok ' "$results/out" | grep -vc '# SKIP') # cmocka says "not ok" of what it skips
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
    postgres)
        # The cluster's user must get to it.
        chmod 755 "$results"
        if ! PENDEEN_STORE=$(tests/postgres start "$results/postgres" fsync=off full_page_writes=off); then
            failed=$((failed + 1))
            continue
        fi
        export PENDEEN_STORE
        for source in $(grep -lE 'store_open|app_open|open_partnership' tests/sql/test_*.c tests/unit/test_*.c); do
            run "${source%.c} (PostgreSQL)" "build/${source%.c}"
        done
        # Those whose story goes through the store; the browser's goes through the same calls.
        for script in cli/test_audit cli/test_import cli/test_keys cli/test_people cli/test_sandbox \
            cli/test_secrets cli/test_support http/test_bad_input http/test_oidc; do
            run "tests/$script (PostgreSQL)" "tests/$script" build
        done
        unset PENDEEN_STORE
        ;;
    *)
        echo "no suite '$suite'" >&2
        exit 2
        ;;
    esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
