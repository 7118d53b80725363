/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subscribe_entities: all states at once in compressed form, then only what changes.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/dt.h>

#include "connection.h"
#include "filter.h"

HASS_SCHEMA(subscribe_schema,
            HASS_FIELD("entity_ids", &hass_type_string, .list = true, .doc = "Only these"),
            HASS_FIELD("include", &hass_type_map, .schema = &filter_schema, .doc = "Only these"),
            HASS_FIELD("exclude", &hass_type_map, .schema = &filter_schema,
                       .doc = "None of these"));

/* One subscription; owned by the job. @message is the request's, kept for its filters. */
struct watcher {
    struct websocket_connection *connection;
    int64_t id;
    json_t *message;
};

static void watcher_destroy(void *object)
{
    struct watcher *watcher = object;

    json_decref(watcher->message);
    connection_unref(watcher->connection);
    free(watcher);
}

static bool wanted(const struct watcher *watcher, const char *entity_id)
{
    const json_t *ids = hass_json_get(watcher->message, "entity_ids");
    size_t index;
    json_t *id;
    bool named = json_array_size(ids) == 0;

    json_array_foreach((json_t *)ids, index, id)
        named = named || !strcmp(json_string_value(id), entity_id);
    return named && filter_passes(hass_json_get(watcher->message, "include"),
                                  hass_json_get(watcher->message, "exclude"), entity_id);
}

static void begin(struct hass_buf *text, const char *kind, const char *entity_id)
{
    hass_buf_printf(text, "{\"%s\":", kind);
    if (strcmp(kind, "r")) {
        hass_buf_add_char(text, '{');
        hass_json_write_string(entity_id, strlen(entity_id), text);
        hass_buf_add_char(text, ':');
    } else {
        hass_buf_add_char(text, '[');
        hass_json_write_string(entity_id, strlen(entity_id), text);
    }
}

static void write_value(struct hass_value value, struct hass_buf *text)
{
    switch (value.type) {
    case HASS_VALUE_NONE:
        hass_buf_add_string(text, "null");
        break;
    case HASS_VALUE_BOOL:
        hass_buf_add_string(text, value.boolean ? "true" : "false");
        break;
    case HASS_VALUE_INT:
        hass_buf_printf(text, "%lld", (long long)value.integer);
        break;
    case HASS_VALUE_DOUBLE:
        hass_json_write_number(value.number, text);
        break;
    case HASS_VALUE_STRING:
        hass_json_write_string(value.text.data, value.text.length, text);
        break;
    case HASS_VALUE_JSON:
        hass_buf_add(text, value.text.data, value.text.length);
        break;
    }
}

static bool same_value(struct hass_value a, struct hass_value b)
{
    autobuf left = HASS_BUF_INIT;
    autobuf right = HASS_BUF_INIT;

    if (a.type != b.type)
        return false;
    write_value(a, &left);
    write_value(b, &right);
    return left.length == right.length && !memcmp(left.data, right.data, left.length);
}

/* "a": attributes that are new or other than before. */
static void write_new_attributes(const struct hass_state *old_state,
                                 const struct hass_state *new_state, struct hass_buf *text)
{
    const char *key;
    struct hass_value value, before;
    bool any = false;

    for (size_t pos = 0; hass_state_next_attr(new_state, &pos, &key, &value);) {
        if (hass_state_attr(old_state, key, &before) && same_value(before, value))
            continue;
        hass_buf_add_string(text, any ? "," : ",\"a\":{");
        any = true;
        hass_json_write_string(key, strlen(key), text);
        hass_buf_add_char(text, ':');
        write_value(value, text);
    }
    if (any)
        hass_buf_add_char(text, '}');
}

/* "-": names of attributes that are gone. */
static void write_gone_attributes(const struct hass_state *old_state,
                                  const struct hass_state *new_state, struct hass_buf *text)
{
    const char *key;
    struct hass_value value, now;
    bool any = false;

    for (size_t pos = 0; hass_state_next_attr(old_state, &pos, &key, &value);) {
        if (hass_state_attr(new_state, key, &now))
            continue;
        hass_buf_add_string(text, any ? "," : ",\"-\":{\"a\":[");
        any = true;
        hass_json_write_string(key, strlen(key), text);
    }
    if (any)
        hass_buf_add_string(text, "]}");
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* Appends one part of a context when it is other than before; @any says whether something stands before it. */
static void write_part(const char *key, const char *before, const char *now, bool *any,
                       struct hass_buf *text)
{
    if (same_text(before, now))
        return;
    hass_buf_printf(text, "%s\"%s\":", *any ? "," : "", key);
    *any = true;
    if (now)
        hass_json_write_string(now, strlen(now), text);
    else
        hass_buf_add_string(text, "null");
}

/* Clients merge "c" into the context they know, so it holds the parts that differ; a bare id when that is all. */
static void write_context_change(const struct hass_context *old, const struct hass_context *new,
                                 struct hass_buf *text)
{
    const char *id = hass_context_id(new);
    const bool same_user = same_text(hass_context_user_id(old), hass_context_user_id(new));
    const bool same_parent = same_text(hass_context_parent_id(old), hass_context_parent_id(new));
    bool any = false;

    if (same_user && same_parent && hass_context_equal(old, new))
        return;
    hass_buf_add_string(text, ",\"c\":");
    if (same_user && same_parent) {
        hass_json_write_string(id, strlen(id), text);
        return;
    }
    hass_buf_add_char(text, '{');
    write_part("id", hass_context_id(old), id, &any, text);
    write_part("parent_id", hass_context_parent_id(old), hass_context_parent_id(new), &any, text);
    write_part("user_id", hass_context_user_id(old), hass_context_user_id(new), &any, text);
    hass_buf_add_char(text, '}');
}

static void write_change(const struct hass_state *old_state, const struct hass_state *new_state,
                         struct hass_buf *text)
{
    bool changed = hass_state_last_changed(old_state) != hass_state_last_changed(new_state);
    const char *state = hass_state_state(new_state);

    hass_buf_printf(text, "{\"+\":{\"%s\":", changed ? "lc" : "lu");
    hass_json_write_number((double)hass_state_last_updated(new_state) / HASS_USEC_PER_SEC, text);
    write_context_change(hass_state_context(old_state), hass_state_context(new_state), text);
    if (strcmp(hass_state_state(old_state), state)) {
        hass_buf_add_string(text, ",\"s\":");
        hass_json_write_string(state, strlen(state), text);
    }
    if (hass_state_same_attrs(old_state, new_state)) {
        hass_buf_add_string(text, "}}");
        return;
    }
    write_new_attributes(old_state, new_state, text);
    hass_buf_add_char(text, '}');
    write_gone_attributes(old_state, new_state, text);
    hass_buf_add_char(text, '}');
}

static HASS_CALLBACK int on_state(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct watcher *watcher = userdata;
    const struct hass_state *old_state, *new_state;
    autobuf text = HASS_BUF_INIT;

    if (!hass_event_states(event, &old_state, &new_state))
        return 0;
    const char *entity_id = hass_event_entity_id(event);
    if (!wanted(watcher, entity_id))
        return 0;
    if (!new_state) {
        begin(&text, "r", entity_id);
        hass_buf_add_string(&text, "]}");
    } else if (!old_state) {
        begin(&text, "a", entity_id);
        hass_state_write_compressed(new_state, &text);
        hass_buf_add_string(&text, "}}");
    } else {
        begin(&text, "c", entity_id);
        write_change(old_state, new_state, &text);
        hass_buf_add_string(&text, "}}");
    }
    connection_send_event(watcher->connection, watcher->id, text.data, text.length);
    return 0;
}

static HASS_CALLBACK int send_all(const struct watcher *watcher, struct hass_error *err)
{
    struct hass_state_list list = { 0 };
    autobuf text = HASS_BUF_INIT;
    int r = hass_states_async_all(watcher->connection->hass, NULL, &list, err);
    bool any = false;

    if (r < 0)
        return r;
    hass_buf_add_string(&text, "{\"a\":{");
    for (size_t i = 0; i < list.count; i++) {
        const char *entity_id = hass_state_entity_id(list.items[i]);
        if (!wanted(watcher, entity_id))
            continue;
        if (any)
            hass_buf_add_char(&text, ',');
        any = true;
        hass_json_write_string(entity_id, strlen(entity_id), &text);
        hass_buf_add_char(&text, ':');
        hass_state_write_compressed(list.items[i], &text);
    }
    hass_buf_add_string(&text, "}}");
    hass_state_list_fini(&list);
    connection_send_event(watcher->connection, watcher->id, text.data, text.length);
    return 0;
}

static HASS_CALLBACK int subscribe_entities(struct websocket_request *request,
                                            struct hass_buf *result, struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;
    struct hass_sub *sub;

    struct watcher *watcher = calloc(1, sizeof(*watcher));
    *watcher = (struct watcher){ connection_ref(connection), request->id,
                                 hass_json_ref(request->message) };
    int r = hass_bus_async_listen(connection->hass, HASS_EVENT_STATE_CHANGED, NULL,
                                  HASS_JOB_CALLBACK(on_state, watcher, .destroy = watcher_destroy),
                                  &sub, err);
    if (r >= 0)
        r = request_subscribe(request, sub, err);
    if (r < 0)
        return r;
    /* Sending may find out that the client has gone, which frees @watcher. */
    request_answer(request, "null");
    return send_all(&(struct watcher){ connection, request->id, request->message }, err);
}

static const struct websocket_command subscribe_command =
    WEBSOCKET_COMMAND("subscribe_entities", subscribe_entities, .schema = &subscribe_schema);

int entities_register(struct hass *hass, struct hass_error *err)
{
    return commands_add(hass, &subscribe_command, err);
}
