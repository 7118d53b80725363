#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the compiler does not say: formatting, layers, thread-safety analysis, forbidden calls, sizes. Ends with one plain line.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0

# check NAME OUTPUT: passes when there is none.
check() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n%s\n' "$1" "$(head -40 <<<"$2")"
    fi
}

sources() {
    git ls-files --cached --others --exclude-standard -- "$@" | grep '\.[ch]$'
}

includes=$(pkg-config --cflags jansson yaml-0.1 libpcre2-8 libevent libsystemd check)
flags="-std=gnu17 -D_GNU_SOURCE $includes -Ilib/include"

check 'formatting (make format)' "$(sources . | xargs clang-format --dry-run -Werror 2>&1)"

check 'a public header does not stand alone' "$(for header in lib/include/hass/*.h; do
    for compiler in gcc clang; do
        echo "#include \"$header\"" | $compiler $flags -I. -Wall -Wextra -Werror -fsyntax-only -x c - 2>&1
    done
done)"

check 'a header without #pragma once' "$(sources lib daemon integrations tests | grep '\.h$' | xargs grep -L '^#pragma once')"

check 'a source without its licence line' "$(sources . | xargs grep -L 'SPDX-License-Identifier: Apache-2.0')"

# lib/LAYERS: "folder: folders it may include".
check 'a layer includes what it may not (lib/LAYERS)' "$(sources lib | grep -v '^lib/include/' | while read -r file; do
    layer=$(cut -d/ -f2 <<<"$file")
    allowed=$(sed -n "s/^$layer: *//p" lib/LAYERS)
    grep -n '^#include "' "$file" | sed 's/^\([0-9]*\):#include "\(.*\)"$/\1 \2/' | while read -r line included; do
        other=${included%%/*}
        [ "$other" = "$included" ] || [ "$other" = "$layer" ] || grep -qw "$other" <<<"$allowed" ||
            echo "$file:$line: $layer/ may not include $included"
    done
done)"

check 'daemon/ and integrations/ include <hass/...>, their own and public integration headers only' "$(
    sources daemon integrations | while read -r file; do
        folder=$(dirname "$file")
        grep -n '^#include "' "$file" | sed 's/^\([0-9]*\):#include "\(.*\)"$/\1 \2/' | while read -r line included; do
            [ -e "$folder/$included" ] || [ "$included" = "${included%%/*}/${included%%/*}.h" ] ||
                echo "$file:$line: may not include $included"
        done
    done)"

check 'a public header includes a private one' "$(grep -n '^#include "' lib/include/hass/*.h)"

# The log's writer must go on while the loop is held: it is what reports that.
check 'libevent and pthread stay in lib/run' "$(sources lib daemon integrations | grep -v -e '^lib/run/' -e '^daemon/log_sink.c' |
    xargs grep -nE '#include <(event2/|pthread\.h)')"

check 'PCRE2 stays in lib/template' "$(sources lib daemon integrations | grep -v '^lib/template/' | xargs grep -n '#include <pcre2\.h')"

check 'a forbidden call (STYLE.md)' "$(sources lib daemon integrations | grep -v -e interpose.c |
    xargs grep -nE '(^|[^a-zA-Z0-9_."])(fork|vfork|system|popen|setlocale|strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|dlclose|signal|usleep|atoi|rand|localtime|gmtime|ctime|asctime|strerror)\(' |
    grep -vE '^[^:]*:[0-9]*: *(/?\*|//)')"

check 'files over 800 lines' "$(sources . | xargs wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines" }')"

check 'the export map' "$(tests/lint/map.sh 2>&1)"

# `make clang`, whose flags have the analysis: what has been compiled costs nothing, here or later in .ci/run. None of an
# outer make's variables is for this one. Sources that are in no build (a library is missing, a tool) are looked at alone.
unbuilt() {
    sources lib daemon integrations | grep '\.c$' | while read -r file; do
        [ -e "build/clang/obj/${file%.c}.o" ] || echo "$file"
    done
}
check 'thread-safety analysis' "$(
    env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u VARIANT -u CFLAGS \
        make -k -j2 clang 2>&1 >/dev/null
    unbuilt | xargs -r clang $flags -Ilib -Iintegrations -fsyntax-only -Wall -Wextra -Wno-unused-parameter \
        -Wno-missing-field-initializers -Wthread-safety -Wthread-safety-negative -Werror 2>&1)"

check 'writable statics in an integration (state belongs into hass_async_set_data)' "$(
    find build/release/obj/integrations -name '*.o' 2>/dev/null | while read -r object; do
        # Constants that hold addresses are in .data.rel.ro, which is not writable once it is loaded.
        objdump -t "$object" | awk -v object="${object#build/release/obj/}" '
            / O (\.bss|\.data)(\.[^ \t]*)?[ \t]/ && !/ O \.data\.rel\.ro/ { print object ": " $NF }'
    done)"

check 'shell scripts' "$(git ls-files '*.sh' .ci/run | xargs shellcheck -S error 2>&1)"

check 'promises of later work' "$(sources lib daemon integrations tests | xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
