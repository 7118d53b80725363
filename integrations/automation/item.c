/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written of an automation becomes what runs, step by step: the newer spelling, the blueprint, the table of keys, the parts.
 * The first thing that is wrong is remembered, with the way to it; then there is an entity that says so.
 */
#include <errno.h>
#include <stdlib.h>

#include <hass/blueprint.h>
#include <hass/buf.h>
#include <hass/domain.h>

#include "parts.h"

/* keys */

/* Numbers and booleans are mistakes here: an unquoted `on`, an id that YAML has read as a number. */
static int check_text(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    if (!json_is_string(value))
        return hass_fail(err, HASS_E_INVALID, "expected text: put it in quotes");
    *ret_value = hass_json_ref(value);
    return 0;
}

static const struct hass_field_type text_type = {
    .size = sizeof(struct hass_field_type),
    .name = "text",
    .check = check_text,
    .json_type = "string",
    .selector = "text",
};

static const struct hass_field fields[] = {
    HASS_FIELD("id", &text_type, .doc = "Unique; by it clients edit it and its traces are kept"),
    HASS_FIELD("alias", &hass_type_string, .doc = "Shown name"),
    HASS_FIELD("description", &hass_type_string, .doc = "What it is for"),
    HASS_FIELD("triggers", &hass_type_any, .required = true, .doc = "What sets it off"),
    HASS_FIELD("conditions", &hass_type_any, .doc = "What must be true then"),
    HASS_FIELD("actions", &hass_type_any, .required = true, .doc = "What it does"),
    HASS_FIELD("variables", &hass_type_map, .doc = "Names for what templates use"),
    HASS_FIELD("trigger_variables", &hass_type_map,
               .doc = "Names for templates of triggers, computed when they are attached"),
    HASS_FIELD("initial_state", &hass_type_bool, .doc = "On or off after each start"),
    HASS_SCRIPT_FIELDS,
    HASS_FIELD("hide_entity", &hass_type_bool, .doc = "No effect"),
    HASS_FIELD("missed", &hass_type_enum, .words = HASS_WORDS("skip", "run_once"),
               .fallback = "\"skip\"",
               .doc = "What becomes of times that passed while hassd was down"),
};
const struct hass_schema automation_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
    .list = true,
};
static const struct hass_schema one_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};

/* What must be right for an entity to be made. */
HASS_SCHEMA_WITH(identity_schema, (.extra = true), HASS_FIELD("id", &text_type),
                 HASS_FIELD("alias", &hass_type_string),
                 HASS_FIELD("description", &hass_type_string));

/* spelling */

static const struct {
    const char *old, *now;
} spellings[] = {
    { "trigger", "triggers" },
    { "condition", "conditions" },
    { "action", "actions" },
};

static const char *respelt(const char *key)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        if (strcmp(key, spellings[i].old) == 0)
            return spellings[i].now;
    return key;
}

static bool has_old_spelling(const json_t *map)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        if (hass_json_get(map, spellings[i].old))
            return true;
    return false;
}

/* The newer keys, at their places; @map itself where there is no other. @ret_map is owned by the caller, and not to be changed. */
static int respell(const json_t *map, json_t **ret_map, struct hass_error *err)
{
    autojson *now = has_old_spelling(map) ? json_object() : NULL;
    const char *key;
    json_t *value;

    if (!now) {
        *ret_map = hass_json_ref(map);
        return 0;
    }
    json_object_foreach((json_t *)map, key, value) {
        const char *name = respelt(key);
        if (name != key && hass_json_get(map, name))
            return hass_fail(err, HASS_E_INVALID,
                             "'%s' and '%s' exclude each other: they are two spellings of one key",
                             name, key);
        json_object_set(now, name, value);
    }
    *ret_map = steal(now);
    return 0;
}

/* blueprints */

/* The blueprint's body under what stands beside use_blueprint. @item->shown is replaced. */
static HASS_COROUTINE int use_blueprint(struct hass *hass, struct item *item,
                                        struct hass_error *err)
{
    autojson *body = NULL, *now = NULL;
    int r = hass_blueprint_async_use(hass, DOMAIN, hass_json_get(item->shown, "use_blueprint"),
                                     &body, err);

    if (r >= 0)
        r = respell(body, &now, err);
    if (r < 0)
        return r;
    json_t *shown = json_copy(now);
    json_object_update(shown, item->shown);
    json_object_del(shown, "use_blueprint");
    json_decref(item->shown);
    item->shown = shown;
    return 0;
}

/* parts */

static const struct {
    const char *key, *status;
    hass_part_check_fn *check;
} parts[] = {
    { "triggers", "failed_triggers", hass_triggers_async_check },
    { "conditions", "failed_conditions", hass_conditions_async_check },
    { "actions", "failed_actions", hass_script_async_check },
};

/* All of them; the first that is wrong is what the automation fails for. */
static HASS_COROUTINE int check_parts(struct hass *hass, bool offline, struct item *item,
                                      json_t *config, struct hass_error *err)
{
    int first = 0;

    item->wrong = json_array();
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const struct hass_script_part part =
            HASS_SCRIPT_PART(.key = parts[i].key, .check = parts[i].check,
                             .kinds = offline ? HASS_KINDS_OPEN : HASS_KINDS_SET_UP,
                             .wrong = item->wrong);
        const json_t *written = hass_json_get(config, parts[i].key);
        struct hass_error own = HASS_ERROR_INIT;
        json_t *checked = NULL;
        int r = written ? hass_script_async_check_part(hass, &part, written, &checked, &own) : 0;
        if (r == -ECANCELED)
            return hass_error_copy(err, &own);
        if (r >= 0) {
            json_object_set_new(config, parts[i].key, checked ? checked : json_array());
        } else if (first == 0) {
            item->status = parts[i].status;
            first = hass_error_copy(err, &own);
        }
    }
    return first;
}

static HASS_COROUTINE int prepare(struct hass *hass, bool offline, struct item *item,
                                  struct hass_error *err)
{
    autojson *config = NULL;
    int r = 0;

    bool from_blueprint = hass_json_get(item->shown, "use_blueprint") != NULL;

    item->status = "failed_blueprint";
    if (from_blueprint)
        r = use_blueprint(hass, item, err);
    if (r >= 0) {
        item->status = "failed_schema";
        r = hass_schema_check(&one_schema, item->shown, &config, err);
    }
    if (r >= 0)
        r = check_parts(hass, offline, item, config, err);
    if (r < 0 && from_blueprint) { /* what it has brought stands in no section */
        json_decref(item->wrong);
        item->wrong = NULL;
        return r == -ECANCELED ? r : hass_error_prefix(err, "use_blueprint");
    }
    if (r < 0)
        return r;
    json_decref(item->wrong);
    item->wrong = NULL;
    item->status = NULL;
    item->config = steal(config);
    return 0;
}

static char *name_of(const json_t *raw, size_t index)
{
    const char *alias = hass_json_get_string(raw, "alias", NULL);
    char *name = NULL;

    if (alias)
        return strdup(alias);
    return asprintf(&name, "automation %zu", index) < 0 ? NULL : name;
}

int item_async_prepare(struct hass *hass, const json_t *raw, size_t index, bool offline,
                       struct item *ret_item, struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    autojson *identity = NULL;
    struct item item = { .index = index, .raw = hass_json_ref(raw) };

    if (hass_schema_check(&identity_schema, raw, &identity, err) < 0) {
        item_fini(&item);
        return HASS_E_INVALID;
    }
    item.id = hass_json_get_string(raw, "id", NULL);
    item.description = hass_json_get_string(raw, "description", "");
    item.name = name_of(raw, index);
    item.status = "failed_schema";
    int r = respell(raw, &item.shown, &own);
    if (r < 0)
        item.shown = hass_json_ref(raw);
    else
        r = prepare(hass, offline, &item, &own);
    if (r == -ECANCELED) {
        item_fini(&item);
        return hass_error_copy(err, &own);
    }
    if (r < 0)
        item.failure = strdup(own.message);
    *ret_item = item;
    return 0;
}

void item_fini(struct item *item)
{
    json_decref(item->raw);
    json_decref(item->shown);
    json_decref(item->config);
    json_decref(item->wrong);
    free(item->failure);
    free(item->name);
    *item = (struct item){ 0 };
}
