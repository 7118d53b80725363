/* SPDX-License-Identifier: Apache-2.0 */
/* A home with an automation of a few steps, a client that listens at breakpoints, and questions about where runs stand. */
#pragma once

#include <string.h>

#include <hass/script.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

#define OF_A    "'domain':'automation','item_id':'a'"
#define DONE(n) "{event: done, event_data: {n: " n "}}"
#define HOME(mode, actions)                                                                        \
    "automation:\n  - id: a\n    alias: A\n    mode: " mode                                        \
    "\n    triggers: {trigger: event, event_type: go}\n    actions: [" actions "]\n"
#define THREE  DONE("0") ", " DONE("1") ", " DONE("2")
#define SIMPLE HOME("single", THREE)

static struct hass *hass;
static struct client *client;
static struct capture *done;
static char run[64]; /* that was told of last */

/* What was done, "0 1"; lent until the next call. */
static inline const char *what_is_done(void)
{
    static char text[128];
    size_t length = 0;

    hass__assert_loop();
    text[0] = '\0';
    for (size_t i = 0; i < capture_count(done); i++)
        length += (size_t)snprintf(
            text + length, sizeof(text) - length, i ? " %lld" : "%lld",
            (long long)hass_json_get_int(hass_event_data(capture_event(done, i)), "n", -1));
    return text;
}
#define ck_assert_done(wanted) ck_assert_str_eq(what_is_done(), (wanted))

static inline HASS_CALLBACK const json_t *ask_by(struct client *who, const char *what,
                                                 const char *more)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{'type':'trace/debug/%s','domain':'automation','item_id':'a'%s}", what,
                    more);
    return client_ask(who, hass_buf_string(&text));
}

static inline HASS_CALLBACK void tell(const char *what, const char *more)
{
    const json_t *answer = ask_by(client, what, more);

    ck_assert(hass_json_get_bool(answer, "success", false));
    ck_assert(json_is_null(hass_json_get(answer, "result")));
}

/* Of the run that was told of last. */
static inline HASS_CALLBACK void let(const char *what)
{
    char more[96];

    snprintf(more, sizeof(more), ",'run_id':'%s'", run);
    tell(what, more);
}

static inline HASS_CALLBACK int64_t listen_by(struct client *who)
{
    const json_t *answer = client_ask(who, "{'type':'trace/debug/breakpoint/subscribe'}");

    ck_assert(hass_json_get_bool(answer, "success", false));
    return hass_json_get_int(answer, "id", 0);
}

static inline HASS_CALLBACK void watch(void)
{
    client = client_open(hass, NULL, true);
    done = test_capture(hass, "done");
    (void)listen_by(client);
}

static inline HASS__ANALYSIS(assert_capability(hass_loop)) void home(const char *yaml)
{
    hass = test_home(yaml);
    watch();
}

static inline HASS_CALLBACK void fire(const char *type)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, NULL, NULL, NULL), 0);
    test_settle(hass);
}

/* The node that is told of next, "(none)" when none is. */
static inline HASS_CALLBACK const char *hit_of(struct client *who, const char *domain,
                                               const char *item)
{
    const json_t *event = hass_json_get(client_next(who), "event");

    if (!event)
        return "(none)";
    ck_assert_uint_eq(json_object_size(event), 4);
    ck_assert_str_eq(hass_json_get_string(event, "domain", ""), domain);
    ck_assert_str_eq(hass_json_get_string(event, "item_id", ""), item);
    snprintf(run, sizeof(run), "%s", hass_json_get_string(event, "run_id", ""));
    return hass_json_get_string(event, "node", "");
}
#define ck_assert_hit(node) ck_assert_str_eq(hit_of(client, "automation", "a"), (node))
#define ck_assert_no_hit()  ck_assert_hit("(none)")

static inline HASS_CALLBACK const json_t *result_of(const char *message)
{
    return hass_json_get(client_ask(client, message), "result");
}

#define LIST "{'type':'trace/debug/breakpoint/list'}"
#define RUNS "{'type':'hassd/runs/list'}"

/* Of the newest trace of the automation. */
static inline HASS_CALLBACK const char *of_trace(const char *key)
{
    const json_t *all = result_of("{'type':'trace/list','domain':'automation','item_id':'a'}");

    return hass_json_get_string(json_array_get(all, json_array_size(all) - 1), key, "");
}
