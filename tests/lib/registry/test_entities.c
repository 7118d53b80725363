/* SPDX-License-Identifier: Apache-2.0 */
/* The entity registry: creating, changing, removing, restoring, and what follows from other registries. */
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "support/cases.h"
#include "support/test.h"

#define INFO(...) (&(const struct hass_entity_entry_info)HASS_ENTITY_ENTRY_INFO(__VA_ARGS__))

static HASS_CALLBACK const struct hass_entity_entry *make(struct hass *hass,
                                                          const struct hass_entity_entry_info *info)
{
    const struct hass_entity_entry *entry = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_entity_registry_async_get_or_create(hass, info, &entry, &err);

    ck_assert_msg(r == 0, "%s", err.message);
    return entry;
}

/* light.<object> of platform hue. */
static HASS_CALLBACK const struct hass_entity_entry *
make_light(struct hass *hass, const char *object, const char *unique_id)
{
    return make(hass, INFO(.domain = "light", .platform = "hue", .unique_id = unique_id,
                           .suggested_object_id = object));
}

static HASS_CALLBACK int try_update(struct hass *hass, const char *id, const char *changes)
{
    return hass_entity_registry_async_update(hass, id, test_json(changes), NULL, NULL);
}

static HASS_CALLBACK const struct hass_entity_entry *update(struct hass *hass, const char *id,
                                                            const char *changes)
{
    const struct hass_entity_entry *entry = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_entity_registry_async_update(hass, id, test_json(changes), &entry, &err);

    ck_assert_msg(r == 0, "%s", err.message);
    return entry;
}

static HASS_CALLBACK struct capture *capture_entities(struct hass *hass)
{
    return test_capture(hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED);
}

static void check_event(const struct capture *seen, size_t index, const char *expected)
{
    ck_assert_json(hass_event_data(capture_event(seen, index)), expected);
}

/* ids */

START_TEST(ids_are_made_of_the_suggestion_or_the_unique_id)
{
    struct hass *hass = test_hass();
    struct capture *seen = capture_entities(hass);

    ck_assert_str_eq(make_light(hass, NULL, "5")->entity_id, "light.hue_5");
    check_event(seen, 0, "{'action': 'create', 'entity_id': 'light.hue_5'}");
    ck_assert_str_eq(make_light(hass, NULL, "5")->entity_id, "light.hue_5");
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_str_eq(make_light(hass, "Kitchen Lamp", "6")->entity_id, "light.kitchen_lamp");
    ck_assert_str_eq(make_light(hass, "kitchen_lamp", "7")->entity_id, "light.kitchen_lamp_2");
    ck_assert_str_eq(hass_entity_registry_async_find(hass, "light", "hue", "6")->entity_id,
                     "light.kitchen_lamp");
    ck_assert_ptr_null(hass_entity_registry_async_find(hass, "light", "zha", "6"));
    ck_assert_str_eq(
        make(hass, INFO(.domain = "sensor", .platform = "My_Plat", .unique_id = "AB CD"))
            ->entity_id,
        "sensor.my_plat_ab_cd");
    ck_assert_str_eq(make(hass, INFO(.domain = "sensor", .platform = "p", .unique_id = "1",
                                     .entity_id = "sensor.x"))
                         ->entity_id,
                     "sensor.x");
}
END_TEST

START_TEST(a_generated_id_is_free_everywhere)
{
    struct hass *hass = test_hass();

    hass_states_async_set(hass, "light.hello_world", "x", NULL, NULL, NULL);
    ck_assert_int_eq(hass_states_async_reserve(hass, "light.hello_world_2", NULL), 0);
    make_light(hass, "hello_world_3", "u");
    autofree char *id = hass_entity_registry_async_generate_id(hass, "light", "Hello World", NULL);
    ck_assert_str_eq(id, "light.hello_world_4");
}
END_TEST

START_TEST(a_long_id_is_cut_with_its_number)
{
    struct hass *hass = test_hass();
    char name[301];

    memset(name, 'a', 300);
    name[300] = '\0';
    ck_assert_uint_eq(strlen(make_light(hass, name, "1")->entity_id), 255);
    const struct hass_entity_entry *second = make_light(hass, name, "2");
    ck_assert_uint_eq(strlen(second->entity_id), 255);
    ck_assert_str_eq(second->entity_id + 251, "aa_2");
    name[65] = '\0';
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(
                         hass, INFO(.domain = name, .platform = "p", .unique_id = "1"), NULL, NULL),
                     HASS_E_TOO_LONG);
}
END_TEST

/* changes */

START_TEST(what_is_given_is_updated_and_the_rest_kept)
{
    struct hass *hass = test_hass();
    struct capture *seen = capture_entities(hass);

    make(hass, INFO(.domain = "sensor", .platform = "p", .unique_id = "u", .original_name = "A",
                    .unit_of_measurement = "W", .entity_category = HASS_ENTITY_CATEGORY_DIAGNOSTIC,
                    .has_entity_category = true));
    const struct hass_entity_entry *entry =
        make(hass, INFO(.domain = "sensor", .platform = "p", .unique_id = "u", .original_name = "B",
                        .original_device_class = "power", .unit_of_measurement = "kW"));
    check_event(
        seen, 1,
        "{'action': 'update', 'entity_id': 'sensor.p_u', 'changes': {'original_device_class': "
        "null, 'original_name': 'A', 'unit_of_measurement': 'W'}}");
    ck_assert_int_eq(entry->entity_category, HASS_ENTITY_CATEGORY_DIAGNOSTIC);
    make(hass, INFO(.domain = "sensor", .platform = "p", .unique_id = "u"));
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

START_TEST(a_change_tells_the_old_values_once)
{
    struct hass *hass = test_hass();
    make_light(hass, "x", "a");
    struct capture *seen = capture_entities(hass);

    update(hass, "light.x", "{'aliases': ['b', 'a', 'b'], 'icon': 'mdi:x', 'name': 'Nice'}");
    check_event(
        seen, 0,
        "{'action': 'update', 'entity_id': 'light.x', 'changes': {'aliases': [], 'icon': null, "
        "'name': null}}");
    update(hass, "light.x", "{'name': 'Nice', 'aliases': ['a', 'b']}");
    ck_assert_uint_eq(capture_count(seen), 1);
    update(hass, "light.x", "{'new_entity_id': 'light.y'}");
    check_event(
        seen, 1,
        "{'action': 'update', 'entity_id': 'light.y', 'old_entity_id': 'light.x', 'changes': "
        "{'entity_id': 'light.x'}}");
    ck_assert_ptr_null(hass_entity_registry_async_get(hass, "light.x"));
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, "light.y");
    ck_assert_ptr_eq(hass_entity_registry_async_get(hass, entry->id), entry);
    update(hass, "light.y", "{'name': null}");
    ck_assert_ptr_null(hass_entity_registry_async_get(hass, "light.y")->name);
}
END_TEST

START_TEST(options_and_categories_change_by_key)
{
    struct hass *hass = test_hass();
    make_light(hass, "x", "a");
    struct capture *seen = capture_entities(hass);

    update(hass, "light.x",
           "{'options': {'sensor': {'p': 1}, 'light': {}}, 'categories': {'a': 'b'}}");
    const struct hass_entity_entry *entry = update(
        hass, "light.x", "{'options': {'light': null}, 'categories': {'c': 'd', 'a': null}}");
    ck_assert_str_eq(entry->options, "{\"sensor\":{\"p\":1}}");
    ck_assert_str_eq(entry->categories, "{\"c\":\"d\"}");
    check_event(
        seen, 1,
        "{'action': 'update', 'entity_id': 'light.x', 'changes': {'categories': {'a': 'b'}, "
        "'options': {'sensor': {'p': 1}, 'light': {}}}}");
    update(hass, "light.x", "{'options': {'sensor': {'p': 1}}}");
    ck_assert_uint_eq(capture_count(seen), 2);
    entities_async_clear_category(hass, "c", "other");
    ck_assert_uint_eq(capture_count(seen), 2);
    entities_async_clear_category(hass, "c", "d");
    ck_assert_str_eq(hass_entity_registry_async_get(hass, "light.x")->categories, "{}");
}
END_TEST

START_TEST(a_new_unique_id_remembers_the_old_one)
{
    struct hass *hass = test_hass();
    make_light(hass, "x", "a");
    make_light(hass, "y", "b");

    ck_assert_int_eq(try_update(hass, "light.x", "{'new_unique_id': 'b'}"), HASS_E_EXISTS);
    const struct hass_entity_entry *entry = update(hass, "light.x", "{'new_unique_id': 'c'}");
    ck_assert_str_eq(entry->previous_unique_id, "a");
    ck_assert_ptr_eq(hass_entity_registry_async_find(hass, "light", "hue", "c"), entry);
    ck_assert_ptr_null(hass_entity_registry_async_find(hass, "light", "hue", "a"));
    entry = update(hass, "light.x", "{'platform': 'zha'}");
    ck_assert_ptr_eq(hass_entity_registry_async_find(hass, "light", "zha", "c"), entry);
}
END_TEST

static const struct {
    const char *changes;
    int code;
} bad[] = {
    { "{'new_entity_id': 'light.y'}", HASS_E_EXISTS },
    { "{'new_entity_id': 'light.shown'}", HASS_E_EXISTS },
    { "{'new_entity_id': 'sensor.x'}", HASS_E_INVALID },
    { "{'new_entity_id': 'Light.Bad Id'}", HASS_E_INVALID },
    { "{'new_entity_id': null}", HASS_E_INVALID },
    { "{'device_id': 'nobody'}", HASS_E_INVALID },
    { "{'disabled_by': 'me'}", HASS_E_INVALID },
    { "{'hidden_by': 'device'}", HASS_E_INVALID },
    { "{'entity_category': 'system'}", HASS_E_INVALID },
    { "{'options': {'sensor': 1}}", HASS_E_INVALID },
    { "{'categories': ['a']}", HASS_E_INVALID },
    { "{'aliases': [[]]}", HASS_E_INVALID },
    { "{'supported_features': -1}", HASS_E_INVALID },
    { "{'supported_features': 4294967296}", HASS_E_INVALID },
    { "{'unique_id': 'x'}", HASS_E_INVALID },
    { "{'new_unique_id': ''}", HASS_E_INVALID },
    { "[]", HASS_E_INVALID },
};

START_TEST(a_bad_change_changes_nothing)
{
    struct hass *hass = test_hass();
    make_light(hass, "x", "a");
    make_light(hass, "y", "b");
    hass_states_async_set(hass, "light.shown", "x", NULL, NULL, NULL);
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, "light.x");
    struct capture *seen = capture_entities(hass);

    ck_assert_int_eq(try_update(hass, "light.x", bad[_i].changes), bad[_i].code);
    ck_assert_ptr_eq(hass_entity_registry_async_get(hass, "light.x"), entry);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

START_TEST(unknown_entities_are_refused)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(try_update(hass, "light.none", "{}"), HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_entity_registry_async_remove(hass, "", NULL), HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(
                         hass, INFO(.domain = "light", .platform = "hue"), NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_int_eq(
        hass_entity_registry_async_get_or_create(
            hass, INFO(.domain = "light", .platform = "hue", .unique_id = "1", .device_id = "none"),
            NULL, NULL),
        HASS_E_INVALID);
    ck_assert_int_eq(
        hass_entity_registry_async_get_or_create(
            hass,
            INFO(.domain = "light", .platform = "hue", .unique_id = "1", .capabilities = "[]"),
            NULL, NULL),
        HASS_E_INVALID);
    ck_assert_int_eq(
        hass_entity_registry_async_get_or_create(
            hass, INFO(.domain = "light", .platform = "hue", .unique_id = "\xff"), NULL, NULL),
        HASS_E_INVALID);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

/* @count labels "0", "1" … */
static json_t *many_labels(int count)
{
    json_t *labels = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(labels, json_sprintf("%d", i));
    return json_pack("{s:o}", "labels", labels);
}

static json_t *long_options(size_t bytes)
{
    autobuf text = HASS_BUF_INIT;

    while (text.length < bytes)
        hass_buf_add_char(&text, 'x');
    return json_pack("{s:{s:{s:s}}}", "options", "light", "x", hass_buf_string(&text));
}

START_TEST(lists_and_options_have_limits)
{
    struct hass *hass = test_hass();
    size_t around = strlen("{\"light\":{\"x\":\"\"}}");
    make_light(hass, "x", "a");

    ck_assert_int_eq(hass_entity_registry_async_update(hass, "light.x",
                                                       many_labels(ROW_MAX_ITEMS + 1), NULL, NULL),
                     HASS_E_LIMIT);
    ck_assert_int_eq(
        hass_entity_registry_async_update(hass, "light.x", many_labels(ROW_MAX_ITEMS), NULL, NULL),
        0);
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, "light.x", long_options(ROW_MAX_JSON - around + 1), NULL, NULL),
                     HASS_E_TOO_LONG);
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, "light.x", long_options(ROW_MAX_JSON - around), NULL, NULL),
                     0);
}
END_TEST

/* removing */

START_TEST(a_removed_entity_comes_back_as_its_user_left_it)
{
    struct hass *hass = test_hass();
    autofree char *id = strdup(make_light(hass, "x", "a")->id);
    update(
        hass, "light.x",
        "{'new_entity_id': 'light.renamed', 'name': 'N', 'area_id': 'attic', 'hidden_by': 'user', "
        "'labels': ['l'], 'options': {'light': {'a': 1}}, 'disabled_by': 'user'}");
    struct capture *seen = capture_entities(hass);

    ck_assert_int_eq(hass_entity_registry_async_remove(hass, "light.renamed", NULL), 0);
    check_event(seen, 0, "{'action': 'remove', 'entity_id': 'light.renamed'}");
    const struct hass_entity_entry *entry = make_light(hass, "x", "a");
    check_event(seen, 1, "{'action': 'create', 'entity_id': 'light.renamed'}");
    ck_assert_str_eq(entry->id, id);
    ck_assert_str_eq(entry->name, "N");
    ck_assert_str_eq(entry->area_id, "attic");
    ck_assert_str_eq(entry->labels[0], "l");
    ck_assert_str_eq(entry->options, "{\"light\":{\"a\":1}}");
    ck_assert_int_eq(entry->hidden_by, HASS_ENTITY_HIDDEN_BY_USER);
    ck_assert_int_eq(entry->disabled_by, HASS_ENTITY_DISABLED_BY_USER);
}
END_TEST

START_TEST(the_id_of_a_removed_entity_may_have_gone_to_another)
{
    struct hass *hass = test_hass();
    make_light(hass, "x", "a");

    hass_entity_registry_async_remove(hass, "light.x", NULL);
    ck_assert_str_eq(make_light(hass, "x", "b")->entity_id, "light.x");
    ck_assert_str_eq(make_light(hass, "x", "a")->entity_id, "light.x_2");
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 2);
}
END_TEST

/* devices and config entries */

static HASS_CALLBACK char *make_device(struct hass *hass, const char *entry)
{
    const struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", "a" }));
    const struct hass_device *device;

    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, entry, &info, &device, NULL),
                     0);
    return strdup(device->id);
}

static HASS_CALLBACK void make_on(struct hass *hass, const char *device, const char *entry,
                                  const char *unique_id)
{
    make(hass, INFO(.domain = "light", .platform = "demo", .unique_id = unique_id,
                    .device_id = device, .config_entry_id = entry));
}

static HASS_CALLBACK int disabler_of(struct hass *hass, const char *entity_id)
{
    return (int)hass_entity_registry_async_get(hass, entity_id)->disabled_by;
}

START_TEST(entities_are_disabled_and_enabled_with_their_device)
{
    struct hass *hass = test_hass();
    autofree char *device = make_device(hass, "e1");
    make_on(hass, device, "e1", "u1");
    make_on(hass, device, "e1", "u2");
    update(hass, "light.demo_u2", "{'disabled_by': 'user'}");
    struct capture *seen = capture_entities(hass);

    hass_device_registry_async_update(hass, device, test_json("{'disabled_by': 'user'}"), NULL,
                                      NULL);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_DISABLED_BY_DEVICE);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u2"), HASS_ENTITY_DISABLED_BY_USER);
    hass_device_registry_async_update(hass, device, test_json("{'disabled_by': null}"), NULL, NULL);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_ENABLED);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u2"), HASS_ENTITY_DISABLED_BY_USER);
    check_event(seen, 1,
                "{'action': 'update', 'entity_id': 'light.demo_u1', 'changes': {'disabled_by': "
                "'device'}}");
    hass_device_registry_async_update(hass, device, test_json("{'disabled_by': 'config_entry'}"),
                                      NULL, NULL);
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

/* How many entities and devices there were when an event came. */
static HASS_CALLBACK int count_rows(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    *(size_t *)userdata = hass_entity_registry_async_count(hass_event_hass(event)) +
                          hass_device_registry_async_count(hass_event_hass(event));
    return 0;
}

START_TEST(a_removed_device_takes_its_entities_before_anybody_hears_of_it)
{
    struct hass *hass = test_hass();
    autofree char *device = make_device(hass, "e1");
    make_on(hass, device, "e1", "u1");
    make_on(hass, device, NULL, "u2");
    struct capture *seen = test_capture(hass, HASS_MATCH_ALL);
    size_t left = 9;

    hass_bus_async_listen(hass, HASS_EVENT_DEVICE_REGISTRY_UPDATED, NULL,
                          HASS_JOB_CALLBACK(count_rows, &left), NULL, NULL);
    ck_assert_int_eq(hass_device_registry_async_remove(hass, device, NULL), 0);
    ck_assert_uint_eq(left, 0);
    ck_assert_uint_eq(capture_count(seen), 3);
    ck_assert_str_eq(hass_event_type(capture_event(seen, 0)), HASS_EVENT_DEVICE_REGISTRY_UPDATED);
    check_event(seen, 1, "{'action': 'remove', 'entity_id': 'light.demo_u1'}");
    check_event(seen, 2, "{'action': 'remove', 'entity_id': 'light.demo_u2'}");
}
END_TEST

START_TEST(an_entry_that_leaves_a_device_takes_its_entities)
{
    struct hass *hass = test_hass();
    autofree char *device = make_device(hass, "e1");
    free(make_device(hass, "e2"));
    make_on(hass, device, "e1", "u1");
    make_on(hass, device, "e2", "u2");

    hass_device_registry_async_update(hass, device, test_json("{'remove_config_entry_id': 'e1'}"),
                                      NULL, NULL);
    ck_assert_ptr_null(hass_entity_registry_async_get(hass, "light.demo_u1"));
    ck_assert_ptr_nonnull(hass_entity_registry_async_get(hass, "light.demo_u2"));
}
END_TEST

START_TEST(a_cleared_entry_leaves_nothing)
{
    struct hass *hass = test_hass();
    autofree char *device = make_device(hass, "e1");
    make_on(hass, device, "e1", "u1");
    make_on(hass, NULL, "e1", "u2");
    make_on(hass, NULL, NULL, "u3");
    struct capture *seen = capture_entities(hass);

    ck_assert_int_eq(hass_device_registry_async_clear_config_entry(hass, "e1", NULL), 0);
    ck_assert_int_eq(hass_entity_registry_async_clear_config_entry(hass, "e1", NULL), 0);
    check_event(seen, 0, "{'action': 'remove', 'entity_id': 'light.demo_u1'}");
    check_event(seen, 1, "{'action': 'remove', 'entity_id': 'light.demo_u2'}");
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 1);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
}
END_TEST

static HASS_CALLBACK bool find_entry(struct hass *hass, const char *id,
                                     struct registry_entry *ret_entry)
{
    ret_entry->pref_disable_new_entities = strcmp(id, "shy") == 0;
    return strcmp(id, "gone") != 0;
}

START_TEST(an_entry_may_not_want_new_entities)
{
    struct hass *hass = test_hass();

    registry_set_entry_lookup(hass, find_entry);
    make_on(hass, NULL, "shy", "u1");
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_DISABLED_BY_INTEGRATION);
    update(hass, "light.demo_u1", "{'disabled_by': null}");
    make_on(hass, NULL, "shy", "u1");
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_ENABLED);
    ck_assert_int_eq(try_update(hass, "light.demo_u1", "{'config_entry_id': 'gone'}"),
                     HASS_E_INVALID);
}
END_TEST

START_TEST(entities_follow_their_entry)
{
    struct hass *hass = test_hass();

    make_on(hass, NULL, "e1", "u1");
    make_on(hass, NULL, "e1", "u2");
    update(hass, "light.demo_u2", "{'disabled_by': 'user'}");
    entities_async_entry_disabled(hass, "e1", true);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY);
    entities_async_entry_disabled(hass, "e1", false);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u1"), HASS_ENTITY_ENABLED);
    ck_assert_int_eq(disabler_of(hass, "light.demo_u2"), HASS_ENTITY_DISABLED_BY_USER);
}
END_TEST

/* walking */

START_TEST(entities_are_walked_by_device_area_label_and_entry)
{
    struct hass *hass = test_hass();
    autofree char *device = make_device(hass, "e1");
    const struct hass_entity_entry *entry;
    size_t pos = 0, seen = 0;

    make_on(hass, device, "e1", "u1");
    make_on(hass, NULL, "e2", "u2");
    update(hass, "light.demo_u1", "{'area_id': 'attic', 'labels': ['x']}");
    update(hass, "light.demo_u2", "{'area_id': 'attic', 'labels': ['x', 'y']}");
    for (; hass_entity_registry_async_next_of_area(hass, "attic", &pos, &entry); seen++)
        update(hass, entry->entity_id, "{'name': 'In the attic'}");
    ck_assert_uint_eq(seen, 2);
    pos = 0;
    ck_assert(hass_entity_registry_async_next_of_device(hass, device, &pos, &entry));
    ck_assert_str_eq(entry->entity_id, "light.demo_u1");
    ck_assert(!hass_entity_registry_async_next_of_device(hass, device, &pos, &entry));
    pos = 0;
    ck_assert(hass_entity_registry_async_next_of_entry(hass, "e2", &pos, &entry));
    ck_assert_str_eq(entry->entity_id, "light.demo_u2");
    pos = 0;
    ck_assert(hass_entity_registry_async_next_of_label(hass, "y", &pos, &entry));
    ck_assert_str_eq(entry->entity_id, "light.demo_u2");
    entities_async_clear_area(hass, "attic");
    entities_async_clear_label(hass, "x");
    pos = 0;
    ck_assert(!hass_entity_registry_async_next_of_area(hass, "attic", &pos, &entry));
    ck_assert(!hass_entity_registry_async_next_of_label(hass, "x", &pos, &entry));
    for (pos = 0; hass_entity_registry_async_next(hass, &pos, &entry);)
        hass_entity_registry_async_remove(hass, entry->entity_id, NULL);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

START_TEST(what_goes_from_the_home_goes_from_removed_entities_too)
{
    struct hass *hass = test_hass();

    make_light(hass, "x", "a");
    update(hass, "light.x", "{'area_id': 'attic', 'labels': ['l', 'm'], 'categories': {'s': 'c'}}");
    hass_entity_registry_async_remove(hass, "light.x", NULL);
    entities_async_clear_area(hass, "attic");
    entities_async_clear_label(hass, "l");
    entities_async_clear_category(hass, "s", "c");
    const struct hass_entity_entry *entry = make_light(hass, "x", "a");
    ck_assert_ptr_null(entry->area_id);
    ck_assert_str_eq(entry->labels[0], "m");
    ck_assert_str_eq(entry->categories, "{}");
}
END_TEST

START_TEST(an_entity_is_shown_to_clients)
{
    struct hass *hass = test_hass();
    const struct hass_entity_entry *entry =
        make(hass, INFO(.domain = "light", .platform = "demo", .unique_id = "uid0",
                        .suggested_object_id = "kitchen", .original_name = "Kitchen light",
                        .capabilities = "{\"modes\":[1]}", .config_entry_id = "ce1"));
    autojson *listed = hass_entity_entry_as_json(entry, false);
    autojson *extended = hass_entity_entry_as_json(entry, true);

    json_object_del(listed, "id");
    ck_assert_json(listed,
                   "{'area_id': null, 'categories': {}, 'config_entry_id': 'ce1', "
                   "'config_subentry_id': null, 'created_at': 1704067200.0, 'device_id': null, "
                   "'disabled_by': null, 'entity_category': null, 'entity_id': 'light.kitchen', "
                   "'has_entity_name': false, 'hidden_by': null, 'icon': null, 'labels': [], "
                   "'modified_at': 1704067200.0, 'name': null, 'options': {}, 'original_name': "
                   "'Kitchen light', 'platform': 'demo', 'translation_key': null, 'unique_id': "
                   "'uid0'}");
    json_object_del(extended, "id");
    json_object_update_missing_new(listed,
                                   test_json("{'aliases': [], 'capabilities': {'modes': [1]}, "
                                             "'device_class': null, 'original_device_class': "
                                             "null, 'original_icon': null}"));
    ck_assert(json_equal(listed, extended));
}
END_TEST

/* many */

START_TEST(a_hundred_thousand_entities_stay_quick)
{
    struct hass *hass = test_hass();
    char unique_id[16];

    for (int i = 0; i < 100000; i++) {
        snprintf(unique_id, sizeof(unique_id), "%d", i);
        make_light(hass, NULL, unique_id);
    }
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 100000);
    update(hass, "light.hue_99999", "{'name': 'Last'}");
    ck_assert_int_eq(hass_entity_registry_async_remove(hass, "light.hue_0", NULL), 0);
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    ck_assert_int_eq(hass_entity_registry_update(hass, "light.x", test_json("{'name': 'P'}"), err),
                     0);
    autounref(hass_entity_entry) const *entry = hass_entity_registry_get(hass, "light.x");
    ck_assert_str_eq(entry->name, "P");
    return hass_entity_registry_remove(hass, "light.x", err);
}

START_TEST(a_pool_thread_reads_and_changes_entities)
{
    struct hass *hass = test_hass();

    make_light(hass, "x", "a");
    ck_assert_int_eq(test_on_pool(hass, use_from_pool, NULL), 0);
    test_settle(hass);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

CASES_MAIN("entity registry", ONCE(ids_are_made_of_the_suggestion_or_the_unique_id),
           ONCE(a_generated_id_is_free_everywhere), ONCE(a_long_id_is_cut_with_its_number),
           ONCE(what_is_given_is_updated_and_the_rest_kept),
           ONCE(a_change_tells_the_old_values_once), ONCE(options_and_categories_change_by_key),
           ONCE(a_new_unique_id_remembers_the_old_one), ROWS(a_bad_change_changes_nothing, bad),
           ONCE(unknown_entities_are_refused), ONCE(lists_and_options_have_limits),
           ONCE(a_removed_entity_comes_back_as_its_user_left_it),
           ONCE(the_id_of_a_removed_entity_may_have_gone_to_another),
           ONCE(entities_are_disabled_and_enabled_with_their_device),
           ONCE(a_removed_device_takes_its_entities_before_anybody_hears_of_it),
           ONCE(an_entry_that_leaves_a_device_takes_its_entities),
           ONCE(a_cleared_entry_leaves_nothing), ONCE(an_entry_may_not_want_new_entities),
           ONCE(entities_follow_their_entry),
           ONCE(entities_are_walked_by_device_area_label_and_entry),
           ONCE(what_goes_from_the_home_goes_from_removed_entities_too),
           ONCE(an_entity_is_shown_to_clients), ONCE(a_hundred_thousand_entities_stay_quick),
           ONCE(a_pool_thread_reads_and_changes_entities))
