/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks lists of triggers as people write them and brings them into one form: flat, `trigger` for `platform`, `options` taken apart, the
 * kind's own keys by its schema. Pure but for the table of kinds: any thread.
 */
#include <string.h>

#include "base/mem.h"
#include "data/schema_check.h"
#include "helpers/check_types.h"
#include "helpers/trigger.h"

HASS_SCHEMA(common, HASS_FIELD("trigger", &check_type_text, .required = true),
            HASS_FIELD("id", &check_type_text), HASS_FIELD("alias", &hass_type_string),
            HASS_FIELD("enabled", &check_type_enabled), HASS_FIELD("variables", &hass_type_map));

/* What is checked, and what has become of it. */
struct check {
    struct kind_search *search;
    json_t *result;
    struct hass_error *err;
};

/* "place: message", nothing where the place is none. */
static int fail_at(struct check *check, const char *place)
{
    if (!check->err)
        return HASS_E_INVALID;
    return *place ? hass_error_prefix(check->err, "%s", place) : check->err->code;
}

/* both spellings */

/* `platform` becomes `trigger`: @ret_item is owned by the caller, and @value itself where there is nothing to do. */
static int name_kind(struct check *check, const json_t *value, const char *place, json_t **ret_item)
{
    json_t *old = json_object_get(value, "platform");

    if (!old) {
        *ret_item = hass_json_ref(value);
        return 0;
    }
    if (json_object_get(value, "trigger")) {
        hass_fail(check->err, HASS_E_INVALID,
                  "'trigger' and 'platform' are two names of one key; keep 'trigger' only");
        return fail_at(check, place);
    }
    json_t *item = json_copy((json_t *)value);
    json_object_set(item, "trigger", old);
    json_object_del(item, "platform");
    *ret_item = item;
    return 0;
}

static bool has_own(const struct hass_trigger_kind *kind, const char *key)
{
    struct hass_field field;

    return kind->schema && schema_find_field(kind->schema, key, &field);
}

/* What stands in `options` belongs to the item itself, unless the kind knows them. @item is replaced; what all have is put into @checked. */
static int open_options(struct check *check, const struct hass_trigger_kind *kind, json_t **item,
                        const char *place, json_t *checked)
{
    json_t *options = json_object_get(*item, "options");
    const char *key;
    json_t *value;

    if (!json_is_object(options) || has_own(kind, "options"))
        return 0;
    autojson *open = json_copy(*item);
    json_object_del(open, "options");
    json_object_foreach(options, key, value) {
        if (json_object_get(open, key)) {
            hass_fail(check->err, HASS_E_INVALID, "'%s' is given twice, also in 'options'", key);
            return fail_at(check, place);
        }
        json_object_set(open, key, value);
    }
    json_decref(*item);
    *item = steal(open);
    return schema_check_part(&common, NULL, *item, place, checked, check->err);
}

/* one trigger */

static int check_variables(const json_t *item, struct hass_error *err)
{
    const struct hass_field field = HASS_FIELD("", &hass_type_template_complex);
    const json_t *variables = hass_json_get(item, "variables");
    autojson *checked = NULL;

    if (!variables)
        return 0;
    int r = hass_type_template_complex.check(&field, variables, &checked, err);
    return r < 0 ? hass_error_prefix(err, "variables") : 0;
}

/* True when a message begins with a key of the kind: "to->1: expected …". */
static bool begins_with_key(const struct hass_trigger_kind *kind, const char *message)
{
    size_t length = strspn(message, "abcdefghijklmnopqrstuvwxyz_");
    autofree char *key = mem_strndup(message, length);

    return (message[length] == ':' || message[length] == '-') && has_own(kind, key);
}

static int check_beyond(struct check *check, const struct hass_trigger_kind *kind,
                        const json_t *item, const char *place)
{
    struct hass_error own = HASS_ERROR_INIT;
    int r = check_variables(item, &own);
    bool key = r < 0;

    if (r >= 0 && kind && kind->check) {
        r = kind->check(item, &own);
        key = r < 0 && begins_with_key(kind, own.message);
    }
    if (r < 0)
        hass_fail(check->err, HASS_E_INVALID, "%s%s%s", place,
                  !*place ? ""
                  : key   ? "->"
                          : ": ",
                  own.message);
    return r < 0 ? HASS_E_INVALID : 0;
}

/* The kind's own keys: all but the common ones, which are in @checked. */
static int check_own(struct check *check, const struct hass_trigger_kind *kind, const json_t *item,
                     const char *place, json_t *checked)
{
    if (kind->schema)
        return schema_check_part(kind->schema, &common, item, place, checked, check->err);
    json_object_update_missing(checked, (json_t *)item);
    return 0;
}

static int unknown_kind(struct check *check, const char *name, const char *place)
{
    if (check->search->reason)
        return hass_fail(check->err, HASS_E_INVALID, "%s%strigger: there is no trigger '%s': %s",
                         place, *place ? "->" : "", name, check->search->reason);
    autofree char *nearest = trigger_kind_nearest(check->search, name);
    return hass_fail(check->err, HASS_E_INVALID, "%s%strigger: there is no trigger '%s'%s%s%s",
                     place, *place ? "->" : "", name, nearest ? "; did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
}

static bool find_kind(struct check *check, const char *name, struct hass_trigger_kind *ret_kind)
{
    if (trigger_kind_find(check->search->hass, name, ret_kind, NULL))
        return true;
    const struct hass_trigger_kind *kind = kind_search_find(check->search, KIND_TRIGGER, name);
    if (kind)
        HASS_READ(ret_kind, kind);
    return kind != NULL;
}

/* @item is replaced where it has another form. */
static int check_kind(struct check *check, json_t **item, const char *place, json_t *checked)
{
    const char *name = hass_json_get_string(checked, "trigger", "");
    struct hass_trigger_kind kind;

    if (!find_kind(check, name, &kind)) {
        if (check->search->hass)
            return unknown_kind(check, name, place);
        json_object_update_missing(checked, *item); // nobody here knows better
        return check_beyond(check, NULL, checked, place);
    }
    int r = open_options(check, &kind, item, place, checked);
    if (r >= 0)
        r = check_own(check, &kind, *item, place, checked);
    return r < 0 ? r : check_beyond(check, &kind, checked, place);
}

static int check_item(struct check *check, const json_t *value, const char *place)
{
    autojson *item = NULL, *checked = json_object();
    int r = name_kind(check, value, place, &item);

    if (r >= 0)
        r = schema_check_part(&common, NULL, item, place, checked, check->err);
    if (r >= 0)
        r = check_kind(check, &item, place, checked);
    if (r >= 0)
        json_array_append(check->result, checked);
    return r;
}

/* lists */

static int check_list(struct check *check, const json_t *value, const char *place, bool nested);

/* A map that has nothing but `triggers` stands for the list in it: one level of them. */
static bool is_nested(const json_t *value)
{
    return json_object_size(value) == 1 && json_object_get(value, "triggers");
}

static int check_one(struct check *check, const json_t *value, const char *place, bool nested)
{
    char text[SCHEMA_VALUE_TEXT];

    if (!nested && is_nested(value)) {
        autofree char *below = mem_join(place, "->", "triggers");
        return check_list(check, json_object_get(value, "triggers"), below, true);
    }
    if (json_is_object(value))
        return check_item(check, value, place);
    hass_fail(check->err, HASS_E_INVALID,
              "expected a trigger, a map such as {trigger: state, …}, got %s",
              schema_describe_value(value, text));
    return fail_at(check, place);
}

static int check_list(struct check *check, const json_t *value, const char *place, bool nested)
{
    int r = 0;

    if (!value || json_is_null(value))
        return 0;
    if (!json_is_array(value))
        return check_one(check, value, place, nested);
    for (size_t i = 0; r >= 0 && i < json_array_size(value); i++) {
        autofree char *below = mem_join_number(place, "->", i);
        r = check_one(check, json_array_get(value, i), below, nested);
    }
    return r;
}

int triggers_check(struct kind_search *search, const json_t *value, json_t **ret_config,
                   struct hass_error *err)
{
    autojson *result = json_array();
    struct check check = { .search = search, .result = result, .err = err };
    int r = check_list(&check, value, "", false);

    if (r >= 0)
        *ret_config = steal(result);
    return r;
}

int hass_triggers_check(struct hass *hass, const json_t *value, json_t **ret_config,
                        struct hass_error *err)
{
    struct kind_search registered = { .hass = hass };

    return triggers_check(&registered, value, ret_config, err);
}

int hass_triggers_async_check(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                              json_t **ret_config, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.triggers.async_check", err);
    return kind_search_async_check(hass, triggers_check, value, kinds, ret_config, err);
}
