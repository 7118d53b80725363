#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints every function and object that the public headers declare with HASS_API: "name<TAB>return type<TAB>parameters".
# What is declared there is the ABI: lib/libhass.map names the same, and tests take their lists from here.
cd "$(dirname "$0")/../.." || exit 1
for header in lib/include/hass/*.h; do
    echo "#include \"$header\""
done | ${CC:-gcc} -E -P -D_GNU_SOURCE -std=gnu17 -Ilib/include -I. $(pkg-config --cflags jansson) -x c - | tr '\n' ' ' | sed 's/[;{}]/&\n/g' |
    grep '__attribute__((visibility("default"))) *' | grep -v -e '__attribute__((visibility("default"))) *int async_' \
        -e '__attribute__((visibility("default"))) *int setup' -e hass_manifest |
    sed -n 's/^.*__attribute__((visibility("default"))) *//p' |
    sed 's/__attribute__((format([^)]*)))//g; s/extern //g; s/  */ /g; s/ *;$//' |
    sed -n -e 's/^\(.*[ *]\)\(hass_[a-z0-9_]*\) *(\(.*\)) *$/\2\t\1\t\3/p' -e 's/^\([^(]*[ *]\)\(hass_[a-z0-9_]*\) *$/\2\t\1\t-/p' |
    sed 's/ *\t */\t/g' | sort -u
