/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The old style: its options are renamed, and then it is an item of the new style.
 */
#include "parts.h"

static const struct template_rename renames[] = {
    { "friendly_name", "name" },
    { "value_template", "state" },
    { "icon_template", "icon" },
    { "entity_picture_template", "picture" },
    { "availability_template", "availability" },
    { "attribute_templates", "attributes" },
    { NULL, NULL },
};

static const char *find(const struct template_rename *table, const char *old)
{
    for (; table && table->old; table++)
        if (strcmp(table->old, old) == 0)
            return table->now;
    return NULL;
}

/* Those of the entry itself, where the old style has no map of entities. */
static bool is_of_platform(const char *key)
{
    static const char *const keys[] = { "platform", "entity_namespace", "scan_interval",
                                        "entity_id", NULL };

    return hass_words_find(keys, key) >= 0;
}

static const char *new_key(const struct template_kind *kind, const char *key)
{
    const char *now = find(kind->renames, key);

    if (!now)
        now = find(renames, key);
    return now ? now : key;
}

int template_legacy_check(const struct template_kind *kind, const json_t *value, json_t **ret_item,
                          struct hass_error *err)
{
    autojson *item = json_object();
    const char *key;
    json_t *member;

    if (!json_is_object(value))
        return hass_fail(err, HASS_E_INVALID, "expected the options of a template %s",
                         kind->domain);
    json_object_foreach((json_t *)value, key, member) {
        if (!is_of_platform(key))
            json_object_set(item, new_key(kind, key), member);
    }
    return hass_schema_check(kind->schema, item, ret_item, err);
}

static int check(const struct hass_field *field, const json_t *value, json_t **ret_value,
                 struct hass_error *err)
{
    return template_legacy_check(template_kind_of(field->schema), value, ret_value, err);
}

const struct hass_field_type template_type_legacy = {
    .size = sizeof(struct hass_field_type),
    .name = "an entity",
    .check = check,
    .json_type = "object",
};
