#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Integrations that misbehave in a real daemon: each is named with its function and remedy, and nothing else suffers.
. "$(dirname "$0")/lib/e2e.bash"

# with NAME… TEXT: a configuration folder that has these test integrations dropped in
with() {
    local text=${*: -1}
    new_config "$1" "$text"
    mkdir -p "$config/integrations"
    while [ $# -gt 1 ]; do
        cp "$build/tests/plugins/${1%%-*}.so" "$config/integrations/"
        shift
    done
}

logged() { grep -Eq -- "$1" "$config.log"; }
lines() { grep -Ec -- "$1" "$config.log"; }

case $build in */asan* | */tsan*) sanitized=1 ;; *) sanitized= ;; esac

# --- the loop is held, in five ways
for how in sleep poll cpu lock coroutine; do
    with "blocks-$how" "blocks: {how: $how}"
    start_ready "a loop that is held by $how goes on afterwards"
    claim "the integration is named while it holds it ($how)" \
        until_true 10 logged 'Integration blocks has been holding the loop for [0-9]+ ms: job block'
    claim "and told how long it was ($how)" until_true 10 logged 'Integration blocks held the loop for [0-9]+ ms'
    # What a sanitizer puts between a function and its call is its own affair.
    [ "$sanitized" ] || has "the function is named ($how)" \
        '(in .* called from|computing in) blocks\.so:(hold_by_|block|milliseconds)' "$(grep 'has been holding' "$config.log")"
    stop "and it stops ($how)"
done

# --- calls from the wrong thread
with strays 'strays:'
start_ready "an integration that calls from the wrong thread takes nobody down"
claim "a call from the pool is reported" \
    until_true 10 logged 'hass\.bus\.async_fire was called from thread SyncWorker.* by integration strays at strays\.so:fire_from_the_pool'
claim "with what to call instead, and its page" logged 'Use hass_bus_fire.*lib/README\.md#hassbusasync_fire'
claim "a wait on the loop is reported" \
    until_true 10 logged 'hass\.states\.set would have stopped the loop.*strays\.so:wait_on_the_loop.*Use hass_states_async_set'
claim "suspending in a callback is reported" until_true 10 logged 'hass\.async_sleep can wait only inside a coroutine.*strays'
is "three calls from one place are one report" 1 "$(lines 'hass\.bus\.async_fire was called')"
has "all five are counted" '"refused": *5' "$(ctl top --json | grep -A12 '"strays"')"
is "nothing of it was done" "" "$(state_of stray.one)"
stop "and the daemon stops in good order"

# --- blocking calls in debug mode
if [ ! "$sanitized" ]; then
    with blocks-debug 'homeassistant: {debug: true}
blocks: {how: sleep}'
    start_ready "debug mode is switched on in the configuration"
    claim "a blocking call of the C library is reported" \
        until_true 10 logged 'Integration blocks calls nanosleep on the loop: job block, from blocks\.so:hold_by_sleeping.*use hass_async_sleep'
    claim "a slow callback is reported" until_true 10 logged 'Job block held the loop for 0\.[5-9]'
    stop "and the daemon stops"
fi

# --- a set-up that takes the daemon down is left out after three deaths
with crash_setup 'crash_setup:
input_boolean:
  busy:'
for death in 1 2 3; do
    start
    wait_exit 20
    claim "death $death is one by a signal" test "$code" -gt 128
done
start_ready "the fourth start comes up"
has "without the culprit, which is named" 'crash_setup' "$(grep -E 'left out' "$config.log")"
is "everything else is there" off "$(state_of input_boolean.busy)"
has "and the problem is shown" 'crash_setup' "$(ctl info)"
stop "it stops"

# --- cp over the file of a running integration
with good 'good: {mode: fast}'
start_ready "a dropped-in integration runs"
is "from the file that was dropped in" fast "$(state_of good.mode)"
cat "$build/tests/plugins/busy.so" >"$config/integrations/good.so"
sleep 1
claim "writing over its file does not take the daemon down" ctl info
is "what runs goes on while the new file is of no use" fast "$(state_of good.mode)"
cp "$build/tests/plugins/good.so" "$config/integrations/good.so"
claim "the right file is taken up again" until_true 10 eval '[ "$(state_of good.mode)" = fast ]'
for _ in 1 2 3 4 5; do
    head -c 2000 "$build/tests/plugins/good.so" >"$config/integrations/good.so"
    sleep 0.1
    cp "$build/tests/plugins/good.so" "$config/integrations/good.so"
    sleep 0.1
done
claim "a file that changes faster than it can be read is survived" ctl info
stop "and it stops"

finish
