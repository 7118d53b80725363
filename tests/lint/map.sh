#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares lib/libhass.map with what the headers declare; --write adds what is new to the newest node.
cd "$(dirname "$0")/../.." || exit 1
map=lib/libhass.map
declared=$(mktemp) named=$(mktemp)
trap 'rm -f "$declared" "$named"' EXIT
tests/lint/exports.sh | cut -f1 >"$declared"
if [ "${1:-}" = --write ]; then
    {
        echo 'HASS_1.0 {'
        echo 'global:'
        sed 's/.*/    &;/' "$declared"
        echo 'local:'
        echo '    *;'
        echo '};'
    } >"$map"
fi
sed -n 's/^ *\(hass_[a-z0-9_]*\);$/\1/p' "$map" | sort -u >"$named"
difference=$(diff "$named" "$declared" | sed -n -e 's/^< /  in the map, not in a header: /p' -e 's/^> /  in a header, not in the map: /p')
[ -z "$difference" ] && exit 0
echo "$map and the public headers differ (tests/lint/map.sh --write):"
echo "$difference"
exit 1
