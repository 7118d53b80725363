/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl states`: the states that match a pattern, as a table or JSON; with -w then each change as it happens.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "ctl_table.h"
#include "ctl_time.h"

/* A pattern is an id, a domain, or has wildcards; NULL is everything. */
static bool matches(const char *entity_id, const char *pattern)
{
    size_t length = pattern ? strlen(pattern) : 0;

    if (!pattern || fnmatch(pattern, entity_id, 0) == 0)
        return true;
    return strncmp(entity_id, pattern, length) == 0 && entity_id[length] == '.';
}

static void state_text(const json_t *state, struct hass_buf *text)
{
    const char *unit =
        hass_json_get_string(hass_json_get(state, "attributes"), "unit_of_measurement", NULL);

    hass_buf_add_string(text, hass_json_get_string(state, "state", "(removed)"));
    if (unit)
        hass_buf_printf(text, " %s", unit);
}

static json_t *select_states(const json_t *all, const char *pattern)
{
    json_t *selected = json_array();

    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *state = json_array_get(all, i);
        if (matches(hass_json_get_string(state, "entity_id", ""), pattern))
            json_array_append(selected, state);
    }
    return selected;
}

static void print_table(const struct ctl *ctl, const json_t *states)
{
    static const struct table_column columns[] = {
        { "ENTITY", 0 }, { "STATE", 0 }, { "NAME", 0 }, { "CHANGED", TABLE_RIGHT | TABLE_KEEP }
    };
    struct table *table = table_create(columns, 4);

    for (size_t i = 0; i < json_array_size(states); i++) {
        const json_t *state = json_array_get(states, i);
        autobuf text = HASS_BUF_INIT;
        char age[16];
        state_text(state, &text);
        ctl_age_text(hass_json_get_string(state, "last_changed", NULL), age);
        table_add(table,
                  (const char *[]){
                      hass_json_get_string(state, "entity_id", ""), hass_buf_string(&text),
                      hass_json_get_string(hass_json_get(state, "attributes"), "friendly_name", ""),
                      age });
    }
    table_print(table, ctl->width, ctl->color, stdout);
    table_destroy(table);
}

/* The snapshot before the changes, in the shape of a change: a reader of -w --json needs to know one shape. */
static void print_snapshot_lines(const json_t *states)
{
    for (size_t i = 0; i < json_array_size(states); i++) {
        json_t *state = json_array_get(states, i);
        autojson *line =
            json_pack("{s:s, s:n, s:O}", "entity_id", hass_json_get_string(state, "entity_id", ""),
                      "old_state", "new_state", state);
        ctl_print_json_line(line);
    }
}

static void print_change(const struct ctl *ctl, const json_t *event)
{
    const json_t *data = hass_json_get(event, "data");
    autobuf line = HASS_BUF_INIT;
    char clock[16];

    ctl_clock_text(hass_json_get_string(event, "time_fired", NULL), clock);
    hass_buf_printf(&line, "%s  %s  ", clock, hass_json_get_string(data, "entity_id", ""));
    if (json_is_object(hass_json_get(data, "old_state"))) {
        state_text(hass_json_get(data, "old_state"), &line);
        hass_buf_add_string(&line, " → ");
    }
    state_text(hass_json_get(data, "new_state"), &line);
    text_print(hass_buf_string(&line), ctl->width, stdout);
    putchar('\n');
}

static int follow(struct ctl *ctl, const char *pattern, struct hass_error *err)
{
    for (;;) {
        autojson *event = NULL;
        int r = ctl_client_next_event(ctl->client, &event, err);
        const json_t *data = hass_json_get(event, "data");
        if (r < 0)
            return r;
        if (!matches(hass_json_get_string(data, "entity_id", ""), pattern))
            continue;
        if (ctl->json)
            ctl_print_json_line(data);
        else
            print_change(ctl, event);
        if (ctl_flush() != CTL_OK)
            return CTL_FAILED;
    }
}

static int subscribe(struct ctl *ctl, struct hass_error *err)
{
    return ctl_client_call(
        ctl->client,
        json_pack("{s:s, s:s}", "type", "subscribe_events", "event_type", "state_changed"), NULL,
        err);
}

int ctl_states(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    const char *pattern = count > 0 ? args[0] : NULL;
    autojson *all = NULL;
    autojson *selected = NULL;
    int r = ctl->watch ? subscribe(ctl, err) : 0; /* first, so that no change is missed */

    if (r >= 0)
        r = ctl_client_call(ctl->client, json_pack("{s:s}", "type", "get_states"), &all, err);
    if (r < 0)
        return r;
    selected = select_states(all, pattern);
    if (pattern && !ctl->watch && json_array_size(selected) == 0 && !ctl->json)
        return hass_fail(err, HASS_E_NOT_FOUND, "no state matches '%s'", pattern);
    if (ctl->json && ctl->watch)
        print_snapshot_lines(selected);
    else if (ctl->json)
        ctl_print_json(selected);
    else
        print_table(ctl, selected);
    if (ctl->watch && ctl_flush() == CTL_OK)
        return follow(ctl, pattern, err);
    return CTL_OK;
}
