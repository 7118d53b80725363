/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written of a script becomes what runs: the blueprint, the table of keys, the sequence. The first thing that is wrong is
 * remembered, with the way to it; then there is an entity that says so.
 */
#include <errno.h>
#include <stdlib.h>

#include <hass/blueprint.h>
#include <hass/buf.h>

#include "parts.h"

/* keys */

HASS_SCHEMA(parameter_schema, HASS_FIELD("name", &hass_type_string, .doc = "Shown name"),
            HASS_FIELD("description", &hass_type_string, .doc = "What it is for"),
            HASS_FIELD("required", &hass_type_bool, .fallback = "false",
                       .doc = "Whether it is expected"),
            HASS_FIELD("advanced", &hass_type_bool, .fallback = "false",
                       .doc = "Shown to advanced users only"),
            HASS_FIELD("example", &hass_type_any, .doc = "A value"),
            HASS_FIELD("default", &hass_type_any, .nullable = true, .doc = "A value to begin with"),
            HASS_FIELD("selector", &hass_type_map, .doc = "How it is chosen"));
static const struct hass_field parameter =
    HASS_FIELD("", &hass_type_map, .schema = &parameter_schema);

static const struct hass_field fields[] = {
    HASS_FIELD("alias", &hass_type_string, .doc = "Shown name"),
    HASS_FIELD("description", &hass_type_string, .doc = "What it is for"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:fire"),
    HASS_FIELD("sequence", &hass_type_any, .required = true, .doc = "What it does"),
    HASS_FIELD("variables", &hass_type_map, .doc = "Names for what templates use"),
    HASS_FIELD("fields", &hass_type_map, .item = &parameter, .doc = "What its callers give"),
    HASS_SCRIPT_FIELDS,
};
static const struct hass_schema one_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};
static const struct hass_field one = HASS_FIELD("", &hass_type_map, .schema = &one_schema);
const struct hass_schema script_schema = {
    .size = sizeof(struct hass_schema),
    .keyed = &one,
};

/* What must be right for an entity to be made. */
HASS_SCHEMA_WITH(identity_schema, (.extra = true), HASS_FIELD("alias", &hass_type_string),
                 HASS_FIELD("description", &hass_type_string), HASS_FIELD("icon", &hass_type_icon));

/* blueprints */

/* The blueprint's body under what stands beside use_blueprint. @item->shown is replaced. */
static HASS_COROUTINE int use_blueprint(struct hass *hass, struct item *item,
                                        struct hass_error *err)
{
    autojson *body = NULL;
    int r = hass_blueprint_async_use(hass, DOMAIN, hass_json_get(item->shown, "use_blueprint"),
                                     &body, err);

    if (r < 0)
        return r;
    json_object_update(body, item->shown);
    json_object_del(body, "use_blueprint");
    json_decref(item->shown);
    item->shown = steal(body);
    return 0;
}

/* preparing */

static HASS_COROUTINE int check_sequence(struct hass *hass, bool offline, struct item *item,
                                         json_t *config, struct hass_error *err)
{
    const struct hass_script_part part =
        HASS_SCRIPT_PART(.key = "sequence", .check = hass_script_async_check,
                         .kinds = offline ? HASS_KINDS_OPEN : HASS_KINDS_SET_UP,
                         .wrong = item->wrong = json_array());
    json_t *sequence = NULL;
    int r = hass_script_async_check_part(hass, &part, hass_json_get(config, "sequence"), &sequence,
                                         err);

    return r < 0 ? r : json_object_set_new(config, "sequence", sequence);
}

static HASS_COROUTINE int prepare(struct hass *hass, bool offline, struct item *item,
                                  struct hass_error *err)
{
    bool from_blueprint = hass_json_get(item->shown, "use_blueprint") != NULL;
    autojson *config = NULL;
    int r = 0;

    item->status = "failed_blueprint";
    if (from_blueprint)
        r = use_blueprint(hass, item, err);
    if (r >= 0) {
        item->status = "failed_schema";
        r = hass_schema_check(&one_schema, item->shown, &config, err);
    }
    if (r >= 0)
        r = check_sequence(hass, offline, item, config, err);
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

static const char *const services[] = { "turn_on", "turn_off", "toggle", "reload", NULL };

static int check_object_id(const char *object_id, struct hass_error *err)
{
    autofree char *entity_id = NULL;

    if (hass_words_find(services, object_id) >= 0)
        return hass_fail(err, HASS_E_INVALID,
                         "a script cannot be called '%s': that is a service of all scripts",
                         object_id);
    if (asprintf(&entity_id, DOMAIN ".%s", object_id) < 0)
        abort();
    return hass_valid_entity_id(entity_id)
               ? 0
               : hass_fail(err, HASS_E_INVALID,
                           "expected a name of a-z, 0-9 and single underscores, got '%s'",
                           object_id);
}

int item_async_prepare(struct hass *hass, const char *object_id, const json_t *raw, bool offline,
                       struct item *ret_item, struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    autojson *identity = NULL;

    if (check_object_id(object_id, err) < 0 ||
        hass_schema_check(&identity_schema, raw, &identity, err) < 0)
        return HASS_E_INVALID;
    struct item item = {
        .object_id = strdup(object_id),
        .raw = hass_json_ref(raw),
        .shown = hass_json_ref(raw),
        .name = strdup(hass_json_get_string(identity, "alias", object_id)),
    };
    int r = prepare(hass, offline, &item, &own);
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
    free(item->object_id);
    *item = (struct item){ 0 };
}
