/* SPDX-License-Identifier: Apache-2.0 */
/* States from their JSON: what has been stored. Times that are missing or no times are now. */
#include <string.h>

#include <hass/context.h>
#include <hass/dt.h>
#include <hass/json.h>
#include <hass/loop.h>

#include "core/state.h"

static int64_t read_time(const json_t *json, const char *key, int64_t otherwise)
{
    const char *text = hass_json_get_string(json, key, NULL);
    int64_t time;

    return text && hass_dt_parse(text, NULL, &time, NULL) == 0 ? time : otherwise;
}

static const struct attrs *read_attributes(const json_t *attributes)
{
    struct hass_attrs_writer writer;

    attrs_writer_init(&writer, NULL);
    if (attributes)
        hass_attrs_set_all(&writer, attributes);
    return attrs_writer_finish(&writer);
}

static const struct hass_context *read_context(const json_t *context)
{
    const char *id = hass_json_get_string(context, "id", NULL);

    return id ? hass_context_new_id(id, hass_json_get_string(context, "user_id", NULL),
                                    hass_json_get_string(context, "parent_id", NULL))
              : NULL;
}

static int check(const json_t *json, struct hass_error *err)
{
    const char *id = hass_json_get_string(json, "entity_id", NULL);
    const char *text = hass_json_get_string(json, "state", NULL);
    const json_t *attributes = hass_json_get(json, "attributes");

    if (!id || !hass_valid_entity_id(id))
        return hass_fail(err, HASS_E_INVALID, "expected an entity id");
    if (!text || !state_text_fits(text, strlen(text)))
        return hass_fail(err, HASS_E_INVALID, "%s has no state of at most 255 characters", id);
    if (attributes && !json_is_object(attributes))
        return hass_fail(err, HASS_E_INVALID, "attributes of %s are not a map", id);
    return 0;
}

int state_read(struct hass *hass, const json_t *json, const struct hass_state **ret_state,
               struct hass_error *err)
{
    int r = check(json, err);

    if (r < 0)
        return r;
    const char *id = hass_json_get_string(json, "entity_id", "");
    const char *text = hass_json_get_string(json, "state", "");
    autounref(hass_context) const *context = read_context(hass_json_get(json, "context"));
    struct entity_slot *slot = entity_slot_new(hass, id, strlen(id));
    int64_t now = hass_now(hass);
    *ret_state = state_new(&(struct state_values){
        .slot = slot,
        .attrs = read_attributes(hass_json_get(json, "attributes")),
        .text = text,
        .length = strlen(text),
        .last_changed = read_time(json, "last_changed", now),
        .last_updated = read_time(json, "last_updated", now),
        .context = context,
    });
    entity_slot_unref(slot);
    return 0;
}
