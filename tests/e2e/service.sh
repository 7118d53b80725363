#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The systemd unit: its sandbox scores 2.0 or less, and the default configuration works as the unit would run it: as a user
# without rights, of the configuration only what clients edit to be written, state and runtime folder elsewhere.
. "$(dirname "$0")/lib/e2e.bash"

unit=$work/hassd.service
sed -e "s|@PREFIX@/bin|$build|; s|@PREFIX@|/usr|; s|@CONFDIR@|/etc/hassd|" "$here/systemd/hassd.service.in" >"$unit"
if command -v systemd-analyze >/dev/null; then
    report=$(systemd-analyze security --offline=yes --no-pager "$unit" 2>&1)
    score=$(sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p' <<<"$report")
    is "the sandbox scores 2.0 or less (it is $score)" yes "$(awk -v s="${score:-9}" 'BEGIN { print s <= 2.0 ? "yes" : "no" }')"
    has "the README tells the score" "the unit $score " "$(cat "$here/systemd/README.md")"
    report=$(systemd-analyze security --offline=yes --no-pager --json=short "$unit" 2>/dev/null | tr '{' '\n')
    while read -r name; do
        has "the README justifies $name" "$name" "$(cat "$here/systemd/README.md")"
    done < <(sed -n 's/.*"name":"\([A-Za-z]*=\).*"exposure":"[0-9].*/\1/p' <<<"$report" | sort -u)
    hasnt "systemd understands every line" "Unknown|Failed to parse|Invalid" "$(systemd-analyze verify "$unit" 2>&1)"
else
    echo "# systemd-analyze is not installed: the score is not checked"
fi

# Every system call of the default configuration and its children passes the unit's filter.
calls_in() {
    local line
    systemd-analyze syscall-filter "$1" | sed '1,2d; s/^ *//; /^#/d; /^$/d' | while read -r line; do
        case $line in @*) calls_in "$line" ;; *) echo "$line" ;; esac
    done
}
if command -v strace >/dev/null && command -v systemd-analyze >/dev/null && strace -o /dev/null true 2>/dev/null; then
    new_config traced
    cp "$here"/config/*.yaml "$config/"
    timeout -s TERM 13 strace -f -qq -o "$work/trace" "$build/hassd" run --config "$config" >"$config.log" 2>&1
    calls_in @system-service | sort -u >"$work/allowed"
    { calls_in @privileged; calls_in @resources; } | sort -u >"$work/denied"
    sed 's/^[0-9]* *//' "$work/trace" | grep -o '^[a-z_0-9]*(' | tr -d '(' | sort -u >"$work/used"
    claim "the trace is one of a daemon" grep -q '^epoll_wait$' "$work/used"
    is "every system call is allowed" "" "$(comm -23 "$work/used" "$work/allowed")"
    is "and none is denied" "" "$(comm -12 "$work/used" "$work/denied")"
else
    echo "# strace or systemd-analyze is not installed, or may not trace: the filter of system calls is not checked"
fi

# --- as the unit runs it
new_config etc
cp "$here"/config/*.yaml "$config/"
mkdir "$work/state" "$work/run"
chmod 755 "$work"
cp -r "$build" "$work/bin" 2>/dev/null
sandbox=()
if [ "$(id -u)" = 0 ]; then
    chown 0:65534 "$config"/*.yaml "$config"
    chmod 640 "$config"/*.yaml
    chmod 1770 "$config"
    chown 65534:65534 "$work/state" "$work/run" "$config"/{automations,scripts,scenes}.yaml
    sandbox=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all)
fi
rm -rf "$work/bin/obj" "$work/bin/tests"
(
    umask 0077
    exec env STATE_DIRECTORY="$work/state" RUNTIME_DIRECTORY="$work/run" "${sandbox[@]}" "$work/bin/hassd" run --config "$config"
) >"$config.log" 2>&1 &
daemon=$!
pids+=("$daemon")
ask() { timeout 20 "$build/hassctl" --socket "$work/run/hassd.sock" "$@"; }
ctl() { ask "$@"; }
if until_true 20 is_running; then pass "it becomes ready"; else fail "it becomes ready" "$(cat "$config.log")"; fi
is "the socket is for owner and group, whatever the umask" 660 "$(stat -c %a "$work/run/hassd.sock")"
is "nothing is written to the configuration folder" "$(cd "$here/config" && ls *.yaml)" "$(ls -A "$config")"
claim "state goes to the state folder" test -d "$work/state/loaded"
# Under a sanitizer everything is slow: there the watchdog's reports say nothing.
case $build in *asan* | *tsan*) slow='watchdog\.c' ;; *) slow='^$' ;; esac
hasnt "no warnings, no errors, but for a sensor that this machine may lack" ' (WARNING|ERROR|CRITICAL) ' \
    "$(grep -v -e processor_temperature -e "$slow" "$config.log")"

# --- every feature of the default configuration
states=$(ask states)
for entity in processor_use load_1m load_5m load_15m memory_use_percent memory_free swap_use_percent 'disk_use_percent[a-z_]*' \
    'network_in_lo' 'network_out_lo' last_boot kernel; do
    has "sensor.$entity has a value" "^sensor\.$entity +[0-9]" "$states"
done
has "binary_sensor.clock_synchronized has a value" '^binary_sensor.clock_synchronized +(on|off) ' "$states"
has "input_boolean.busy has a value" '^input_boolean.busy +(on|off) ' "$states"
# Buttons, events, notifiers and scenes know nothing before they are used for the first time; of a machine that works hard now it is
# known after a minute that it does.
is "nothing is unavailable or unknown" "" "$(grep -E ' (unavailable|unknown) ' <<<"$states" |
    grep -vE '^(button|event|notify|scene)\.|^binary_sensor\.working_hard ')"
timeout 60 "$build/hassctl" --socket "$work/run/hassd.sock" states -w sensor >"$work/watch" 2>&1 &
pids+=($!)
claim "this machine is seen changing" until_true 40 grep -q '^[0-9:.]*  sensor\.[a-z0-9_]*  .* → ' "$work/watch"
claim "a service works" ask call input_boolean.turn_on entity_id=input_boolean.busy
has "and did" '^input_boolean.busy +on ' "$(ask states input_boolean)"
claim "reload works" ask reload

# --- what clients edit
# say JSON: the daemon's answer to one message
say() {
    perl -MIO::Socket::UNIX -e '
        my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no socket: $!";
        $socket->say($ARGV[1]);
        while (<$socket>) { if (/"type": ?"result"/) { print; exit } }' "$work/run/hassd.sock" "$1"
}
if command -v perl >/dev/null; then
    item='"id": 1, "type": "hassd/config/item/save", "domain": "automation"'
    has "an automation is edited" '"success": ?true' \
        "$(say "{$item, \"item_id\": \"mine\", \"config\": {\"alias\": \"Mine\", \"triggers\": [], \"actions\": []}}")"
    has "and written" '^  alias: Mine$' "$(cat "$config/automations.yaml")"
    has "and runs" '^automation.mine +on ' "$(ask states automation)"
    if [ "$(id -u)" = 0 ]; then
        chown root "$config/automations.yaml"
        has "what is not the daemon's is refused with the remedy" 'systemd-tmpfiles --create hassd.conf' \
            "$(say "{$item, \"item_id\": \"other\", \"config\": {\"triggers\": [], \"actions\": []}}")"
        hasnt "and stays as it was" 'other' "$(cat "$config/automations.yaml")"
        is "the configuration cannot be replaced" 1 \
            "$("${sandbox[@]}" mv -f "$config/scenes.yaml" "$config/configuration.yaml" 2>/dev/null; echo $?)"
    fi
else
    echo "# perl is not installed: editing is not checked"
fi
stop "it stops"
finish
