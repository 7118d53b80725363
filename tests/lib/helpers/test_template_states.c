/* SPDX-License-Identifier: Apache-2.0 */
/* States in templates: how they are read, printed and compared, what is noted. The recorded cases (tests/vectors) have the rest. */
#include <stdio.h>
#include <string.h>

#include <hass/context.h>

#include "core/core.h"
#include "support/cases.h"
#include "support/render.h"

static HASS_CALLBACK void set(struct hass *hass, const char *id, const char *state,
                              const char *attributes)
{
    ck_assert_int_eq(hass_states_async_set(hass, id, state, test_json(attributes), NULL, NULL), 0);
}

/* attributes are read from packed text */

static const struct {
    const char *value; /* JSON in which ' stands for " */
    const char *printed;
} values[] = {
    { "null", "None" },
    { "true", "True" },
    { "-5", "-5" },
    { "9007199254740993", "9007199254740993" },
    { "1.0", "1.0" },
    { "1e-7", "1e-07" },
    { "1e300", "1e+300" },
    { "'text'", "text" },
    { "''", "" },
    { "[]", "[]" },
    { "{}", "{}" },
    { "[1, 2.5, true, false, null, 'a']", "[1, 2.5, True, False, None, 'a']" },
    { "[[], [[1]], {}]", "[[], [[1]], {}]" },
    { "{'a': {'b': [1, {'c': 'd'}]}, 'e': -1.5}", "{'a': {'b': [1, {'c': 'd'}]}, 'e': -1.5}" },
    { "['a\\u0022b', 'c\\\\d', 'e\\/f']", "['a\"b', 'c\\\\d', 'e/f']" },
    { "['\\b\\f\\n\\r\\t']", "['\\x08\\x0c\\n\\r\\t']" },
    { "['gr\\u00fc\\u00df', '\\u20ac', '\\ud83d\\ude00']", "['grüß', '€', '😀']" },
    { "['\\u0001a\\u001f']", "['\\x01a\\x1f']" },
    { "{'k\\u0022': 1, '': 2}", "{'k\"': 1, '': 2}" },
};

START_TEST(an_attribute_is_what_was_set)
{
    struct hass *hass = test_hass();
    autobuf attributes = HASS_BUF_INIT;

    hass_buf_printf(&attributes, "{'a': %s}", values[_i].value);
    set(hass, "light.a", "on", hass_buf_string(&attributes));
    ck_assert_str_eq(render(hass, "{{ state_attr('light.a', 'a') }}"), values[_i].printed);
    ck_assert_str_eq(render(hass, "{{ states.light.a.attributes.a }}"), values[_i].printed);
    ck_assert_str_eq(render(hass, "{{ states.light.a.attributes['a'] }}"), values[_i].printed);
}
END_TEST

START_TEST(when_something_was_triggered_is_a_time)
{
    struct hass *hass = test_hass();

    set(hass, "automation.a", "on",
        "{'last_triggered': '2023-12-31T23:59:30.5+00:00', 'since': '2023-12-31T23:59:30+00:00'}");
    set(hass, "automation.b", "on", "{'last_triggered': null}");
    set(hass, "sensor.c", "on", "{'last_triggered': 'never'}");
    ck_assert_str_eq(
        render(hass,
               "{{ (now() - state_attr('automation.a', 'last_triggered')).total_seconds() }}"),
        "29.5");
    ck_assert_str_eq(render(hass, "{{ states.automation.a.attributes.last_triggered }}"),
                     "2023-12-31 23:59:30.500000+00:00");
    ck_assert_str_eq(render(hass, "{{ state_attr('automation.a', 'since') }}"),
                     "2023-12-31T23:59:30+00:00");
    ck_assert_str_eq(render(hass, "{{ state_attr('automation.b', 'last_triggered') }}"), "None");
    ck_assert_str_eq(render(hass, "{{ state_attr('sensor.c', 'last_triggered') }}"), "never");
}
END_TEST

/* what a template sees */

static const struct rendered seen[] = {
    { "{{ states.light.a }}",
      "<template TemplateState(<state light.a=on; friendly_name=Lamp, list=[1, 'x'] @ "
      "2024-01-01T00:00:00+00:00>)>" },
    { "{{ states.light.b }}",
      "<template TemplateState(<state light.b=off @ 2024-01-01T00:00:00+00:00>)>" },
    { "{{ [states.light.b] }}",
      "[<template TemplateState(<state light.b=off @ 2024-01-01T00:00:00+00:00>)>]" },
    { "{{ states.light.a.as_dict().attributes.list }}", "[1, 'x']" },
    { "{{ states.light.a.as_dict().context.id == states.light.a.context.id }}", "True" },
    { "{{ states.light.a.as_dict() | list }}",
      "['entity_id', 'state', 'attributes', 'last_changed', 'last_reported', 'last_updated', "
      "'context']" },
    { "{{ states.light.a.last_reported == states.light.a.last_updated }}", "True" },
    { "{{ states.light.a.last_changed_timestamp }}", "1704067200.0" },
    { "{{ states.light.a['state'] }}{{ states.light.a['nope'] is defined }}", "onFalse" },
    { "{{ states.light.a[0] is defined }}", "False" },
    { "{{ states.light.a.name }} {{ states.light.b.name }}", "Lamp b" },
    { "{{ states.light.a.context == states.light.a.context }}", "True" },
    { "{{ states.light.a.context == states.light.b.context }}", "False" },
    { "{{ states.light.a == 'on' }}", "False" },
    { "{{ states.light == states['light'] }} {{ states.light == states.switch }}", "True False" },
    { "{{ 'LIGHT.A' | states }} {{ states['Light.A'].state }}", "on on" },
    { "{{ states.light | map(attribute='state') | join }}", "onoff" },
    { "{{ states.nothing | list }} {{ states.nothing | count }}", "[] 0" },
    { "{% if states.light %}a{% endif %}{% if states.nothing %}b{% endif %}", "a" },
    { "{{ states.light is callable }} {{ states is callable }}", "False True" },
    { "{{ states('light.a', nonsense=1) }}",
      "TypeError: states() got an unexpected keyword argument 'nonsense'" },
    { "{{ states(none) }}", "TypeError: states got NoneType, expected an entity id" },
    { "{{ state_attr(5, 'a') }}", "TypeError: state_attr got int, expected an entity id" },
    { "{{ state_attr('light.a', 5) }}", "None" },
    { "{{ states.light['a b'] }}", "TemplateError: Invalid entity ID 'light.a b'" },
    { "{{ states.a__b }}", "TemplateError: Invalid domain name 'a__b'" },
    { "{{ states['light.'] }}", "TemplateError: Invalid entity ID 'light.'" },
    { "{{ has_value('light.a') }} {{ has_value('light.u') }} {{ has_value('light.z') }}",
      "True False False" },
};

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home(void)
{
    struct hass *hass = test_hass();

    set(hass, "light.a", "on", "{'friendly_name': 'Lamp', 'list': [1, 'x']}");
    set(hass, "light.b", "off", "{}");
    return hass;
}

START_TEST(states_are_objects)
{
    struct hass *hass = home();

    CHECK_RENDERED(hass, seen[_i]);
}
END_TEST

START_TEST(an_id_that_is_too_long_is_no_entity)
{
    struct hass *hass = home();
    char domain[300] = "", text[800];

    memset(domain, 'a', 252); // with "s." before it 254, and with two more 256
    snprintf(text, sizeof(text), "{{ states.s.%s }} {{ states('s.%s') }}", domain, domain);
    ck_assert_str_eq(render(hass, text), "None unknown");
    snprintf(text, sizeof(text), "{{ states.s.%sbb }} {{ states('s.%sbb') }}", domain, domain);
    ck_assert_str_eq(render(hass, text), "None unknown");
    ck_assert_str_eq(looks(hass, text), "");
    domain[64] = 0;
    snprintf(text, sizeof(text), "{{ states.%s | count }}", domain);
    ck_assert_str_eq(render(hass, text), "0");
    snprintf(text, sizeof(text), "{{ states.%sa | count }}", domain);
    ck_assert_int_eq(strncmp(render(hass, text), "TemplateError: Invalid domain name", 34), 0);
}
END_TEST

/* what is noted */

static const struct rendered noted[] = {
    { "{{ states('Light.Missing') }}", "light.missing" },
    { "{{ states('Light.A') }}", "light.a" },
    { "{{ states.light.a.as_dict() is mapping }}", "light.a" },
    { "{{ states.light.a.nothing is defined }}", "" },
    { "{{ states.light.a.entity_id }}", "" },
    { "{{ states.light.a.state_with_unit }}", "light.a" },
    { "{{ states.light | list | first }}", "domains light" },
    { "{% if states.light %}{% endif %}", "lifecycle light" },
    { "{% if states %}{% endif %}", "all_states_lifecycle" },
    { "{{ states.light == states.light }}", "" },
    { "{{ expand(states.light) | count }}", "light.a light.b domains light" },
    { "{{ state_translated('light.a') }}", "light.a" },
    { "{{ entity_name('light.a') }}", "light.a" },
    { "{{ is_state('light.z', 'on') }}", "light.z" },
};

START_TEST(what_is_looked_at_is_noted)
{
    struct hass *hass = home();

    ck_assert_str_eq(looks(hass, noted[_i].template), noted[_i].expected);
}
END_TEST

/* states among the variables */

START_TEST(a_state_among_the_variables_is_no_look_at_the_machine)
{
    struct hass *hass = home();
    autounref(hass_template_variables) *variables = hass_template_variables_create();
    autounref(hass_template) *template = NULL;
    autounref(hass_render_info) *info = NULL;

    hass_template_variables_set_state(variables, "this", hass_states_async_get(hass, "light.a"));
    set(hass, "light.a", "off", "{}");
    ck_assert_int_eq(hass_template_new(hass,
                                       "{{ this.state }} {{ this.attributes.list }} {{ this }} "
                                       "{{ this.state_with_unit is defined }} "
                                       "{{ this == states.light.b }} {{ this.nope | default(1) }}",
                                       &template, NULL),
                     0);
    ck_assert_int_eq(hass_template_async_render_to_info(
                         template, HASS_TEMPLATE_OPTIONS(.variables = variables), &info, NULL),
                     0);
    const json_t *result;
    ck_assert_int_eq(hass_render_info_result(info, &result, NULL), 0);
    ck_assert_str_eq(json_string_value(result),
                     "on [1, 'x'] <state light.a=on; friendly_name=Lamp, list=[1, 'x'] @ "
                     "2024-01-01T00:00:00+00:00> False False 1");
    ck_assert(hass_render_info_concerns(info, "light.b", false)); // it was compared with
    ck_assert(!hass_render_info_concerns(info, "light.a", false));
}
END_TEST

START_TEST(a_missing_attribute_is_told_by_its_class)
{
    struct logs *logs = test_logs();
    struct hass *hass = home();

    render(hass, "{{ states.light.a.nope }}{{ states.light.a.attributes.nope }}");
    ck_assert_ptr_nonnull(logs_find(
        logs, "'homeassistant.helpers.template.TemplateState object' has no attribute 'nope'"));
    ck_assert_ptr_nonnull(logs_find(
        logs, "'homeassistant.util.read_only_dict.ReadOnlyDict object' has no attribute 'nope'"));
}
END_TEST

/* groups and places */

static struct hass *town(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *town(void)
{
    struct hass *hass = home();

    set(hass, "group.all", "on", "{'entity_id': ['light.a', 'group.inner', 'light.none']}");
    set(hass, "group.inner", "on", "{'entity_id': ['light.b', 'light.a', 'group.all']}");
    set(hass, "group.odd", "on", "{'entity_id': 5}");
    set(hass, "zone.home", "1", "{'latitude': 0.5, 'longitude': 0.5, 'persons': ['person.a']}");
    set(hass, "person.a", "home", "{'latitude': 0.25, 'longitude': 0.25}");
    set(hass, "person.b", "home", "{'latitude': 1, 'longitude': 1}"); // no places: integers
    set(hass, "person.c", "away", "{'latitude': 10.5, 'longitude': 0.5}");
    return hass;
}

static const struct rendered places[] = {
    { "{{ expand('group.all') | map(attribute='entity_id') | sort | join(' ') }}",
      "light.a light.b" },
    { "{{ expand('group.odd') }} {{ expand(5, none, 1.5, true) }}", "[] []" },
    { "{{ expand('zone.home') | map(attribute='entity_id') | list }}", "['person.a']" },
    { "{{ expand(states.group.all) | count }}", "2" },
    { "{{ closest(states.person).entity_id }}", "person.a" },
    { "{{ closest('person.c', ['person.a', 'zone.home']).entity_id }}", "person.a" },
    { "{{ closest(10.0, 0.0, states.person).entity_id }}", "person.c" },
    { "{{ closest('person.b', states.person) }}", "None" },
    { "{{ (states.person | closest('person.c')).entity_id }}", "person.c" },
    { "{{ distance('person.b') }}", "None" },
    { "{{ distance(states.person.a, 'zone.home') | round(1) }}", "39.2" },
    { "{{ distance('zone.home', 0.5, 0.5) }}", "0.0" },
    { "{{ distance() }}", "TypeError: distance expected a place, got none" },
    { "{{ closest() }}", "TypeError: closest expected entities, got none" },
};

START_TEST(groups_and_places_are_found)
{
    struct hass *hass = town();

    CHECK_RENDERED(hass, places[_i]);
}
END_TEST

CASES_MAIN("template_states", ROWS(an_attribute_is_what_was_set, values),
           ONCE(when_something_was_triggered_is_a_time), ROWS(states_are_objects, seen),
           ONCE(an_id_that_is_too_long_is_no_entity), ROWS(what_is_looked_at_is_noted, noted),
           ONCE(a_state_among_the_variables_is_no_look_at_the_machine),
           ONCE(a_missing_attribute_is_told_by_its_class),
           ROWS(groups_and_places_are_found, places))
