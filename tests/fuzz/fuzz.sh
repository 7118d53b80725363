#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes without end: tests/fuzz/fuzz.sh TARGET [libFuzzer options]. Stop it with Ctrl-C. New inputs are kept in
# build/fuzz/corpus/TARGET; the committed corpus is read only. `TARGET --cover` runs the committed corpus once instead, and
# prints how much of the target's files it reaches.
set -eu
cd "$(dirname "$0")/../.."

target=${1:-}
source=tests/fuzz/fuzz_$target.c
if [ ! -f "$source" ]; then
    echo "usage: make fuzz TARGET=<target>, where <target> is one of:" >&2
    basename -a -s .c tests/fuzz/fuzz_*.c | sed 's/^fuzz_/  /' >&2
    exit 2
fi
shift
if ! command -v clang >/dev/null; then
    echo "fuzzing needs clang: apt install clang" >&2
    exit 1
fi

compile() { # compile FOLDER VARIANT FLAGS GOAL…: with the project's own rules, in a folder beside the other builds
    make --no-print-directory -j"$(nproc)" CC=clang BUILD="$1" VARIANT="$2" CFLAGS="$3" LDFLAGS="$3" "${@:4}"
}

if [ "${1:-}" = --cover ]; then
    build=build/cover
    compile $build debug "-fprofile-instr-generate -fcoverage-mapping" "$build/tests/fuzz/fuzz_$target"
    LLVM_PROFILE_FILE=$build/$target.profraw $build/tests/fuzz/fuzz_"$target"
    llvm-profdata merge -o $build/"$target".profdata $build/"$target".profraw
    # Which files a target is there for, it says itself.
    mapfile -t files < <(sed -n 's/^ \* Covers: \(.*\)$/\1/p' "$source" | tr ' ' '\n')
    exec llvm-cov report -instr-profile $build/"$target".profdata $build/tests/libhass.so.1 \
        -object $build/tests/fuzz/fuzz_"$target" "${files[@]}"
fi

build=build/fuzz
compile $build asan -fsanitize=fuzzer-no-link $build/tests/libhass.so.1 "$build/obj/${source%.c}.o"
mapfile -t libraries < <(pkg-config --libs jansson | tr ' ' '\n')
clang -fsanitize=fuzzer,address,undefined -rdynamic "$build/obj/${source%.c}.o" -o "$build/fuzz_$target" \
    -L$build/tests -lhass -Wl,-rpath,"$PWD/$build/tests" "${libraries[@]}" -lm -lpthread
mkdir -p "$build/corpus/$target"
exec "$build/fuzz_$target" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$build/" "$@" \
    "$build/corpus/$target" "tests/fuzz/corpus/$target"
