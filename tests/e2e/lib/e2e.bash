# SPDX-License-Identifier: Apache-2.0
# What the end-to-end scripts share: `. "$(dirname "$0")/lib/e2e.bash"` with BUILD as $1. A script prints `ok NAME` or
# `not ok NAME` for each of its claims and exits 0 when all hold. It leaves no process and no file behind.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
build=$(cd "${1:?usage: $0 BUILD}" && pwd)
work=$(mktemp -d)
passed=0 failed=0
pids=()
unset NO_COLOR STATE_DIRECTORY RUNTIME_DIRECTORY NOTIFY_SOCKET JOURNAL_STREAM WATCHDOG_USEC

clean_up() {
    local pid
    for pid in "${pids[@]}"; do
        kill -KILL "$pid" 2>/dev/null
    done
    wait 2>/dev/null
    chmod -R u+rwX "$work" 2>/dev/null
    rm -rf "$work"
}
trap clean_up EXIT

pass() {
    passed=$((passed + 1))
    echo "ok $1"
}

# fail NAME [DETAIL]
fail() {
    failed=$((failed + 1))
    echo "not ok $1"
    [ -z "${2-}" ] || printf '%s\n' "$2" | tail -n 25 | sed 's/^/    /'
}

# claim NAME COMMAND…: the command succeeds
claim() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then pass "$name"; else fail "$name" "$* gave $?: $output"; fi
}

# is NAME WANTED GOT
is() {
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted '$2', got '$3'"; fi
}

# has NAME PATTERN TEXT: the extended regular expression is in the text
has() {
    if grep -Eq -- "$2" <<<"$3"; then pass "$1"; else fail "$1" "wanted /$2/ in: $3"; fi
}

# hasnt NAME PATTERN TEXT
hasnt() {
    if grep -Eq -- "$2" <<<"$3"; then fail "$1" "did not want /$2/ in: $(grep -E -- "$2" <<<"$3")"; else pass "$1"; fi
}

# until_true SECONDS COMMAND…
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# new_config NAME [TEXT]: makes a configuration folder, its path is $config
new_config() {
    config=$work/$1
    mkdir -p "$config"
    [ $# -lt 2 ] || printf '%s\n' "$2" >"$config/configuration.yaml"
}

ctl() { timeout 20 "$build/hassctl" --config "$config" "$@"; }

is_running() { ctl info --json | grep -q '"state": *"RUNNING"'; }

# start [OPTION…]: starts a daemon on $config; its process is $daemon, its log "$config.log"
start() {
    "$build/hassd" run --config "$config" "$@" >"$config.log" 2>&1 &
    daemon=$!
    pids+=("$daemon")
}

# start_ready NAME [OPTION…]: as start, and waits until it runs
start_ready() {
    local name=$1
    shift
    start "$@"
    if until_true 20 is_running; then pass "$name"; else fail "$name" "$(cat "$config.log")"; fi
}

# wait_exit SECONDS: waits for $daemon to end by itself; its exit code is $code (124: it did not)
wait_exit() {
    code=124
    if until_true "$1" eval "! kill -0 $daemon"; then
        wait "$daemon"
        code=$?
    fi
}

# stop NAME: TERM ends $daemon with 0
stop() {
    kill -TERM "$daemon"
    wait_exit 30
    is "$1" 0 "$code"
}

state_of() { ctl states --json "$1" | sed -n 's/^ *"state": *"\([^"]*\)".*/\1/p'; }

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
