#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# hassctl against a live daemon, and without one.
. "$(dirname "$0")/lib/e2e.bash"

new_config ctl 'homeassistant:
  name: Test
input_boolean:
  busy:
    name: Busy
  idle:
    name: Idle
demo:'

# --- nobody answers
output=$(ctl states 2>&1)
is "without a daemon: 1" 1 "$?"
has "it is said plainly" "no daemon answers at $config/.hassd.sock" "$output"
has "and what to do" 'hassd run' "$output"
claim "'new' needs none" eval "cd '$work' && '$build/hassctl' new some_thing"
"$build/hassctl" walk >/dev/null 2>&1
is "an unknown command: 2" 2 "$?"
"$build/hassctl" states --no-such >/dev/null 2>&1
is "an unknown option: 2" 2 "$?"
claim "help" "$build/hassctl" --help
ln -s "$config/.hassd.sock" "$work/link"

start_ready "the daemon runs"

[ -e /run/hassd/hassd.sock ] || claim "by standing in the folder" eval "cd '$config' && '$build/hassctl' info"
mkdir "$work/checkout" && ln -s "$config" "$work/checkout/config"
[ -e /run/hassd/hassd.sock ] || claim "by standing in a checkout" eval "cd '$work/checkout' && '$build/hassctl' info"

# --- states
output=$(ctl states)
has "states has a title" '^ENTITY +STATE +NAME +CHANGED$' "$output"
has "and the state" '^input_boolean.busy +off +Busy +[0-9]+ ' "$output"
is "a pattern selects" 1 "$(ctl states input_boolean.busy | grep -c input_boolean)"
is "a domain selects" 2 "$(ctl states input_boolean | grep -c '^input_boolean')"
is "wildcards select" 1 "$(ctl states '*.id?e' | grep -c '^input_boolean')"
is "a pattern that selects nothing says so" "1 hassctl: no state matches 'nope'" "$(ctl states nope 2>&1 >/dev/null | sed "s/^/1 /")"
has "as JSON" '"entity_id": *"input_boolean.busy"' "$(ctl states --json input_boolean.busy)"
claim "by --socket" "$build/hassctl" --socket "$work/link" states

# --- calls
claim "a service is called" ctl call input_boolean.turn_on entity_id=input_boolean.busy
is "and has happened when it returns" on "$(state_of input_boolean.busy)"
claim "a list is JSON" ctl call input_boolean.turn_off 'entity_id=["input_boolean.busy","input_boolean.idle"]'
is "and is understood" off "$(state_of input_boolean.busy)"
output=$(ctl call input_boolean.explode 2>&1)
is "an unknown service: 1" 1 "$?"
has "is named" 'input_boolean.explode' "$output"
ctl call input_boolean.turn_on nonsense >/dev/null 2>&1
is "a word that is no pair: 2" 2 "$?"
ctl call input_boolean >/dev/null 2>&1
is "a word that is no service: 2" 2 "$?"
has "a response is printed" 'Hello, Ada' "$(ctl call demo.greet name=Ada --response)"

# --- templates
is "a template is rendered" off "$(ctl template "{{ states('input_boolean.idle') }}")"
output=$(ctl template "{{ states('input_boolean.idle') > 5 }}" 2>&1)
is "one that fails: 1" 1 "$?"
has "says what to write instead" 'float\(0\)' "$output"
output=$(ctl template "{{ states('input_boolean.idle') }}" --explain)
has "an explained one says what it depends on" 'entity input_boolean.idle' "$output"
has "and its code" 'PRINT' "$output"
ctl states --explain >/dev/null 2>&1
is "--explain goes with templates only" 2 "$?"

# --- what is no text
for words in template 'call input_boolean.turn_on' states 'areas add' 'areas rename kitchen' 'set entity input_boolean.busy' 'fire e2e_event'; do
    # shellcheck disable=SC2086
    output=$(ctl $words $'name=\xff' 2>&1)
    is "bytes that are no text, behind $words: 2" 2 "$?"
done
has "and it is said" 'is not UTF-8' "$output"

# --- following
follow() { exec timeout 300 "$build/hassctl" --config "$config" "$@"; }
follow states -w input_boolean >"$work/watch" 2>&1 &
watcher=$!
follow states -w --json input_boolean >"$work/watch.json" 2>&1 &
json_watcher=$!
follow events >"$work/events" 2>&1 &
events=$!
follow events e2e_event --json >"$work/event.json" 2>&1 &
event=$!
pids+=("$watcher" "$json_watcher" "$events" "$event")
until_true 5 grep -q idle "$work/watch"
until_true 5 grep -q idle "$work/watch.json"
sleep 0.3
ctl call input_boolean.toggle entity_id=input_boolean.idle >/dev/null
claim "an event is fired" ctl fire e2e_event number=5 text=five 'list=[1,2]'
claim "-w shows the change" until_true 5 grep -q 'input_boolean.idle  off → on' "$work/watch"
claim "-w --json too" until_true 5 grep -q '"new_state":{"entity_id":"input_boolean.idle","state":"on"' "$work/watch.json"
claim "events shows it" until_true 5 grep -q 'state_changed  input_boolean.idle  off → on' "$work/events"
claim "and the service call" grep -q 'call_service .*toggle' "$work/events"
claim "one type only, with values read as JSON" until_true 5 grep -q '"data":{"number":5,"text":"five","list":\[1,2\]}' "$work/event.json"
is "nothing else" 1 "$(wc -l <"$work/event.json")"
hasnt "no colour without a terminal" $'\033' "$(cat "$work/events" "$work/watch")"

# --- a terminal
terminal() { script -qec "stty cols ${columns:-80}; $build/hassctl --config $config $*" /dev/null </dev/null; }
has "colour on a terminal" $'\033' "$(terminal states)"
hasnt "not with NO_COLOR" $'\033' "$(NO_COLOR=1 terminal states)"
claim "tables fit the terminal" [ "$(columns=40 terminal states | sed 's/\x1b\[[0-9;]*m//g; s/\r//' | LC_ALL=C.UTF-8 wc -L)" -le 40 ]

# --- the daemon itself
output=$(ctl info)
has "info: who" '^pid +'"$daemon" "$output"
has "info: integrations" '^input_boolean ' "$output"
has "info as JSON" '"pid": *'"$daemon" "$(ctl info --json)"
has "top has a title" '^INTEGRATION +LOOP' "$(ctl top)"
has "and integrations" '^core ' "$(ctl top -1)"
has "top as JSON" '"domain": *"core"' "$(ctl top --json)"
# `script` ends with its input, so that lasts as long as is looked at.
is "live on a terminal" 1 "$(sleep 3 | timeout 10 script -qec "$build/hassctl --config $config top" /dev/null 2>/dev/null |
    grep -c INTEGRATION | awk '{ print ($1 >= 2) }')"
claim "reload" ctl reload
claim "reload of one" ctl reload input_boolean
names=$(ctl states | cut -d' ' -f1 | sort)
claim "reload of a domain that others depend on" ctl reload sensor
claim "brings back everything" until_true 10 eval '[ "$(ctl states | cut -d" " -f1 | sort)" = "$names" ]'
hasnt "once" 'already used' "$(cat "$config.log")"
ctl reload no_such >/dev/null 2>&1
is "reload of an unknown one: 1" 1 "$?"
sed -i '/idle/,+1d' "$config/configuration.yaml"
claim "reload after a change" ctl reload
claim "removes what is gone" until_true 5 eval '[ -z "$(state_of input_boolean.idle)" ]'

# --- clients that behave badly do not matter
printf 'rubbish\n' | timeout 2 "$build/hassctl" --socket "$work/link" call x.y >/dev/null 2>&1
for _ in $(seq 1 30); do timeout 0.02 "$build/hassctl" --config "$config" events >/dev/null 2>&1; done
claim "clients that vanish are survived" ctl info

# --- a daemon whose loop is held: the kernel accepts for it, but nobody greets
kill -STOP "$daemon"
output=$(ctl info 2>&1)
is "a daemon that does not answer: 1" 1 "$?"
has "is said plainly" 'does not answer' "$output"
kill -CONT "$daemon"
claim "it answers again" ctl info

stop "the daemon stops with clients connected"
claim "whoever follows is told" until_true 5 grep -q 'closed the connection' "$work/watch"
finish
