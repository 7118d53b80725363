/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl why` and `why-not`: the chain of causes of what a thing is, from the effect to the root; and what has kept an automation from
 * running. The daemon finds and words it; here it becomes lines.
 */
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#include "ctl_registry.h"
#include "ctl_time.h"

static const char *text_of(const json_t *object, const char *key, const char *otherwise)
{
    return hass_json_get_string(object, key, otherwise);
}

/* "  07:31:02.123  " and what follows; the place, where there is one, at the end. */
static void print_line(const char *time, const char *text, const json_t *place)
{
    char clock[16];

    ctl_clock_text(time, clock);
    printf("  %s  %s", clock, text);
    if (json_is_string(place))
        printf("   [%s]", json_string_value(place));
    putchar('\n');
}

/* why */

static void describe_call(const json_t *link, struct hass_buf *text)
{
    hass_buf_printf(text, "%s was called with ", text_of(link, "service", ""));
    hass_json_write(hass_json_get(link, "data"), text);
}

static void describe_run(const json_t *link, struct hass_buf *text)
{
    const char *trigger = text_of(link, "trigger", NULL);

    hass_buf_printf(text, "by %s '%s' (%s)", text_of(link, "domain", ""), text_of(link, "name", ""),
                    text_of(link, "entity_id", ""));
    if (trigger)
        hass_buf_printf(text, ", set off by %s", trigger);
}

static void describe_state(const json_t *link, struct hass_buf *text)
{
    const char *from = text_of(link, "from", NULL);

    hass_buf_printf(text, "%s changed", text_of(link, "entity_id", ""));
    if (from)
        hass_buf_printf(text, " from '%s'", from);
    hass_buf_printf(text, " to '%s'", text_of(link, "to", ""));
}

static void describe_event(const json_t *link, struct hass_buf *text)
{
    hass_buf_printf(text, "the event %s was fired with ", text_of(link, "event_type", ""));
    hass_json_write(hass_json_get(link, "data"), text);
}

static void describe_root(const json_t *link, struct hass_buf *text)
{
    hass_buf_add_string(text, text_of(link, "text", ""));
}

static const struct {
    const char *kind;
    void (*describe)(const json_t *link, struct hass_buf *text);
} kinds[] = {
    { "call", describe_call },   { "run", describe_run },   { "state", describe_state },
    { "event", describe_event }, { "root", describe_root },
};

static void print_link(const json_t *link)
{
    const char *kind = text_of(link, "kind", "");
    autobuf text = HASS_BUF_INIT;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            kinds[i].describe(link, &text);
    print_line(text_of(link, "time", NULL), hass_buf_string(&text), hass_json_get(link, "place"));
}

int ctl_why(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *answer = NULL, *row = NULL;
    char age[16];
    int r = ctl_ask_state(ctl, NULL, "entity", args[0], &row, err);

    if (r < 0)
        return r;
    const char *entity_id = text_of(row, "entity_id", "");
    r = ctl_ask(ctl, "hassd/why", json_pack("{s:s}", "entity_id", entity_id), &answer, err);
    if (r < 0)
        return r;
    if (ctl->json) {
        ctl_print_json(answer);
        return ctl_flush();
    }
    const json_t *chain = hass_json_get(answer, "chain");
    ctl_age_text(text_of(answer, "last_changed", NULL), age);
    printf("%s is '%s' since %s\n", entity_id, text_of(answer, "state", ""), age);
    for (size_t i = 0; i < json_array_size(chain); i++)
        print_link(json_array_get(chain, i));
    return ctl_flush();
}

/* why not */

static void print_attempts(const json_t *attempts)
{
    for (size_t i = 0; i < json_array_size(attempts); i++) {
        const json_t *attempt = json_array_get(attempts, i);
        const char *trigger = text_of(attempt, "trigger", NULL);
        autobuf text = HASS_BUF_INIT;
        if (trigger)
            hass_buf_printf(&text, "%s: ", trigger);
        hass_buf_add_string(&text, text_of(attempt, "text", ""));
        print_line(text_of(attempt, "time", NULL), hass_buf_string(&text),
                   hass_json_get(attempt, "place"));
    }
    if (json_array_size(attempts) == 0)
        puts("  no trigger has fired, or nearly fired, without its running");
}

static void print_now(const json_t *answer)
{
    const json_t *conditions = hass_json_get(answer, "conditions");
    const json_t *pending = hass_json_get(answer, "pending");

    if (json_array_size(conditions) + json_array_size(pending) > 0)
        puts("now:");
    for (size_t i = 0; i < json_array_size(pending); i++) {
        const json_t *one = json_array_get(pending, i);
        char due[16];
        ctl_clock_text(text_of(one, "due", NULL), due);
        printf("  until %s %s\n", due, text_of(one, "text", ""));
    }
    for (size_t i = 0; i < json_array_size(conditions); i++) {
        const json_t *one = json_array_get(conditions, i);
        const json_t *place = hass_json_get(one, "place");
        const char *text = text_of(one, "text", "");
        printf("  %s is %s%s%s", text_of(one, "path", ""),
               json_is_true(hass_json_get(one, "result")) ? "true" : "not true", *text ? ": " : "",
               text);
        if (json_is_string(place))
            printf("   [%s]", json_string_value(place));
        putchar('\n');
    }
}

/* "since" as the daemon takes it: an ISO time, or seconds, minutes, hours or days before now, "2h". */
static int read_since(const char *text, json_t *fields, struct hass_error *err)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    unsigned number;
    char unit, more, iso[HASS_DT_TEXT];
    int64_t time = -1;

    if (sscanf(text, "%u%c%c", &number, &unit, &more) == 2)
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
            if (units[i].unit == unit)
                time = ctl_now() - (int64_t)number * units[i].seconds * HASS_USEC_PER_SEC;
    if (time < 0 && hass_dt_parse(text, NULL, &time, NULL) < 0)
        return hass_fail(err, HASS_E_INVALID,
                         "expected a time such as 2024-03-05T10:00 or an age such as 2h, got '%s'",
                         text);
    hass_dt_iso(time, NULL, iso);
    json_object_set_new(fields, "since", json_string(iso));
    return 0;
}

static const char *const automation_only[] = { "automation", NULL };

int ctl_why_not(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *answer = NULL, *row = NULL, *fields = json_object();
    int r = ctl->since ? read_since(ctl->since, fields, err) : 0;

    if (r >= 0)
        r = ctl_ask_state(ctl, automation_only, "automation", args[0], &row, err);
    if (r < 0)
        return r;
    const char *entity_id = text_of(row, "entity_id", "");
    json_object_set_new(fields, "entity_id", json_string(entity_id));
    r = ctl_ask(ctl, "hassd/why_not", json_incref(fields), &answer, err);
    if (r < 0)
        return r;
    if (ctl->json) {
        ctl_print_json(answer);
        return ctl_flush();
    }
    const json_t *remarks = hass_json_get(answer, "remarks");
    const char *last = text_of(answer, "last_triggered", NULL);
    char age[16];
    ctl_age_text(last, age);
    printf("%s ('%s') is %s; ", entity_id, text_of(answer, "name", ""),
           text_of(answer, "state", ""));
    if (last)
        printf("it last ran %s ago\n", age);
    else
        puts("it has not run yet");
    for (size_t i = 0; i < json_array_size(remarks); i++)
        printf("  %s\n", json_string_value(json_array_get(remarks, i)));
    print_attempts(hass_json_get(answer, "attempts"));
    print_now(answer);
    return ctl_flush();
}
