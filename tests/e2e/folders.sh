#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configuration folders as they should not be, and what `hassd check` says about configurations.
. "$(dirname "$0")/lib/e2e.bash"

check() { timeout 60 "$build/hassd" check --config "$1" "${@:2}" 2>&1; }

# --- folders
for what in missing a-file; do
    folder=$work/$what
    [ $what = missing ] || echo x >"$folder"
    output=$("$build/hassd" run --config "$folder" 2>&1)
    is "run on $what folder exits with 1" 1 "$?"
    has "and says so" "hassd: .*$folder" "$output"
    output=$(check "$folder")
    is "check on $what folder exits with 1" 1 "$?"
    has "and says so too" "hassd: .*$folder" "$output"
    output=$(check "$folder" --json)
    is "check --json on $what folder exits with 1" 1 "$?"
    has "and is JSON" '"valid": *false' "$output"
done

mkdir "$work/closed"
chmod 0 "$work/closed"
if [ "$(id -u)" = 0 ]; then
    chmod 755 "$work"
    as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
else
    as_user() { "$@"; }
fi
if as_user test -x "$build/hassd"; then
    output=$(as_user "$build/hassd" run --config "$work/closed" 2>&1)
    is "run on an unreadable folder exits with 1" 1 "$?"
    has "and says why" "$work/closed.*Permission denied" "$output"
fi

# The same bytes for the same seed.
random_bytes() {
    LC_ALL=C awk -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < 4096; i++) printf "%c", 1 + int(rand() * 255) }'
}

new_config empty
start_ready "an empty folder is a home"
stop "that stops"
output=$(check "$config")
is "an empty folder is valid" 0 "$?"

new_config nothing ''
start_ready "an empty file is a home"
stop "that stops too"

for seed in 1 2 3 4 5; do
    new_config "random$seed"
    for file in configuration.yaml secrets.yaml automations.yaml .storage/core.config .storage/core.config_entries; do
        mkdir -p "$(dirname "$config/$file")"
        random_bytes "$((seed * 100 + ${#file}))" >"$config/$file"
    done
    start_ready "a folder of random bytes is survived ($seed)"
    has "and reported" 'ERROR .*configuration.yaml' "$(cat "$config.log")"
    stop "and stops ($seed)"
    check "$config" >/dev/null
    is "and is not valid ($seed)" 1 "$?"
done

# --- check
output=$(check "$here/config")
is "the default configuration is valid" 0 "$?"
hasnt "without a warning" 'warning' "$output"

new_config good 'input_boolean:
  busy:
    name: Busy'
output=$(check "$config")
is "a good configuration: 0" 0 "$?"
has "and words" 'valid' "$output"
output=$(check "$config" --json)
is "a good configuration as JSON: 0" 0 "$?"
has "is JSON" '"valid": *true' "$output"

new_config bad 'input_boolean:
  busy:
    nme: Busy
no_such_integration:
logger:
  default: loud'
output=$(check "$config")
is "a bad configuration: 1" 1 "$?"
has "the place" 'configuration.yaml:3:5' "$output"
has "the nearest key" "'?name'?" "$output"
has "all errors: the integration" 'no_such_integration' "$output"
has "all errors: the level" 'configuration.yaml:6:' "$output"
output=$(check "$config" --json)
is "a bad configuration as JSON: 1" 1 "$?"
for key in severity file line column path message hint; do
    has "diagnostics have $key" "\"$key\":" "$output"
done
is "nothing but JSON goes to standard output" "{}" "$("$build/hassd" check --config "$config" --json 2>/dev/null | sed -n '1p;$p' | tr -d '\n')"
start_ready "a bad configuration still starts"
is "without what is bad" "" "$(state_of input_boolean.busy)"
has "and reports it" 'configuration.yaml:3' "$(cat "$config.log")"
stop "and stops in order"

# --- the command line
has "version" '^hassd [0-9]+\.[0-9]+' "$("$build/hassd" version)"
claim "help" "$build/hassd" --help
"$build/hassd" run --no-such >/dev/null 2>"$work/err"
is "an unknown option: 2" 2 "$?"
has "with help" 'hassd --help' "$(cat "$work/err")"
"$build/hassd" --probe "$build/hassd" >/dev/null 2>&1
is "probing what is no integration fails" 1 "$([ $? -ne 0 ] && echo 1)"

finish
