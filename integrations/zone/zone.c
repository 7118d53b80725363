/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain zone: places on the map, from YAML or made at run time. A zone's state is how many persons are in it; home is
 * where the home is.
 *
 *     zone:
 *       - name: School
 *         latitude: 52.371
 *         longitude: 4.9
 *         radius: 100          # metres
 *         passive: false       # a passive zone gives no tracker its name
 *         icon: mdi:school
 *
 * Model: components.zone
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include <hass/collection.h>
#include <hass/config.h>
#include <hass/integration.h>

#include "kinds.h"

#define HOME "zone.home"

#define FIELDS                                                                                     \
    HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 255,                  \
               .doc = "What a place in it is called"),                                             \
        HASS_FIELD("latitude", &hass_type_number, .required = true, .min = -90, .max = 90,         \
                   .doc = "Degrees north of its centre"),                                          \
        HASS_FIELD("longitude", &hass_type_number, .required = true, .min = -180, .max = 180,      \
                   .doc = "Degrees east of its centre"),                                           \
        HASS_FIELD("radius", &hass_type_number, .min = 0, .max = 20100000, .fallback = "100",      \
                   .doc = "Metres"),                                                               \
        HASS_FIELD("passive", &hass_type_bool, .fallback = "false",                                \
                   .doc = "Gives no tracker its name"),                                            \
        HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:school")

HASS_SCHEMA(item_schema, FIELDS);
HASS_SCHEMA_WITH(config_schema, (.list = true), FIELDS);

HASS_MANIFEST(.domain = "zone", .name = "Zone", .version = HASS_VERSION, .config = &config_schema,
              .triggers = HASS_TRIGGERS(&zone_trigger, &zone_geo_location),
              .conditions = HASS_CONDITIONS(&zone_condition));

struct values {
    json_t *persons; /* entity ids, sorted */
};

/* who is in it */

static HASS_CALLBACK bool is_in(struct hass_entity *entity, const struct hass_state *person)
{
    const char *place = hass_state_state(person);
    const char *name = hass_json_get_string(hass_item_of(entity)->config, "name", "");

    if (!strcmp(place, "not_home") || !strcmp(place, HASS_STATE_UNKNOWN) ||
        !strcmp(place, HASS_STATE_UNAVAILABLE))
        return false;
    return !strcasecmp(place, name) ||
           (!strcmp(place, "home") && !strcmp(hass_entity_async_entity_id(entity), HOME));
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static HASS_CALLBACK json_t *persons_in(struct hass_entity *entity)
{
    struct hass_state_list all = { 0 };
    json_t *persons = json_array();
    size_t count = 0;

    (void)hass_states_async_all(hass_entity_hass(entity), "person", &all, NULL);
    autofree const char **ids = calloc(all.count + 1, sizeof(*ids));
    for (size_t i = 0; i < all.count; i++)
        if (is_in(entity, all.items[i]))
            ids[count++] = hass_state_entity_id(all.items[i]);
    qsort(ids, count, sizeof(*ids), compare_ids);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(persons, json_string(ids[i]));
    hass_state_list_fini(&all);
    return persons;
}

/* True when somebody has come or gone. */
static HASS_CALLBACK bool count_persons(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);
    autojson *former = values->persons;

    values->persons = persons_in(entity);
    return !hass_json_equal(former, values->persons);
}

/* the entity */

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    (void)count_persons(entity);
    return 0;
}

/* It may be called otherwise now. */
static HASS_CALLBACK int changed(struct hass_entity *entity, struct hass_error *err)
{
    (void)count_persons(entity);
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    json_decref(values->persons);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_INT((int64_t)json_array_size(values->persons));
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const char *const keys[] = { "latitude", "longitude", "radius", "passive" };
    const struct values *values = hass_entity_async_values(entity);
    const struct hass_item *own = hass_item_of(entity);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        hass_attrs_set_json(writer, keys[i], hass_json_get(own->config, keys[i]));
    hass_attrs_set_json(writer, "persons", values->persons);
    hass_attrs_set(writer, HASS_ATTR_EDITABLE, HASS_BOOL(own->editable));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .state = state, .state_attributes = attributes, .destroy = destroy);

static const struct hass_collection_options collection =
    HASS_COLLECTION(.domain = "zone", .schema = &item_schema, .ops = &ops, .async_changed = changed,
                    .merge = true);

/* home: an entity like those of the collection, whose item is made of the core's configuration */

struct home {
    struct hass_item item; /* first: what hass_item_of finds */
    struct hass_entity_description description;
    json_t *config;
};

static void take_core_config(struct hass *hass, struct home *home)
{
    struct hass_home core = { .size = sizeof(core) };
    json_t *former = home->config;

    hass_config_home(hass, &core);
    home->config = json_pack("{s:s, s:f, s:f, s:f, s:b}", "name", core.location_name, "latitude",
                             core.latitude, "longitude", core.longitude, "radius",
                             (double)core.radius, "passive", 0);
    home->item.config = home->config;
    home->description.name = hass_json_get_string(home->config, "name", NULL);
    json_decref(former);
}

static HASS_CALLBACK int on_core_config(const struct hass_event *event, void *entity,
                                        struct hass_error *err)
{
    take_core_config(hass_event_hass(event), hass_entity_userdata(entity));
    (void)count_persons(entity);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int home_added(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_bus_async_listen(hass_entity_hass(entity), HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                  HASS_JOB_CALLBACK(on_core_config, entity), &sub, err);

    (void)count_persons(entity);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static HASS_CALLBACK void home_destroy(struct hass_entity *entity)
{
    struct home *home = hass_entity_userdata(entity);

    destroy(entity);
    json_decref(home->config);
    free(home);
}

static const struct hass_entity_ops home_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = home_added,
                    .state = state, .state_attributes = attributes, .destroy = home_destroy);

/* A zone of the section that is called Home takes its place. */
static HASS_COROUTINE int add_home(struct hass *hass, struct hass_error *err)
{
    struct hass_component *component = hass_component_async_get(hass, "zone");

    if (hass_component_async_get_entity(component, HOME))
        return 0;
    struct home *home = calloc(1, sizeof(*home));
    home->item = (struct hass_item){ .size = sizeof(home->item), .editable = true, .id = "home" };
    home->description = (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.entity_id = HOME,
                                                                                .icon = "mdi:home");
    take_core_config(hass, home);
    struct hass_entity *entity =
        hass_entity_new(hass, &home_ops, &home->description, NULL, NULL, home);
    return hass_component_async_add_entities(component, &entity, 1, err);
}

/* all zones */

static bool is_of_person(const struct hass_event *event, void *userdata)
{
    const char *entity_id = hass_event_entity_id(event);

    return entity_id && !strncmp(entity_id, "person.", strlen("person."));
}

static HASS_CALLBACK int on_person(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);
    struct hass_component *component = hass_component_async_get(hass, "zone");
    struct hass_state_list zones = { 0 };
    int r = hass_states_async_all(hass, "zone", &zones, err);

    for (size_t i = 0; i < zones.count && component; i++) {
        struct hass_entity *entity =
            hass_component_async_get_entity(component, hass_state_entity_id(zones.items[i]));
        if (entity && count_persons(entity))
            r = hass_entity_async_write_ha_state(entity, err);
    }
    hass_state_list_fini(&zones);
    return r;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = hass_collection_async_create(hass, &collection, config, err);

    if (r >= 0)
        r = add_home(hass, err);
    return r < 0 ? r
                 : hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, is_of_person,
                                         HASS_JOB_CALLBACK(on_person, NULL), NULL, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_collection_async_reload(hass, "zone", config, err);
}
