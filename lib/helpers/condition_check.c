/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what people write to checked lists. Short forms become long ones first; then the keys that all have are checked, and the rest by the
 * kind's own table. The place of a mistake is carried along as a text, since lists are within lists.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "data/schema_check.h"
#include "data/schema_text.h"
#include "helpers/condition.h"
#include "helpers/helpers.h"
#include "helpers/kinds.h"

struct condition_check {
    struct kind_search *search;
    struct hass_error *err;
};

HASS_SCHEMA(common_schema,
            HASS_FIELD("condition", &check_type_text, .required = true, .doc = "The kind"),
            HASS_FIELD("alias", &hass_type_string, .doc = "What it is called"),
            HASS_FIELD("enabled", &check_type_enabled, .doc = "False: it is not tested"));

HASS_SCHEMA(members_schema, HASS_FIELD("conditions", &hass_type_any, .required = true,
                                       .doc = "The conditions that it is made of"));

/* kinds */

static const struct hass_condition_kind condition_and =
    HASS_CONDITION_KIND(.name = "and", .schema = &members_schema);
static const struct hass_condition_kind condition_or =
    HASS_CONDITION_KIND(.name = "or", .schema = &members_schema);
static const struct hass_condition_kind condition_not =
    HASS_CONDITION_KIND(.name = "not", .schema = &members_schema);

static const struct hass_condition_kind *const built_in[] = {
    &condition_and,           &condition_or,       &condition_not,
    &condition_state,         &condition_template, &condition_trigger,
    &condition_numeric_state, &condition_time,     &condition_sun,
};
#define BUILT_IN (sizeof(built_in) / sizeof(built_in[0]))

enum condition_container condition_container_of(const struct hass_condition_kind *kind)
{
    if (kind == &condition_and)
        return CONDITION_AND;
    if (kind == &condition_or)
        return CONDITION_OR;
    return kind == &condition_not ? CONDITION_NOT : CONDITION_SINGLE;
}

static const struct hass_condition_kind *find_built_in(const char *name)
{
    for (size_t i = 0; i < BUILT_IN; i++) {
        if (strcmp(built_in[i]->name, name) == 0)
            return built_in[i];
    }
    return NULL;
}

const struct hass_condition_kind *condition_find_kind(const struct hass *hass, const char *name,
                                                      struct scope **ret_scope)
{
    const struct hass_condition_kind *kind = find_built_in(name);

    return kind ? kind : kinds_find(kinds_of_conditions(hass), name, ret_scope);
}

int hass_condition_async_register(struct hass *hass, const struct hass_condition_kind *kind,
                                  struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.condition.async_register", err);
    if (find_built_in(kind->name))
        return hass_fail(err, HASS_E_EXISTS, "the condition '%s' exists already", kind->name);
    (void)helpers_of(hass); // what pool threads look at, too
    return kinds_add(hass, kinds_of_conditions(hass), "condition", kind->name, kind, err);
}

/* places */

/* "a->b", or what there is of them; to be freed. */
static char *join(const char *place, const char *below)
{
    return mem_join(place, "->", below);
}

static int fail_at(const char *place, struct hass_error *err)
{
    return *place ? hass_error_prefix(err, "%s", place) : err ? err->code : HASS_E_INVALID;
}

static int fail_unknown(const struct condition_check *check, const char *place, const char *name)
{
    struct kind_names names = { 0 };
    struct nearest nearest = { .word = name };
    autofree char *where = join(place, "condition");

    if (check->search->reason)
        return hass_fail(check->err, HASS_E_INVALID, "%s: there is no condition '%s': %s", where,
                         name, check->search->reason);
    for (size_t i = 0; i < BUILT_IN; i++)
        nearest_offer(&nearest, built_in[i]->name);
    kind_search_names(check->search, KIND_CONDITION, &names);
    vec_foreach(&names, known)
        nearest_offer(&nearest, *known);
    autofree char *hint = nearest_hint(&nearest);
    kind_names_fini(&names);
    return hass_fail(check->err, HASS_E_INVALID, "%s: unknown condition '%s'%s%s", where, name,
                     hint ? "; " : "", hint ? hint : "");
}

/* short forms */

/* {"condition": @kind, @key: @value} and what else @from has but @key. */
static json_t *long_form(const char *kind, const char *key, const json_t *value, const json_t *from,
                         const char *without)
{
    json_t *form = from ? json_copy((json_t *)from) : json_object();

    json_object_del(form, without);
    json_object_set_new(form, "condition", json_string(kind));
    json_object_set_new(form, key, hass_json_ref(value));
    return form;
}

static bool is_template(const json_t *value)
{
    return json_is_string(value) && hass_is_template_string(json_string_value(value));
}

/* The long form of @value, owned by the caller; NULL: it is no condition. @ret_short: the key that "conditions" was, or NULL. */
static json_t *expand(const json_t *value, const char **ret_short)
{
    const json_t *kind = json_object_get(value, "condition");

    *ret_short = NULL;
    if (is_template(value))
        return long_form("template", "value_template", value, NULL, "");
    if (!json_is_object(value))
        return NULL;
    if (is_template(kind))
        return long_form("template", "value_template", kind, value, "condition");
    if (json_is_array(kind)) {
        *ret_short = "condition";
        return long_form("and", "conditions", kind, value, "condition");
    }
    for (size_t i = 0; !kind && i < 3; i++) {
        const char *word = built_in[i]->name;
        const json_t *members = json_object_get(value, word);
        if (members) {
            *ret_short = word;
            return long_form(word, "conditions", members, value, word);
        }
    }
    return hass_json_ref(value);
}

/* checking */

static json_t *check_list(const struct condition_check *check, const json_t *value,
                          const char *place);

/* The members of @from that no table of all conditions names. Owned by the caller. */
static json_t *own_keys(const json_t *from)
{
    json_t *own = json_object();
    struct hass_field field;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)from, key, value) {
        if (!schema_find_field(&common_schema, key, &field))
            json_object_set_nocheck(own, key, value);
    }
    return own;
}

/* New releases write a kind's own keys within `options`. */
static bool has_options(const struct hass_condition_kind *kind, const json_t *form)
{
    struct hass_field field;

    return json_is_object(json_object_get(form, "options")) &&
           !schema_find_field(kind->schema, "options", &field);
}

static int check_options(const struct hass_condition_kind *kind, const json_t *form,
                         const char *place, json_t *checked, struct hass_error *err)
{
    autojson *own = own_keys(form);

    json_object_del(own, "options");
    json_object_update_missing(own, json_object_get(form, "options"));
    return schema_check_part(kind->schema, NULL, own, place, checked, err);
}

/* What is the kind's own of @form, into @checked, which has the rest. */
static int check_own(const struct condition_check *check, const struct hass_condition_kind *kind,
                     const char *shorthand, const char *place, const json_t *form, json_t *checked)
{
    int r = has_options(kind, form)
                ? check_options(kind, form, place, checked, check->err)
                : schema_check_part(kind->schema, &common_schema, form, place, checked, check->err);

    if (r < 0)
        return r;
    if (kind->check && kind->check(checked, check->err) < 0)
        return fail_at(place, check->err);
    if (condition_container_of(kind) == CONDITION_SINGLE)
        return 0;
    autofree char *below = join(place, shorthand ? shorthand : "conditions");
    json_t *members = check_list(check, json_object_get(checked, "conditions"), below);
    if (!members)
        return HASS_E_INVALID;
    json_object_set_new(checked, "conditions", members);
    return 0;
}

/* A checked condition, owned by the caller; NULL: the error is set. */
static json_t *check_one(const struct condition_check *check, const json_t *value,
                         const char *place)
{
    const char *shorthand;
    autojson *form = expand(value, &shorthand), *checked = json_object();

    if (!form) {
        struct hass_error *err = check->err;
        schema_fail("a condition: a map with the key 'condition', or a template", value, err);
        fail_at(place, err);
        return NULL;
    }
    if (schema_check_part(&common_schema, NULL, form, place, checked, check->err) < 0)
        return NULL;
    const char *name = hass_json_get_string(checked, "condition", "");
    const struct hass_condition_kind *kind = condition_find_kind(check->search->hass, name, NULL);
    if (!kind)
        kind = kind_search_find(check->search, KIND_CONDITION, name);
    if (!kind && check->search->hass) {
        fail_unknown(check, place, name);
        return NULL;
    }
    if (!kind)
        json_object_update_missing(checked, form); // nobody here knows better
    else if (check_own(check, kind, shorthand, place, form, checked) < 0)
        return NULL;
    return steal(checked);
}

static json_t *check_list(const struct condition_check *check, const json_t *value,
                          const char *place)
{
    autojson *list = json_array();
    json_t *item;
    size_t i;

    if (!json_is_array(value) && !json_is_null(value)) {
        item = check_one(check, value, place);
        if (!item)
            return NULL;
        json_array_append_new(list, item);
    }
    json_array_foreach((json_t *)value, i, item) {
        autofree char *below = mem_join_number(place, "->", i);
        json_t *checked = check_one(check, item, below);
        if (!checked)
            return NULL;
        json_array_append_new(list, checked);
    }
    return steal(list);
}

int conditions_check(struct kind_search *search, const json_t *value, json_t **ret_config,
                     struct hass_error *err)
{
    struct hass_error local = HASS_ERROR_INIT;
    struct condition_check check = { .search = search, .err = &local };
    json_t *list = check_list(&check, value, "");

    if (!list) {
        hass_error_copy(err, &local);
        return HASS_E_INVALID;
    }
    *ret_config = list;
    return 0;
}

int hass_conditions_check(struct hass *hass, const json_t *value, json_t **ret_config,
                          struct hass_error *err)
{
    struct kind_search registered = { .hass = hass };

    return conditions_check(&registered, value, ret_config, err);
}

int hass_conditions_async_check(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                                json_t **ret_config, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.conditions.async_check", err);
    return kind_search_async_check(hass, conditions_check, value, kinds, ret_config, err);
}
