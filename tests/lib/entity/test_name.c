/* SPDX-License-Identifier: Apache-2.0 */
/* Names of entities: their own, with their devices, translated; and the ids that are made of them. */
#include <hass/config.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "entity/translation.h"
#include "registry/entry.h"
#include "things.h"

static struct thing things[8];

static const struct hass_device_info box =
    HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "blink", "box" }), .name = "My Box");
static const struct hass_device_info nameless =
    HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "blink", "nameless" }));

/* A platform blink, of @entry or of YAML. */
static HASS_CALLBACK void make_platform_of(struct hass *hass, struct hass_entry *entry,
                                           const struct hass_domain_ops *ops)
{
    struct make make = { .domain = "sensor", .config = "[{'platform': 'blink'}]", .ops = ops };

    fake = (struct fake_loader){ .things = things, .ops = &plain_ops, .entry = entry };
    use_fake_loader(hass);
    ck_assert_int_eq(test_run_coroutine(hass, make_component, &make), 0);
    test_settle(hass);
}

static HASS_CALLBACK void make_platform(struct hass *hass, const struct hass_domain_ops *ops)
{
    autounref(hass_entry) *entry = entry_new(hass, "blink", "user", NULL);

    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    make_platform_of(hass, entry, ops);
}

/* Adds a part of @device; its entity id, or NULL. */
static HASS_CALLBACK const char *add_part(struct hass *hass, struct thing *thing,
                                          const struct hass_device_info *device,
                                          const char *unique_id, const char *name)
{
    struct platform_add add = { .platform = fake.platform };

    thing->description.device_info = device;
    thing->description.unique_id = unique_id;
    thing->description.has_entity_name = true;
    add.entity = thing_entity(hass, thing, &plain_ops, name);
    ck_assert_int_eq(test_run_coroutine(hass, add_to_platform, &add), 0);
    return thing->destroyed ? NULL : hass_entity_async_entity_id(thing->entity);
}

static HASS_CALLBACK const char *name_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    static char text[128];
    struct hass_value name;

    ck_assert_ptr_nonnull(state);
    if (!hass_state_attr(state, HASS_ATTR_FRIENDLY_NAME, &name))
        return "(none)";
    snprintf(text, sizeof(text), "%s", name.text.data);
    return text;
}

/* devices */

START_TEST(the_device_stands_before_the_name_of_its_part)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", "Power"), "sensor.my_box_power");
    ck_assert_str_eq(name_of(hass, "sensor.my_box_power"), "My Box Power");
    ck_assert_str_eq(add_part(hass, &things[1], &box, "b", NULL), "sensor.my_box");
    ck_assert_str_eq(name_of(hass, "sensor.my_box"), "My Box");
    ck_assert_ptr_eq(hass_entity_async_device(things[0].entity),
                     hass_entity_async_device(things[1].entity));
}
END_TEST

START_TEST(without_has_entity_name_the_name_is_whole)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    things[0].description =
        (struct hass_entity_description){ .unique_id = "a", .device_info = &box };
    struct platform_add add = { fake.platform,
                                thing_entity(hass, &things[0], &plain_ops, "Plain") };
    ck_assert_int_eq(test_run_coroutine(hass, add_to_platform, &add), 0);
    ck_assert_str_eq(name_of(hass, "sensor.plain"), "Plain");
    ck_assert_ptr_nonnull(hass_entity_async_device(things[0].entity));
}
END_TEST

START_TEST(a_device_without_a_name_is_none_in_ids_only)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    ck_assert_str_eq(add_part(hass, &things[0], &nameless, "a", "Volt"), "sensor.none_volt");
    ck_assert_str_eq(name_of(hass, "sensor.none_volt"), "Volt");
    ck_assert_str_eq(add_part(hass, &things[1], &nameless, "b", NULL), "sensor.blink_b");
    ck_assert_str_eq(name_of(hass, "sensor.blink_b"), "(none)");
}
END_TEST

START_TEST(a_renamed_device_renames_its_parts_at_once)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    add_part(hass, &things[0], &box, "a", "Power");
    const char *device_id = hass_entity_async_device(things[0].entity)->id;
    ck_assert_int_eq(hass_device_registry_async_update(
                         hass, device_id, test_json("{'name_by_user': 'Attic'}"), NULL, NULL),
                     0);
    ck_assert_str_eq(name_of(hass, "sensor.my_box_power"), "Attic Power");
    ck_assert_str_eq(hass_entity_async_device(things[0].entity)->name_by_user, "Attic");
    unsigned states = things[0].states;
    hass_device_registry_async_update(hass, hass_entity_async_device(things[0].entity)->id,
                                      test_json("{'sw_version': '2'}"), NULL, NULL);
    ck_assert_uint_eq(things[0].states, states);
    ck_assert_str_eq(hass_entity_async_device(things[0].entity)->sw_version, "2");
}
END_TEST

START_TEST(an_entity_without_a_config_entry_has_no_device)
{
    struct hass *hass = test_hass();

    make_platform_of(hass, NULL, NULL);
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", "Power"), "sensor.power");
    ck_assert_ptr_null(hass_entity_async_device(things[0].entity));
}
END_TEST

START_TEST(an_entity_with_bad_device_info_is_not_added)
{
    static const struct hass_device_info nothing = HASS_DEVICE_INFO(.name = "X");
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    make_platform(hass, NULL);
    ck_assert_ptr_null(add_part(hass, &things[0], &nothing, "a", "Power"));
    ck_assert_ptr_nonnull(logs_find(logs, "not adding an entity with invalid device info"));
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 0);
}
END_TEST

START_TEST(parts_of_a_disabled_device_are_disabled)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    add_part(hass, &things[0], &box, "a", "Power");
    const char *device_id = hass_entity_async_device(things[0].entity)->id;
    hass_device_registry_async_update(hass, device_id, test_json("{'disabled_by': 'user'}"), NULL,
                                      NULL);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.my_box_power"), "(none)");
    ck_assert_ptr_null(add_part(hass, &things[1], &box, "b", "Volt"));
    ck_assert_int_eq(hass_entity_registry_async_get(hass, "sensor.my_box_volt")->disabled_by,
                     HASS_ENTITY_DISABLED_BY_DEVICE);
}
END_TEST

START_TEST(a_placeholder_is_called_as_its_entity)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    add_part(hass, &things[0], &box, "a", "Power");
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity_task, things[0].entity), 0);
    ck_assert_str_eq(state_of(hass, "sensor.my_box_power"), "unavailable");
    ck_assert_str_eq(name_of(hass, "sensor.my_box_power"), "My Box Power");
}
END_TEST

/* texts */

static bool by_class(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

static const struct hass_domain_ops sensor_ops = { .size = sizeof(sensor_ops),
                                                   .default_to_device_class_name = by_class };

static HASS_CALLBACK void make_texts(struct hass *hass)
{
    translation_set(hass, "blink",
                    test_json("{'entity': {'sensor': {'level': {'name': 'Level of {what}'}}}}"),
                    test_json("{'entity': {'sensor': {'level': {'name': 'Stand: {what}'}}}}"));
    translation_set(hass, "sensor", test_json("{'entity_component': {'power': {'name': 'Power'}}}"),
                    test_json("{'entity_component': {'power': {'name': 'Leistung'}}}"));
}

START_TEST(a_translation_key_names_an_entity)
{
    static const char *const placeholders[] = { "who", "me", "what", "water", NULL };
    struct hass *hass = test_hass();

    make_platform(hass, &sensor_ops);
    make_texts(hass);
    things[0].description.translation_key = "level";
    things[0].description.translation_placeholders = placeholders;
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", NULL), "sensor.my_box_level_of_water");
    ck_assert_str_eq(name_of(hass, "sensor.my_box_level_of_water"), "My Box Stand: water");
    ck_assert_str_eq(hass_entity_async_registry_entry(things[0].entity)->original_name,
                     "Stand: water");
}
END_TEST

START_TEST(a_placeholder_without_a_text_stays_as_it_is)
{
    struct hass *hass = test_hass();

    make_platform(hass, &sensor_ops);
    translation_set(hass, "blink",
                    test_json("{'entity': {'sensor': {'level': {'name': 'A {what} {} {open'}}}}"),
                    NULL);
    things[0].description.translation_key = "level";
    add_part(hass, &things[0], NULL, "a", NULL);
    ck_assert_str_eq(name_of(hass, "sensor.a_what_open"), "A {what} {} {open");
}
END_TEST

START_TEST(a_name_of_its_own_comes_before_texts)
{
    struct hass *hass = test_hass();

    make_platform(hass, &sensor_ops);
    make_texts(hass);
    things[0].description.translation_key = "level";
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", "Own"), "sensor.my_box_own");
    things[1].description.device_class = "power";
    ck_assert_str_eq(add_part(hass, &things[1], &box, "b", ""), "sensor.my_box");
}
END_TEST

START_TEST(a_device_class_names_an_entity_where_the_domain_has_it_so)
{
    struct hass *hass = test_hass();

    make_platform(hass, &sensor_ops);
    make_texts(hass);
    things[0].description.device_class = "power";
    things[0].description.translation_key = "unknown";
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", NULL), "sensor.my_box_power");
    ck_assert_str_eq(name_of(hass, "sensor.my_box_power"), "My Box Leistung");
    ck_assert_str_eq(add_part(hass, &things[1], &box, "b", NULL), "sensor.my_box");
}
END_TEST

START_TEST(elsewhere_it_does_not)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    make_texts(hass);
    things[0].description.device_class = "power";
    ck_assert_str_eq(add_part(hass, &things[0], &box, "a", NULL), "sensor.my_box");
}
END_TEST

/* placeholders */

static HASS_CALLBACK void register_as(struct hass *hass, const char *unique_id, const char *name)
{
    const struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "sensor", .platform = "blink", .unique_id = unique_id,
                               .suggested_object_id = name, .original_name = name);

    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &info, NULL, NULL), 0);
}

START_TEST(at_the_start_each_enabled_row_has_a_state)
{
    enum { COUNT = 2500 };
    struct hass *hass = test_hass();
    char name[16];

    component_with(hass, "sensor", NULL);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        register_as(hass, name, name);
    }
    hass_entity_registry_async_update(hass, "sensor.n7", test_json("{'disabled_by': 'user'}"), NULL,
                                      NULL);
    hass_states_async_set(hass, "sensor.n8", "on", NULL, NULL, NULL);
    test_start(hass);
    ck_assert_uint_eq(hass_states_async_count(hass, "sensor"), COUNT - 1);
    ck_assert_str_eq(state_of(hass, "sensor.n2499"), "unavailable");
    ck_assert_str_eq(state_of(hass, "sensor.n7"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.n8"), "on");
    ck_assert_str_eq(name_of(hass, "sensor.n0"), "n0");
}
END_TEST

START_TEST(a_placeholder_waits_for_its_entity)
{
    struct hass *hass = test_hass();

    make_platform(hass, NULL);
    register_as(hass, "u", "A");
    test_start(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unavailable");
    ck_assert_str_eq(add_part(hass, &things[0], NULL, "u", "A"), "sensor.a");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

static HASS_CALLBACK void change(struct hass *hass, const char *entity_id, const char *changes)
{
    ck_assert_int_eq(
        hass_entity_registry_async_update(hass, entity_id, test_json(changes), NULL, NULL), 0);
}

START_TEST(a_placeholder_follows_its_row)
{
    struct hass *hass = test_hass();

    component_with(hass, "sensor", NULL);
    register_as(hass, "u", "A");
    test_start(hass);
    change(hass, "sensor.a", "{'name': 'Mine'}");
    ck_assert_str_eq(name_of(hass, "sensor.a"), "Mine");
    change(hass, "sensor.a", "{'new_entity_id': 'sensor.b'}");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "unavailable");
    change(hass, "sensor.b", "{'disabled_by': 'user'}");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "(none)");
}
END_TEST

START_TEST(with_its_row_a_placeholder_goes_but_no_other_state)
{
    struct hass *hass = test_hass();

    component_with(hass, "sensor", NULL);
    register_as(hass, "u", "A");
    register_as(hass, "v", "B");
    hass_states_async_set(hass, "sensor.b", "on", NULL, NULL, NULL);
    test_start(hass);
    hass_entity_registry_async_remove(hass, "sensor.a", NULL);
    hass_entity_registry_async_remove(hass, "sensor.b", NULL);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "(none)");
    ck_assert_str_eq(state_of(hass, "sensor.b"), "on");
}
END_TEST

TEST_MAIN("name", the_device_stands_before_the_name_of_its_part,
          without_has_entity_name_the_name_is_whole, a_device_without_a_name_is_none_in_ids_only,
          a_renamed_device_renames_its_parts_at_once,
          an_entity_without_a_config_entry_has_no_device,
          an_entity_with_bad_device_info_is_not_added, parts_of_a_disabled_device_are_disabled,
          a_placeholder_is_called_as_its_entity, a_translation_key_names_an_entity,
          a_placeholder_without_a_text_stays_as_it_is, a_name_of_its_own_comes_before_texts,
          a_device_class_names_an_entity_where_the_domain_has_it_so, elsewhere_it_does_not,
          at_the_start_each_enabled_row_has_a_state, a_placeholder_waits_for_its_entity,
          a_placeholder_follows_its_row, with_its_row_a_placeholder_goes_but_no_other_state)
