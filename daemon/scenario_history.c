/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded histories: [[{"entity_id", "state", "attributes", "last_changed"}, …], …], as /api/history/period gives them, and the states of
 * a home at one time, a list of such rows. They have up to a million rows, so they are walked as text; attributes that stand there as in
 * the row before are those.
 */
#include <stdio.h>
#include <string.h>

#include <hass/const.h>
#include <hass/states.h>

#include "scenario_input.h"

/* What a row says; lent from the text. */
struct row {
    struct hass_json_piece entity_id, state, attributes, changed, updated;
};

struct history {
    struct scenario_reader *reader;
    const struct hass_buf *text;
    struct scenario_items *given, *items;
    size_t number;              /* of the entity */
    size_t index;               /* of its row */
    const char *entity_id;      /* of the first row: others may lack it */
    const char *state;          /* the last one that was kept */
    const json_t *attributes;   /* likewise */
    struct hass_json_piece raw; /* as they stand there */
    struct scenario_item first; /* what the scenario begins with; no name: none */
    int64_t newest;             /* when the latest state of a home was told, which is its present */
};

static bool is_string(const struct hass_json_piece *piece)
{
    return piece->length >= 2 && piece->text[0] == '"';
}

static bool same_text(const struct hass_json_piece *a, const struct hass_json_piece *b)
{
    return a->length == b->length && a->text && memcmp(a->text, b->text, a->length) == 0;
}

/* A string without its quotes, kept; NULL when it is none. */
static const char *keep_string(struct history *history, const struct hass_json_piece *piece)
{
    if (!is_string(piece))
        return NULL;
    struct hass_json_piece inner = { .text = piece->text + 1, .length = piece->length - 2 };
    if (!memchr(inner.text, '\\', inner.length))
        return scenario_keep_text(history->items, inner.text, inner.length);
    autobuf wrapped = HASS_BUF_INIT;
    autojson *list = NULL;
    hass_buf_printf(&wrapped, "[%.*s]", (int)piece->length, piece->text);
    if (hass_json_parse(wrapped.data, wrapped.length, wrapped.length, &list, NULL) < 0)
        return NULL;
    const char *text = json_string_value(json_array_get(list, 0));
    return scenario_keep_text(history->items, text, strlen(text));
}

static bool equals(const char *text, const struct hass_json_piece *piece)
{
    return text && is_string(piece) && strlen(text) == piece->length - 2 &&
           memcmp(text, piece->text + 1, piece->length - 2) == 0;
}

static bool read_piece_time(const struct hass_json_piece *piece, int64_t *ret_time)
{
    char text[HASS_DT_TEXT];

    if (!is_string(piece) || piece->length >= sizeof(text))
        return false;
    memcpy(text, piece->text + 1, piece->length - 2);
    text[piece->length - 2] = '\0';
    return hass_dt_parse(text, NULL, ret_time, NULL) == 0;
}

static bool read_time(const struct row *row, int64_t *ret_time)
{
    return read_piece_time(is_string(&row->updated) ? &row->updated : &row->changed, ret_time);
}

static int read_member(const struct hass_json_piece *piece, void *userdata, struct hass_error *err)
{
    static const struct {
        const char *key;
        size_t offset;
    } members[] = {
        { "entity_id", offsetof(struct row, entity_id) },
        { "state", offsetof(struct row, state) },
        { "attributes", offsetof(struct row, attributes) },
        { "last_changed", offsetof(struct row, changed) },
        { "last_updated", offsetof(struct row, updated) },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (strlen(members[i].key) == piece->key_length &&
            memcmp(members[i].key, piece->key, piece->key_length) == 0)
            *(struct hass_json_piece *)((char *)userdata + members[i].offset) = *piece;
    return 0;
}

static void read_attributes(struct history *history, const struct hass_json_piece *piece)
{
    json_t *attributes = NULL;

    if (!piece->text || piece->text[0] != '{' || same_text(&history->raw, piece))
        return;
    if (hass_json_parse(piece->text, piece->length, piece->length, &attributes, NULL) < 0)
        return;
    history->raw = *piece;
    history->attributes = scenario_keep(history->items, attributes);
}

/* Lines are counted when there is a mistake to be told, and of those only the first are. */
static int complain(struct history *history, const struct hass_json_piece *piece, const char *path,
                    const char *wanted)
{
    struct scenario_reader *reader = history->reader;

    reader->line = 1;
    for (const char *at = history->text->data; at < piece->text && reader->errors < 20; at++)
        reader->line += *at == '\n';
    scenario_complain(reader, path, "expected %s, got %.*s", wanted,
                      (int)(piece->length < 80 ? piece->length : 80), piece->text);
    reader->line = 0;
    return 0;
}

static int complain_of_row(struct history *history, const struct hass_json_piece *piece)
{
    char path[64];

    snprintf(path, sizeof(path), "%zu->%zu", history->number, history->index);
    return complain(history, piece, path, "a state with entity_id, state and last_changed");
}

/* What a row says and the one before has not said already; all of @item but the time. False: it is no state. */
static bool read_state(struct history *history, const struct row *row, struct scenario_item *item)
{
    if (is_string(&row->entity_id) && !equals(history->entity_id, &row->entity_id))
        history->entity_id = keep_string(history, &row->entity_id);
    if (!equals(history->state, &row->state))
        history->state = keep_string(history, &row->state);
    read_attributes(history, &row->attributes);
    item->name = history->entity_id;
    item->state = history->state;
    item->data = history->attributes;
    return item->name && hass_valid_entity_id(item->name) && item->state &&
           strlen(item->state) <= HASS_MAX_STATE;
}

static int read_members(const struct hass_json_piece *piece, struct row *row,
                        struct hass_error *err)
{
    return piece->text[0] == '{' ? hass_json_each(piece->text, piece->length, read_member, row, err)
                                 : 0;
}

static int read_row(const struct hass_json_piece *piece, void *userdata, struct hass_error *err)
{
    struct history *history = userdata;
    struct row row = { 0 };
    struct scenario_item item = { .kind = SCENARIO_STATE, .recorded = true };
    const struct scenario_span *span = history->reader->span;
    int r = read_members(piece, &row, err);

    if (r < 0)
        return r;
    if (!read_state(history, &row, &item) || !read_time(&row, &item.at))
        return complain_of_row(history, piece);
    history->index++;
    if (item.at <= span->from)
        history->first = item;
    else if (item.at <= span->to)
        vec_push(&history->items->list, item);
    if (history->items->list.length > SCENARIO_MAX_ITEMS)
        return hass_fail(err, HASS_E_LIMIT, "more than %d changes", SCENARIO_MAX_ITEMS);
    return 0;
}

static void begin_entity(struct history *history)
{
    history->index = 0;
    history->entity_id = history->state = NULL;
    history->attributes = NULL;
    history->raw = (struct hass_json_piece){ 0 };
    history->first = (struct scenario_item){ 0 };
}

static int read_entity(const struct hass_json_piece *piece, void *userdata, struct hass_error *err)
{
    struct history *history = userdata;

    begin_entity(history);
    int r = piece->text[0] == '['
                ? hass_json_each(piece->text, piece->length, read_row, history, err)
                : complain_of_row(history, piece);
    if (history->first.name)
        vec_push(&history->given->list, history->first);
    history->number++;
    return r;
}

static int walk(struct history *history, hass_json_each_fn *each, struct hass_error *err)
{
    const struct hass_buf *text = history->text;
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_json_each(text->data, text->length, each, history, &failure);
    autojson *whole = NULL;

    if (r == 0)
        return 0;
    /* A tree's reader tells the line. */
    if (r == HASS_E_PARSE &&
        hass_json_parse(text->data, text->length, SCENARIO_MAX_HISTORY, &whole, err) < 0)
        return r;
    return hass_error_copy(err, &failure);
}

int scenario_read_history(struct scenario_reader *reader, const struct hass_buf *text,
                          struct scenario_items *given, struct scenario_items *items,
                          struct hass_error *err)
{
    struct history history = { .reader = reader, .text = text, .given = given, .items = items };

    return walk(&history, read_entity, err);
}

/* the states of a home at one time */

static int read_present(const struct hass_json_piece *piece, void *userdata, struct hass_error *err)
{
    struct history *history = userdata;
    struct row row = { 0 };
    struct scenario_item item = { .kind = SCENARIO_STATE, .recorded = true, .present = true };
    char path[32];
    int64_t updated;
    int r = read_members(piece, &row, err);

    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "%zu", history->number++);
    begin_entity(history);
    if (!read_state(history, &row, &item))
        return complain(history, piece, path, "a state with entity_id and state");
    if (!read_piece_time(&row.changed, &item.at))
        item.at = INT64_MIN;
    if (!read_time(&row, &updated))
        updated = item.at;
    if (updated > history->newest)
        history->newest = updated;
    if (history->number > SCENARIO_MAX_ITEMS)
        return hass_fail(err, HASS_E_LIMIT, "more than %d states", SCENARIO_MAX_ITEMS);
    vec_push(&history->items->list, item);
    return 0;
}

/* A timer has as much left, and an automation has run as long ago. */
static void shift_times(struct scenario_items *items, struct scenario_item *item, int64_t shift)
{
    static const struct {
        const char *domain, *key;
    } times[] = {
        { "timer.", "finishes_at" },
        { "automation.", "last_triggered" },
        { "script.", "last_triggered" },
    };
    char text[HASS_DT_TEXT];
    int64_t time;

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const char *was = hass_json_get_string(item->data, times[i].key, NULL);
        if (strncmp(item->name, times[i].domain, strlen(times[i].domain)) != 0 || !was ||
            hass_dt_parse(was, NULL, &time, NULL) < 0)
            continue;
        json_t *data = json_copy((json_t *)item->data);
        hass_dt_iso(time + shift, NULL, text);
        json_object_set_new(data, times[i].key, json_string(text));
        item->data = scenario_keep(items, data);
    }
}

int scenario_read_states(struct scenario_reader *reader, const struct hass_buf *text,
                         struct scenario_items *states, struct hass_error *err)
{
    struct history history = {
        .reader = reader, .text = text, .items = states, .newest = INT64_MIN
    };
    int64_t from = reader->span->from;
    int r = walk(&history, read_present, err);
    int64_t shift = history.newest > INT64_MIN ? from - history.newest : 0;

    vec_foreach(&states->list, state) {
        bool known = state->at != INT64_MIN;
        if (known)
            shift_times(states, state, shift);
        state->at = known ? state->at + shift : from;
    }
    return r;
}
