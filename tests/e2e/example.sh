#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The complete example of integrations/README.md, as a reader of it: taken from the page, built by its own makefile with nothing
# but the installed headers and hass.pc, dropped into a running daemon, configured, exercised, changed, dropped in again.
. "$(dirname "$0")/lib/e2e.bash"

variant=$(basename "$build")
multiarch=$(cc -print-multiarch)
claim "hassd is installed" make -C "$here" VARIANT="$variant" BUILD="${build#"$here"/}" PREFIX="$work/usr" install
unset MAKEFLAGS MFLAGS MAKELEVEL # the author's make is not ours
export PKG_CONFIG_PATH=$work/usr/lib/$multiarch/pkgconfig
build=$work/usr/bin
mkdir "$work/busy" && cd "$work/busy" || exit 1

# block LANGUAGE: the first code block in that language after "One in ten minutes"
block() {
    sed -n '/^## One in ten minutes/,$p' "$here/integrations/README.md" |
        awk -v begin="\`\`\`$1" '$0 == "```" && on { exit } on { print } $0 == begin { on = 1 }'
}
block c >busy.c
block make >Makefile
has "the page has the source" 'HASS_MANIFEST' "$(cat busy.c)"
has "and the makefile" '^busy.so: busy.c' "$(cat Makefile)"

claim "it builds with gcc" make CC=gcc CFLAGS=-Werror
is "it exports its manifest and entry points only" "async_setup hass_manifest" "$(nm -D --defined-only busy.so | awk '{ print $3 }' | sort | xargs)"
if command -v clang >/dev/null; then
    claim "it passes the analysis" make lint
    sed 's/^    busy->last = now;/    hass_states_set(NULL, "a.b", "", NULL, NULL, err);\n&/' busy.c >wrong.c
    output=$(sed 's/busy\.c/wrong.c/' Makefile | make -f - lint 2>&1)
    is "which refuses a blocking call in its callback" 2 "$?"
    has "with file and line" 'wrong\.c:[0-9]+:[0-9]+: (error|warning).*hass_loop' "$output"
    claim "it builds with clang" make -B CC=clang CFLAGS=-Werror
    claim "and with gcc again" make -B CC=gcc
fi

# --- dropped into a running daemon
yaml='logger:
  default: info
sensor:
  - platform: systemmonitor
    scan_interval: 1
    resources:
      - type: processor_use
input_boolean:
  busy:'
new_config home "$yaml"
start_ready "a daemon without it starts"
mkdir -p "$config/integrations"

# put_in: as `cp` does it, over the loaded file
put_in() { cp busy.so "$config/integrations/busy.so"; }
is_set_up() { ctl info | grep -Eq "^busy .* set up "; }
mapped() { ctl info | sed -n 's/^mapped_files *//p'; }
boolean_is() { [ "$(state_of input_boolean.busy)" = "$1" ]; }
# goes STATE: the next reading that differs switches. On a machine that is busy all the time none differs for long: then the
# sensor is set up anew, which is a change too.
goes() { until_true 4 boolean_is "$1" || { ctl reload sensor && until_true 10 boolean_is "$1"; }; }
# limit NUMBER: the example's own configuration, with another limit
limit() {
    { printf '%s\n' "$yaml"; block yaml | sed "s/above: .*/above: $1/"; } >"$config/configuration.yaml"
    ctl reload
}
# A load, so that the sensor changes however quiet the machine is.
(while :; do sleep 0.3; for i in {1..20000}; do :; done; done) &
load=$!
pids+=("$load")

claim "the page's file is copied in" put_in
claim "its section is added and read" limit -1
claim "the daemon sets it up" until_true 10 is_set_up
is "nothing has been switched that was not crossed" 0 "$(grep -c 'goes off' "$config.log")"
claim "above the limit the boolean goes on" goes on
has "and the log says why" 'busy.*sensor.processor_use is [0-9]+, so input_boolean.busy goes on' "$(cat "$config.log")"
timeout 30 "$build/hassctl" --config "$config" events state_changed >"$work/events" 2>&1 &
pids+=("$!")
claim "another limit is read" limit 1000
claim "below it the boolean goes off" goes off
claim "hassctl events shows it" until_true 5 grep -q input_boolean.busy "$work/events"

# --- replaced by a changed one, while everything else runs on
of_daemon=$(ctl info | grep '^pid') files=$(mapped)
sed -i 's/so %s goes %s/so %s is switched %s/' busy.c
claim "a changed source is built" make CC=gcc
claim "and copied over the old one" put_in
claim "the new one is opened" until_true 10 eval '[ "$(mapped)" -gt "$files" ]'
claim "and set up" until_true 10 is_set_up
said=$(grep -c 'goes o' "$config.log")
claim "the limit is lowered again" limit -1
claim "the boolean goes on again" goes on
has "by the new one" 'input_boolean.busy is switched on' "$(cat "$config.log")"
is "nothing is left of the old one" "$said" "$(grep -c 'goes o' "$config.log")"
is "the daemon is the same" "$of_daemon" "$(ctl info | grep '^pid')"
hasnt "nothing was refused, nothing went wrong" 'ERROR|CRITICAL|wrong thread' "$(cat "$config.log")"
kill "$load"
stop "the daemon stops"
finish
