/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine behind field tables. It walks value and schema together, leaves single values to their types, and reports in
 * one of two ways: the first problem as an error, or all of them as diagnostics with places. The path is a chain of
 * frames on the stack, turned into text only when something is wrong.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/log.h>
#include <hass/schema.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/schema_check.h"
#include "data/way.h"

/* A step from a container to one of its values. */
struct path {
    const struct path *parent; /* NULL: @container is the root */
    const json_t *container;
    const char *key; /* NULL: an item of an array */
    size_t index;
    size_t depth;
};

struct checker {
    struct hass_error *err;          /* the first problem … */
    struct diagnostics *diagnostics; /* … or, unless NULL, all of them */
    const struct yaml_marks *marks;
    const char *prefix; /* of all paths; "" for none */
    const json_t *root;
    bool secret; /* inside a field whose values are never shown */
    int code;    /* of the first problem */
};

static json_t *check_schema(struct checker *checker, const struct hass_schema *schema,
                            const json_t *value, const struct path *path);
static json_t *check_field(struct checker *checker, const struct hass_field *field,
                           const json_t *value, const struct path *path);

static struct path step_to_key(const struct path *parent, const json_t *object, const char *key)
{
    return (struct path){
        .parent = parent,
        .container = object,
        .key = key,
        .depth = (parent ? parent->depth : 0) + 1,
    };
}

static struct path step_to_item(const struct path *parent, const json_t *array, size_t index)
{
    return (struct path){
        .parent = parent,
        .container = array,
        .index = index,
        .depth = (parent ? parent->depth : 0) + 1,
    };
}

/* tables of another age */

struct hass_field schema_field(const struct hass_field *field)
{
    struct hass_field copy = { 0 };

    memcpy(&copy, field, field->size < sizeof(copy) ? field->size : sizeof(copy));
    return copy;
}

struct hass_field schema_field_at(const struct hass_schema *schema, uint32_t index)
{
    const char *fields = (const char *)schema->fields;

    return schema_field((const void *)(fields + (size_t)index * schema->fields->size));
}

struct hass_schema schema_copy(const struct hass_schema *schema)
{
    struct hass_schema copy = { 0 };

    memcpy(&copy, schema, schema->size < sizeof(copy) ? schema->size : sizeof(copy));
    return copy;
}

/* reporting */

static void format_path(const struct path *path, const char *prefix, struct hass_buf *buf)
{
    if (path && path->parent)
        format_path(path->parent, prefix, buf);
    else
        hass_buf_add_string(buf, prefix);
    if (!path)
        return;
    if (buf->length > 0)
        hass_buf_add_string(buf, "->");
    if (path->key)
        hass_buf_add_string(buf, path->key);
    else
        hass_buf_printf(buf, "%zu", path->index);
}

/* Which mark of the last step a problem points to. */
enum place {
    AT_VALUE,
    AT_KEY,
    AT_CONTAINER, /* something is missing there */
};

static struct mark mark_of_step(const struct yaml_marks *marks, const struct path *path,
                                enum place place)
{
    if (place == AT_CONTAINER)
        return yaml_marks_container(marks, path->container);
    if (!path->key)
        return yaml_marks_item(marks, path->container, path->index);
    return place == AT_KEY ? yaml_marks_key(marks, path->container, path->key)
                           : yaml_marks_member(marks, path->container, path->key);
}

/* The place of a problem, or the nearest one above it that is known. */
static struct mark find_mark(const struct checker *checker, const struct path *path,
                             enum place place)
{
    for (; path; path = path->parent) {
        struct mark mark = mark_of_step(checker->marks, path, place);
        if (mark.source)
            return mark;
        place = AT_VALUE;
    }
    return yaml_marks_container(checker->marks, checker->root);
}

static void report_first(struct checker *checker, const struct path *path, enum place place,
                         const char *hint, const char *message)
{
    autobuf where = HASS_BUF_INIT;

    // Messages about keys name the key themselves.
    format_path(place == AT_VALUE || !path ? path : path->parent, checker->prefix, &where);
    hass_fail(checker->err, checker->code, "%s%s%s%s%s", hass_buf_string(&where),
              where.length ? ": " : "", message, hint ? "; " : "", hint ? hint : "");
}

static void add_diagnostic(struct checker *checker, const struct path *path, struct mark mark,
                           const char *hint, const char *message)
{
    autobuf where = HASS_BUF_INIT;

    format_path(path, checker->prefix, &where);
    struct diagnostic_about about = {
        .mark = mark,
        .path = hass_buf_string(&where),
        .hint = hint,
        .hide_source = checker->secret,
    };
    diagnostics_add(checker->diagnostics, DIAGNOSTIC_ERROR, &about, "%s", message);
}

static void HASS_PRINTF(5, 6) report(struct checker *checker, const struct path *path,
                                     enum place place, const char *hint, const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (checker->code == 0)
        checker->code = HASS_E_INVALID;
    if (!checker->diagnostics) {
        report_first(checker, path, place, hint, message);
        return;
    }
    add_diagnostic(checker, path, find_mark(checker, path, place), hint, message);
}

static bool locate(const struct hass_field_type *type, const json_t *value,
                   struct hass_text_problem *ret_problem)
{
    bool can = type->size > offsetof(struct hass_field_type, locate) && type->locate;
    const char *text = json_string_value(value);

    return can && text && type->locate(text, ret_problem);
}

/* Reports a problem inside of a text at its own line. False when its place is not known, or nobody asks for places. */
static bool report_within(struct checker *checker, const struct hass_field_type *type,
                          const json_t *value, const struct path *path)
{
    struct hass_text_problem problem = { 0 };
    const char *text = json_string_value(value);

    if (!checker->diagnostics || !locate(type, value, &problem))
        return false;
    struct mark mark = find_mark(checker, path, AT_VALUE);
    if (checker->code == 0)
        checker->code = HASS_E_INVALID;
    add_diagnostic(checker, path, yaml_mark_within(mark, text, problem.line, problem.column),
                   *problem.hint ? problem.hint : NULL, problem.message);
    return true;
}

/* Reports what a type says of something within a map or list at the place to which its message leads. False: there is no such place. */
static bool report_below(struct checker *checker, const struct hass_field_type *type,
                         const json_t *value, const struct path *path, const char *message)
{
    autobuf where = HASS_BUF_INIT;
    struct hass_text_problem problem = { 0 };

    if (!checker->diagnostics || !(json_is_object(value) || json_is_array(value)))
        return false;
    struct way way = {
        .marks = checker->marks,
        .at = value,
        .mark = find_mark(checker, path, AT_VALUE),
        .rest = message,
    };
    format_path(path, checker->prefix, &where);
    way_go(&way, &where);
    autofree char *text = mem_strdup(way.rest);
    struct diagnostic_about about = { .path = hass_buf_string(&where),
                                      .hint = way_take_hint(text) };
    if (locate(type, way.at, &problem)) {
        way.mark =
            yaml_mark_within(way.mark, json_string_value(way.at), problem.line, problem.column);
        about.hint = *problem.hint ? problem.hint : NULL;
    } else {
        way_point_to_key(&way);
    }
    about.mark = way.mark;
    checker->code = checker->code ? checker->code : HASS_E_INVALID;
    diagnostics_add(checker->diagnostics, DIAGNOSTIC_ERROR, &about, "%s",
                    *problem.message ? problem.message : text);
    return true;
}

static void warn_deprecated(struct checker *checker, const struct path *path)
{
    if (!checker->diagnostics) {
        hass_warning("the key '%s' is deprecated", path->key);
        return;
    }
    autobuf where = HASS_BUF_INIT;
    format_path(path, checker->prefix, &where);
    struct diagnostic_about about = {
        .mark = find_mark(checker, path, AT_KEY),
        .path = hass_buf_string(&where),
        .hide_source = checker->secret,
    };
    diagnostics_add(checker->diagnostics, DIAGNOSTIC_WARNING, &about, "the key '%s' is deprecated",
                    path->key);
}

/* True when checking ends here: only the first problem is wanted, and there is one. */
static bool is_over(const struct checker *checker)
{
    return checker->code != 0 && !checker->diagnostics;
}

const char *schema_describe_value(const json_t *value, char text[SCHEMA_VALUE_TEXT])
{
    size_t length;

    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        return "a map";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        length = utf8_cut(json_string_value(value), json_string_length(value), 40);
        snprintf(text, SCHEMA_VALUE_TEXT, "'%.*s%s'", (int)length, json_string_value(value),
                 length < json_string_length(value) ? "…" : "");
        break;
    case JSON_INTEGER:
        snprintf(text, SCHEMA_VALUE_TEXT, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(text, SCHEMA_VALUE_TEXT, "%.15g", json_real_value(value));
        break;
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "nothing";
    }
    return text;
}

/* single values */

/* The hint for a value that is not one of the words: the nearest, and quotes where YAML has made a boolean of a word. */
static char *hint_for_word(const struct hass_field *field, const json_t *value)
{
    if (!field->words)
        return NULL;
    if (json_is_boolean(value)) {
        for (const char *const *word = field->words; *word; word++) {
            if (strcmp(*word, json_is_true(value) ? "on" : "off") == 0)
                return mem_printf("put it in quotes: \"%s\"", *word);
        }
    }
    struct nearest nearest = { .word = json_is_string(value) ? json_string_value(value) : "" };
    for (const char *const *word = field->words; *word; word++)
        nearest_offer(&nearest, *word);
    return nearest_hint(&nearest);
}

static json_t *check_scalar(struct checker *checker, const struct hass_field *field,
                            const json_t *value, const struct path *path)
{
    json_t *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    if (field->type->check(field, value, &checked, &err) >= 0)
        return checked;
    if (checker->secret) {
        report(checker, path, AT_VALUE, NULL, "expected %s; what was given is not shown",
               field->type->name);
    } else if (!report_within(checker, field->type, value, path) &&
               !report_below(checker, field->type, value, path, err.message)) {
        autofree char *hint = hint_for_word(field, value);
        report(checker, path, AT_VALUE, hint, "%s", err.message);
    }
    return NULL;
}

static json_t *check_items_of_map(struct checker *checker, const struct hass_field *item,
                                  bool slug_keys, const json_t *value, const struct path *path);

static json_t *check_map_field(struct checker *checker, const struct hass_field *field,
                               const json_t *value, const struct path *path)
{
    if (field->schema)
        return check_schema(checker, field->schema, value, path);
    if (field->item)
        return check_items_of_map(checker, field->item, false, value, path);
    return check_scalar(checker, field, value, path);
}

static json_t *check_one(struct checker *checker, const struct hass_field *field,
                         const json_t *value, const struct path *path)
{
    bool opens = json_is_object(value) || json_is_array(value);

    if (opens && path && path->depth >= HASS_JSON_MAX_DEPTH) {
        report(checker, path, AT_VALUE, NULL, "more than %d levels", HASS_JSON_MAX_DEPTH);
        return NULL;
    }
    return field->type == &hass_type_map ? check_map_field(checker, field, value, path)
                                         : check_scalar(checker, field, value, path);
}

/* lists */

bool schema_bounds_item(const struct hass_field *field)
{
    return field->type == &hass_type_string || field->type == &hass_type_int ||
           field->type == &hass_type_number || field->type == &hass_type_duration;
}

static bool check_list_length(struct checker *checker, const struct hass_field *field,
                              size_t length, const struct path *path)
{
    if (schema_bounds_item(field) || (field->min == 0 && field->max == 0))
        return true;
    double count = (double)length;
    if (count < field->min) {
        report(checker, path, AT_VALUE, NULL, "expected a list of at least %g, got %zu", field->min,
               length);
        return false;
    }
    if (field->max >= field->min && count > field->max) {
        report(checker, path, AT_VALUE, NULL, "expected a list of at most %g, got %zu", field->max,
               length);
        return false;
    }
    return true;
}

typedef json_t *check_item_fn(struct checker *checker, const void *table, const json_t *value,
                              const struct path *path);

/* Checks each item; bad ones are left out. A value that is no list stands for a list of one, null for an empty one. */
static json_t *check_items(struct checker *checker, check_item_fn *check, const void *table,
                           const json_t *value, const struct path *path)
{
    json_t *checked = json_array();

    if (!json_is_array(value)) {
        json_t *item = json_is_null(value) ? NULL : check(checker, table, value, path);
        if (item)
            json_array_append_new(checked, item);
        return checked;
    }
    for (size_t i = 0; i < json_array_size(value) && !is_over(checker); i++) {
        struct path step = step_to_item(path, value, i);
        json_t *item = check(checker, table, json_array_get(value, i), &step);
        if (item)
            json_array_append_new(checked, item);
    }
    return checked;
}

static json_t *check_field_item(struct checker *checker, const void *table, const json_t *value,
                                const struct path *path)
{
    return check_one(checker, table, value, path);
}

static json_t *check_list_field(struct checker *checker, const struct hass_field *field,
                                const json_t *value, const struct path *path)
{
    json_t *checked = check_items(checker, check_field_item, field, value, path);
    size_t left = json_array_size(checked);
    size_t given = json_is_array(value) ? json_array_size(value) : !json_is_null(value);

    // Bad items have been reported; without them the list may be too short to be of use.
    bool enough = schema_bounds_item(field) || (double)left >= field->min;
    if (is_over(checker) || !check_list_length(checker, field, given, path) || !enough) {
        json_decref(checked);
        return NULL;
    }
    return checked;
}

static json_t *check_field(struct checker *checker, const struct hass_field *field,
                           const json_t *value, const struct path *path)
{
    if (json_is_null(value) && field->nullable)
        return json_null();
    bool outer = checker->secret;
    checker->secret = outer || field->secret;
    json_t *checked = field->list ? check_list_field(checker, field, value, path)
                                  : check_one(checker, field, value, path);
    checker->secret = outer;
    return checked;
}

/* maps */

static void report_no_map(struct checker *checker, const json_t *value, const struct path *path)
{
    char text[SCHEMA_VALUE_TEXT];

    report(checker, path, AT_VALUE, NULL, "expected a map, got %s",
           checker->secret ? "something else" : schema_describe_value(value, text));
}

/* Slugs are what the type says; a key of another form could not become part of an entity id. */
static bool check_slug_key(struct checker *checker, const char *key, const struct path *path)
{
    autojson *text = json_string(key), *slug = NULL;
    struct hass_field field = { .size = sizeof(field), .type = &hass_type_slug };
    struct hass_error err = HASS_ERROR_INIT;

    if (*key && hass_type_slug.check(&field, text, &slug, &err) >= 0)
        return true;
    report(checker, path, AT_KEY, NULL, "%s", *key ? err.message : "expected a slug, got nothing");
    return false;
}

/* A map of any keys to values of one field; bad members are left out. */
static json_t *check_items_of_map(struct checker *checker, const struct hass_field *item,
                                  bool slug_keys, const json_t *value, const struct path *path)
{
    if (!json_is_object(value)) {
        report_no_map(checker, value, path);
        return NULL;
    }
    struct hass_field field = schema_field(item);
    autojson *empty = json_object();
    json_t *checked = json_object();
    for (void *at = json_object_iter((json_t *)value); at && !is_over(checker);
         at = json_object_iter_next((json_t *)value, at)) {
        const char *key = json_object_iter_key(at);
        const json_t *given = json_object_iter_value(at);
        struct path step = step_to_key(path, value, key);
        if (slug_keys && !check_slug_key(checker, key, &step))
            continue;
        // "input_boolean: {lamp: }" is a lamp with every default.
        if (json_is_null(given) && field.type == &hass_type_map && !field.nullable)
            given = empty;
        json_t *member = check_field(checker, &field, given, &step);
        if (member)
            json_object_set_new_nocheck(checked, key, member);
    }
    return checked;
}

/* Lends field @index; one of another age is copied into @room. */
static const struct hass_field *field_at(const struct hass_schema *schema, uint32_t index,
                                         struct hass_field *room)
{
    const char *fields = (const char *)schema->fields;
    const struct hass_field *field = (const void *)(fields + (size_t)index * schema->fields->size);

    if (field->size >= sizeof(*room))
        return field;
    *room = schema_field(field);
    return room;
}

/* Likewise the field of @key, or NULL. */
static const struct hass_field *find_field(const struct hass_schema *schema, const char *key,
                                           struct hass_field *room)
{
    const char *field = (const char *)schema->fields;

    for (uint32_t i = 0; i < schema->count; i++, field += schema->fields->size) {
        const char *name = ((const struct hass_field *)(const void *)field)->key;
        if (*name == *key && strcmp(name, key) == 0)
            return field_at(schema, i, room);
    }
    return NULL;
}

bool schema_find_field(const struct hass_schema *schema, const char *key,
                       struct hass_field *ret_field)
{
    struct hass_field room;
    const struct hass_field *field = find_field(schema, key, &room);

    if (field)
        *ret_field = schema_field(field);
    return field;
}

static char *list_keys(const struct hass_schema *schema)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, schema->count ? "known keys are " : "no keys are known here");
    for (uint32_t i = 0; i < schema->count; i++)
        hass_buf_printf(&buf, "%s%s", i ? ", " : "", schema_field_at(schema, i).key);
    return hass_buf_steal(&buf);
}

/* Longer lists of keys do not help anybody. */
#define KEYS_SHOWN 12

static void report_unknown_key(struct checker *checker, const struct hass_schema *schema,
                               const char *key, const struct path *path)
{
    struct nearest nearest = { .word = key };

    for (uint32_t i = 0; i < schema->count; i++)
        nearest_offer(&nearest, schema_field_at(schema, i).key);
    autofree char *hint = nearest_hint(&nearest);
    if (!hint && schema->count <= KEYS_SHOWN)
        hint = list_keys(schema);
    report(checker, path, AT_KEY, hint, "unknown key '%s'", key);
}

/* The key of another given member of @field's group that stands before it in the table; or NULL. */
static const char *find_rival(const struct hass_schema *schema, const struct hass_field *field,
                              const json_t *value)
{
    struct hass_field room;

    for (uint32_t i = 0; i < schema->count; i++) {
        const struct hass_field *other = field_at(schema, i, &room);
        if (strcmp(other->key, field->key) == 0)
            break;
        if (other->exclusive && strcmp(other->exclusive, field->exclusive) == 0 &&
            json_object_get(value, other->key))
            return other->key;
    }
    return NULL;
}

/* Checks one given member and puts it into @checked. */
static bool check_member(struct checker *checker, const struct hass_schema *schema, const char *key,
                         const json_t *value, const json_t *map, const struct path *path,
                         json_t *checked)
{
    struct path step = step_to_key(path, map, key);
    struct hass_field room;
    const struct hass_field *field = find_field(schema, key, &room);

    if (!field) {
        if (!schema->extra)
            report_unknown_key(checker, schema, key, &step);
        else
            json_object_set_new_nocheck(checked, key, hass_json_ref(value));
        return schema->extra;
    }
    const char *rival = field->exclusive ? find_rival(schema, field, map) : NULL;
    if (rival) {
        report(checker, &step, AT_KEY, NULL, "'%s' and '%s' exclude each other", rival, key);
        return false;
    }
    if (field->deprecated)
        warn_deprecated(checker, &step);
    json_t *member = check_field(checker, field, value, &step);
    return member && json_object_set_new_nocheck(checked, key, member) == 0;
}

/* defaults */

/* The simple defaults, without the cost of a parser; NULL for the others. */
static json_t *parse_simple(const char *text)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    if (*text == '"') {
        size_t word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");
        return strcmp(text + 1 + word, "\"") == 0 ? json_stringn_nocheck(text + 1, word) : NULL;
    }
    size_t length = strspn(text, "0123456789");
    if (length > 0 && length < 18 && !text[length] && (length == 1 || text[0] != '0'))
        return json_integer(strtoll(text, NULL, 10));
    return NULL;
}

static json_t *parse_fallback(const struct hass_field *field, struct hass_error *err)
{
    json_t *json = parse_simple(field->fallback);

    if (!json)
        hass_json_parse(field->fallback, strlen(field->fallback), SIZE_MAX, &json, err);
    return json;
}

/* Defaults go through the same check, so that they come out in the same form. */
static bool add_default(struct checker *checker, const struct hass_field *field, const json_t *map,
                        const struct path *path, json_t *checked)
{
    struct path step = step_to_key(path, map, field->key);
    struct hass_error err = HASS_ERROR_INIT;
    autojson *fallback = parse_fallback(field, &err);

    if (!fallback) {
        report(checker, &step, AT_CONTAINER, NULL, "the default of '%s' is no JSON: %s", field->key,
               err.message);
        return false;
    }
    json_t *member = check_field(checker, field, fallback, &step);
    return member && json_object_set_new_nocheck(checked, field->key, member) == 0;
}

/* Returns false. */
static bool miss_required(struct checker *checker, const char *key, const json_t *map,
                          const struct path *path)
{
    struct path step = step_to_key(path, map, key);

    if (yaml_marks_is_broken(checker->marks, map, key))
        checker->code = HASS_E_INVALID;
    else
        report(checker, &step, AT_CONTAINER, NULL, "required key '%s' is missing", key);
    return false;
}

/* What was not given: defaults are filled in, required keys are missed. */
static bool complete_map(struct checker *checker, const struct hass_schema *schema,
                         const json_t *map, const struct path *path, json_t *checked)
{
    struct hass_field room;
    bool good = true;

    for (uint32_t i = 0; i < schema->count && !is_over(checker); i++) {
        const struct hass_field *field = field_at(schema, i, &room);
        if ((!field->fallback && !field->required) || json_object_get(map, field->key))
            continue;
        if (field->fallback)
            good = add_default(checker, field, map, path, checked) && good;
        else
            good = miss_required(checker, field->key, map, path);
    }
    return good;
}

static bool check_whole(struct checker *checker, const struct hass_schema *schema,
                        const json_t *checked, const struct path *path)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (!schema->check || schema->check(checked, &err) >= 0)
        return true;
    report(checker, path, AT_VALUE, NULL, "%s", err.message);
    return false;
}

static json_t *check_fields(struct checker *checker, const struct hass_schema *schema,
                            const json_t *value, const struct path *path)
{
    if (!json_is_object(value)) {
        report_no_map(checker, value, path);
        return NULL;
    }
    autojson *checked = json_object();
    bool good = true;
    for (void *at = json_object_iter((json_t *)value); at && !is_over(checker);
         at = json_object_iter_next((json_t *)value, at))
        good = check_member(checker, schema, json_object_iter_key(at), json_object_iter_value(at),
                            value, path, checked) &&
               good;
    good = complete_map(checker, schema, value, path, checked) && good;
    return good && check_whole(checker, schema, checked, path) ? steal(checked) : NULL;
}

static json_t *check_map(struct checker *checker, const void *table, const json_t *value,
                         const struct path *path)
{
    const struct hass_schema *schema = table;

    return schema->keyed ? check_items_of_map(checker, schema->keyed, true, value, path)
                         : check_fields(checker, schema, value, path);
}

static json_t *check_schema(struct checker *checker, const struct hass_schema *schema,
                            const json_t *value, const struct path *path)
{
    struct hass_schema copy = schema_copy(schema);

    if (!copy.list)
        return check_map(checker, &copy, value, path);
    return check_items(checker, check_map, &copy, value, path);
}

/* entry points */

int schema_check_at(const struct hass_schema *schema, const json_t *value, const char *path,
                    json_t **ret_value, struct hass_error *err)
{
    struct checker checker = { .err = err, .prefix = path, .root = value };
    json_t *checked = check_schema(&checker, schema, value, NULL);

    if (!checked || checker.code) {
        json_decref(checked);
        return checker.code;
    }
    *ret_value = checked;
    return 0;
}

int schema_check_part(const struct hass_schema *schema, const struct hass_schema *common,
                      const json_t *value, const char *path, json_t *checked,
                      struct hass_error *err)
{
    struct hass_schema own = schema_copy(schema);
    struct checker checker = { .err = err, .prefix = path, .root = value };
    struct hass_field room;

    for (void *at = json_object_iter((json_t *)value); at && !is_over(&checker);
         at = json_object_iter_next((json_t *)value, at)) {
        const char *key = json_object_iter_key(at);
        if (common ? !find_field(common, key, &room) : find_field(&own, key, &room) != NULL)
            check_member(&checker, &own, key, json_object_iter_value(at), value, NULL, checked);
    }
    if (complete_map(&checker, &own, value, NULL, checked) && !checker.code)
        check_whole(&checker, &own, checked, NULL);
    return checker.code;
}

int hass_schema_check(const struct hass_schema *schema, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    return schema_check_at(schema, value, "", ret_value, err);
}

int schema_check_marked(const struct hass_schema *schema, const json_t *value,
                        const struct yaml_marks *marks, const char *path,
                        struct diagnostics *diagnostics, json_t **ret_value)
{
    struct checker checker = {
        .diagnostics = diagnostics,
        .marks = marks,
        .prefix = path,
        .root = value,
    };
    json_t *checked = check_schema(&checker, schema, value, NULL);

    if (!checked)
        return HASS_E_INVALID;
    *ret_value = checked;
    return 0;
}
