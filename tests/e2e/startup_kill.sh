#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# TERM at any moment of start-up ends the daemon in good order, HUP does no harm, and the next start finds nothing broken.
. "$(dirname "$0")/lib/e2e.bash"

new_config kill
cp "$here"/config/*.yaml "$config/"

# How long a start takes here, in milliseconds: the moments are spread over that.
now_ms() { echo $(($(date +%s%N) / 1000000)); }
begin=$(now_ms)
start_ready "it starts undisturbed"
length=$(($(now_ms) - begin))
stop "and stops"

RANDOM=${SEED:-20}
for round in $(seq 1 20); do
    ms=$((RANDOM % length))
    delay=$((ms / 1000)).$(printf '%03d' $((ms % 1000)))
    start
    sleep "$delay"
    kill -TERM "$daemon"
    wait_exit 30
    # Before main has blocked signals there is nothing to stop in order: 143 is the kernel's doing.
    if [ "$code" = 0 ] || { [ "$code" = 143 ] && [ ! -s "$config.log" ]; }; then
        pass "TERM after $delay s (round $round)"
    else
        fail "TERM after $delay s (round $round): exit $code" "$(cat "$config.log")"
    fi
done

for round in $(seq 1 5); do
    ms=$((RANDOM % length))
    start
    sleep "0.$(printf '%03d' $((ms % 1000)))"
    kill -HUP "$daemon"
    if until_true 20 is_running; then
        pass "HUP after $ms ms of a start does no harm (round $round)"
    elif [ ! -s "$config.log" ]; then
        pass "HUP after $ms ms came before main (round $round)"
    else
        fail "HUP after $ms ms of a start (round $round)" "$(cat "$config.log")"
    fi
    kill -TERM "$daemon" 2>/dev/null
    wait_exit 30
done

start_ready "it starts after all that"
hasnt "nobody is blamed" 'died|crashed' "$(cat "$config.log")"
stop "and stops"
finish
