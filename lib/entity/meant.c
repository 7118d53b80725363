/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the ids of a target to the entities of a component, as far as the caller's user may control them. "all" is limited to
 * those without a word; whoever names or reaches another is refused as a whole.
 */
#include "entity/meant.h"

#include <hass/log.h>

#include "core/core.h"
#include "entity/entity.h"
#include "entity/target.h"

static HASS_CALLBACK bool may_control(const struct hass_service_call *call, bool limited,
                                      const char *entity_id)
{
    return !limited || permissions_allow(hass_service_call_hass(call),
                                         hass_service_call_context(call), entity_id, RIGHT_CONTROL);
}

/* All of the component that the caller may control. */
static HASS_CALLBACK void find_all(struct hass_component *component,
                                   const struct hass_service_call *call, bool limited,
                                   struct meant *meant)
{
    auto_entity_list all = { 0 };

    component_entities(component, &all);
    for (size_t i = 0; i < all.length; i++) {
        if (may_control(call, limited, all.data[i]->entity_id))
            entity_list_add(&meant->entities, all.data[i]);
    }
}

/* Whether @id is an entity of the component or not: the caller must be allowed to control it. */
static HASS_CALLBACK int find_one(struct hass_component *component,
                                  const struct hass_service_call *call, bool limited,
                                  const char *id, struct hass_entity **ret_entity,
                                  struct hass_error *err)
{
    if (!may_control(call, limited, id))
        return hass_fail(err, HASS_E_UNAUTHORIZED, "user %s may not control %s",
                         hass_context_user_id(hass_service_call_context(call)), id);
    *ret_entity = hass_component_async_get_entity(component, id);
    return 0;
}

static HASS_CALLBACK int find_named(struct hass_component *component,
                                    const struct hass_service_call *call, bool limited,
                                    struct target *target, struct meant *meant,
                                    struct hass_error *err)
{
    struct hass_entity *entity = NULL;
    const char *id;
    const void *unused;

    if (!target->named)
        return 0;
    strmap_foreach(target->named, id, unused) {
        int r = find_one(component, call, limited, id, &entity, err);
        if (r < 0)
            return r;
        if (entity)
            entity_list_add(&meant->entities, entity);
        else
            target_note(&target->missing[TARGET_ENTITIES], id);
    }
    meant->named = meant->entities.length;
    return 0;
}

static HASS_CALLBACK int find_indirect(struct hass_component *component,
                                       const struct hass_service_call *call, bool limited,
                                       const struct target *target, struct meant *meant,
                                       struct hass_error *err)
{
    struct hass_entity *entity = NULL;

    vec_foreach(&target->indirect, id) {
        int r = find_one(component, call, limited, *id, &entity, err);
        if (r < 0)
            return r;
        if (entity)
            entity_list_add(&meant->entities, entity);
    }
    return 0;
}

static void warn_missing(const struct hass_service_call *call, const struct target *target)
{
    const char *domain = hass_service_call_domain(call);
    autobuf missing = HASS_BUF_INIT;

    target_list_missing(target, &missing);
    if (missing.length)
        hass_warning("Service %s.%s: referenced %s are missing or not of domain %s", domain,
                     hass_service_call_service(call), hass_buf_string(&missing), domain);
}

static HASS_CALLBACK int find_target(struct hass_component *component,
                                     const struct hass_service_call *call, bool limited,
                                     struct target *target, struct meant *meant,
                                     struct hass_error *err)
{
    if (target->all) {
        find_all(component, call, limited, meant);
        return 0;
    }
    int r = find_named(component, call, limited, target, meant, err);
    if (r == 0)
        r = find_indirect(component, call, limited, target, meant, err);
    if (r == 0)
        warn_missing(call, target);
    return r;
}

int meant_find(struct hass_component *component, const struct hass_service_call *call,
               struct meant *ret_meant, struct hass_error *err)
{
    enum user_standing standing = USER_UNKNOWN;
    struct target target;
    int r = permissions_standing(component->hass, hass_service_call_context(call), &standing, err);

    *ret_meant = (struct meant){ 0 };
    if (r < 0)
        return r;
    target_resolve(component->hass, hass_service_call_data(call), true, &target);
    r = find_target(component, call, standing != USER_ADMIN, &target, ret_meant, err);
    target_fini(&target);
    return r;
}

void meant_fini(struct meant *meant)
{
    entity_list_fini(&meant->entities);
}
