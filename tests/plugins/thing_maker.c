/* SPDX-License-Identifier: Apache-2.0 */
/* A platform for things, set up in the pool; it registers a service beside its entities. */
#include <stdio.h>
#include <string.h>

#include <hass/integration.h>

HASS_SCHEMA(thing_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .doc = "What it is called"),
            HASS_FIELD("size", &hass_type_int, .min = 1, .max = 9, .fallback = "3",
                       .doc = "How large"));

HASS_MANIFEST(.domain = "thing_maker", .name = "Maker of things", .version = "1.0",
              .platforms = HASS_PLATFORMS({ "thing", &thing_schema }));

struct made {
    struct hass_entity_description description;
    char size[8];
    char name[];
};

static struct hass_value state(struct hass_entity *entity)
{
    const struct made *made = hass_entity_userdata(entity);

    return hass_value_string(made->size);
}

static void destroy(struct hass_entity *entity)
{
    free(hass_entity_userdata(entity));
}

/* Waits, so that only who waits for it hears of it while the entity still has its state. */
static HASS_COROUTINE int say_good_bye(struct hass_entity *entity, struct hass_error *err)
{
    struct hass *hass = hass_entity_hass(entity);
    int r = hass_async_sleep(hass, 1, err);

    return r < 0 ? r : hass_bus_async_fire(hass, "thing_said_good_bye", NULL, NULL, err);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.state = state, .async_will_remove_from_hass = say_good_bye,
                    .destroy = destroy);

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    return 0;
}

int setup_platform(struct hass_platform *platform, const json_t *config, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const char *name = hass_json_get_string(config, "name", "?");
    struct made *made = calloc(1, sizeof(*made) + strlen(name) + 1);

    strcpy(made->name, name);
    snprintf(made->size, sizeof(made->size), "%d", (int)hass_json_get_int(config, "size", 0));
    made->description = (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = made->name);
    struct hass_entity *entity = hass_entity_new(hass, &ops, &made->description, NULL, NULL, made);
    int r = hass_services_register(hass, "thing_maker", "call", NULL,
                                   HASS_JOB_CALLBACK(on_call, NULL), err);
    return r < 0 ? r : hass_platform_add_entities(platform, &entity, 1, false, err);
}
