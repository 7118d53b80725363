/* SPDX-License-Identifier: Apache-2.0 */
/* Going along the way that stands before a message: see the header. */
#include "data/way.h"

#include <stdlib.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/mem.h"

/* Keys that have two spellings. */
static const char *const spellings[][2] = {
    { "triggers", "trigger" },   { "conditions", "condition" }, { "actions", "action" },
    { "trigger", "platform" },   { "action", "service" },       { "action", "service_template" },
    { "data", "data_template" },
};

/* True when a step ends behind @length bytes. */
static bool is_step(const char *rest, size_t length)
{
    return strncmp(rest + length, "->", 2) == 0 || strncmp(rest + length, ": ", 2) == 0;
}

/* The longest key of the map that comes next, with its bytes; NULL: none does. */
static const char *find_key(const json_t *map, const char *rest, size_t *ret_length)
{
    const char *key, *found = NULL;
    json_t *value;

    json_object_foreach((json_t *)map, key, value) {
        size_t length = strlen(key);
        if (length > *ret_length && strncmp(rest, key, length) == 0 && is_step(rest, length)) {
            *ret_length = length;
            found = key;
        }
    }
    return found;
}

static const char *find_spelling(const json_t *map, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        for (size_t side = 0; side < 2; side++)
            if (strlen(spellings[i][side]) == length &&
                strncmp(spellings[i][side], word, length) == 0 &&
                hass_json_get(map, spellings[i][!side]))
                return spellings[i][!side];
    return NULL;
}

static void go_to(struct way *way, const json_t *value, struct mark mark)
{
    way->at = value;
    if (mark.source)
        way->mark = mark;
}

/* A step that the file has, by its own spelling or the other one; else one that is passed over, when it looks like one. */
static size_t step(struct way *way)
{
    size_t length = 0;
    const char *key = find_key(way->at, way->rest, &length);
    size_t word = strspn(way->rest, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (!key && word && is_step(way->rest, word)) {
        length = word;
        key = find_spelling(way->at, way->rest, word);
    }
    if (key) {
        go_to(way, hass_json_get(way->at, key), yaml_marks_member(way->marks, way->at, key));
        return length;
    }
    if (!length)
        return 0;
    size_t index = strtoul(way->rest, NULL, 10);
    if (json_is_array(way->at) && strspn(way->rest, "0123456789") == length &&
        index < json_array_size(way->at)) {
        go_to(way, json_array_get(way->at, index), yaml_marks_item(way->marks, way->at, index));
        return length;
    }
    return way->moved || way->rest[length] == '-' ? length : 0;
}

/* Goes a step and notes it. @strict: none is passed over, since the way has ended once already. False: there is none. */
static bool go_step(struct way *way, bool strict, struct hass_buf *path)
{
    const char *from = way->rest;
    size_t known = 0;

    if (strict && !find_key(way->at, from, &known))
        return false;
    size_t length = step(way);
    if (!length)
        return false;
    hass_buf_printf(path, "->%.*s", (int)length, from);
    way->rest += length + 2;
    way->moved = true;
    return true;
}

/* "0->choose: 1: conditions: …" is good, too: who adds a step puts it before what is there. */
void way_go(struct way *way, struct hass_buf *path)
{
    bool strict = false;

    while (go_step(way, strict, path))
        strict = way->rest[-2] == ':';
}

/* What the engine of field tables says of a key points to the key. */
void way_point_to_key(struct way *way)
{
    static const char *const begins[] = { "unknown key '", "' and '", NULL };

    for (size_t i = 0; begins[i] && json_is_object(way->at); i++) {
        const char *word = strstr(way->rest, begins[i]);
        if (!word || (i == 0 && word != way->rest))
            continue;
        word += strlen(begins[i]);
        autofree char *key = mem_strndup(word, strcspn(word, "'"));
        struct mark mark = yaml_marks_key(way->marks, way->at, key);
        if (mark.source)
            way->mark = mark;
        return;
    }
}

/* "…; did you mean 'x'?": the hint, which is cut off @message; NULL: there is none. */
char *way_take_hint(char *message)
{
    static const char *const begins[] = { "; did you mean ", "; known keys are ", NULL };

    for (size_t i = 0; begins[i]; i++) {
        char *found = strstr(message, begins[i]);
        if (found) {
            *found = '\0';
            return found + 2;
        }
    }
    return NULL;
}
