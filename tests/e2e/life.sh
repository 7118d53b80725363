#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A daemon's life: ready, signals, exit codes, one instance for each folder.
. "$(dirname "$0")/lib/e2e.bash"

new_config life 'input_boolean:
  busy:'
start_ready "it becomes ready"
is "the socket is for owner and group" 660 "$(stat -c %a "$config/.hassd.sock")"

# --- one instance
output=$("$build/hassd" run --config "$config" 2>&1)
is "a second instance exits with 1" 1 "$?"
has "and names the first one" "already runs on .*process $daemon" "$output"
claim "the first one is not disturbed" ctl info

# --- HUP loads the configuration again
printf 'input_boolean:\n  busy:\n  later:\n' >"$config/configuration.yaml"
kill -HUP "$daemon"
claim "HUP sets up what has been added" until_true 10 eval '[ -n "$(state_of input_boolean.later)" ]'
is "and the daemon is the same" RUNNING "$(ctl info --json | sed -n 's/^ *"state": *"\([A-Z]*\)",*$/\1/p' | head -1)"
printf 'input_boolean: [\n' >"$config/configuration.yaml"
kill -HUP "$daemon"
sleep 0.5
claim "HUP with a damaged file leaves the daemon running" ctl info
has "and reports the place" 'configuration.yaml:[12]' "$(cat "$config.log")"
is "with what it had" off "$(state_of input_boolean.busy)"
output=$(ctl reload 2>&1)
is "hassctl reload says it by 1" 1 "$?"
has "and by words" 'nothing was changed' "$output"
printf 'input_boolean:\n  busy:\n' >"$config/configuration.yaml"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -HUP "$daemon"; done
claim "ten HUPs at once are survived" until_true 10 eval '[ -z "$(state_of input_boolean.later)" ] && ctl info'

stop "TERM stops it with 0"
is "the socket is gone" "" "$(ls "$config/.hassd.sock" 2>/dev/null)"

start_ready "it starts again on the same folder"
kill -INT "$daemon"
wait_exit 30
is "INT stops it with 0" 0 "$code"

# --- restart
start_ready "it starts a third time"
ctl call homeassistant.restart >/dev/null 2>&1
wait_exit 30
is "a restart is asked for by exit code 100" 100 "$code"

# --- killed: the folder is free again, the socket is taken over
start_ready "it starts after a restart"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
start_ready "it starts after having been killed"

stop "and stops"

# --- the second INT kills
mkdir "$config/integrations"
cat >"$work/slow.c" <<'C'
/* Holds the stop up for long. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "slow", .name = "Slow", .version = "1.0");

static HASS_COROUTINE int on_stop(const struct hass_event *event, void *userdata, struct hass_error *err)
{
    hass_warning("stopping takes its time");
    return hass_async_sleep(hass_event_hass(event), 60, err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_listen(hass, HASS_EVENT_STOP, NULL, HASS_JOB_COROUTINE(on_stop, NULL), NULL, err);
}
C
# shellcheck disable=SC2046
claim "a slow integration builds" "${CC:-cc}" -shared -fPIC -I"$here/lib/include" $(pkg-config --cflags jansson) \
    "$work/slow.c" -o "$config/integrations/slow.so" -L"$build" -lhass
printf 'slow:\n' >"$config/configuration.yaml"
start_ready "a daemon that stops slowly"
kill -INT "$daemon"
claim "the first INT begins to stop" until_true 10 grep -q 'takes its time' "$config.log"
kill -HUP "$daemon"
kill -TERM "$daemon"
sleep 0.3
claim "which lasts, whatever HUP and TERM say meanwhile" kill -0 "$daemon"
kill -INT "$daemon"
wait_exit 5
is "the second INT kills" 130 "$code"

finish
