#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a householder has ordered survives a restart and a kill -9; a corrupt file and a full disk leave the home as it was.
. "$(dirname "$0")/lib/e2e.bash"

new_config home 'homeassistant:
  name: Test
demo:'
storage=$config/.storage

# file KEY: what the store has written
file() { cat "$storage/core.$1" 2>/dev/null; }
is_saved() { file "$1" | grep -q "$2"; }

start_ready "the daemon runs"

# --- ordering the home
claim "a floor is added" ctl floors add "Ground floor" level=0
claim "a label is added" ctl labels add Evening color=amber
claim "an area is added on the floor, by its name" ctl areas add Pantry "floor=ground floor" aliases=cook,galley
has "areas shows it" '^pantry +Pantry +Ground floor' "$(ctl areas)"
has "floors counts it" '^ground_floor +Ground floor +0 +1$' "$(ctl floors)"
claim "it is renamed" ctl areas rename pantry "Big pantry"
has "and keeps its id" '^pantry +Big pantry' "$(ctl areas)"
has "as JSON" '"area_id": *"pantry"' "$(ctl areas --json)"

entity=$(ctl entities --json | sed -n 's/^ *"entity_id": *"\(light\.[^"]*\)".*/\1/p' | head -n 1)
device=$(ctl devices --json | sed -n 's/^ *"id": *"\([^"]*\)".*/\1/p' | head -n 1)
has "there is an entity of the registry" '^light\.' "$entity"
claim "an entity is named, put into an area and labelled" ctl set entity "$entity" name=Lamp "area=big pantry" labels=evening icon=mdi:lamp
has "its state has the new name" "^$entity .* Lamp " "$(ctl states "$entity")"
has "entities finds it by area" "^$entity +Lamp +Big pantry" "$(ctl entities area=pantry)"
is "and by label" 1 "$(ctl entities label=evening | grep -c "^$entity ")"
claim "a device is named and put into an area" ctl set device "$device" name=Thing area=pantry
has "devices finds it" '^Thing +Big pantry' "$(ctl devices area=pantry)"
has "its config entry is loaded" ' loaded ' "$(ctl entries)"
claim "a service takes the area as its target" ctl call light.turn_on area_id=pantry
is "and does it" on "$(state_of "$entity")"

# --- mistakes
output=$(ctl set entity "$entity" area=pantri 2>&1)
is "an unknown area: 1" 1 "$?"
has "the nearest is named" "there is no area 'pantri'; did you mean 'pantry'" "$output"
output=$(ctl set device nosuch area=nowhere 2>&1)
is "an unknown device with an unknown area: 1" 1 "$?"
has "the device, which comes first, is named" "there is no device 'nosuch'" "$output"
has "so is an entity" "there is no entity 'nosuch'" "$(ctl set entity nosuch area=nowhere 2>&1)"
has "and an area" "there is no area 'nosuch'" "$(ctl areas set nosuch floor=nowhere 2>&1)"
output=$(ctl set entity "$entity" nmae=x 2>&1)
is "an unknown setting: 2" 2 "$?"
has "the nearest is named, too" "did you mean 'name'" "$output"
output=$(ctl areas add "BIG PANTRY" 2>&1)
is "a name that is taken: 1" 1 "$?"
ctl areas remove pantry >/dev/null 2>&1
is "an unknown verb: 2" 2 "$?"
ctl entities color=red >/dev/null 2>&1
is "an unknown filter: 2" 2 "$?"
output=$(ctl entities area=nowhere 2>&1)
is "a filter that finds nothing: 1" 1 "$?"

# --- a clean stop writes everything
stop "it stops"
claim "the area is in its file" is_saved area_registry '"Big pantry"'
claim "and the entity" is_saved entity_registry '"Lamp"'
start_ready "it starts again"
ordered() {
    has "$1: the area is there" '^pantry +Big pantry +Ground floor' "$(ctl areas)"
    has "$1: the entity is in it" "^$entity +Lamp +Big pantry" "$(ctl entities "$entity")"
    has "$1: its state has its name" "^$entity .* Lamp " "$(ctl states "$entity")"
    has "$1: the device is named" '^Thing +Big pantry' "$(ctl devices area=pantry)"
    has "$1: the label is there" '^evening +Evening +amber' "$(ctl labels)"
}
ordered "after a restart"

# --- a kill after the delay loses nothing, and the home is never half-written
claim "something more is changed" ctl areas add Bath
claim "it is written after the delay" until_true 25 is_saved area_registry '"Bath"'
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
start_ready "it starts after a kill"
ordered "after a kill"
has "what was written is there" '^bath +Bath' "$(ctl areas)"

# --- a corrupt file is set aside, and said
stop "it stops again"
head -c 100 "$storage/core.label_registry" >"$storage/cut" && mv "$storage/cut" "$storage/core.label_registry"
start_ready "it starts with a corrupt file"
claim "the file is set aside" eval "ls '$storage' | grep -q 'core.label_registry.corrupt'"
is "the labels are gone" "" "$(ctl labels | tail -n +2)"
has "the areas are not" '^pantry +Big pantry' "$(ctl areas)"
has "an issue says so" 'storage_corruption|corrupt' "$(ctl issues)"
issue=$(ctl issues --json | sed -n 's/^ *"issue_id": *"\([^"]*corrupt[^"]*\)".*/\1/p' | head -n 1)
claim "which can be ignored" ctl issues ignore "$issue"
has "and is shown as that" ' ignored ' "$(ctl issues)"
claim "and be shown again" ctl issues show "$issue"
stop "it stops once more"

# --- a file of a newer version is refused and left alone
cp "$storage/core.area_registry" "$work/areas"
sed 's/"version": *1/"version": 99/' "$work/areas" >"$storage/core.area_registry"
newer=$(file area_registry)
start_ready "it starts with a newer file"
has "the log says so" 'core.area_registry' "$(cat "$config.log")"
stop "it stops"
is "the newer file is as it was" "$newer" "$(file area_registry)"
cp "$work/areas" "$storage/core.area_registry"

# --- a full disk leaves the old file as it was
start_ready "it starts once more"
prlimit --pid "$daemon" --fsize=4096
before=$(file area_registry)
for i in $(seq 20); do ctl areas add "A room with quite a long name, which takes some place, number $i" >/dev/null; done
has "an issue says what cannot be written" 'core.area_registry' "$(until_true 25 eval 'ctl issues | grep -q core.area_registry'; ctl issues)"
stop "it stops all the same"
is "the file is the old one" "$before" "$(file area_registry)"
is "no rest is left" "" "$(find "$storage" -type f ! -name '*.*_registry*' ! -name 'core.*')"
start_ready "it starts with the old file"
has "the home is as it was" '^pantry +Big pantry' "$(ctl areas)"
stop "the end"
finish
