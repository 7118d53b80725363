/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services over the whole home.
 */
#include <stdio.h>
#include <string.h>

#include <hass/area_registry.h>
#include <hass/buf.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/label_registry.h>

#include "core/core.h"
#include "support/cases.h"
#include "support/home.h"

#define YAML                                                                                       \
    "input_boolean:\n  one:\n  two:\n    initial: true\n"                                          \
    "demo:\n"

static const struct {
    const char *service, *data, *one, *two, *lights;
} turns[] = {
    { "turn_on", "{'entity_id':'input_boolean.one'}", "on", "on", "on" },
    { "turn_off", "{'entity_id':['input_boolean.two','switch.decorative_lights']}", "off", "off",
      "off" },
    { "toggle", "{'entity_id':'input_boolean.one, input_boolean.two, switch.decorative_lights'}",
      "on", "off", "off" },
    { "turn_off", "{'entity_id':['sensor.outside_temperature','input_boolean.two']}", "off", "off",
      "on" },
};

START_TEST(targets_are_split_by_domain)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "homeassistant", turns[_i].service, turns[_i].data, NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.one"), turns[_i].one);
    ck_assert_str_eq(home_state(hass, "input_boolean.two"), turns[_i].two);
    ck_assert_str_eq(home_state(hass, "switch.decorative_lights"), turns[_i].lights);
}
END_TEST

/* a home with floors, areas and labels: what is turned off among the entities that are all on */

#define HOUSE                                                                                      \
    "input_boolean:\n"                                                                             \
    "  hall: {initial: true}\n  bath: {initial: true}\n  hidden: {initial: true}\n"                \
    "  free: {initial: true}\ndemo:\n"

/* The lamp's device is in the scullery; it and the hall, which is in the passage, are on the ground floor, the bath is above. */
static HASS_CALLBACK void furnish(struct hass *hass, char device[40])
{
    static const char *const entities[][2] = {
        { "input_boolean.hall", "{'area_id':'passage'}" },
        { "input_boolean.bath", "{'area_id':'tub','labels':['night']}" },
        { "input_boolean.hidden", "{'area_id':'passage','hidden_by':'user','labels':['night']}" },
    };
    static const char *const areas[][2] = {
        { "Passage", "{'floor_id':'ground','labels':['passage']}" },
        { "Scullery", "{'floor_id':'ground'}" },
        { "Tub", "{'floor_id':'upper'}" },
    };
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(hass, "light.kitchen_table");

    snprintf(device, 40, "%s", entry->device_id);
    hass_floor_registry_async_create(hass, "Ground", NULL, NULL, NULL);
    hass_floor_registry_async_create(hass, "Upper", NULL, NULL, NULL);
    hass_label_registry_async_create(hass, "Night", NULL, NULL, NULL);
    hass_label_registry_async_create(hass, "Passage", NULL, NULL, NULL);
    hass_label_registry_async_create(hass, "Big", NULL, NULL, NULL);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(
            hass_area_registry_async_create(hass, areas[i][0], test_json(areas[i][1]), NULL, NULL),
            0);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(hass_entity_registry_async_update(hass, entities[i][0],
                                                           test_json(entities[i][1]), NULL, NULL),
                         0);
    ck_assert_int_eq(
        hass_device_registry_async_update(
            hass, device, test_json("{'area_id':'scullery','labels':['big']}"), NULL, NULL),
        0);
}

static const struct {
    const char *target; /* @: the device's id */
    const char *off;    /* h(all), b(ath), i (hidden), f(ree), l(amp) */
} houses[] = {
    { "'area_id':'passage'", "h" },
    { "'area_id':['passage','tub']", "hb" },
    { "'area_id':'scullery'", "l" }, // by its device
    { "'device_id':'@'", "l" },
    { "'device_id':['@'],'area_id':'tub'", "bl" },
    { "'floor_id':'ground'", "hl" },
    { "'floor_id':['upper','ground']", "hbl" },
    { "'label_id':'night'", "b" }, // what is hidden must be named
    { "'label_id':'passage'", "h" },
    { "'label_id':'big'", "l" },
    { "'label_id':['big','night'],'entity_id':'input_boolean.free'", "bfl" },
    { "'entity_id':'input_boolean.hidden'", "i" },
    { "'area_id':'dungeon'", "" },
    { "'floor_id':'attic','label_id':'none','device_id':'nothing'", "" },
};

START_TEST(areas_devices_floors_and_labels_are_targets)
{
    static const char *const entities[] = { "input_boolean.hall", "input_boolean.bath",
                                            "input_boolean.hidden", "input_boolean.free",
                                            "light.kitchen_table" };
    static const char letters[] = "hbifl";
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);
    autobuf data = HASS_BUF_INIT;
    char device[40];

    furnish(hass, device);
    hass_buf_add_char(&data, '{');
    for (const char *c = houses[_i].target; *c; c++) {
        if (*c == '@')
            hass_buf_add_string(&data, device);
        else
            hass_buf_add_char(&data, *c);
    }
    hass_buf_add_char(&data, '}');
    for (size_t back = 0; back < 2; back++) {
        ck_assert_int_eq(home_call(hass, "homeassistant", back ? "turn_on" : "turn_off",
                                   hass_buf_string(&data), NULL),
                         0);
        for (size_t i = 0; i < 5; i++) {
            bool off = !back && strchr(houses[_i].off, letters[i]);
            ck_assert_msg(strcmp(home_state(hass, entities[i]), off ? "off" : "on") == 0,
                          "%s: %s is %s", houses[_i].target, entities[i],
                          home_state(hass, entities[i]));
        }
    }
}
END_TEST

START_TEST(a_domain_without_the_service_is_warned_about)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "homeassistant", "turn_on",
                               "{'entity_id':['sensor.outside_temperature','homeassistant.x']}",
                               NULL),
                     0);
    ck_assert_uint_eq(logs_matching(logs, "sensor has no service turn_on"), 1);
    ck_assert_uint_eq(logs_matching(logs, "homeassistant"), 2);
}
END_TEST

static const struct {
    const char *service, *data, *said;
} refused[] = {
    { "turn_on", "{}", "entity_id" },
    { "turn_on", "{'entity_id':'all'}", "all" },
    { "toggle", "{'entity_id':'none'}", "none" },
    { "turn_on", "{'entity_id':'kitchen'}", "kitchen" },
    { "turn_on", "{'entity_id':'input_boolean.one','to':1}", "to" },
    { "update_entity", "{}", "entity_id" },
    { "update_entity", "{'entity_id':'all'}", "all" },
    { "set_location", "{'latitude':91,'longitude':0}", "latitude" },
    { "set_location", "{'latitude':0}", "longitude" },
    { "set_location", "{'latitude':'north','longitude':0}", "latitude" },
    { "stop", "{'now':true}", "now" },
    { "restart", "{'now':true}", "now" },
    { "reload_integration", "{}", "domain" },
    { "reload_integration", "{'domain':'homeassistant'}", "cannot replace itself" },
    { "reload_integration", "{'domain':'nowhere'}", "nowhere" },
    { "reload_integration", "{'domain':'../demo'}", "domain" },
};

START_TEST(what_is_wrong_is_refused_with_a_reason)
{
    struct hass *hass = test_home(YAML);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_lt(home_call(hass, "homeassistant", refused[_i].service, refused[_i].data, &err),
                     0);
    ck_assert_msg(strstr(err.message, refused[_i].said) != NULL, "'%s' lacks '%s'", err.message,
                  refused[_i].said);
    ck_assert_int_eq(hass_core_state(hass), HASS_RUNNING);
    ck_assert_str_eq(home_state(hass, "input_boolean.one"), "off");
}
END_TEST

static HASS_COROUTINE int on_slow(const struct hass_service_call *call, void *userdata,
                                  struct hass_error *err)
{
    int r = hass_async_sleep(hass_service_call_hass(call), 10, err);

    return r < 0 ? r : hass_fail(err, HASS_E_GENERAL, "the slow one is broken");
}

START_TEST(domains_are_called_at_once_and_a_failure_is_told_at_the_end)
{
    struct hass *hass = test_home(YAML);
    struct hass_error err = HASS_ERROR_INIT;
    struct logs *logs = test_logs();
    int64_t before = hass_monotonic(hass);

    hass_services_async_register(hass, "slow", "turn_on", NULL, HASS_JOB_COROUTINE(on_slow, NULL),
                                 NULL);
    hass_services_async_register(hass, "slower", "turn_on", NULL, HASS_JOB_COROUTINE(on_slow, NULL),
                                 NULL);
    ck_assert_int_eq(home_call(hass, "homeassistant", "turn_on",
                               "{'entity_id':['slow.a','slower.a','input_boolean.one']}", &err),
                     HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "the slow one is broken");
    ck_assert_str_eq(home_state(hass, "input_boolean.one"), "on");
    ck_assert_int_eq((hass_monotonic(hass) - before) / 1000000, 10);
    ck_assert_uint_eq(logs_matching(logs, "nobody waited for"), 1);
}
END_TEST

START_TEST(update_entity_polls_at_once)
{
    struct logs *logs = test_logs();
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml,
                    "command_line:\n  - sensor:\n      name: Counter\n      scan_interval: 3600\n"
                    "      command: cd %s; echo x >>counter; wc -l <counter\n",
                    test_dir());
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    ck_assert_str_eq(home_state(hass, "sensor.counter"), "1");
    ck_assert_int_eq(home_call(hass, "homeassistant", "update_entity",
                               "{'entity_id':['sensor.counter','sensor.nowhere']}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "sensor.counter"), "2");
    ck_assert_ptr_nonnull(logs_find(logs, "there is no entity sensor.nowhere"));
}
END_TEST

START_TEST(set_location_moves_the_home)
{
    struct hass *hass = test_home(YAML);
    struct capture *moved = test_capture(hass, HASS_EVENT_CORE_CONFIG_UPDATE);
    struct hass_home home = { .size = sizeof(home) };

    ck_assert_int_eq(home_call(hass, "homeassistant", "set_location",
                               "{'latitude':52.5,'longitude':13.4,'elevation':34}", NULL),
                     0);
    hass_config_home(hass, &home);
    ck_assert_double_eq(home.latitude, 52.5);
    ck_assert_double_eq(home.longitude, 13.4);
    ck_assert_int_eq(home.elevation, 34);
    ck_assert_json(hass_event_data(capture_event(moved, 0)),
                   "{'latitude':52.5,'longitude':13.4,'elevation':34}");
}
END_TEST

/* the configuration */

START_TEST(check_config_tells_the_first_error_with_its_place)
{
    struct hass *hass = test_home(YAML);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "homeassistant", "check_config", "{}", NULL), 0);
    loader_configure("demo:\n  interval: never\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "check_config", "{}", &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "configuration.yaml:2: "));
}
END_TEST

static const char *const needs_good_configuration[] = { "restart", "reload_all",
                                                        "reload_core_config" };

START_TEST(with_a_bad_configuration_nothing_is_reloaded_or_restarted)
{
    struct hass *hass = test_home(YAML);
    struct hass_error err = HASS_ERROR_INIT;

    loader_configure("demo:\n  interval: never\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", needs_good_configuration[_i], "{}", &err),
                     HASS_E_INVALID);
    ck_assert_msg(!strncmp(err.message, "not re", 6), "%s", err.message);
    ck_assert_int_eq(hass_core_state(hass), HASS_RUNNING);
    ck_assert_str_eq(home_state(hass, "input_boolean.two"), "on");
}
END_TEST

START_TEST(reload_integration_replaces_one)
{
    struct hass *hass = test_home(YAML);

    home_call(hass, "homeassistant", "turn_on", "{'entity_id':'input_boolean.one'}", NULL);
    ck_assert_int_eq(
        home_call(hass, "homeassistant", "reload_integration", "{'domain':'demo'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.one"), "on");
    ck_assert_str_eq(home_state(hass, "switch.ac"), "off");
}
END_TEST

/* the end */

static const struct {
    const char *service;
    int exit_code;
} ends[] = { { "stop", 0 }, { "restart", HASS_EXIT_RESTART } };

START_TEST(stop_and_restart_end_with_their_exit_code)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "homeassistant", ends[_i].service, "{}", NULL), 0);
    test_advance(hass, 1);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
    ck_assert_int_eq(core_exit_code(hass), ends[_i].exit_code);
}
END_TEST

START_TEST(all_but_turning_and_updating_is_for_administrators)
{
    struct hass *hass = test_home(NULL);
    static const char *const admin[] = { "stop",
                                         "restart",
                                         "check_config",
                                         "reload_all",
                                         "reload_core_config",
                                         "reload_integration",
                                         "reload_custom_templates",
                                         "set_location" };
    static const char *const all[] = { "turn_on", "turn_off", "toggle", "update_entity" };

    for (size_t i = 0; i < 8; i++)
        ck_assert(hass_services_async_is_admin(hass, "homeassistant", admin[i]));
    for (size_t i = 0; i < 4; i++) {
        ck_assert(hass_services_async_has(hass, "homeassistant", all[i]));
        ck_assert(!hass_services_async_is_admin(hass, "homeassistant", all[i]));
    }
}
END_TEST

CASES_MAIN("homeassistant", ROWS(targets_are_split_by_domain, turns),
           ROWS(areas_devices_floors_and_labels_are_targets, houses),
           ONCE(a_domain_without_the_service_is_warned_about),
           ROWS(what_is_wrong_is_refused_with_a_reason, refused),
           ONCE(domains_are_called_at_once_and_a_failure_is_told_at_the_end),
           ONCE(update_entity_polls_at_once), ONCE(set_location_moves_the_home),
           ONCE(check_config_tells_the_first_error_with_its_place),
           ROWS(with_a_bad_configuration_nothing_is_reloaded_or_restarted,
                needs_good_configuration),
           ONCE(reload_integration_replaces_one),
           ROWS(stop_and_restart_end_with_their_exit_code, ends),
           ONCE(all_but_turning_and_updating_is_for_administrators))
