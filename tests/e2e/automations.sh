#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Automations in a live daemon: a delay that a kill does not end, and what hassctl tells of runs, traces and causes.
. "$(dirname "$0")/lib/e2e.bash"

new_config automations 'input_boolean:
  lamp:
  bell:
  door:
script:
  shine:
    alias: Shine
    sequence:
      - action: input_boolean.turn_on
        target: {entity_id: input_boolean.lamp}
automation: !include automations.yaml'
cat >"$config/automations.yaml" <<'YAML'
- id: ring
  alias: Ring
  triggers:
    - trigger: state
      entity_id: input_boolean.bell
      to: "on"
  conditions:
    - condition: state
      entity_id: input_boolean.door
      state: "off"
  actions:
    - action: script.shine
    - delay: 1
- id: wait
  alias: Wait
  triggers: {trigger: event, event_type: begin}
  actions:
    - delay: "{{ trigger.event.data.seconds }}"
    - action: input_boolean.turn_on
      target: {entity_id: input_boolean.door}
- alias: Wrong
  triggers: {trigger: state}
  actions: []
YAML

output=$("$build/hassd" check --config "$config" 2>&1)
is "what is wrong is found: 1" 1 "$?"
has "with its place" 'automations.yaml:22:13: error: .*entity_id' "$output"
start_ready "the daemon runs"
has "and says what it leaves out" 'automations.yaml:22:13: .*Wrong' "$(cat "$config.log")"

# --- what there is
output=$(ctl automations)
has "automations are listed" '^automation.ring +on +single +Ring$' "$output"
has "the wrong one, too" '^automation.wrong +unavailable ' "$output"
has "it is an issue" 'validation_failed' "$(ctl issues)"

# --- why
claim "the bell rings" ctl call input_boolean.turn_on entity_id=input_boolean.bell
claim "the lamp is on" until_true 10 eval '[ "$(state_of input_boolean.lamp)" = on ]'
output=$(ctl why input_boolean.lamp)
has "why: the call" 'input_boolean.turn_on was called with .*input_boolean.lamp.*\[configuration.yaml:9\]' "$output"
has "why: the script" "by script 'Shine'" "$output"
has "why: its caller" 'script.shine was called with .*\[automations.yaml:12\]' "$output"
has "why: the automation" "by automation 'Ring' \(automation.ring\), set off by state of input_boolean.bell" "$output"
has "why: what set it off" "input_boolean.bell changed from 'off' to 'on'" "$output"
has "why: its cause" 'input_boolean.turn_on was called with .*input_boolean.bell' "$output"
has "why: the root" 'a client asked for it' "$output"
has "why, as JSON" '"chain"' "$(ctl why --json input_boolean.lamp)"
ctl why light.none >/dev/null 2>&1
is "why, of what there is not: 1" 1 "$?"

has "its trace" 'action/0' "$(ctl trace automation.ring)"
has "by its name, too" 'action/0' "$(ctl trace ring)"
has "and why" "^automation.ring is 'on'" "$(ctl why Ring)"
has "a name that nobody has" "there is no automation 'Rung'; did you mean 'Ring'" "$(ctl why-not Rung 2>&1)"

# --- why not
claim "the run ends" until_true 10 eval 'ctl runs | grep -qv Ring'
claim "the door opens" ctl call input_boolean.turn_on entity_id=input_boolean.door
claim "the bell is quiet" ctl call input_boolean.turn_off entity_id=input_boolean.bell
claim "and rings again" ctl call input_boolean.turn_on entity_id=input_boolean.bell
output=$(ctl why-not automation.ring --since 1h)
has "why not: what stopped it" "state of input_boolean.bell: a condition was not true: the state is 'on', wanted 'off' +\[automations.yaml:9\]" "$output"
has "why not: what would now" 'condition/0.* is not true' "$output"
ctl why-not automation.ring --since soon >/dev/null 2>&1
is "a time that is none: 1" 1 "$?"
hasnt "why not: not what was before" 'a condition was not true' "$(ctl why-not automation.ring --since 2100-01-01T00:00)"
ctl states --since 1h >/dev/null 2>&1
is "an option of another command: 2" 2 "$?"
has "why not, of a wrong one" 'its configuration is wrong' "$(ctl why-not automation.wrong)"

# --- traces, running, stopping
has "the trace of a run that was refused" 'failed_conditions' "$(ctl trace automation.ring)"
claim "the door is shut" ctl call input_boolean.turn_off entity_id=input_boolean.door
claim "a long wait begins" ctl fire begin seconds=600
has "it is listed" 'automation +Wait +waiting' "$(ctl runs)"
output=$(ctl trigger Wait 2>&1)
is "it is not run by hand meanwhile: 1" 1 "$?"
has "for it is running" 'automation.wait: it was still running' "$output"
claim "it is stopped" ctl stop Wait
hasnt "and has gone" 'Wait' "$(ctl runs)"
claim "a script is run by hand" ctl trigger script.shine
claim "and by its name" ctl trigger Shine
has "one that is wrong cannot be run" 'automation.wrong is unavailable' "$(ctl trigger Wrong 2>&1)"
output=$(ctl trigger automation.wait 2>&1)
is "a run by hand that fails: 1" 1 "$?"
has "says why and where" 'it failed: .*UndefinedError.*\[automations.yaml:18\]' "$output"
has "what is neither run nor thing is not stopped" "there is no automation or script 'wiat'" "$(ctl stop wiat 2>&1)"
claim "what was stopped is written down no more" until_true 10 eval '! grep -q automation.wait "$config/.storage/hassd.runs"'

# --- a kill within a delay
# Long enough for a slow machine to be up again before it ends.
claim "a wait begins" ctl fire begin seconds=20
claim "it is written down" until_true 10 grep -q automation.wait "$config/.storage/hassd.runs"
kill -KILL "$daemon"
wait_exit 10
start_ready "the daemon runs again"
has "the run goes on" 'automation +Wait +waiting' "$(ctl runs)"
claim "and comes to its end" until_true 60 eval '[ "$(state_of input_boolean.door)" = on ]'
output=$(ctl why input_boolean.door)
has "why, after the restart" "by automation 'Wait' \(automation.wait\), set off by event 'begin'" "$output"
has "with the place" '\[automations.yaml:19\]' "$output"
is "nothing waits any more" 0 "$(ctl runs --json | grep -c run_id)"
stop "and stops"
finish
