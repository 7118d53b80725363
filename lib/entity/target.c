/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets of services. Only entities of the domain `group` are expanded; each id counts once, however it was reached. Areas,
 * devices and labels come with the registries.
 */
#include "entity/target.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/states.h>
#include <hass/strmap.h>

#define GROUP_PREFIX "group."
#define MAX_GROUP    (1 << 20) /* bytes of the list of a group's members */

/* Members of a group as a list; NULL when @entity_id is no group that exists. */
static HASS_CALLBACK json_t *group_members(struct hass *hass, const char *entity_id)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_value members;
    json_t *list = NULL;

    if (strncmp(entity_id, GROUP_PREFIX, strlen(GROUP_PREFIX)) != 0)
        return NULL;
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    if (!state || !hass_state_attr(state, HASS_ATTR_ENTITY_ID, &members) ||
        members.type != HASS_VALUE_JSON)
        return NULL;
    if (hass_json_parse(members.text.data, members.text.length, MAX_GROUP, &list, &err) < 0)
        hass_warning("%s is not expanded: %s", entity_id, err.message);
    return list;
}

static void append_all(json_t *to, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_is_string(json_array_get(list, i)))
            json_array_append(to, json_array_get(list, i));
    }
}

/* The ids meant, in order: what groups add goes to the end of the row that is being walked, so that cycles end. */
static HASS_CALLBACK struct hass_strmap *expand(struct hass *hass, const json_t *ids)
{
    struct hass_strmap *seen = hass_strmap_create(NULL);
    struct hass_strmap *found = hass_strmap_create(NULL);
    autojson *row = json_array();

    append_all(row, ids);
    for (size_t i = 0; i < json_array_size(row); i++) {
        const char *id = json_string_value(json_array_get(row, i));
        if (hass_strmap_get(seen, id))
            continue;
        hass_strmap_set(seen, id, seen);
        autojson *members = group_members(hass, id);
        if (members)
            append_all(row, members);
        else
            hass_strmap_set(found, id, found);
    }
    hass_strmap_destroy(seen);
    return found;
}

static void warn_missing(const char *domain, const char *service, const struct hass_buf *missing)
{
    if (missing->length)
        hass_warning("Service %s.%s: referenced entities %s are missing or not of domain %s",
                     domain, service, hass_buf_string(missing), domain);
}

static HASS_CALLBACK void find_listed(struct hass_component *component, const char *service,
                                      const json_t *ids, struct entity_list *list)
{
    struct hass_strmap *found = expand(component->hass, ids);
    autobuf missing = HASS_BUF_INIT;
    const char *id;
    const void *unused;

    strmap_foreach(found, id, unused) {
        struct hass_entity *entity = hass_component_async_get_entity(component, id);
        if (entity)
            entity_list_add(list, entity);
        else
            hass_buf_printf(&missing, "%s%s", missing.length ? ", " : "", id);
    }
    hass_strmap_destroy(found);
    warn_missing(component->domain, service, &missing);
}

void target_resolve(struct hass_component *component, const char *service, const json_t *data,
                    struct target *ret_target)
{
    const json_t *ids = hass_json_get(data, HASS_ATTR_ENTITY_ID);

    *ret_target = (struct target){ 0 };
    if (json_is_string(ids)) {
        ret_target->all = !strcmp(json_string_value(ids), "all");
        if (ret_target->all)
            component_entities(component, &ret_target->entities);
        if (ret_target->all || !strcmp(json_string_value(ids), "none"))
            return;
    }
    autojson *list = json_is_string(ids) ? json_pack("[O]", ids) : hass_json_ref(ids);
    find_listed(component, service, list, &ret_target->entities);
}
