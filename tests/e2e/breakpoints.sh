#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs that stop at breakpoints in a live daemon: hassctl debug, and what becomes of them when it goes, or the daemon.
. "$(dirname "$0")/lib/e2e.bash"

new_config breakpoints 'input_boolean:
  lamp:
script:
  shine:
    alias: Shine
    sequence:
      - variables: {what: input_boolean.lamp}
      - action: input_boolean.turn_on
        target: {entity_id: "{{ what }}"}
automation:
  - id: ring
    alias: Ring
    triggers: {trigger: event, event_type: ring}
    actions:
      - repeat:
          count: 2
          sequence: {event: rung}
      - action: script.shine
      - delay: 1'
start_ready "the daemon runs"

is_stopped() { ctl runs | grep -Eq " stopped .* $1 "; }
is_on() { [ "$(state_of input_boolean.lamp)" = on ]; }
nothing_runs() { ! ctl runs --json | grep -q run_id; }

# debug ARGUMENT…: hassctl debug in the background, not in a subshell; its output is $work/out, commands go to descriptor 3
debug() {
    rm -f "$work/in"
    mkfifo "$work/in"
    timeout 60 "$build/hassctl" --config "$config" debug "$@" <"$work/in" >"$work/out" 2>&1 &
    debugger=$!
    pids+=("$debugger")
    exec 3>"$work/in"
}
said() { until_true 10 grep -Eq -- "$1" "$work/out"; }

# --- step by step
debug -1 Ring
claim "somebody listens" said "stops when it runs"
claim "it is set off" ctl fire ring
claim "the run stops at its first step" until_true 10 is_stopped action/0
claim "and hassctl debug says so" said '^stopped at action/0: repeat$'
printf 'list\nstep\n\n' >&3
claim "the steps are listed" said '^> +action/0 +repeat'
claim "those within others, too" said '^ +action/0/repeat/sequence/0 +rung'
claim "it has done two steps" said '^stopped at action/0/repeat/sequence/0: rung$'
printf 'break action/1\nbreak action/9\ncontinue\n' >&3
claim "a step that there is not is told" said "no step 'action/9'"
claim "it stops at the next breakpoint" said '^stopped at action/1: call service script.shine$'
printf 'delete action/1\nc\n' >&3
claim "the lamp goes on" until_true 10 is_on
claim "the wait is told" said '^waiting at action/2 until '
claim "the run ends" said '^run .* has ended: finished$'
wait "$debugger"
is "and so does hassctl debug" 0 "$?"
exec 3>&-

# --- variables, and ending a run
dark() { ctl call input_boolean.turn_off entity_id=input_boolean.lamp; }
claim "the lamp is put out" dark
debug script.shine sequence/1
claim "somebody listens to a script" said "stops when it runs"
claim "it is called" ctl call script.turn_on entity_id=script.shine
claim "it stops" said '^stopped at sequence/1: call service input_boolean.turn_on$'
printf 'variables what\nstop\n' >&3
claim "its variables are shown" said '^what: "input_boolean.lamp"$'
claim "it is ended" said '^run .* has ended: cancelled$'
is "and has not shone" off "$(state_of input_boolean.lamp)"
other=$debugger # listens on, without input
exec 3>&-

# --- who looked on goes, and somebody else listens
debug automation.ring action/1
claim "somebody listens again" said "stops when it runs"
claim "it is set off again" ctl fire ring
claim "it stops again" until_true 10 is_stopped action/1
exec 3>&-
claim "at the end of the input the run goes on" until_true 10 is_on
wait "$debugger"
is "and hassctl debug ends" 0 "$?"
claim "to its end" until_true 10 nothing_runs
wait "$other"
is "the other one has met the script's run, and ended" 0 "$?"

# --- a kill
claim "the lamp is put out again" dark
claim "nothing is written down any more" until_true 10 eval '! grep -q automation.ring "$config/.storage/hassd.runs"'
debug automation.ring action/1
claim "and once more" said "stops when it runs"
claim "it is set off once more" ctl fire ring
claim "it stops once more" until_true 10 is_stopped action/1
claim "it is written down" until_true 10 grep -q automation.ring "$config/.storage/hassd.runs"
kill -KILL "$daemon"
wait_exit 10
printf 'step\n' >&3
wait "$debugger"
is "without a daemon hassctl debug fails" 1 "$?"
exec 3>&-
start_ready "the daemon runs again"
claim "the run has gone on" until_true 20 is_on
claim "and ends" until_true 20 nothing_runs

ctl debug automation.none >/dev/null 2>&1
is "what there is not: 1" 1 "$?"
ctl debug >/dev/null 2>&1
is "nothing to debug: 2" 2 "$?"
stop "and the daemon stops"
finish
