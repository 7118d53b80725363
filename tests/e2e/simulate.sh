#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Automations tried without a daemon: the example of config/README.md taken from the page, simulated days, tests that fail, and the command
# lines that are wrong.
. "$(dirname "$0")/lib/e2e.bash"

# example FILE: the block of the page that is marked with its name
example() {
    sed -n "/^<!-- the example of tests\/e2e\/simulate.sh: $1 -->\$/,/^\`\`\`\$/p" "$here/config/README.md" |
        sed -e 1,2d -e '$d'
}

new_config home 'homeassistant:
  time_zone: Europe/Berlin
automation: !include automations.yaml
light:
  - platform: of_somebody_else'
example automations.yaml >"$config/automations.yaml"
example tests.yaml >"$work/tests.yaml"
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

check() { timeout 60 "$build/hassd" check --config "$config" "$@"; }
simulate() { timeout 60 "$build/hassctl" --config "$config" simulate "$@"; }

# --- tests
output=$(check --test "$work/tests.yaml" 2>&1)
is "the example of the page passes" 0 "$?"
is "and says how many" "2 passed, 0 failed" "$output"
sed -i 's/brightness_pct: 40/brightness_pct: 30/' "$config/automations.yaml"
output=$(check --test "$work/tests.yaml" 2>&1)
is "a test that fails: 1" 1 "$?"
has "it is named with its line" "^$work/tests.yaml:1: failed: the hall light goes on in the dark" "$output"
has "what was wanted" 'line 9: wanted: light.turn_on light.hall \{brightness_pct: 40\}' "$output"
has "and what was called" 'got: light.turn_on light.hall \{brightness_pct: 30\} at 22:00:00, by automation.hall_light' "$output"
has "with all that happened" '> Hall light, by state of binary_sensor.hall  \(automations.yaml:1\)' "$output"
has "the others are counted" '^1 passed, 1 failed$' "$output"
output=$(check --json --test "$work/tests.yaml" 2>/dev/null)
has "as JSON" '"failed": *1' "$output"
has "with the failures" '"line 9: wanted' "$output"
sed -i 's/brightness_pct: 30/brightness_pct: 40/' "$config/automations.yaml"

cat >"$work/wrong.yaml" <<END
- name: one
  givn: {light.x: "on"}
  then: []
- name: two
  when:
    - light.x: "on"
  then:
    - acton: light.turn_on
END
output=$(check --test "$work/wrong.yaml" 2>&1)
is "a file with mistakes: 1" 1 "$?"
has "an unknown key is told with its line" "wrong.yaml:2:3: error: .*givn" "$output"
has "in later cases, too" "wrong.yaml:8:14: error: 'acton' is not known here; did you mean 'action'" "$output"
hasnt "none is run" 'passed' "$output"
output=$(check --test "$work/none.yaml" 2>&1)
is "no file: 1" 1 "$?"
has "is named" "there is no file $work/none.yaml" "$output"

cat >"$work/more.yaml" <<END
cases:
  - name: too much
    given: {sun.sun: below_horizon, binary_sensor.hall: "off"}
    when: [{binary_sensor.hall: "on"}]
    then: []
  - name: too little
    when: [{binary_sensor.hall: "on"}]
    then:
      - action: cover.open_cover
  - name: a state
    given: {light.x: "off"}
    when: [{action: light.turn_on, target: {entity_id: light.x}, data: {brightness: 5}}]
    then: {state: {light.x: {state: "on", attributes: {brightness: 6}}}}
  - name: of nobody
    automation: nobody
    then: []
END
output=$(check --test "$work/more.yaml" 2>&1)
is "what is not wanted, or missing, fails" 1 "$?"
has "one too many" 'not wanted: light.turn_on light.hall' "$output"
has "one that is missing" 'line 9: wanted: cover.open_cover' "$output"
has "nothing instead" 'got: nothing' "$output"
has "an attribute" 'wanted: brightness of light.x is 6' "$output"
has "an automation that is not there" "of nobody: there is no automation 'nobody'" "$output"

cat >"$work/later.yaml" <<END
- name: an item in which only time passes
  given: {sun.sun: below_horizon, binary_sensor.hall: "off"}
  when: [{binary_sensor.hall: "on"}, {after: "00:06:00"}]
  then: [{action: light.turn_on}, {action: light.turn_off}]
END
is "time passes" "1 passed, 0 failed" "$(check --test "$work/later.yaml" 2>&1)"

# --- simulated days
cat >"$work/day.yaml" <<END
- at: "06:30"
  sun.sun: above_horizon
  binary_sensor.hall: "off"
- binary_sensor.hall: "on"
- after: "15:30:00"
  sun.sun: below_horizon
  binary_sensor.hall: "off"
- after: 60
  binary_sensor.hall: "on"
END
output=$(simulate --from 2024-06-03 --history "$work/day.yaml")
is "a day is simulated" 0 "$?"
has "with its date" '^Monday 2024-06-03$' "$output"
has "what kept it from running" 'x Hall light did not run: a condition was not met.*above_horizon' "$output"
has "what it called" '-> light.turn_on light.hall \{brightness_pct: 40\}' "$output"
has "five minutes later" '^22:06:00 +-> light.turn_off light.hall  \(automation.hall_light, automations.yaml:16\)$' "$output"
has "in numbers" '^1 run of 1 automation or script, 2 calls, 1 did not run$' "$output"
output=$(simulate --from 2024-06-03 --history "$work/day.yaml" --json | tail -n 2)
has "as JSON lines" '"kind":"call".*"action":"light.turn_off"' "$output"
output=$(simulate --from 2024-06-03 --to 22:03 --history "$work/day.yaml")
has "what still goes on at the end" '^Hall light still goes on: .*until .*22:06:00' "$output"
output=$(simulate --from 2024-06-03 --automation 'Hall light' --history "$work/day.yaml")
has "one automation" '> Hall light' "$output"
output=$(simulate --from 2024-06-03 --automation hal_light 2>&1)
is "an automation that is not there: 1" 1 "$?"
has "the one that was meant" "did you mean 'hall_light'" "$output"

cat >"$work/history.json" <<END
[[{"entity_id": "binary_sensor.hall", "state": "off", "attributes": {}, "last_changed": "2024-06-02T20:00:00+02:00"},
  {"state": "on", "last_changed": "2024-06-03T23:00:00+02:00"}],
 [{"entity_id": "sun.sun", "state": "below_horizon", "attributes": {}, "last_changed": "2024-06-02T21:30:00+02:00"}]]
END
output=$(simulate --from 2024-06-03 --history "$work/history.json")
has "a recorded history" '^23:00:00  binary_sensor.hall  off -> on$' "$output"
has "sets off what it would" '-> light.turn_on light.hall' "$output"

output=$(simulate --from 2024-06-03 --to 2024-06-02 2>&1)
is "an end before the beginning: 1" 1 "$?"
output=$(simulate --from 2024-01-01 --to 2025-01-03 2>&1)
has "more than a year" 'at most 366 days' "$output"
claim "a year" simulate --from 2023-01-01 --to 2024-01-02
output=$(simulate --from yesterday 2>&1)
has "no time" "--from: expected a time" "$output"
"$build/hassd" run --from 07:00 >/dev/null 2>&1
is "an option of another command: 2" 2 "$?"

# --- beside the home that runs
cat >"$work/mistaken.json" <<END
[
  {"entity_id": "sun.sun", "state": "x"},
  {"entity_id": "Kitchen", "state": "on"}
]
END
output=$(simulate --from 2024-06-03 --states "$work/mistaken.json" 2>&1)
is "states with a mistake: 1" 1 "$?"
has "it is told with its line" "mistaken.json:3: error: expected a state with entity_id and state, got" "$output"
output=$(simulate --from 2024-06-03 2>&1)
has "no daemon is asked in vain without a word" "begins without the states of devices .*no daemon answers at $config/.hassd.sock" "$output"
hasnt "one that is not wanted is not missed" "no daemon" "$(simulate --from 2024-06-03 --empty 2>&1)"

new_config running 'homeassistant:
  time_zone: Europe/Berlin
demo:
input_boolean:
  guests:
automation:
  - alias: Morning
    triggers:
      - {trigger: time, at: "07:00:00"}
    conditions:
      - {condition: state, entity_id: lock.front_door, state: locked}
    actions:
      - action: light.toggle
        target: {entity_id: light.kitchen_table}
      - action: script.greet
script:
  greet:
    sequence:
      - event: greeted
        event_data: {guests: "{{ states(\"input_boolean.guests\") }}"}'
start_ready "a home that runs"
ctl call input_boolean.turn_on entity_id=input_boolean.guests >/dev/null
ctl call light.turn_on entity_id=light.kitchen_table >/dev/null
output=$(simulate --from 2024-06-03 --all 2>&1)
is "is simulated beside it" 0 "$?"
has "from the states that its devices have" '^ +light.kitchen_table  on -> off$' "$output"
has "with the place of the step that calls" '-> light.toggle light.kitchen_table  \(configuration.yaml:13\)$' "$output"
has "and its helpers" 'event greeted \{"guests":"on"\}' "$output"
ctl states --json >"$work/states.json"
is "the same from a file" "$output" "$(simulate --from 2024-06-03 --all --states "$work/states.json" 2>&1)"
has "or from a socket" 'greeted \{"guests":"on"\}' "$(cd / && timeout 60 "$build/hassctl" simulate --socket "$config/.hassd.sock" --from 2024-06-03)"
output=$(simulate --from 2024-06-03 --empty)
has "or empty" 'x Morning did not run: ' "$output"
claim "the home goes on" ctl info
stop "and ends"

config=$work/home
is "no folder is left behind" 0 "$(find "$TMPDIR" -mindepth 1 | wc -l)"
is "and nothing is written into the home" "automations.yaml configuration.yaml" "$(cd "$config" && find . -mindepth 1 -printf '%f\n' | sort | xargs)"

finish
