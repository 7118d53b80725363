#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs tests: tests/run.sh BUILD TEST…  TEST_JOBS at a time. A test is a program that prints libcheck's summary, or anything that
# ends with "N passed, N failed"; scripts get BUILD as their argument. Ends with one such line over all.
set -u
build=$1
shift
export HASS_TEST_BUILD=$build
logs=$build/tests/logs
mkdir -p "$logs"
runner=
case $build in */tsan*) setarch -R true 2>/dev/null && runner="setarch -R" ;; esac
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=0:abort_on_error=1:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:allocator_may_return_null=1}
# A million calls from 64 threads take minutes under a sanitizer, and 5,000 generated templates half a minute. Scripts often
# wait, so that a third job finds a processor; without a sanitizer they also look at how quickly the loop answers.
sanitized='' jobs=2
case $build in */asan* | */tsan*)
    sanitized=1 jobs=3
    export HASS_STRESS_CALLS=${HASS_STRESS_CALLS:-200000} HASS_DIFFERENTIAL=${HASS_DIFFERENTIAL:-1000}
    ;;
esac
export runner logs build sanitized

# may_share NAME: whether all tests of the program may run in its one process. The layers that know no loop keep nothing between
# tests, and under a sanitizer a fork with its check for leaks costs more than most of their tests. Without are those
# that die, that fill what a process has once, or that rewrite what they are given.
may_share() {
    case $1 in
    lib/base/test_containers | lib/base/test_log | lib/data/test_text_keys | lib/data/test_yaml | lib/template/test_big) return 1 ;;
    lib/base/* | lib/data/* | lib/template/*) [ -n "$sanitized" ] ;;
    *) return 1 ;;
    esac
}

one() {
    name=${1#"$build"/tests/}
    log=$logs/$(echo "$name" | tr / _).log
    start=$(date +%s)
    case $1 in *.sh) set -- "$1" "$build" ;; *) set -- $runner "$1" ;; esac
    ! may_share "$name" || export CK_FORK=${CK_FORK:-no}
    timeout "${TEST_TIMEOUT:-900}" "$@" >"$log" 2>&1 </dev/null
    status=$?
    printf '%s %s %s %s\n' "$status" "$name" "$log" "$(($(date +%s) - start))"
}
export -f one may_share

passed=0 failed=0
while read -r status name log seconds; do
    # libcheck: "97%: Checks: 33, Failures: 1, Errors: 0"
    counts=$(sed -n -e 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$log" |
        awk '{ good += $1 - $2 - $3; bad += $2 + $3 } END { if (NR) print good, bad }')
    [ -n "$counts" ] || counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -1)
    if [ -n "$counts" ]; then
        set -- $counts
        good=$1 bad=$2
        [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    elif [ "$status" -eq 0 ]; then
        good=1 bad=0
    else
        good=0 bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad))
    if [ "$bad" -gt 0 ]; then
        echo "FAIL $name (exit $status, ${seconds}s)"
        tail -n 40 "$log" | sed 's/^/     /'
    else
        echo "ok   $name ($good, ${seconds}s)"
    fi
done < <(printf '%s\n' "$@" | xargs -r -P "${TEST_JOBS:-$jobs}" -I{} bash -c 'one {}')

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
