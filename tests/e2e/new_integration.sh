#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An author's way: install, `hassctl new`, `make check` with nothing but the installed headers, drop the file into a running
# daemon, change it, drop it again.
. "$(dirname "$0")/lib/e2e.bash"

variant=$(basename "$build")
multiarch=$(cc -print-multiarch)
claim "hassd is installed" make -C "$here" VARIANT="$variant" BUILD="${build#"$here"/}" PREFIX="$work/usr" install
unset MAKEFLAGS MFLAGS MAKELEVEL # the author's make is not ours
export PKG_CONFIG_PATH=$work/usr/lib/$multiarch/pkgconfig
build=$work/usr/bin
cd "$work" || exit 1

claim "new writes an integration" "$build/hassctl" new garden_gate
"$build/hassctl" new garden_gate >/dev/null 2>&1
is "but not over one that is there" 1 "$?"
for name in Gate 1st 'a b' ../x ''; do
    "$build/hassctl" new "$name" >/dev/null 2>&1
    is "'$name' is no name" 2 "$?"
done
is "no placeholder is left" "" "$(grep -rlE '@[A-Z]+@' garden_gate)"
claim "it builds" make -C garden_gate
output=$(make -C garden_gate check 2>&1)
is "its test passes" 0 "$?"
has "and says so" 'all passed' "$output"
if command -v clang >/dev/null; then
    has "the analysis ran" 'ok +lint' "$output"
    sed -i 's|^    greeter->count++;|    hass_states_set(NULL, "a.b", "", NULL, NULL, err);\n&|' garden_gate/garden_gate.c
    make -C garden_gate lint >"$work/lint" 2>&1
    is "the analysis refuses a blocking call in a callback" 2 "$?"
    has "at its line" 'garden_gate.c:[0-9]+:.*hass_loop' "$(cat "$work/lint")"
    sed -i '/"a.b"/d' garden_gate/garden_gate.c
fi
# --- into a running daemon
new_config home 'garden_gate:
  greeting: Good evening'
start_ready "a daemon that lacks it starts"
has "and says what is missing" 'garden_gate' "$(cat "$config.log")"
claim "it is dropped in" make -C garden_gate install CONFIG="$config"
greeting() { ctl call garden_gate.greet name=Ada --response; }
claim "the running daemon sets it up" until_true 10 greeting
has "with its configuration" 'Good evening, Ada' "$(greeting)"
sed -i 's/"%s, %s"/"%s and welcome, %s"/' garden_gate/garden_gate.c
claim "a changed one is built and dropped in" make -C garden_gate install CONFIG="$config"
claim "and replaces the old one" until_true 10 eval 'greeting | grep -q "Good evening and welcome, Ada"'
stop "the daemon stops"
finish
