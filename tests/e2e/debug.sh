#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An integration that holds the loop is named while it does so; with --debug the blocking call is, too.
. "$(dirname "$0")/lib/e2e.bash"

cat >"$work/holder.c" <<'C'
/* Blocks the loop for a while when it is asked to. */
#include <unistd.h>

#include <hass/integration.h>

HASS_MANIFEST(.domain = "holder", .name = "Holder", .version = "1.0");

static HASS_CALLBACK int hold(const struct hass_event *event, void *userdata, struct hass_error *err)
{
    return usleep(400000);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_listen(hass, "hold", NULL, HASS_JOB_CALLBACK(hold, NULL), NULL, err);
}
C
new_config debug 'holder:'
mkdir "$config/integrations"
# shellcheck disable=SC2046
claim "an integration that blocks builds" "${CC:-cc}" -shared -fPIC -I"$here/lib/include" $(pkg-config --cflags jansson) \
    "$work/holder.c" -o "$config/integrations/holder.so" -L"$build" -lhass

start_ready "it runs without --debug"
ctl fire hold >/dev/null
has "the watchdog names the integration" 'WARNING \(holder\).*Integration holder has been holding the loop' "$(cat "$config.log")"
has "and the function" 'hold\+0x' "$(cat "$config.log")"
hasnt "single calls are not watched" 'calls usleep' "$(cat "$config.log")"
has "top shows the stretch" '^holder .* [34][0-9]{2} ms' "$(ctl top)"
stop "it stops"

# Sanitizers interpose the C library themselves.
case $build in */asan* | */tsan*) finish ;; esac

start_ready "it runs with --debug" --debug
ctl fire hold >/dev/null
has "the call is named with its remedy" 'Integration holder calls usleep on the loop.*hass_async_sleep' "$(cat "$config.log")"
stop "it stops too"

printf 'homeassistant:\n  debug: true\nholder:\n' >"$config/configuration.yaml"
start_ready "it runs with debug: true"
ctl fire hold >/dev/null
has "which is the same" 'Integration holder calls usleep on the loop' "$(cat "$config.log")"
stop "it stops as well"
finish
