#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles every program of cases.txt with the flags that authors get: the wrong ones must be refused at the line of the
# statement with the words expected, the right ones must compile without a word, and all must be good C to gcc but for that.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-std=gnu17 -D_GNU_SOURCE -I$root/lib/include -fsyntax-only -Wall -Wextra -Wno-unused-parameter -Wno-unused-function -Wno-unused-value"
lint="-Wthread-safety -Wthread-safety-negative -Werror"
export work flags lint

cat >"$work/prelude.h" <<'C'
#include <hass/integration.h>
#include <hass/process.h>
#include <hass/registry.h>
#include <hass/store.h>
#include <hass/stream.h>

static HASS_CALLBACK int a_callback(struct hass *hass, void *userdata, struct hass_error *err) { return 0; }
static HASS_COROUTINE int a_coroutine(struct hass *hass, void *userdata, struct hass_error *err) { return 0; }
static HASS_BLOCKING int a_blocking(struct hass *hass, void *userdata, struct hass_error *err) { return 0; }
static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata, struct hass_error *err) { return 0; }
static HASS_COROUTINE int on_event_coroutine(const struct hass_event *event, void *userdata, struct hass_error *err) { return 0; }
static HASS_BLOCKING int on_event_blocking(const struct hass_event *event, void *userdata, struct hass_error *err) { return 0; }
static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata, struct hass_error *err) { return 0; }
static HASS_BLOCKING int on_tick_blocking(const struct hass_tick *tick, void *userdata, struct hass_error *err) { return 0; }
static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata, struct hass_error *err) { return 0; }
static HASS_CALLBACK int on_service(const struct hass_service_call *call, void *userdata, struct hass_error *err) { return 0; }
static HASS_COROUTINE int on_service_coroutine(const struct hass_service_call *call, void *userdata, struct hass_error *err) { return 0; }
static HASS_CALLBACK int loop_helper(struct hass *hass) { return 0; }
static int unmarked(struct hass *hass) { return 0; }
static int no_job(double x, double y, double z) { return 0; }
C

# The head of the function in which the statement stands.
context() {
    case $1 in
    setup) echo 'int setup(struct hass *hass, const json_t *config, struct hass_error *err)' ;;
    async_setup) echo 'int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)' ;;
    async_unload) echo 'int async_unload(struct hass *hass, struct hass_error *err)' ;;
    setup_platform) echo 'int setup_platform(struct hass_platform *platform, const json_t *config, struct hass_error *err)' ;;
    async_setup_platform) echo 'int async_setup_platform(struct hass_platform *platform, const json_t *config, struct hass_error *err)' ;;
    pool) echo 'static HASS_BLOCKING int job(struct hass *hass, void *userdata, struct hass_error *err)' ;;
    update) echo 'static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity, void *values, struct hass_error *err)' ;;
    callback) echo 'static HASS_CALLBACK int job(struct hass *hass, void *userdata, struct hass_error *err)' ;;
    coroutine) echo 'static HASS_COROUTINE int job(struct hass *hass, void *userdata, struct hass_error *err)' ;;
    helper | any) echo 'static int helper(struct hass *hass, struct hass_error *err)' ;;
    *) echo "#error unknown context $1" ;;
    esac
}

# How the context puts itself to use, so that pool functions are seen as jobs too.
hass_of() {
    case $1 in
    setup_platform | async_setup_platform) echo '    struct hass *hass = hass_platform_hass(platform); (void)hass;' ;;
    update) echo '    struct hass *hass = hass_worker_hass(worker); (void)hass;' ;;
    *) echo '    (void)hass;' ;;
    esac
}

try() {
    IFS='|' read -r verdict where statement wanted <<<"$2"
    verdict=${verdict// /} where=${where// /} wanted=$(echo "$wanted" | sed 's/^ *//; s/ *$//')
    file=$work/$1.c
    {
        echo '#include "prelude.h"'
        context "$where"
        echo '{'
        hass_of "$where"
        echo "    (void)$statement;"
        echo '    return 0;'
        echo '}'
    } >"$file"
    said=$(clang $flags $lint "$file" 2>&1)
    if [ "$verdict" = wrong ]; then
        echo "$said" | grep -qF "$1.c:5:" && echo "$said" | grep -q "error: .*$wanted" && echo "ok" && return
    else
        [ -z "$said" ] && gcc $flags -Werror "$file" && echo "ok" && return
    fi
    echo "not ok: $verdict | $where | $statement"
    echo "$said" | sed 's/^/    /'
}
export -f try context hass_of

grep -v -e '^#' -e '^$' "$here/cases.txt" >"$work/cases"
nl -ba -w1 -s' ' "$work/cases" | xargs -P 2 -d '\n' -I{} bash -c 'line="$1"; try "${line%% *}" "${line#* }"' _ {} >"$work/results"
grep -v '^ok$' "$work/results"
passed=$(grep -c '^ok$' "$work/results")
failed=$(grep -c '^not ok' "$work/results")
wrong=$(grep -c '^wrong' "$work/cases")
right=$(grep -c '^right' "$work/cases")
echo "thread safety: $wrong wrong and $right right programs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq $((wrong + right)) ] && [ "$wrong" -ge 60 ] && [ "$right" -ge 60 ]
