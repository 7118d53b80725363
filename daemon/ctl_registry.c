/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the registries: people name them, commands want their ids.
 */
#include "ctl_registry.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/schema.h>
#include <hass/vec.h>

const struct ctl_kind ctl_area = {
    "area", "config/area_registry/list", NULL, "area_id", { "name" }
};
const struct ctl_kind ctl_floor = {
    "floor", "config/floor_registry/list", NULL, "floor_id", { "name" }
};
const struct ctl_kind ctl_label = {
    "label", "config/label_registry/list", NULL, "label_id", { "name" }
};
const struct ctl_kind ctl_device = {
    "device", "config/device_registry/list", NULL, "id", { "name_by_user", "name" }
};
const struct ctl_kind ctl_entity = {
    "entity", "config/entity_registry/list", NULL, "entity_id", { "name", "original_name" }
};
const struct ctl_kind ctl_entry = { "entry", "config_entries/get", NULL, "entry_id", { "title" } };
const struct ctl_kind ctl_issue = {
    "issue", "repairs/list_issues", "issues", "issue_id", { NULL }
};

/* asking */

int ctl_ask(struct ctl *ctl, const char *type, json_t *fields, json_t **ret_result,
            struct hass_error *err)
{
    json_t *command = fields ? fields : json_object();

    json_object_set_new(command, "type", json_string(type));
    return ctl_client_call(ctl->client, command, ret_result, err);
}

int ctl_rows(struct ctl *ctl, const struct ctl_kind *kind, json_t **ret_rows,
             struct hass_error *err)
{
    autojson *result = NULL;
    int r = ctl_ask(ctl, kind->list, NULL, &result, err);

    if (r < 0)
        return r;
    *ret_rows = hass_json_ref(kind->below ? hass_json_get(result, kind->below) : result);
    return 0;
}

/* finding */

const char *ctl_row_id(const struct ctl_kind *kind, const json_t *row)
{
    return hass_json_get_string(row, kind->id, "");
}

const char *ctl_row_name(const struct ctl_kind *kind, const json_t *row)
{
    for (size_t i = 0; i < 2 && kind->names[i]; i++) {
        const char *name = hass_json_get_string(row, kind->names[i], NULL);
        if (name)
            return name;
    }
    return ctl_row_id(kind, row);
}

int ctl_rows_by_id(struct ctl *ctl, const struct ctl_kind *kind, json_t **ret_rows,
                   struct hass_error *err)
{
    autojson *rows = NULL;
    int r = ctl_rows(ctl, kind, &rows, err);

    if (r < 0)
        return r;
    *ret_rows = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        json_object_set(*ret_rows, ctl_row_id(kind, row), row);
    }
    return 0;
}

static void count_one(json_t *counts, const json_t *text)
{
    const char *key = json_string_value(text);

    if (key)
        json_object_set_new(counts, key, json_integer(hass_json_get_int(counts, key, 0) + 1));
}

json_t *ctl_count_by(const json_t *rows_by_id, const char *key)
{
    json_t *counts = json_object();
    const char *id;
    json_t *row;

    json_object_foreach((json_t *)rows_by_id, id, row) {
        const json_t *value = hass_json_get(row, key);
        count_one(counts, value);
        for (size_t i = 0; i < json_array_size(value); i++)
            count_one(counts, json_array_get(value, i));
    }
    return counts;
}

char *ctl_count_text(const json_t *counts, const char *id)
{
    struct hass_buf text = HASS_BUF_INIT;
    int64_t count = hass_json_get_int(counts, id, 0);

    if (count > 0)
        hass_buf_printf(&text, "%lld", (long long)count);
    return hass_buf_steal(&text);
}

/* What might have been meant: an id or a name. */
static int fail_unknown(const struct ctl_kind *kind, const json_t *rows, const char *word,
                        struct hass_error *err)
{
    HASS_VEC(const char *) words = { 0 };

    for (size_t i = 0; i < json_array_size(rows); i++) {
        vec_push(&words, ctl_row_name(kind, json_array_get(rows, i)));
        vec_push(&words, ctl_row_id(kind, json_array_get(rows, i)));
    }
    vec_push(&words, NULL);
    const char *near = hass_nearest_word(word, words.data);
    hass_fail(err, HASS_E_NOT_FOUND, "there is no %s '%s'%s%s%s", kind->what, word,
              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    vec_fini(&words);
    return HASS_E_NOT_FOUND;
}

static const json_t *find_id(const struct ctl_kind *kind, const json_t *rows, const char *id)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(ctl_row_id(kind, row), id) == 0)
            return row;
    }
    return NULL;
}

int ctl_find(const struct ctl_kind *kind, const json_t *rows, const char *word,
             const json_t **ret_row, struct hass_error *err)
{
    const json_t *found = find_id(kind, rows, word);

    for (size_t i = 0; !found && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcasecmp(ctl_row_name(kind, row), word) != 0)
            continue;
        for (size_t k = i + 1; k < json_array_size(rows); k++) {
            const json_t *other = json_array_get(rows, k);
            if (strcasecmp(ctl_row_name(kind, other), word) == 0)
                return hass_fail(err, HASS_E_EXISTS, "'%s' may be %s or %s", word,
                                 ctl_row_id(kind, row), ctl_row_id(kind, other));
        }
        found = row;
    }
    if (!found)
        return fail_unknown(kind, rows, word, err);
    *ret_row = found;
    return 0;
}

int ctl_resolve(struct ctl *ctl, const struct ctl_kind *kind, const char *word, char **ret_id,
                struct hass_error *err)
{
    autojson *rows = NULL;
    const json_t *row = NULL;
    int r = ctl_rows(ctl, kind, &rows, err);

    if (r >= 0)
        r = ctl_find(kind, rows, word, &row, err);
    if (r < 0)
        return r;
    *ret_id = strdup(ctl_row_id(kind, row));
    if (!*ret_id)
        abort();
    return 0;
}

/* settings */

static int parse_user(const char *key, const char *value, json_t **ret_value)
{
    static const char *const on[] = { "user", "yes", "true", "on", NULL };
    static const char *const off[] = { "", "no", "false", "off", "none", NULL };

    for (size_t i = 0; on[i]; i++) {
        if (strcmp(value, on[i]) == 0) {
            *ret_value = json_string("user");
            return 0;
        }
    }
    for (size_t i = 0; off[i]; i++) {
        if (strcmp(value, off[i]) == 0) {
            *ret_value = json_null();
            return 0;
        }
    }
    return ctl_usage_error("%s is user or no, not '%s'", key, value);
}

static int parse_number(const char *key, const char *value, json_t **ret_value)
{
    char *end;
    long number = strtol(value, &end, 10);

    if (*end)
        return ctl_usage_error("%s is a whole number, not '%s'", key, value);
    *ret_value = *value ? json_integer(number) : json_null();
    return 0;
}

static int resolve_one(struct ctl *ctl, const struct ctl_kind *kind, const char *value,
                       json_t **ret_value, struct hass_error *err)
{
    autofree char *id = NULL;
    int r = *value ? ctl_resolve(ctl, kind, value, &id, err) : 0;

    if (r == 0)
        *ret_value = id ? json_string(id) : json_null();
    return r;
}

/* The words between commas; ids of @kind's rows unless it is NULL. */
static int parse_list(struct ctl *ctl, const struct ctl_kind *kind, const char *value,
                      json_t **ret_value, struct hass_error *err)
{
    autojson *list = json_array();
    autojson *rows = NULL;
    autofree char *words = strdup(value);
    char *rest = words;
    int r = kind && *value ? ctl_rows(ctl, kind, &rows, err) : 0;

    for (char *word = strsep(&rest, ","); word && r == 0; word = strsep(&rest, ",")) {
        const json_t *row = NULL;
        if (!*word)
            continue;
        if (kind)
            r = ctl_find(kind, rows, word, &row, err);
        if (r == 0)
            json_array_append_new(list, json_string(kind ? ctl_row_id(kind, row) : word));
    }
    if (r == 0)
        *ret_value = steal(list);
    return r;
}

static int parse_setting(struct ctl *ctl, const struct ctl_setting *setting, const char *value,
                         json_t **ret_value, struct hass_error *err)
{
    switch (setting->value) {
    case CTL_NUMBER:
        return parse_number(setting->key, value, ret_value);
    case CTL_USER:
        return parse_user(setting->key, value, ret_value);
    case CTL_TEXTS:
        return parse_list(ctl, NULL, value, ret_value, err);
    case CTL_AREA_ID:
        return resolve_one(ctl, &ctl_area, value, ret_value, err);
    case CTL_FLOOR_ID:
        return resolve_one(ctl, &ctl_floor, value, ret_value, err);
    case CTL_LABEL_IDS:
        return parse_list(ctl, &ctl_label, value, ret_value, err);
    case CTL_ENTITY_ID:
    case CTL_TEXT:
        break;
    }
    *ret_value = *value ? json_string(value) : json_null();
    return 0;
}

static int unknown_setting(const struct ctl_setting *settings, const char *word)
{
    HASS_VEC(const char *) keys = { 0 };
    autobuf known = HASS_BUF_INIT;

    for (const struct ctl_setting *s = settings; s->key; s++) {
        vec_push(&keys, s->key);
        hass_buf_printf(&known, "%s%s", known.length ? ", " : "", s->key);
    }
    vec_push(&keys, NULL);
    const char *near = hass_nearest_word(word, keys.data);
    int r =
        near ? ctl_usage_error("'%s' cannot be set; did you mean '%s'?", word, near)
             : ctl_usage_error("'%s' cannot be set; what can: %s", word, hass_buf_string(&known));
    vec_fini(&keys);
    return r;
}

int ctl_settings(struct ctl *ctl, const struct ctl_setting *settings, int count, char *args[],
                 json_t **ret_members, struct hass_error *err)
{
    autojson *members = json_object();

    for (int i = 0; i < count; i++) {
        const struct ctl_setting *setting = settings;
        autofree char *key = strdup(args[i]);
        json_t *value = NULL;
        char *equals = strchr(key, '=');
        if (!equals || equals == key)
            return ctl_usage_error("'%s' is not KEY=VALUE", args[i]);
        *equals = '\0';
        while (setting->key && strcmp(setting->key, key) != 0)
            setting++;
        int r = setting->key ? parse_setting(ctl, setting, equals + 1, &value, err)
                             : unknown_setting(settings, key);
        if (r != 0)
            return r;
        json_object_set_new(members, setting->member, value);
    }
    *ret_members = steal(members);
    return 0;
}

/* filters */

int ctl_filters(struct ctl_filter *filters, int count, char *args[], const char **ret_pattern)
{
    for (int i = 0; i < count; i++) {
        const char *equals = strchr(args[i], '=');
        struct ctl_filter *filter = filters;
        if (!equals) {
            if (*ret_pattern)
                return ctl_usage_error("one pattern is enough: '%s', '%s'", *ret_pattern, args[i]);
            *ret_pattern = args[i];
            continue;
        }
        size_t length = (size_t)(equals - args[i]);
        while (filter->key && !(strncmp(filter->key, args[i], length) == 0 && !filter->key[length]))
            filter++;
        if (!filter->key)
            return ctl_usage_error("'%.*s' is no filter of this list", (int)length, args[i]);
        filter->wanted = equals + 1;
    }
    return 0;
}

bool ctl_filter_takes(const struct ctl_filter *filter, const char *id, const char *name)
{
    if (!filter->wanted)
        return true;
    return (id && strcasecmp(id, filter->wanted) == 0) ||
           (name && strcasecmp(name, filter->wanted) == 0) || (!id && !*filter->wanted);
}

bool ctl_matches(const char *text, const char *pattern)
{
    return !pattern || strcasestr(text, pattern) || fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

/* printing */

void ctl_print_rows(const struct ctl *ctl, const json_t *rows, struct table *table)
{
    if (ctl->json)
        ctl_print_json(rows);
    else
        table_print(table, ctl->width, ctl->color, stdout);
    table_destroy(table);
}

void ctl_done(const struct ctl *ctl, const json_t *result, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (ctl->json) {
        ctl_print_json(result);
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    text_print(text, 0, stdout);
    putchar('\n');
}

/* verbs */

static int unknown_verb(const char *command, const struct ctl_verb *verbs, const char *word)
{
    HASS_VEC(const char *) names = { 0 };
    autobuf known = HASS_BUF_INIT;

    for (; verbs->name; verbs++) {
        vec_push(&names, verbs->name);
        hass_buf_printf(&known, "%s%s", known.length ? ", " : "", verbs->name);
    }
    vec_push(&names, NULL);
    const char *near = hass_nearest_word(word, names.data);
    int r =
        near ? ctl_usage_error("%s has no '%s'; did you mean '%s'?", command, word, near)
             : ctl_usage_error("%s has no '%s', but: %s", command, word, hass_buf_string(&known));
    vec_fini(&names);
    return r;
}

int ctl_run_verb(struct ctl *ctl, const char *command, const struct ctl_verb *verbs,
                 const void *subject, int count, char *args[], struct hass_error *err)
{
    const struct ctl_verb *verb = verbs;

    while (verb->name && strcmp(verb->name, args[0]) != 0)
        verb++;
    if (!verb->name)
        return unknown_verb(command, verbs, args[0]);
    if (count - 1 < verb->min_args || (verb->max_args >= 0 && count - 1 > verb->max_args))
        return ctl_usage_error("usage: hassctl %s %s %s", command, verb->name, verb->usage);
    return verb->run(ctl, subject, count - 1, args + 1, err);
}
