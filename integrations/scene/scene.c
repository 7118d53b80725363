/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain scene: states of several things, brought about together. The state of a scene is the time of its last
 * activation. Services turn_on, apply, create, delete, reload.
 *
 *     scene:
 *       - name: Movie
 *         entities:
 *           light.sofa: {state: "on", brightness: 50}
 *           light.hall: "off"
 *       - platform: hue
 *
 * scene.c      the domain
 * written.c    scenes of the section, and those that services make
 * reproduce.c  bringing entities into states
 * domains.c    how those of each domain are; light.c: lamps
 */
#include "scene.h"

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#include "parts.h"

HASS_MANIFEST(.domain = "scene", .name = "Scene", .version = HASS_VERSION,
              .config = &scene_section_schema, .dependencies = HASS_LIST("homeassistant"));

struct data {
    char activated[HASS_DT_TEXT]; /* "": never */
};

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    return *data->activated ? hass_value_string(data->activated) : HASS_NONE;
}

HASS_ENTITY_COMMAND(activate, struct scene_ops, activate, struct scene_activation)

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);
    const json_t *transition = hass_json_get(hass_service_call_data(call), "transition");
    const struct scene_activation activation = {
        .size = sizeof(activation),
        .has_transition = transition != NULL,
        .transition = json_number_value(transition),
    };

    hass_dt_iso(hass_now(hass_entity_hass(entity)), NULL, data->activated);
    int r = hass_entity_async_write_ha_state(entity, err);
    return r < 0 ? r : activate(entity, call, &activation, err);
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);

    hass_entity_restore_time(entity, data->activated);
    return 0;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct data),
    .async_added_to_hass = added_to_hass,
    .restore = true,
};

HASS_SCHEMA(turn_on_schema,
            HASS_FIELD("transition", &hass_type_number, .min = 0, .max = SCENE_MAX_TRANSITION,
                       .doc = "Seconds it takes to reach the states"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Activates a scene", .schema = &turn_on_schema,
                        .async_handler = turn_on),
    HASS_ENTITY_SERVICE("delete", "Removes a scene that create has made",
                        .async_handler = scene_written_delete),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "scene", .ops = &domain_ops);

    if (r >= 0)
        r = scene_written_setup(hass, config, err);
    return r < 0 ? r : scene_written_services(hass, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return scene_written_reload(hass, config, err);
}
