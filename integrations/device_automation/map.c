/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The condition and the trigger `device`: each becomes the condition or trigger of the core that it stands for, whose further keys (`for`,
 * `above`) it has, too.
 */
#include <string.h>

#include <hass/condition.h>
#include <hass/trigger.h>

#include "types.h"

HASS_SCHEMA_WITH(schema, (.extra = true),
                 HASS_FIELD("device_id", &hass_type_string, .required = true, .doc = "The device"),
                 HASS_FIELD("domain", &hass_type_string, .required = true,
                            .doc = "The domain of its entity"),
                 HASS_FIELD("type", &hass_type_string, .required = true,
                            .doc = "What is said about it"),
                 HASS_FIELD("entity_id", &hass_type_string, .required = true,
                            .doc = "The entity, by its id in the registry or as light.kitchen"),
                 HASS_FIELD("metadata", &hass_type_any, .doc = "The editor's own"));

static const struct device_type *type_of(enum device_what what, const json_t *config)
{
    return device_type_find(what, hass_json_get_string(config, "domain", ""),
                            hass_json_get_string(config, "type", ""));
}

static int check_type(enum device_what what, const json_t *config, struct hass_error *err)
{
    const char *domain = hass_json_get_string(config, "domain", "");

    if (type_of(what, config))
        return 0;
    if (!device_type_has_domain(what, domain))
        return hass_fail(err, HASS_E_INVALID, "domain: nothing is known of devices of '%s'",
                         domain);
    return hass_fail(err, HASS_E_INVALID, "type: '%s' is nothing that devices of '%s' have",
                     hass_json_get_string(config, "type", ""), domain);
}

/* The words as a list, owned by the caller. */
static json_t *list_of(const char *words)
{
    json_t *list = json_array();

    for (size_t length; *words; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        json_array_append_new(list, json_stringn(words, length));
    }
    return list;
}

/* {@kind_key: @kind, "entity_id": …} with those of @keys that @config has; owned by the caller. */
static json_t *begin(const char *kind_key, const char *kind, const json_t *config,
                     const char *const *keys)
{
    json_t *mapped =
        json_pack("{ss,sO}", kind_key, kind, "entity_id", hass_json_get(config, "entity_id"));

    for (; *keys; keys++) {
        const json_t *value = hass_json_get(config, *keys);
        if (value)
            json_object_set(mapped, *keys, (json_t *)value);
    }
    return mapped;
}

static void set_attribute(json_t *mapped, const struct device_type *type)
{
    if (type->attribute)
        json_object_set_new(mapped, "attribute", json_string(type->attribute));
}

/* conditions */

static const char *const of_conditions[] = { "for", NULL };
static const char *const of_numbers[] = { "above", "below", NULL };

static int check_condition(const json_t *config, struct hass_error *err)
{
    return check_type(DEVICE_CONDITION, config, err);
}

static int map_choice(const struct device_type *type, const json_t *config, json_t *mapped,
                      struct hass_error *err)
{
    const json_t *wanted = hass_json_get(config, type->words);

    if (!wanted) {
        json_decref(mapped);
        return hass_fail(err, HASS_E_INVALID, "required key '%s' is missing", type->words);
    }
    json_object_set(mapped, "state", (json_t *)wanted);
    set_attribute(mapped, type);
    return 0;
}

static HASS_CALLBACK int map_condition(struct hass *hass, const json_t *config, json_t **ret_config,
                                       struct hass_error *err)
{
    const struct device_type *type = type_of(DEVICE_CONDITION, config);
    json_t *mapped;
    int r = 0;

    if (type->how == DEVICE_NUMBER) {
        mapped = begin("condition", "numeric_state", config, of_numbers);
        set_attribute(mapped, type);
    } else {
        mapped = begin("condition", "state", config, of_conditions);
        if (type->how == DEVICE_CHOICE)
            r = map_choice(type, config, mapped, err);
        else
            json_object_set_new(mapped, "state", list_of(type->words));
    }
    if (r < 0)
        return r;
    *ret_config = type->how == DEVICE_NOT ? json_pack("{so}", "not", mapped) : mapped;
    return 0;
}

const struct hass_condition_kind device_condition =
    HASS_CONDITION_KIND(.name = "device", .schema = &schema, .check = check_condition,
                        .async_map = map_condition);

/* triggers */

static const char *const of_triggers[] = { "for", "from", "to", NULL };
static const char *const of_number_triggers[] = { "for", "above", "below", NULL };
static const char *const of_zones[] = { "zone", NULL };

static int check_trigger(const json_t *config, struct hass_error *err)
{
    return check_type(DEVICE_TRIGGER, config, err);
}

static HASS_CALLBACK int map_trigger(struct hass *hass, const json_t *config, json_t **ret_config,
                                     struct hass_error *err)
{
    const struct device_type *type = type_of(DEVICE_TRIGGER, config);
    json_t *mapped;

    if (type->how == DEVICE_ZONE) {
        mapped = begin("trigger", "zone", config, of_zones);
        json_object_set_new(mapped, "event", json_string(type->words));
    } else if (type->how == DEVICE_NUMBER) {
        mapped = begin("trigger", "numeric_state", config, of_number_triggers);
        set_attribute(mapped, type);
    } else {
        mapped = begin("trigger", "state", config, of_triggers);
        // With `to`, even of nothing, changes of attributes alone do not count.
        if (type->words)
            json_object_set_new(mapped, "to", list_of(type->words));
        else if (!json_object_get(mapped, "to"))
            json_object_set_new(mapped, "to", json_null());
    }
    *ret_config = mapped;
    return 0;
}

const struct hass_trigger_kind device_trigger =
    HASS_TRIGGER_KIND(.name = "device", .schema = &schema, .check = check_trigger,
                      .async_map = map_trigger);
