#!/bin/bash
# Runs every test, two more at once than there are cores, and closes with "N passed, N failed".
#   tests/run.sh [SUITE...]    suites: unit link sql fuzz http cli browser postgres
# "postgres": whatever uses a store once more, on a PostgreSQL cluster of its own.
# C suites run twice: as released, and under the address and undefined
# behaviour sanitisers.  Every test program speaks TAP; a program that ends
# badly without saying "not ok" counts as one failure.
set -u
cd "$(dirname "$0")/.."
suites=${*:-browser unit link sql fuzz http cli postgres} # the longest first
cores=$(nproc)
jobs=$((cores + 2)) # the three browsers, the disk and sleeping servers are waited for half of the time
# What tests write lies in memory where there is room and programs may run: they sync some hundred
# thousand times, and what a disk keeps is shown by other means (unit/shim.h).
place=/tmp
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 6000000 ] 2>/dev/null &&
    ! findmnt -no OPTIONS -T /dev/shm | grep -q noexec; then
    place=/dev/shm
fi
results=$(mktemp -d -p $place)
chmod 755 "$results" # some tests give up who they are, as the cluster does, and must still get there
trap 'tests/postgres stop "$results/postgres" 2>/dev/null; rm -rf "$results"' EXIT

build() {
    if ! make --no-print-directory -j"$cores" "$@" >"$results/build" 2>&1; then
        tail -60 "$results/build"
        wait # for what has begun
        echo "0 passed, 1 failed"
        exit 1
    fi
}

# judge NAME RESULT COMMAND...: runs it with a folder of its own for what is temporary, says what came of
# it, and leaves "passed failed" in RESULT.
judge() {
    name=$1
    result=$2
    shift 2
    start=$(date +%s)
    mkdir "$result.d"
    chmod 755 "$result.d"
    TMPDIR=$result.d CMOCKA_MESSAGE_OUTPUT=TAP "$@" >"$result.out" 2>"$result.err" </dev/null
    code=$?
    rm -rf "$result.d"
    good=$(grep -c '^ok ' "$result.out")
    bad=$(grep '^not ok ' "$result.out" | grep -vc '# SKIP') # cmocka says "not ok" of what it skips
    if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    { # in one piece, between what others say
        printf '%-44s %4d passed %3d failed %4ds\n' "$name" "$good" "$bad" $(($(date +%s) - start))
        grep '# [Ss][Kk][Ii][Pp]' "$result.out"
        if [ "$bad" -gt 0 ]; then
            grep -A25 '^not ok ' "$result.out" | grep -v '^not ok .*# SKIP' | head -150
            tail -60 "$result.err"
        fi
    } >"$result.said"
    cat "$result.said"
    echo "$good $bad" >"$result"
}

count=0
# run NAME COMMAND...: begins it as soon as there is room.
run() {
    while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do wait -n; done
    count=$((count + 1))
    name=$1
    shift
    judge "$name" "$results/$count" "$@" &
}

# by_itself COMMAND...: with a PostgreSQL cluster of its own, which it may take away.
by_itself() {
    PENDEEN_STORE=$(tests/postgres start "$TMPDIR/postgres" fsync=off full_page_writes=off) || return 1
    export PENDEEN_STORE
    "$@"
    code=$?
    tests/postgres stop "$TMPDIR/postgres"
    return "$code"
}

# The browsers, which take the longest, begin before it.
build_sanitised() {
    $is_sanitised || build MODE=asan BUILD=build-asan all tests
    is_sanitised=true
}

build all tests
is_sanitised=false

for suite in $suites; do
    case $suite in
    unit | link | sql)
        build_sanitised
        for source in tests/"$suite"/test_*.c; do
            [ -e "$source" ] || continue
            program=${source%.c}
            run "$program" "build/$program"
            run "$program (sanitisers)" "build-asan/$program"
        done
        ;;
    fuzz)
        build_sanitised
        run 'tests/fuzz/compiles' tests/fuzz/compiles
        for source in tests/fuzz/fuzz_*.c; do
            [ -e "$source" ] || continue
            target=$(basename "$source" .c)
            run "corpus of $target" "build-asan/tests/fuzz/$target" tests/fuzz/corpus/"${target#fuzz_}"/*
        done
        ;;
    http | cli)
        build_sanitised
        for script in tests/"$suite"/test_*; do
            [ -x "$script" ] || continue
            run "$script" "$script" build
            run "$script (sanitisers)" "$script" build-asan
        done
        ;;
    browser)
        run 'tests/browser of information' tests/browser/run build information
        run 'tests/browser of children' tests/browser/run build children
        run 'tests/browser of pages' tests/browser/run build pages
        ;;
    postgres)
        if ! PENDEEN_STORE=$(tests/postgres start "$results/postgres" fsync=off full_page_writes=off); then
            run 'tests/postgres start' false
            continue
        fi
        export PENDEEN_STORE
        run 'tests/http/test_restart (PostgreSQL)' by_itself tests/http/test_restart build
        run 'tests/http/test_several (PostgreSQL)' tests/http/test_several build
        for source in $(grep -lE 'store_open|app_open|open_partnership' tests/sql/test_*.c tests/unit/test_*.c); do
            run "${source%.c} (PostgreSQL)" "build/${source%.c}"
        done
        # Those whose story goes through the store; the browser's goes through the same calls.
        for script in cli/test_audit cli/test_import cli/test_keys cli/test_people cli/test_sandbox \
            cli/test_secrets cli/test_store cli/test_support http/test_bad_input http/test_oidc; do
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
wait
passed=0
failed=0
for result in $(seq "$count"); do
    good=0
    bad=1 # of what left no word
    [ -e "$results/$result" ] && read -r good bad <"$results/$result"
    passed=$((passed + good))
    failed=$((failed + bad))
    # Again at the end, where whoever reads only the end finds it.
    if [ "$bad" -gt 0 ] && [ -e "$results/$result.said" ]; then cat "$results/$result.said"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
