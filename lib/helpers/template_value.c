/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed values as a template's. Lists and maps are packed as JSON text of our own writer: that is read here, straight into values whose
 * texts are views of it wherever nothing is escaped.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/dt.h>

#include "helpers/template_functions.h"
#include "template/moment.h"

void template_list_add(struct tmpl_heap *heap, struct template_list *list, struct tmpl_value value)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct tmpl_value *items = tmpl_alloc(heap, capacity * sizeof(*items));
        if (list->count)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = value;
}

/* JSON text: compact, well-formed, at most HASS_JSON_MAX_DEPTH deep */

static struct tmpl_value read_json(struct tmpl_heap *heap, const char **at);

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* "00" and two digits: only control characters are written so. */
static char *read_control(char *to, const char **at)
{
    *to++ = (char)(hex_digit((*at)[2]) << 4 | hex_digit((*at)[3]));
    *at += 4;
    return to;
}

static char *read_escape(char *to, const char **at)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    char c = *(*at)++;
    const char *found = strchr(letters, c);

    if (c == 'u')
        return read_control(to, at);
    *to++ = found ? meanings[found - letters] : c;
    return to;
}

/* The text from behind the opening quote to behind the closing one, with escapes. */
static struct tmpl_value read_escaped(struct tmpl_heap *heap, const char **at, size_t room)
{
    char *text = tmpl_alloc(heap, room + 1), *to = text;

    while (**at != '"') {
        char c = *(*at)++;
        if (c == '\\')
            to = read_escape(to, at);
        else
            *to++ = c;
    }
    (*at)++;
    return tmpl_string_view(text, (size_t)(to - text));
}

static struct tmpl_value read_string(struct tmpl_heap *heap, const char **at)
{
    const char *start = ++*at, *end = start;
    bool escaped = false;

    for (; *end != '"'; end++) {
        if (*end == '\\') {
            escaped = true;
            end++;
        }
    }
    if (escaped)
        return read_escaped(heap, at, (size_t)(end - start));
    *at = end + 1;
    return tmpl_string_view(start, (size_t)(end - start));
}

static struct tmpl_value read_number(const char **at)
{
    const char *start = *at;
    char *end;
    int64_t integer = strtoll(start, &end, 10);

    if (*end != '.' && *end != 'e' && *end != 'E') {
        *at = end;
        return tmpl_int(integer);
    }
    double number = strtod(start, &end);
    *at = end;
    return tmpl_float(number);
}

static struct tmpl_value read_list(struct tmpl_heap *heap, const char **at)
{
    struct template_list list = { 0 };

    (*at)++;
    while (**at != ']') {
        template_list_add(heap, &list, read_json(heap, at));
        *at += **at == ',';
    }
    (*at)++;
    return template_list_value(&list);
}

static struct tmpl_value read_map(struct tmpl_heap *heap, const char **at)
{
    struct tmpl_dict *dict = tmpl_dict_new(heap, 4);

    (*at)++;
    while (**at != '}') {
        struct tmpl_value key = read_string(heap, at);
        (*at)++; // the colon
        tmpl_dict_set_text(heap, dict, key.text, key.length, read_json(heap, at));
        *at += **at == ',';
    }
    (*at)++;
    return tmpl_dict_value(dict);
}

static struct tmpl_value read_json(struct tmpl_heap *heap, const char **at)
{
    switch (**at) {
    case '"':
        return read_string(heap, at);
    case '[':
        return read_list(heap, at);
    case '{':
        return read_map(heap, at);
    case 't':
        *at += 4;
        return tmpl_bool(true);
    case 'f':
        *at += 5;
        return tmpl_bool(false);
    case 'n':
        *at += 4;
        return tmpl_none();
    default:
        return read_number(at);
    }
}

struct tmpl_value template_value(struct tmpl_vm *vm, const struct hass_value *value)
{
    const char *at;

    switch (value->type) {
    case HASS_VALUE_BOOL:
        return tmpl_bool(value->boolean);
    case HASS_VALUE_INT:
        return tmpl_int(value->integer);
    case HASS_VALUE_DOUBLE:
        return tmpl_float(value->number);
    case HASS_VALUE_STRING:
        return tmpl_string_view(value->text.data, value->text.length);
    case HASS_VALUE_JSON:
        at = value->text.data;
        return read_json(&vm->heap, &at);
    default:
        return tmpl_none();
    }
}

/* Attributes that are times in the model. A state keeps them as texts. */
static bool is_time(const char *key, size_t length)
{
    static const char *const keys[] = { "last_triggered", "media_position_updated_at",
                                        "next_event" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strlen(keys[i]) == length && memcmp(keys[i], key, length) == 0)
            return true;
    return false;
}

struct tmpl_value template_attribute(struct tmpl_vm *vm, const char *key, size_t length,
                                     const struct hass_value *value)
{
    int64_t time;

    if (value->type == HASS_VALUE_STRING && is_time(key, length) &&
        hass_dt_parse(value->text.data, NULL, &time, NULL) == 0)
        return tmpl_moment_in(&vm->heap, time, NULL);
    return template_value(vm, value);
}

struct tmpl_value template_from_json(struct tmpl_vm *vm, const json_t *json)
{
    autobuf buf = HASS_BUF_INIT;

    hass_json_write(json, &buf);
    const char *at = arena_strndup(&vm->heap.arena, hass_buf_string(&buf), buf.length);
    return read_json(&vm->heap, &at);
}

struct tmpl_value template_attributes(struct tmpl_vm *vm, const struct attrs *attrs)
{
    static const struct tmpl_class class = {
        .name = "ReadOnlyDict",
        .qualified = "homeassistant.util.read_only_dict.ReadOnlyDict",
    };
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, attrs ? attrs->count : 0);
    struct hass_value value;
    const char *key;

    dict->class = &class;
    for (size_t pos = 0; attrs_next(attrs, &pos, &key, &value);)
        tmpl_dict_set_text(&vm->heap, dict, key, strlen(key),
                           template_attribute(vm, key, strlen(key), &value));
    return tmpl_dict_value(dict);
}

const char *template_text(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    struct tmpl_value text = *value;

    if (value->kind != TMPL_STRING && tmpl_to_string(vm, value, &text) < 0)
        return NULL;
    return arena_strndup(&vm->heap.arena, text.text, text.length);
}
