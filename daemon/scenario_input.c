/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what happens in a scenario, as people write it: items are few and checked one by one, so that each mistake is told with its line.
 */
#include "scenario_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/const.h>
#include <hass/states.h>
#include <hass/strmap.h>

#define BLOCK 65536 /* bytes of texts that are kept together */

/* items */

void scenario_items_fini(struct scenario_items *items)
{
    vec_fini(&items->list);
    json_decref(steal(items->kept));
    vec_foreach(&items->blocks, block)
        free(*block);
    vec_fini(&items->blocks);
    items->used = items->size = 0;
}

const json_t *scenario_keep(struct scenario_items *items, json_t *value)
{
    if (!items->kept)
        items->kept = json_array();
    if (value)
        json_array_append_new(items->kept, value);
    return value;
}

const char *scenario_keep_text(struct scenario_items *items, const char *text, size_t length)
{
    if (items->size - items->used < length + 1) {
        items->size = length + 1 > BLOCK ? length + 1 : BLOCK;
        items->used = 0;
        char *block = malloc(items->size);
        if (!block)
            abort();
        vec_push(&items->blocks, block);
    }
    char *kept = items->blocks.data[items->blocks.length - 1] + items->used;
    memcpy(kept, text, length);
    kept[length] = '\0';
    items->used += length + 1;
    return kept;
}

static const char *keep_text(struct scenario_items *items, const char *text)
{
    return text ? scenario_keep_text(items, text, strlen(text)) : NULL;
}

void scenario_items_add(struct scenario_items *items, const struct scenario_item *item,
                        json_t *data, json_t *target)
{
    struct scenario_item added = *item;

    added.name = keep_text(items, item->name);
    added.state = keep_text(items, item->state);
    added.data = scenario_keep(items, data);
    added.target = scenario_keep(items, target);
    vec_push(&items->list, added);
}

static int compare(const void *a, const void *b)
{
    const struct scenario_item *one = *(const struct scenario_item *const *)a;
    const struct scenario_item *other = *(const struct scenario_item *const *)b;

    if (one->at != other->at)
        return one->at < other->at ? -1 : 1;
    return one < other ? -1 : one > other;
}

void scenario_items_sort(struct scenario_items *items)
{
    size_t count = items->list.length;
    struct scenario_item *sorted = calloc(count + 1, sizeof(*sorted));
    const struct scenario_item **order = calloc(count + 1, sizeof(*order));

    for (size_t i = 0; i < count; i++)
        order[i] = &items->list.data[i];
    qsort(order, count, sizeof(*order), compare);
    for (size_t i = 0; i < count; i++)
        sorted[i] = *order[i];
    if (count)
        memcpy(items->list.data, sorted, count * sizeof(*sorted));
    free(sorted);
    free(order);
}

/* complaining */

void scenario_complain(struct scenario_reader *reader, const char *path, const char *format, ...)
{
    char message[400];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (reader->yaml) {
        hass_yaml_complain(reader->yaml, path, "%s", message);
        return;
    }
    if (reader->errors++ >= 20)
        return;
    hass_buf_add_string(reader->report, reader->name);
    if (reader->line)
        hass_buf_printf(reader->report, ":%u", reader->line);
    hass_buf_printf(reader->report, ": error: %s\n   at: %s\n", message, path);
}

static char *path_to(const char *path, const char *key)
{
    struct hass_buf joined = HASS_BUF_INIT;

    hass_buf_printf(&joined, "%s%s%s", path, *path ? "->" : "", key);
    return hass_buf_steal(&joined);
}

static void HASS_PRINTF(4, 5) complain_of(struct scenario_reader *reader, const char *path,
                                          const char *key, const char *format, ...)
{
    autofree char *below = path_to(path, key);
    char message[400];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    scenario_complain(reader, below, "%s", message);
}

static unsigned line_of(const struct scenario_reader *reader, const char *path)
{
    return reader->yaml ? hass_yaml_line(reader->yaml, path) : 0;
}

/* states */

/* A state as text, owned by the caller: `on` without quotes is true in YAML, and means on. NULL: it cannot be one. */
static char *state_text(const json_t *value)
{
    char number[40];

    if (json_is_boolean(value))
        return strdup(json_is_true(value) ? HASS_STATE_ON : HASS_STATE_OFF);
    if (json_is_string(value) && json_string_length(value) <= HASS_MAX_STATE)
        return strdup(json_string_value(value));
    if (json_is_integer(value)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return strdup(number);
    }
    if (json_is_real(value)) {
        autobuf text = HASS_BUF_INIT;
        hass_json_write_number(json_real_value(value), &text);
        return hass_buf_steal(&text);
    }
    return NULL;
}

static void add_state(struct scenario_reader *reader, const char *path, const char *entity_id,
                      const json_t *state, const json_t *attributes, int64_t at,
                      struct scenario_items *items)
{
    autofree char *text = state_text(state);

    if (!hass_valid_entity_id(entity_id)) {
        scenario_complain(reader, path,
                          "'%.80s' is not an entity id: expected one such as light.kitchen",
                          entity_id);
        return;
    }
    if (!text && !json_is_null(state)) {
        scenario_complain(reader, path,
                          "expected the state of %s as a text of at most %d characters", entity_id,
                          HASS_MAX_STATE);
        return;
    }
    if (attributes && !json_is_object(attributes)) {
        scenario_complain(reader, path, "attributes of %s are a map", entity_id);
        return;
    }
    scenario_items_add(items,
                       &(struct scenario_item){
                           .at = at,
                           .line = line_of(reader, path),
                           .kind = SCENARIO_STATE,
                           .name = entity_id,
                           .state = text,
                       },
                       hass_json_ref(attributes), NULL);
}

/* The word in @words that was meant by an unknown key is told. False when @key is none of them. */
static bool is_known(struct scenario_reader *reader, const char *path, const char *key,
                     const char *const *words)
{
    for (const char *const *word = words; *word; word++)
        if (strcmp(key, *word) == 0)
            return true;
    const char *near = hass_nearest_word(key, words);
    if (near)
        complain_of(reader, path, key, "'%s' is not known here; did you mean '%s'?", key, near);
    else
        complain_of(reader, path, key, "'%s' is not known here", key);
    return false;
}

/* A state with more than its text: {"state", "attributes"?, "for"?}. */
static void add_full_state(struct scenario_reader *reader, const char *path, const char *entity_id,
                           const json_t *value, int64_t at, struct scenario_items *items)
{
    static const char *const words[] = { "state", "attributes", "for", NULL };
    struct hass_error err = HASS_ERROR_INIT;
    int64_t since = 0;
    const char *key;
    json_t *unused;

    json_object_foreach((json_t *)value, key, unused) {
        if (!is_known(reader, path, key, words))
            return;
    }
    if (!hass_json_get(value, "state")) {
        scenario_complain(reader, path, "the state of %s is missing", entity_id);
        return;
    }
    if (hass_json_get(value, "for") &&
        scenario_duration(hass_json_get(value, "for"), &since, &err) < 0) {
        complain_of(reader, path, "for", "%s", err.message);
        return;
    }
    add_state(reader, path, entity_id, hass_json_get(value, "state"),
              hass_json_get(value, "attributes"), at - since, items);
}

static void add_any_state(struct scenario_reader *reader, const char *path, const char *entity_id,
                          const json_t *value, int64_t at, struct scenario_items *items)
{
    if (json_is_object(value))
        add_full_state(reader, path, entity_id, value, at, items);
    else
        add_state(reader, path, entity_id, value, NULL, at, items);
}

void scenario_read_given(struct scenario_reader *reader, const char *path, const json_t *given,
                         struct scenario_items *items)
{
    const char *entity_id;
    json_t *value;

    if (!json_is_object(given)) {
        scenario_complain(reader, path, "expected a map of entities and their states");
        return;
    }
    json_object_foreach((json_t *)given, entity_id, value) {
        autofree char *below = path_to(path, entity_id);
        add_any_state(reader, below, entity_id, value, reader->span->from, items);
    }
}

/* written lists */

/* When an item happens; it is told when that is wrong. */
static bool read_when(struct scenario_reader *reader, const char *path, const json_t *item,
                      int64_t *ret_at)
{
    const json_t *at = hass_json_get(item, "at");
    const json_t *after = hass_json_get(item, "after");
    struct hass_error err = HASS_ERROR_INIT;
    int64_t delay = 0;

    *ret_at = reader->base;
    if (at && after) {
        complain_of(reader, path, "after", "either 'at' or 'after', not both");
        return false;
    }
    if (at &&
        scenario_time(at, reader->span->zone,
                      json_string_value(at) && json_string_value(at)[0] == '+' ? reader->span->from
                                                                               : reader->base,
                      ret_at, &err) < 0) {
        complain_of(reader, path, "at", "%s", err.message);
        return false;
    }
    if (after && (scenario_duration(after, &delay, &err) < 0 || delay < 0)) {
        complain_of(reader, path, "after", "%s",
                    err.code ? err.message : "a duration that is not negative is expected");
        return false;
    }
    *ret_at += delay;
    return true;
}

/* "event" and "action": their name is a text, `data` and `target` maps. */
static bool read_call(struct scenario_reader *reader, const char *path, const json_t *item,
                      const char *key, struct scenario_item *ret_item)
{
    static const char *const words[] = { "at",      "after", "event",  "action",
                                         "service", "data",  "target", NULL };
    const char *word;
    json_t *value;

    json_object_foreach((json_t *)item, word, value) {
        if (!is_known(reader, path, word, words))
            return false;
        bool is_map = strcmp(word, "data") == 0 || strcmp(word, "target") == 0;
        if (is_map && !json_is_object(value) && !json_is_null(value)) {
            complain_of(reader, path, word, "expected a map");
            return false;
        }
    }
    ret_item->name = hass_json_get_string(item, key, NULL);
    ret_item->kind = strcmp(key, "event") == 0 ? SCENARIO_EVENT : SCENARIO_ACTION;
    if (!ret_item->name) {
        complain_of(reader, path, key, "expected a text");
        return false;
    }
    const char *dot = strchr(ret_item->name, '.');
    if (ret_item->kind == SCENARIO_ACTION && (!dot || dot == ret_item->name || !dot[1])) {
        complain_of(reader, path, key, "expected an action such as light.turn_on, got '%.80s'",
                    ret_item->name);
        return false;
    }
    return true;
}

static json_t *map_or_null(const json_t *value)
{
    return json_is_object(value) ? hass_json_ref(value) : NULL;
}

/* {entity_id, state, attributes?}, or entities as keys. */
static void read_states(struct scenario_reader *reader, const char *path, const json_t *item,
                        int64_t at, struct scenario_items *items)
{
    static const char *const words[] = { "at",         "after", "entity_id", "state",
                                         "attributes", "event", "action",    NULL };
    const char *entity_id = hass_json_get_string(item, HASS_ATTR_ENTITY_ID, NULL);
    size_t before = items->list.length;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)item, key, value) {
        if (!entity_id && strchr(key, '.')) {
            autofree char *below = path_to(path, key);
            add_any_state(reader, below, key, value, at, items);
        } else if (!is_known(reader, path, key, words)) {
            return;
        }
    }
    if (entity_id && !hass_json_get(item, "state"))
        scenario_complain(reader, path, "the state of %s is missing", entity_id);
    else if (entity_id)
        add_state(reader, path, entity_id, hass_json_get(item, "state"),
                  hass_json_get(item, "attributes"), at, items);
    else if (items->list.length == before && !hass_json_get(item, "at") &&
             !hass_json_get(item, "after"))
        scenario_complain(reader, path, "expected an entity with its state, 'event' or 'action'");
}

static void read_item(struct scenario_reader *reader, const char *path, const json_t *item,
                      struct scenario_items *items)
{
    const char *call = hass_json_get(item, "event")     ? "event"
                       : hass_json_get(item, "action")  ? "action"
                       : hass_json_get(item, "service") ? "service"
                                                        : NULL;
    struct scenario_item read = { .line = line_of(reader, path) };

    if (!json_is_object(item)) {
        scenario_complain(reader, path,
                          "expected a map with an entity and its state, 'event' or 'action'");
        return;
    }
    if (!read_when(reader, path, item, &read.at))
        return;
    if (read.at < reader->base && reader->base > reader->span->from)
        complain_of(reader, path, "at", "this is before the item above it");
    reader->base = read.at;
    items->last = read.at;
    if (!call)
        read_states(reader, path, item, read.at, items);
    else if (read_call(reader, path, item, call, &read))
        scenario_items_add(items, &read, map_or_null(hass_json_get(item, "data")),
                           map_or_null(hass_json_get(item, "target")));
}

void scenario_read_list(struct scenario_reader *reader, const char *path, const json_t *list,
                        struct scenario_items *items)
{
    char number[24];

    if (!json_is_array(list)) {
        scenario_complain(reader, path, "expected a list of what happens");
        return;
    }
    if (json_array_size(list) > SCENARIO_MAX_ITEMS) {
        scenario_complain(reader, path, "more than %d items", SCENARIO_MAX_ITEMS);
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        snprintf(number, sizeof(number), "%zu", i);
        autofree char *below = path_to(path, number);
        read_item(reader, below, json_array_get(list, i), items);
    }
}

/* files */

int scenario_read_text(const char *path, struct hass_buf *text, struct hass_error *err)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    char piece[65536];
    ssize_t n;

    if (fd < 0)
        return hass_fail_errno(err, errno, "cannot read %s", path);
    while ((n = read(fd, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return hass_fail_errno(err, errno, "cannot read %s", path);
        if (text->length + (size_t)n > SCENARIO_MAX_HISTORY)
            return hass_fail(err, HASS_E_LIMIT,
                             "%s has more than %zu MiB; leave out entities that no automation asks "
                             "for, or take a shorter time",
                             path, SCENARIO_MAX_HISTORY >> 20);
        hass_buf_add(text, piece, (size_t)n);
    }
    return 0;
}

/* The bytes that a JSON text begins with, without blanks. */
static bool begins_with(const struct hass_buf *text, const char *wanted)
{
    const char *at = hass_buf_string(text);

    for (; *wanted; wanted++) {
        at += strspn(at, " \t\r\n");
        if (*at++ != *wanted)
            return false;
    }
    return true;
}

static int read_json(struct scenario_reader *reader, const struct hass_buf *text,
                     struct scenario_items *items, struct hass_error *err)
{
    json_t *value = NULL;
    int r = hass_json_parse(hass_buf_string(text), text->length, SCENARIO_MAX_HISTORY, &value, err);

    if (r < 0) {
        hass_error_prefix(err, "%s", reader->name);
        return r;
    }
    const json_t *kept = scenario_keep(items, value);
    scenario_read_list(reader, "", kept, items);
    return reader->errors ? hass_fail(err, HASS_E_INVALID, "%s cannot be used", reader->name) : 0;
}

/* What has come of walking through a text; @r is of the walk. */
static int end_walk(const struct scenario_reader *reader, int r, struct hass_error *err)
{
    if (r < 0) {
        hass_error_prefix(err, "%s", reader->name);
        return r;
    }
    return reader->errors ? hass_fail(err, HASS_E_INVALID, "%s cannot be used", reader->name) : 0;
}

static int read_recorded(struct scenario_reader *reader, const struct hass_buf *text,
                         struct scenario_items *given, struct scenario_items *items,
                         struct hass_error *err)
{
    return end_walk(reader, scenario_read_history(reader, text, given, items, err), err);
}

typedef void read_value_fn(struct scenario_reader *reader, const char *path, const json_t *value,
                           struct scenario_items *items);

static int read_yaml(struct scenario_reader *reader, const struct hass_buf *text,
                     read_value_fn *read_value, struct scenario_items *items,
                     struct hass_error *err)
{
    reader->yaml = hass_yaml_read_text(reader->name, hass_buf_string(text), text->length);
    if (hass_yaml_errors(reader->yaml) == 0)
        read_value(reader, "", hass_yaml_value(reader->yaml), items);
    hass_yaml_report(reader->yaml, reader->report);
    bool wrong = hass_yaml_errors(reader->yaml) > 0;
    reader->yaml = hass_yaml_destroy(reader->yaml);
    return wrong ? hass_fail(err, HASS_E_INVALID, "%s cannot be used", reader->name) : 0;
}

int scenario_read_file(const char *path, const struct scenario_span *span,
                       struct scenario_items *given, struct scenario_items *items,
                       struct hass_buf *report, struct hass_error *err)
{
    struct scenario_reader reader = {
        .name = path, .report = report, .span = span, .base = span->from
    };
    autobuf text = HASS_BUF_INIT;
    int r = scenario_read_text(path, &text, err);

    if (r < 0)
        return r;
    if (begins_with(&text, "[["))
        r = read_recorded(&reader, &text, given, items, err);
    else if (begins_with(&text, "[{"))
        r = read_json(&reader, &text, items, err);
    else
        r = read_yaml(&reader, &text, scenario_read_list, items, err);
    if (r == 0)
        scenario_items_sort(items);
    return r;
}

/* Adds to @given what it does not have; both texts live in @given from now on. */
static void merge_states(struct scenario_items *given, const struct scenario_items *states)
{
    struct hass_strmap *known = hass_strmap_create(NULL);

    vec_foreach(&given->list, one)
        hass_strmap_set(known, one->name, known);
    vec_foreach(&states->list, state)
        if (!hass_strmap_get(known, state->name))
            scenario_items_add(given, state, hass_json_ref(state->data), NULL);
    hass_strmap_destroy(known);
}

int scenario_read_states_file(const char *path, const struct scenario_span *span,
                              struct scenario_items *given, struct hass_buf *report,
                              struct hass_error *err)
{
    struct scenario_reader reader = {
        .name = path, .report = report, .span = span, .base = span->from
    };
    struct scenario_items states = { 0 };
    autobuf text = HASS_BUF_INIT;
    int r = scenario_read_text(path, &text, err);

    if (r == 0 && begins_with(&text, "["))
        r = end_walk(&reader, scenario_read_states(&reader, &text, &states, err), err);
    else if (r == 0)
        r = read_yaml(&reader, &text, scenario_read_given, &states, err);
    if (r == 0)
        merge_states(given, &states);
    scenario_items_fini(&states);
    return r;
}
