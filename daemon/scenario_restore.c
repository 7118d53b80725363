/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What entities of a scratch home were last: the copy of core.restore_state, moved to the time at which the home begins. An automation that
 * has run an hour ago has done so then, too, and nothing has expired. Of automations and scripts the states that were handed over count.
 */
#include <string.h>
#include <unistd.h>

#include <hass/const.h>

#include "scenario.h"

#define NAME "core.restore_state"

static bool read_time(const json_t *object, const char *key, int64_t *ret_time)
{
    const char *text = hass_json_get_string(object, key, NULL);

    return text && hass_dt_parse(text, NULL, ret_time, NULL) == 0;
}

static void set_time(json_t *object, const char *key, int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    json_object_set_new(object, key, json_string(text));
}

static void shift_times(json_t *object, const char *const *keys, int64_t shift)
{
    int64_t time;

    for (; *keys; keys++)
        if (read_time(object, *keys, &time))
            set_time(object, *keys, time + shift);
}

static void shift_row(json_t *row, int64_t shift)
{
    static const char *const of_row[] = { "last_seen", NULL };
    static const char *const of_state[] = { "last_changed", "last_updated", "last_reported", NULL };
    static const char *const of_attributes[] = { "last_triggered", "finishes_at", NULL };
    json_t *state = json_object_get(row, "state");

    shift_times(row, of_row, shift);
    shift_times(state, of_state, shift);
    shift_times(json_object_get(state, "attributes"), of_attributes, shift);
}

static void shift_rows(const json_t *rows, int64_t from)
{
    int64_t newest = INT64_MIN, seen;

    for (size_t i = 0; i < json_array_size(rows); i++)
        if (read_time(json_array_get(rows, i), "last_seen", &seen) && seen > newest)
            newest = seen;
    for (size_t i = 0; newest != INT64_MIN && i < json_array_size(rows); i++)
        shift_row(json_array_get(rows, i), from - newest);
}

/* One that is unavailable is wrong as it is written: its configuration may be another one here. */
static bool has_run(const struct scenario_item *item)
{
    return item->present && hass_json_get_string(item->data, "last_triggered", NULL) &&
           strcmp(item->state, HASS_STATE_UNAVAILABLE) != 0 &&
           (strncmp(item->name, "automation.", 11) == 0 || strncmp(item->name, "script.", 7) == 0);
}

static json_t *row_of(const struct scenario_item *item, int64_t from)
{
    json_t *state = json_pack("{s:s, s:s, s:O, s:{s:s, s:n, s:n}}", "entity_id", item->name,
                              "state", item->state, "attributes", item->data, "context", "id", "01",
                              "parent_id", "user_id");
    json_t *row = json_pack("{s:o, s:n}", "state", state, "extra_data");

    set_time(state, "last_changed", item->at);
    set_time(state, "last_updated", item->at);
    set_time(state, "last_reported", item->at);
    set_time(row, "last_seen", from);
    return row;
}

/* In the place of the row that was kept of it. */
static void put_row(json_t *rows, const char *entity_id, json_t *row)
{
    for (size_t i = json_array_size(rows); i-- > 0;) {
        const json_t *state = hass_json_get(json_array_get(rows, i), "state");
        if (strcmp(hass_json_get_string(state, "entity_id", ""), entity_id) == 0)
            json_array_remove(rows, i);
    }
    json_array_append_new(rows, row);
}

/* The rows that were kept; NULL: the file cannot be read, which the home itself deals with. */
static json_t *read_file(const char *path)
{
    autobuf text = HASS_BUF_INIT;
    json_t *whole = NULL;

    if (access(path, F_OK) < 0)
        return json_pack("{s:i, s:i, s:s, s:[]}", "version", 1, "minor_version", 1, "key", NAME,
                         "data");
    if (scenario_read_text(path, &text, NULL) < 0 ||
        hass_json_parse(text.data, text.length, text.length, &whole, NULL) < 0)
        return NULL;
    if (json_is_array(json_object_get(whole, "data")))
        return whole;
    json_decref(whole);
    return NULL;
}

int scratch_move(const struct scratch *scratch, const struct scenario_items *given, int64_t from,
                 struct hass_error *err)
{
    autobuf path = HASS_BUF_INIT;

    hass_buf_printf(&path, "%s/.storage/" NAME, scratch->folder);
    autojson *whole = read_file(hass_buf_string(&path));
    json_t *rows = json_object_get(whole, "data");
    shift_rows(rows, from);
    vec_foreach(&given->list, item)
        if (rows && has_run(item))
            put_row(rows, item->name, row_of(item, from));
    if (json_array_size(rows) && json_dump_file(whole, hass_buf_string(&path), JSON_COMPACT) < 0)
        return hass_fail(err, HASS_E_GENERAL, "cannot write %s", hass_buf_string(&path));
    return 0;
}
