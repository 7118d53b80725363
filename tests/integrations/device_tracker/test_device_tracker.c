/* SPDX-License-Identifier: Apache-2.0 */
/* What is tracked: on the map, by name, by a router. */
#include "device_tracker/device_tracker.h"
#include "support/items.h"

#define YAML_WITHOUT_ZONES "homeassistant:\n  name: Castle\n  latitude: 52.1\n  longitude: 5.2\n"
#define YAML                                                                                       \
    YAML_WITHOUT_ZONES                                                                             \
    "zone:\n  - {name: My School, latitude: 52.2, longitude: 5.3}\n"                               \
    "device_tracker:\n"

struct values {
    bool known;
    struct device_tracker_place place;
    char name[16];
    struct hass_value connected;
    struct hass_value battery;
};

static HASS_CALLBACK bool place(struct hass_entity *entity, struct device_tracker_place *ret_place)
{
    const struct values *values = hass_entity_async_values(entity);

    *ret_place = values->place;
    return values->known;
}

static HASS_CALLBACK const char *location_name(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return *values->name ? values->name : NULL;
}

static HASS_CALLBACK struct hass_value is_connected(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->connected;
}

static HASS_CALLBACK struct hass_value battery(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->battery;
}

static const char *ip_address(struct hass_entity *entity)
{
    return "192.0.2.7";
}

static const char *mac_address(struct hass_entity *entity)
{
    return "02:00:00:00:00:01";
}

static const char *hostname(struct hass_entity *entity)
{
    return NULL;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct device_tracker_ops gps =
    DEVICE_TRACKER_OPS(.place = place, .location_name = location_name, .battery_level = battery);
static const struct device_tracker_ops router =
    DEVICE_TRACKER_OPS(.source_type = DEVICE_TRACKER_ROUTER, .is_connected = is_connected,
                       .ip_address = ip_address, .mac_address = mac_address, .hostname = hostname);
static const struct hass_entity_description description = HASS_ENTITY_DESCRIPTION(.name = "Thing");

struct addition {
    const struct device_tracker_ops *ops;
    struct values values;
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct addition *addition = userdata;
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &description, addition->ops, &addition->values, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "device_tracker"),
                                             &entity, 1, err);
}

static HASS_CALLBACK struct hass *home_with(const struct device_tracker_ops *tracker,
                                            struct values values)
{
    struct hass *hass = test_home(YAML);
    struct addition addition = { tracker, values };

    ck_assert_int_eq(test_run_coroutine(hass, add, &addition), 0);
    return hass;
}

static const struct {
    struct values values;
    const char *state;
} places[] = {
    { { .known = true, .place = { 52.1, 5.2, 0 } }, "home" },
    { { .known = true, .place = { 52.2, 5.3, 0 } }, "My School" },
    { { .known = true, .place = { 52.3, 5.3, 0 } }, "not_home" },
    { { .known = true, .place = { 52.2, 5.302, 0 } }, "not_home" },
    { { .known = true, .place = { 52.2, 5.302, 40 } }, "My School" },
    { { .known = true, .place = { 52.1, 5.2, 0 }, .name = "Office" }, "Office" },
    { { .name = "Office" }, "Office" },
    { { .known = false }, "unknown" },
};

START_TEST(the_zone_around_its_place_is_its_state)
{
    hass__assert_loop();
    struct hass *hass = home_with(&gps, places[_i].values);

    ck_assert_str_eq(home_state(hass, "device_tracker.thing"), places[_i].state);
}
END_TEST

START_TEST(what_is_on_the_map_shows_where)
{
    hass__assert_loop();
    struct hass *hass =
        home_with(&gps, (struct values){ .known = true, .place = { 52.5, 5.25, 12 } });

    items_check_attributes(
        hass, "device_tracker.thing",
        "{'tracking_type':'location','source_type':'gps','latitude':52.5,"
        "'longitude':5.25,'gps_accuracy':12,'in_zones':[],'friendly_name':'Thing'}");
}
END_TEST

/* Where it is, and which zones are around it; passive ones give no name. */
static const struct {
    struct device_tracker_place place;
    const char *zones, *state;
} zones[] = {
    { { 52.1, 5.2, 0 }, "['zone.cellar','zone.home']", "home" },
    { { 52.1004, 5.2, 0 }, "['zone.home']", "home" },
    { { 52.2, 5.3, 0 }, "['zone.my_school','zone.town']", "My School" },
    { { 52.21, 5.3, 0 }, "['zone.town']", "Town" },
    { { 52.4, 5.3, 0 }, "[]", "not_home" },
};

START_TEST(all_zones_around_its_place_are_told_the_smallest_first)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML_WITHOUT_ZONES
                                  "zone:\n"
                                  "  - {name: Town, latitude: 52.2, longitude: 5.3, radius: 5000}\n"
                                  "  - {name: My School, latitude: 52.2, longitude: 5.3}\n"
                                  "  - {name: Cellar, latitude: 52.1, longitude: 5.2, radius: 10, "
                                  "passive: true}\n"
                                  "device_tracker:\n");
    struct addition addition = { &gps, { .known = true, .place = zones[_i].place } };

    ck_assert_int_eq(test_run_coroutine(hass, add, &addition), 0);
    autojson *told = home_attribute(hass, "device_tracker.thing", "in_zones");
    ck_assert_json(told, zones[_i].zones);
    ck_assert_str_eq(home_state(hass, "device_tracker.thing"), zones[_i].state);
}
END_TEST

START_TEST(without_a_place_there_is_none_to_show)
{
    hass__assert_loop();
    struct hass *hass = home_with(&gps, (struct values){ .battery = HASS_INT(70) });

    items_check_attributes(hass, "device_tracker.thing",
                           "{'tracking_type':'location','source_type':'gps','battery_level':70,"
                           "'in_zones':[],'friendly_name':'Thing'}");
}
END_TEST

static const struct {
    struct hass_value connected;
    const char *state;
} connections[] = {
    { { .type = HASS_VALUE_BOOL, .boolean = true }, "home" },
    { { .type = HASS_VALUE_BOOL, .boolean = false }, "not_home" },
    { { .type = HASS_VALUE_NONE }, "unknown" },
};

START_TEST(what_is_connected_is_at_home)
{
    hass__assert_loop();
    struct hass *hass =
        home_with(&router, (struct values){ .connected = connections[_i].connected });

    ck_assert_str_eq(home_state(hass, "device_tracker.thing"), connections[_i].state);
    items_check_attributes(hass, "device_tracker.thing",
                           "{'tracking_type':'connection','source_type':'router','ip':'192.0.2.7','"
                           "mac':'02:00:00:00:00:01',"
                           "'friendly_name':'Thing'}");
}
END_TEST

START_TEST(home_is_set_up_along_with_it)
{
    hass__assert_loop();
    struct hass *hass = test_home("device_tracker:\n");

    ck_assert_str_eq(home_state(hass, "zone.home"), "0");
}
END_TEST

CASES_MAIN("device_tracker", ROWS(the_zone_around_its_place_is_its_state, places),
           ONCE(what_is_on_the_map_shows_where),
           ROWS(all_zones_around_its_place_are_told_the_smallest_first, zones),
           ONCE(without_a_place_there_is_none_to_show),
           ROWS(what_is_connected_is_at_home, connections), ONCE(home_is_set_up_along_with_it))
