/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequences of actions as people write them, checked and made uniform: each step by the table of its kind, then what is nested in it. The
 * place of a mistake is carried along as a text.
 */
#include "helpers/script_check.h"

#include <string.h>

#include <hass/template.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "helpers/condition.h"
#include "helpers/trigger.h"

/* places */

static char *place_of_key(const char *place, const char *key)
{
    return mem_join(place, "->", key);
}

static char *place_of_item(const char *place, size_t index)
{
    return mem_join_number(place, "->", index);
}

/* Does the message begin with a place, "0->entity_id: "? */
static bool has_place(const char *message)
{
    const char *at = message;

    while (ascii_is_lower(*at) || ascii_is_upper(*at) || ascii_is_digit(*at) ||
           (*at && strchr("_.>-", *at)))
        at++;
    return at > message && at[0] == ':' && at[1] == ' ';
}

/* The error of another check, whose value stands at @place. Returns NULL. */
static json_t *fail_below(struct script_check *check, const char *place,
                          const struct hass_error *below)
{
    bool placed = has_place(below->message);
    const char *separator = !*place ? "" : placed ? "->" : ": ";

    hass_fail(check->err, HASS_E_INVALID, "%s%s%s", place, separator, below->message);
    return NULL;
}

static json_t *fail_at(struct script_check *check, const char *place, const char *message)
{
    hass_fail(check->err, HASS_E_INVALID, "%s%s%s", place, *place ? ": " : "", message);
    return NULL;
}

/* what others check */

json_t *script_check_conditions(struct script_check *check, const json_t *value, const char *place)
{
    struct hass_error below = HASS_ERROR_INIT;
    json_t *conditions = NULL;

    if (conditions_check(check->search, value, &conditions, &below) < 0)
        return fail_below(check, place, &below);
    return conditions;
}

json_t *script_check_triggers(struct script_check *check, const json_t *value, const char *place)
{
    struct hass_error below = HASS_ERROR_INIT;
    json_t *triggers = NULL;

    if (triggers_check(check->search, value, &triggers, &below) < 0)
        return fail_below(check, place, &below);
    return triggers;
}

/* tables with members that are more than their type says */

static bool check_members(struct script_check *check, const struct script_member *member,
                          json_t *map, const char *place)
{
    for (; member && member->key; member++) {
        const json_t *value = hass_json_get(map, member->key);
        if (!value)
            continue;
        autofree char *below = place_of_key(place, member->key);
        json_t *checked = member->check(check, value, below);
        if (!checked)
            return false;
        json_object_set_new(map, member->key, checked);
    }
    return true;
}

static json_t *check_map(struct script_check *check, const struct hass_schema *schema,
                         const struct script_member *members, const json_t *value,
                         const char *place)
{
    json_t *checked = NULL;

    if (schema_check_at(schema, value, place, &checked, check->err) < 0)
        return NULL;
    if (check_members(check, members, checked, place))
        return checked;
    json_decref(checked);
    return NULL;
}

json_t *script_check_repeat(struct script_check *check, const json_t *value, const char *place)
{
    return check_map(check, &script_repeat_schema, script_repeat_members, value, place);
}

json_t *script_check_target(struct script_check *check, const json_t *value, const char *place)
{
    const char *text = json_string_value(value);

    return text && hass_is_template_string(text)
               ? hass_json_ref(value)
               : check_map(check, &script_target_schema, NULL, value, place);
}

/* Each item of a list, or one alone, by @item. */
static json_t *check_list(struct script_check *check, const json_t *value, const char *place,
                          script_nested_fn *item)
{
    autojson *checked = json_array();

    if (json_is_null(value))
        return steal(checked);
    if (!json_is_array(value)) {
        json_t *one = item(check, value, place);
        return one ? json_pack("[o]", one) : NULL;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        autofree char *below = place_of_item(place, i);
        json_t *one = item(check, json_array_get(value, i), below);
        if (!one)
            return NULL;
        json_array_append_new(checked, one);
    }
    return steal(checked);
}

static json_t *check_option(struct script_check *check, const json_t *value, const char *place)
{
    return check_map(check, &script_option_schema, script_option_members, value, place);
}

json_t *script_check_options(struct script_check *check, const json_t *value, const char *place)
{
    return check_list(check, value, place, check_option);
}

static json_t *check_step(struct script_check *check, const json_t *value, const char *place);

/* A list of steps, or one: if that is a sequence it is the branch, anything else is the only step in it. */
static json_t *check_branch(struct script_check *check, const json_t *value, const char *place)
{
    json_t *checked = json_is_array(value) ? script_check_sequence(check, value, place)
                                           : check_step(check, value, place);

    if (!checked || hass_json_get(checked, "sequence"))
        return checked;
    return json_is_array(checked) ? json_pack("{so}", "sequence", checked)
                                  : json_pack("{s[o]}", "sequence", checked);
}

json_t *script_check_branches(struct script_check *check, const json_t *value, const char *place)
{
    return check_list(check, value, place, check_branch);
}

/* steps */

/* A step has few keys, and each look-up by key costs a hash: the table is looked through for those that are there. */
const struct script_kind *script_kind_of(const json_t *step)
{
    const struct script_kind *first = NULL;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)step, key, value) {
        const struct script_kind *kind = script_kinds;
        while (kind->key && kind != first && (*kind->key != *key || strcmp(kind->key, key) != 0))
            kind++;
        if (kind->key)
            first = kind;
    }
    return first;
}

static json_t *fail_unknown(struct script_check *check, const json_t *step, const char *place)
{
    autofree char *hint = NULL;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)step, key, value) {
        struct nearest nearest = { .word = key };
        for (const struct script_kind *kind = script_kinds; kind->key && !hint; kind++)
            nearest_offer(&nearest, kind->key);
        hint = hint ? hint : nearest_hint(&nearest);
    }
    autofree char *message =
        mem_printf("expected an action with a key that says what it does, such "
                   "as action, delay, choose or if%s%s",
                   hint ? "; " : "", hint ? hint : "");
    return fail_at(check, place, message);
}

/* The conditions' own tables know nothing of continue_on_error. Owned by the caller. */
static json_t *without_common(const json_t *value)
{
    if (!hass_json_get(value, "continue_on_error"))
        return hass_json_ref(value);
    json_t *bare = json_copy((json_t *)value);
    json_object_del(bare, "continue_on_error");
    return bare;
}

static json_t *check_condition(struct script_check *check, const json_t *value, const char *place)
{
    autojson *bare = without_common(value);
    autojson *list = script_check_conditions(check, bare, place);
    if (!list)
        return NULL;
    if (json_array_size(list) != 1)
        return fail_at(check, place, "expected one condition; several need a list below 'and'");
    return hass_json_ref(json_array_get(list, 0));
}

/* The call's name stands in `action` however it was written. */
static void rename_key(const struct script_kind *kind, json_t *step)
{
    json_t *value = json_object_get(step, kind->key);

    if (!kind->becomes || !value)
        return;
    json_object_set(step, kind->becomes, value);
    json_object_del(step, kind->key);
}

static const struct script_kind *kind_of(const char *key)
{
    for (const struct script_kind *kind = script_kinds; kind->key; kind++)
        if (strcmp(kind->key, key) == 0)
            return kind;
    return NULL;
}

/* What a key means that the table of @kind has not: a step whose dash is missing, or what the service of a call takes. Owned by the caller. */
static char *explain_key(const struct script_kind *kind, const char *key)
{
    const struct script_kind *other = kind_of(key);
    struct nearest nearest = { .word = key };
    struct hass_field field;

    if (other && other->schema != kind->schema)
        return mem_printf("unknown key '%s' beside '%s': these are two actions, and each begins "
                          "with a dash of its own",
                          key, kind->key);
    if (!schema_find_field(kind->schema, "data", &field))
        return NULL;
    for (uint32_t i = 0; i < kind->schema->count; i++)
        nearest_offer(&nearest, schema_field_at(kind->schema, i).key);
    autofree char *hint = nearest_hint(&nearest);
    return mem_printf("unknown key '%s'; %s%s%s", key, hint ? hint : "did you mean 'data: {",
                      hint ? "" : key, hint ? "" : ": …}'?");
}

/* The engine of field tables has found something: a key that is not known says more here than it can know. */
static json_t *fail_step(struct script_check *check, const struct script_kind *kind,
                         const json_t *value, const char *place)
{
    struct hass_field field;
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member) {
        autofree char *message =
            schema_find_field(kind->schema, key, &field) ? NULL : explain_key(kind, key);
        if (!message)
            continue;
        hass_error_clear(check->err);
        return fail_at(check, place, message);
    }
    return NULL;
}

static json_t *check_kind(struct script_check *check, const struct script_kind *kind,
                          const json_t *value, const char *place)
{
    if (!kind->schema)
        return check_condition(check, value, place);
    json_t *step = check_map(check, kind->schema, kind->members, value, place);
    if (!step)
        return kind->schema->extra ? NULL : fail_step(check, kind, value, place);
    rename_key(kind, step);
    return step;
}

static json_t *check_step(struct script_check *check, const json_t *value, const char *place)
{
    const char *text = json_string_value(value);
    char shown[SCHEMA_VALUE_TEXT];

    if (text && hass_is_template_string(text))
        return check_condition(check, value, place);
    if (!json_is_object(value)) {
        autofree char *message = mem_printf("expected an action such as {action: light.turn_on}, "
                                            "got %s",
                                            schema_describe_value(value, shown));
        return fail_at(check, place, message);
    }
    const struct script_kind *kind = script_kind_of(value);
    return kind ? check_kind(check, kind, value, place) : fail_unknown(check, value, place);
}

json_t *script_check_sequence(struct script_check *check, const json_t *value, const char *place)
{
    if (check->depth >= HASS_JSON_MAX_DEPTH)
        return fail_at(check, "", "there are too many sequences within each other");
    check->depth++;
    json_t *sequence = check_list(check, value, place, check_step);
    check->depth--;
    return sequence;
}

static int check_all(struct kind_search *search, const json_t *value, json_t **ret_sequence,
                     struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    struct script_check check = { .search = search, .err = err ? err : &own };
    json_t *sequence = script_check_sequence(&check, value, "");

    if (!sequence)
        return check.err->code;
    *ret_sequence = sequence;
    return 0;
}

int hass_script_check(struct hass *hass, const json_t *value, json_t **ret_sequence,
                      struct hass_error *err)
{
    struct kind_search registered = { .hass = hass };

    return check_all(&registered, value, ret_sequence, err);
}

int hass_script_async_check(struct hass *hass, const json_t *value, enum hass_kinds kinds,
                            json_t **ret_sequence, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.script.async_check", err);
    return kind_search_async_check(hass, check_all, value, kinds, ret_sequence, err);
}
