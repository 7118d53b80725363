/* SPDX-License-Identifier: Apache-2.0 */
/* Registries in templates: what the recorded cases (tests/vectors) leave out. */
#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/issue_registry.h>
#include <hass/label_registry.h>

#include "entity/translation.h"
#include "registry/entry.h"
#include "support/cases.h"
#include "support/render.h"

static HASS_CALLBACK void add_entry(struct hass *hass)
{
    autounref(hass_entry) *entry = entry_new(hass, "hue", "user", "e1");

    entry_set_text(&entry->title, "Bridge");
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
}

static HASS_CALLBACK void set(struct hass *hass, const char *id, const char *state,
                              const char *attributes)
{
    ck_assert_int_eq(hass_states_async_set(hass, id, state, test_json(attributes), NULL, NULL), 0);
}

static HASS_CALLBACK void add_places(struct hass *hass)
{
    set(hass, "sensor.t", "20", "{'device_class': 'temperature'}");
    set(hass, "sensor.h", "50", "{'device_class': 'humidity'}");
    ck_assert_int_eq(
        hass_floor_registry_async_create(
            hass, "Ground", test_json("{'aliases': ['Below'], 'icon': 'mdi:home'}"), NULL, NULL),
        0);
    ck_assert_int_eq(hass_label_registry_async_create(
                         hass, "Old", test_json("{'description': 'To be replaced'}"), NULL, NULL),
                     0);
    ck_assert_int_eq(
        hass_area_registry_async_create(
            hass, "Den",
            test_json("{'floor_id': 'ground', 'labels': ['old'], 'aliases': ['The Cave'],"
                      " 'temperature_entity_id': 'sensor.t', 'humidity_entity_id': 'sensor.h'}"),
            NULL, NULL),
        0);
}

static HASS_CALLBACK void add_things(struct hass *hass)
{
    const struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "hue", "1" }), .name = "Lamp",
                         .model = "M1");
    const struct hass_device *device;
    const struct hass_entity_entry *entity;

    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &info, &device, NULL), 0);
    ck_assert_int_eq(hass_device_registry_async_update(
                         hass, device->id,
                         test_json("{'area_id': 'den', 'labels': ['old'], 'disabled_by': 'user'}"),
                         &device, NULL),
                     0);
    struct hass_entity_entry_info light =
        HASS_ENTITY_ENTRY_INFO(.domain = "light", .platform = "hue", .unique_id = "1",
                               .suggested_object_id = "lamp", .config_entry_id = "e1",
                               .device_id = device->id, .original_name = "Bulb",
                               .translation_key = "bulb");
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &light, &entity, NULL), 0);
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, "light.lamp",
                         test_json("{'aliases': ['Big one'],"
                                   " 'options': {'conversation': {'should_expose': true}}}"),
                         NULL, NULL),
                     0);
    set(hass, "light.lamp", "on",
        "{'friendly_name': 'Lamp Bulb', 'effect': 'rainbow', 'level': 5}");
    set(hass, "sensor.door", "open", "{'device_class': 'door'}");
    translation_set(hass, "hue",
                    test_json("{'entity': {'light': {'bulb': {'state': {'on': 'Shining'},"
                              " 'state_attributes': {'effect': {'state': {'rainbow':"
                              " 'Regenbogen'}}}}}}}"),
                    NULL);
    translation_set(hass, "sensor",
                    test_json("{'entity_component': {'door': {'state': {'open': 'Offen'}},"
                              " '_': {'state': {'closed': 'Zu'}}}}"),
                    NULL);
}

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home(void)
{
    struct hass *hass = test_hass();

    add_entry(hass);
    add_places(hass);
    add_things(hass);
    return hass;
}

static const struct rendered found[] = {
    { "{{ device_name('light.lamp') }} {{ device_name(device_id('Lamp')) }}", "Lamp Lamp" },
    { "{{ device_name('nothing') }} {{ device_name('light.none') }}", "None None" },
    { "{{ device_attr('light.lamp', 'disabled_by') }}", "user" },
    { "{{ device_attr('light.lamp', 'labels') }}", "{'old'}" },
    { "{{ device_attr('light.lamp', 'created_at') is datetime }}", "True" },
    { "{{ device_attr('light.lamp', 'rest') }} {{ device_attr('light.lamp', 'orphaned') }}",
      "None None" },
    { "{{ is_device_attr('light.lamp', 'model', 'M1') }}", "True" },
    { "{{ area_id('The Cave') }} {{ area_id('thecave') }} {{ area_id('light.lamp') }}",
      "den den den" },
    { "{{ area_entities('the cave') }} {{ area_devices('den') | count }}", "['light.lamp'] 1" },
    { "{{ area_temperature_sensor('Den') }} {{ area_humidity_sensor('den') }}",
      "sensor.t sensor.h" },
    { "{{ area_temperature_sensor('none') }}", "None" },
    { "{{ floor_id('below') }} {{ floor_id('light.lamp') }} {{ floor_id('Den') }}",
      "ground ground ground" },
    { "{{ floor_icon('ground') }} {{ floor_icon('light.lamp') }} {{ floor_icon('zz') }}",
      "mdi:home mdi:home None" },
    { "{{ floor_entities('Below') }} {{ floor_areas('zz') }}", "['light.lamp'] []" },
    { "{{ labels('den') }} {{ labels(device_id('Lamp')) }} {{ labels('zz') }} {{ labels(none) }}",
      "['old'] ['old'] [] ['old']" },
    { "{{ label_description('old') }} {{ label_description('zz') }}", "To be replaced None" },
    { "{{ label_areas('Old') }} {{ label_devices('old') | count }}", "['den'] 1" },
    { "{{ entity_name('light.lamp') }} {{ entity_name('sensor.door') }} {{ entity_name('a.b') }}",
      "Bulb door None" },
    { "{{ integration_entities('Bridge') }} {{ integration_entities('hue') }}",
      "['light.lamp'] ['light.lamp']" },
    { "{{ integration_entities('') }}", "[]" },
    { "{{ config_entry_attr('e1', 'title') }} {{ config_entry_attr('e1', 'state') }} "
      "{{ config_entry_attr('e1', 'source') }} {{ config_entry_attr('e1', 'disabled_by') }} "
      "{{ config_entry_attr('e1', 'pref_disable_polling') }} {{ config_entry_attr('zz', 'title') "
      "}}",
      "Bridge not_loaded user None False None" },
    { "{{ config_entry_attr('e1', 'data') }}",
      "TemplateError: Invalid config entry attribute 'data': domain, title, state, source, "
      "disabled_by or pref_disable_polling are known" },
    { "{{ config_entry_attr(5, 'title') }}", "TemplateError: Must provide a config entry ID" },
    { "{{ state_translated('light.lamp') }} {{ state_translated('sensor.door') }} "
      "{{ state_translated('sensor.none') }}",
      "Shining Offen unknown" },
    { "{{ state_attr_translated('light.lamp', 'effect') }} "
      "{{ state_attr_translated('light.lamp', 'level') }} "
      "{{ 'light.lamp' | state_attr_translated('zz') }}",
      "Regenbogen 5 None" },
    { "{{ aliases('den') }} {{ aliases('Ground') }} {{ aliases('light.lamp') }} {{ aliases('z') }}",
      "['The Cave'] ['Below'] ['Big one'] []" },
    { "{{ assist_exposed_entities() }}", "['light.lamp']" },
    { "{{ issues() }} {{ issue('hue', 'one') }}", "{} None" },
};

START_TEST(registries_are_looked_up)
{
    struct hass *hass = home();

    CHECK_RENDERED(hass, found[_i]);
}
END_TEST

START_TEST(issues_are_told_by_domain_and_id)
{
    struct hass *hass = test_hass();
    const struct hass_issue_options options = { .size = sizeof(options),
                                                .severity = HASS_ISSUE_ERROR };

    ck_assert_int_eq(hass_issue_async_create(hass, "hue", "one", &options, NULL), 0);
    ck_assert_str_eq(render(hass, "{{ issues() | list }} {{ issues()[('hue', 'one')].severity }} "
                                  "{{ issue('hue', 'one').issue_id }}"),
                     "[('hue', 'one')] error one");
}
END_TEST

CASES_MAIN("template_registry", ROWS(registries_are_looked_up, found),
           ONCE(issues_are_told_by_domain_and_id))
