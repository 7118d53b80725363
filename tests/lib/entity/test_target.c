/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a target means: entities that are named, and those that devices, areas, floors and labels lead to.
 *
 * The home: floors ground (kitchen) and upper (bath); device hub in the kitchen, labelled tall; device lamp nowhere.
 */
#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/hass.h>
#include <hass/label_registry.h>
#include <hass/platform.h>

#include "base/mem.h"
#include "entity/target.h"
#include "support/cases.h"
#include "support/test.h"

static struct hass *hass;
static char hub[40], lamp[40];

/* One entity and what its row says. */
static HASS_CALLBACK void add(const char *entity_id, const char *device, const char *changes)
{
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "light", .platform = "test", .unique_id = entity_id,
                               .entity_id = entity_id, .device_id = device);

    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &info, NULL, NULL), 0);
    if (changes)
        ck_assert_int_eq(
            hass_entity_registry_async_update(hass, entity_id, test_json(changes), NULL, NULL), 0);
}

static HASS_CALLBACK void add_device(const char *name, char id[40], const char *changes)
{
    const struct hass_device *device = NULL;
    struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "test", name }), .name = name);

    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &info, &device, NULL), 0);
    snprintf(id, 40, "%s", device->id);
    if (changes)
        ck_assert_int_eq(
            hass_device_registry_async_update(hass, id, test_json(changes), NULL, NULL), 0);
}

static void make_home(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    hass = test_hass();
    hass_floor_registry_async_create(hass, "Ground", NULL, NULL, NULL);
    hass_floor_registry_async_create(hass, "Upper", NULL, NULL, NULL);
    hass_label_registry_async_create(hass, "Tall", NULL, NULL, NULL);
    hass_label_registry_async_create(hass, "Warm", NULL, NULL, NULL);
    hass_area_registry_async_create(hass, "Kitchen", test_json("{'floor_id': 'ground'}"), NULL,
                                    NULL);
    hass_area_registry_async_create(hass, "Bath", test_json("{'floor_id': 'upper'}"), NULL, NULL);
    add_device("hub", hub, "{'area_id': 'kitchen', 'labels': ['tall']}");
    add_device("lamp", lamp, NULL);
}

/* Ids of devices by their names: "@hub". */
static char *with_ids(const char *text)
{
    struct hass_buf buf = HASS_BUF_INIT;

    for (; *text; text++) {
        if (strncmp(text, "@hub", 4) == 0 || strncmp(text, "@lamp", 5) == 0) {
            hass_buf_add_string(&buf, text[1] == 'h' ? hub : lamp);
            text += text[1] == 'h' ? 3 : 4;
        } else {
            hass_buf_add_char(&buf, *text);
        }
    }
    return hass_buf_steal(&buf);
}

static HASS_CALLBACK void assert_extracted(const char *target, const char *key,
                                           const char *expected)
{
    autofree char *text = with_ids(target);
    autofree char *wanted = with_ids(expected);
    autojson *json = test_json(text);
    autojson *extracted = hass_async_extract_from_target(hass, json, true);

    ck_assert_json(hass_json_get(extracted, key), wanted);
}

static HASS_CALLBACK void assert_entities(const char *target, const char *expected)
{
    assert_extracted(target, "referenced_entities", expected);
}

START_TEST(a_device_leads_to_its_entities)
{
    make_home();
    add("light.a", hub, NULL);
    add("light.b", hub, NULL);
    add("light.c", lamp, NULL);
    assert_entities("{'device_id': ['@hub']}", "['light.a', 'light.b']");
    assert_extracted("{'device_id': ['@hub', '@lamp', '@hub']}", "referenced_devices",
                     "['@hub', '@lamp']");
}
END_TEST

START_TEST(an_area_leads_to_its_own_entities_and_to_those_of_its_devices_without_an_area)
{
    make_home();
    add("light.own", NULL, "{'area_id': 'kitchen'}");
    add("light.of_hub", hub, NULL);
    add("light.elsewhere", hub, "{'area_id': 'bath'}");
    add("light.of_lamp", lamp, "{'area_id': 'kitchen'}");
    add("light.nowhere", lamp, NULL);
    assert_entities("{'area_id': ['kitchen']}", "['light.own', 'light.of_lamp', 'light.of_hub']");
    assert_entities("{'area_id': ['bath']}", "['light.elsewhere']");
    assert_extracted("{'area_id': ['kitchen']}", "referenced_devices", "['@hub']");
}
END_TEST

START_TEST(a_device_that_was_named_brings_those_with_another_area_too)
{
    make_home();
    add("light.elsewhere", hub, "{'area_id': 'bath'}");
    assert_entities("{'area_id': ['kitchen']}", "[]");
    assert_entities("{'area_id': ['kitchen'], 'device_id': ['@hub']}", "['light.elsewhere']");
}
END_TEST

START_TEST(a_floor_leads_to_its_areas)
{
    make_home();
    add("light.k", NULL, "{'area_id': 'kitchen'}");
    add("light.b", NULL, "{'area_id': 'bath'}");
    assert_entities("{'floor_id': ['upper']}", "['light.b']");
    assert_entities("{'floor_id': ['ground', 'upper']}", "['light.k', 'light.b']");
    assert_extracted("{'floor_id': ['upper']}", "referenced_areas", "['bath']");
}
END_TEST

START_TEST(a_label_leads_to_entities_devices_and_areas)
{
    make_home();
    ck_assert_int_eq(hass_area_registry_async_update(hass, "bath",
                                                     test_json("{'labels': ['tall']}"), NULL, NULL),
                     0);
    add("light.labelled", NULL, "{'labels': ['tall', 'warm']}");
    add("light.of_hub", hub, NULL);
    add("light.in_bath", NULL, "{'area_id': 'bath'}");
    add("light.other", lamp, "{'labels': ['warm']}");
    assert_entities("{'label_id': ['tall']}",
                    "['light.labelled', 'light.of_hub', 'light.in_bath']");
    assert_extracted("{'label_id': ['tall']}", "referenced_devices", "['@hub']");
    assert_extracted("{'label_id': ['tall']}", "referenced_areas", "['bath']");
    assert_entities("{'label_id': ['warm']}", "['light.labelled', 'light.other']");
}
END_TEST

static const struct {
    const char *changes;
    bool reached;
} rows[] = {
    { NULL, true },
    { "{'hidden_by': 'user'}", false },
    { "{'hidden_by': 'integration'}", false },
    { "{'entity_category': 'config'}", false },
    { "{'entity_category': 'diagnostic'}", false },
    { "{'disabled_by': 'user'}", false },
    { "{'name': 'Mine', 'icon': 'mdi:x'}", true },
};

START_TEST(what_is_hidden_disabled_or_for_settings_must_be_named)
{
    const char *expected = rows[_i].reached ? "['light.x']" : "[]";

    make_home();
    add("light.x", hub, "{'area_id': 'kitchen', 'labels': ['warm']}");
    if (rows[_i].changes)
        hass_entity_registry_async_update(hass, "light.x", test_json(rows[_i].changes), NULL, NULL);
    assert_entities("{'area_id': ['kitchen']}", expected);
    assert_entities("{'device_id': ['@hub']}", expected);
    assert_entities("{'label_id': ['warm']}", expected);
    assert_entities("{'floor_id': ['ground']}", expected);
    assert_entities("{'entity_id': ['light.x']}", "['light.x']");
    assert_entities("{'entity_id': ['light.x'], 'area_id': ['kitchen']}", "['light.x']");
}
END_TEST

START_TEST(each_entity_counts_once_and_named_ones_first)
{
    make_home();
    add("light.a", hub, "{'labels': ['warm']}");
    add("light.b", hub, NULL);
    assert_entities("{'entity_id': ['light.b', 'light.b'], 'device_id': ['@hub'],"
                    " 'area_id': ['kitchen'], 'label_id': ['warm']}",
                    "['light.b', 'light.a']");
}
END_TEST

START_TEST(groups_are_expanded_only_when_asked)
{
    autojson *target = test_json("{'entity_id': ['group.all', 'light.b']}");

    make_home();
    hass_states_async_set(hass, "group.all", "on", test_json("{'entity_id': ['light.a']}"), NULL,
                          NULL);
    assert_entities("{'entity_id': ['group.all', 'light.b']}", "['light.b', 'light.a']");
    autojson *plain = hass_async_extract_from_target(hass, target, false);
    ck_assert_json(hass_json_get(plain, "referenced_entities"), "['group.all', 'light.b']");
}
END_TEST

START_TEST(what_no_registry_knows_is_missing)
{
    make_home();
    static const char target[] = "{'device_id': ['d', '@hub'], 'area_id': ['cellar'],"
                                 " 'floor_id': ['deep'], 'label_id': ['red', 'red']}";
    assert_extracted(target, "missing_devices", "['d']");
    assert_extracted(target, "missing_areas", "['cellar']");
    assert_extracted(target, "missing_floors", "['deep']");
    assert_extracted(target, "missing_labels", "['red']");
    assert_extracted(target, "referenced_devices", "['@hub']");
    assert_extracted(target, "referenced_areas", "[]");
}
END_TEST

START_TEST(none_and_nothing_mean_nobody)
{
    make_home();
    add("light.x", NULL, "{'area_id': 'kitchen'}");
    assert_entities("{'entity_id': 'none', 'area_id': 'none', 'device_id': 'none',"
                    " 'floor_id': 'none', 'label_id': 'none'}",
                    "[]");
    assert_entities("{}", "[]");
    assert_entities("{'area_id': []}", "[]");
    assert_extracted("{'area_id': 'none'}", "missing_areas", "[]");
}
END_TEST

static const struct {
    const char *value, *expected; /* NULL: refused */
} given[] = {
    { "'kitchen'", "['kitchen']" },
    { "['a', 'b']", "['a', 'b']" },
    { "'none'", "'none'" },
    { "['none']", "['none']" },
    { "[]", "[]" },
    { "12", "['12']" },
    { "[['a']]", NULL },
    { "{}", NULL },
    { "null", NULL },
};

START_TEST(ids_are_one_a_list_or_none)
{
    HASS_SCHEMA(schema, HASS_FIELD("area_id", &target_type_ids));
    autofree char *text = mem_printf("{'area_id': %s}", given[_i].value);
    autojson *value = test_json(text);
    autojson *checked = NULL;
    int r = hass_schema_check(&schema, value, &checked, NULL);

    ck_assert_int_eq(r, given[_i].expected ? 0 : HASS_E_INVALID);
    if (given[_i].expected)
        ck_assert_json(hass_json_get(checked, "area_id"), given[_i].expected);
}
END_TEST

CASES_MAIN("target", ONCE(a_device_leads_to_its_entities),
           ONCE(an_area_leads_to_its_own_entities_and_to_those_of_its_devices_without_an_area),
           ONCE(a_device_that_was_named_brings_those_with_another_area_too),
           ONCE(a_floor_leads_to_its_areas), ONCE(a_label_leads_to_entities_devices_and_areas),
           ROWS(what_is_hidden_disabled_or_for_settings_must_be_named, rows),
           ONCE(each_entity_counts_once_and_named_ones_first),
           ONCE(groups_are_expanded_only_when_asked), ONCE(what_no_registry_knows_is_missing),
           ONCE(none_and_nothing_mean_nobody), ROWS(ids_are_one_a_list_or_none, given))
