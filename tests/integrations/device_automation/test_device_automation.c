/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said about devices: lists, fields, and the triggers and conditions that it becomes. */
#include <stdio.h>
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/script.h>
#include <hass/services.h>
#include <hass/trigger.h>

#include "registry/entry.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/conditions.h"
#include "support/home.h"

static struct client *client;
static char device_id[40];

/* @text with @ for the device and $ for the registry id of @entity_id; to be freed. */
static HASS_CALLBACK char *fill_in(const char *text, const char *entity_id)
{
    const struct hass_entity_entry *entry =
        entity_id ? hass_entity_registry_async_get(client_hass(client), entity_id) : NULL;
    autobuf buf = HASS_BUF_INIT;

    for (; *text; text++) {
        if (*text == '@')
            hass_buf_add_string(&buf, device_id);
        else if (*text == '$' && entry)
            hass_buf_add_string(&buf, entry->id);
        else
            hass_buf_add_char(&buf, *text);
    }
    return hass_buf_steal(&buf);
}

/* The result of a command that succeeds. Lent until the next. */
static HASS_CALLBACK const json_t *ask(const char *message, const char *entity_id)
{
    autofree char *text = fill_in(message, entity_id);
    const json_t *answer = client_ask(client, text);
    autofree char *shown = json_dumps(answer, 0);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s", shown);
    return hass_json_get(answer, "result");
}

static HASS_CALLBACK void add_entity(const char *entity_id, const char *state,
                                     const char *attributes, const char *device_class)
{
    autobuf domain = HASS_BUF_INIT;

    hass_buf_add(&domain, entity_id, strcspn(entity_id, "."));
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = hass_buf_string(&domain), .platform = "test",
                               .unique_id = entity_id, .entity_id = entity_id,
                               .original_device_class = device_class, .device_id = device_id);
    ck_assert_int_eq(
        hass_entity_registry_async_get_or_create(client_hass(client), &info, NULL, NULL), 0);
    test_set(client_hass(client), entity_id, state, attributes);
}

static HASS_CALLBACK struct hass *home(void)
{
    const struct hass_device *device = NULL;
    struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "test", "one" }), .name = "One");
    struct hass *hass = test_home("device_automation:\n");

    client = client_open(hass, NULL, true);
    autounref(hass_entry) *entry = entry_new(hass, "test", "user", "e1");
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &info, &device, NULL), 0);
    snprintf(device_id, sizeof(device_id), "%s", device->id);
    return hass;
}

/* lists */

static const struct {
    const char *entity_id, *attributes, *device_class, *what, *types;
} lists[] = {
    { "light.a", NULL, NULL, "trigger", "['changed_states','turned_off','turned_on']" },
    { "light.a", NULL, NULL, "condition", "['is_off','is_on']" },
    { "light.a", NULL, NULL, "action",
      "['turn_off','turn_on','toggle','brightness_increase','brightness_decrease']" },
    { "light.a", "{'supported_features':8}", NULL, "action",
      "['turn_off','turn_on','toggle','brightness_increase','brightness_decrease','flash']" },
    { "cover.a", NULL, NULL, "trigger", "[]" },
    { "cover.a", "{'supported_features':3}", NULL, "trigger",
      "['opened','closed','opening','closing']" },
    { "cover.a", "{'supported_features':4}", NULL, "condition", "['is_position']" },
    { "binary_sensor.a", NULL, "motion", "trigger", "['motion','no_motion']" },
    { "binary_sensor.a", NULL, "lock", "condition", "['is_not_locked','is_locked']" },
    { "binary_sensor.a", "{'device_class':'door'}", "motion", "trigger",
      "['opened','not_opened']" },
    { "binary_sensor.a", NULL, NULL, "trigger", "['turned_on','turned_off']" },
    { "binary_sensor.a", NULL, NULL, "condition", "['is_on','is_off']" },
    { "binary_sensor.a", NULL, NULL, "action", "[]" },
    { "sensor.a", NULL, "temperature", "trigger", "['temperature']" },
    { "sensor.a", NULL, "battery", "condition", "['is_battery_level']" },
    { "sensor.a", NULL, "timestamp", "trigger", "[]" },
    { "sensor.a", NULL, NULL, "trigger", "[]" },
    { "sensor.a", "{'unit_of_measurement':'W'}", NULL, "trigger", "['value']" },
    { "camera.a", NULL, NULL, "trigger", "[]" },
};

START_TEST(what_a_device_has_is_listed)
{
    hass__assert_loop();
    autojson *types = json_array();
    char message[96];

    home();
    add_entity(lists[_i].entity_id, "x", lists[_i].attributes, lists[_i].device_class);
    snprintf(message, sizeof(message), "{'type':'device_automation/%s/list','device_id':'@'}",
             lists[_i].what);
    const json_t *list = ask(message, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        json_array_append(types, json_object_get(json_array_get(list, i), "type"));
    ck_assert_json(types, lists[_i].types);
}
END_TEST

START_TEST(items_of_lists_can_be_configured_as_they_are)
{
    hass__assert_loop();
    home();
    add_entity("button.a", "unknown", NULL, NULL);
    const json_t *list = ask("{'type':'device_automation/trigger/list','device_id':'@'}", NULL);
    autofree char *expected = fill_in("[{'platform':'device','device_id':'@','domain':'button',"
                                      "'entity_id':'$','type':'pressed',"
                                      "'metadata':{'secondary':false}}]",
                                      "button.a");

    ck_assert_json(list, expected);
    list = ask("{'type':'device_automation/action/list','device_id':'@'}", NULL);
    autofree char *action = fill_in("[{'device_id':'@','domain':'button','entity_id':'$',"
                                    "'type':'press','metadata':{'secondary':false}}]",
                                    "button.a");
    ck_assert_json(list, action);
}
END_TEST

START_TEST(an_unknown_device_is_refused)
{
    hass__assert_loop();
    home();
    const json_t *answer =
        client_ask(client, "{'type':'device_automation/condition/list','device_id':'none'}");

    ck_assert_str_eq(client_error(answer), "not_found");
}
END_TEST

/* fields */

static const struct {
    const char *entity_id, *attributes, *message, *fields;
} capabilities[] = {
    { "light.a", NULL, "'trigger','trigger':{'domain':'light','type':'turned_on'}",
      "[{'name':'for','optional':true,'type':'positive_time_period_dict'}]" },
    { "sensor.a", "{'unit_of_measurement':'W'}",
      "'condition','condition':{'domain':'sensor','type':'is_power'}",
      "[{'name':'above','optional':true,'type':'float','description':{'suffix':'W'}},"
      "{'name':'below','optional':true,'type':'float','description':{'suffix':'W'}}]" },
    { "select.a", "{'options':['eco','boost']}",
      "'action','action':{'domain':'select','type':'select_option'}",
      "[{'name':'option','required':true,'type':'select','options':[['eco','eco'],"
      "['boost','boost']]}]" },
    { "light.a", "{'supported_color_modes':['brightness']}",
      "'action','action':{'domain':'light','type':'turn_on'}",
      "[{'name':'brightness_pct','optional':true,'type':'integer','valueMin':0,'valueMax':100}]" },
    { "light.a", "{'supported_color_modes':['onoff']}",
      "'action','action':{'domain':'light','type':'turn_on'}", "[]" },
    { "light.a", NULL, "'trigger','trigger':{'domain':'light','type':'nonsense'}", "[]" },
};

START_TEST(fields_are_those_of_the_type)
{
    hass__assert_loop();
    autobuf message = HASS_BUF_INIT;

    home();
    add_entity(capabilities[_i].entity_id, "x", capabilities[_i].attributes, NULL);
    const char *rest = strchr(capabilities[_i].message, ',');
    int word = (int)(rest - capabilities[_i].message - 2);
    hass_buf_printf(&message, "{'type':'device_automation/%.*s/capabilities'%.*s,'entity_id':'$'}}",
                    word, capabilities[_i].message + 1, (int)strlen(rest) - 1, rest);
    const json_t *result = ask(hass_buf_string(&message), capabilities[_i].entity_id);
    ck_assert_json(hass_json_get(result, "extra_fields"), capabilities[_i].fields);
}
END_TEST

/* conditions */

#define CONDITION(entity, domain, type, rest)                                                      \
    "{'condition':'device','device_id':'@','entity_id':'" entity "','domain':'" domain             \
    "','type':'" type "'" rest "}"

static const struct {
    const char *entity_id, *state, *attributes, *condition;
    int answer;
} conditions[] = {
    { "light.a", "on", NULL, CONDITION("$", "light", "is_on", ""), 1 },
    { "light.a", "on", NULL, CONDITION("light.a", "light", "is_off", ""), 0 },
    { "light.a", "on", NULL, CONDITION("$", "light", "is_on", ",'for':{'seconds':5}"), 0 },
    { "binary_sensor.a", "off", NULL, CONDITION("$", "binary_sensor", "is_no_motion", ""), 1 },
    { "sensor.a", "21", NULL, CONDITION("$", "sensor", "is_temperature", ",'above':20"), 1 },
    { "sensor.a", "21", NULL, CONDITION("$", "sensor", "is_temperature", ",'below':20"), 0 },
    { "cover.a", "open", "{'current_position':40}",
      CONDITION("$", "cover", "is_position", ",'above':30,'below':50"), 1 },
    { "climate.a", "heat", "{'preset_mode':'eco'}",
      CONDITION("$", "climate", "is_hvac_mode", ",'hvac_mode':'heat'"), 1 },
    { "climate.a", "heat", "{'preset_mode':'eco'}",
      CONDITION("$", "climate", "is_preset_mode", ",'preset_mode':'boost'"), 0 },
    { "device_tracker.a", "home", NULL, CONDITION("$", "device_tracker", "is_not_home", ""), 0 },
    { "device_tracker.a", "work", NULL, CONDITION("$", "device_tracker", "is_not_home", ""), 1 },
    { "vacuum.a", "returning", NULL, CONDITION("$", "vacuum", "is_cleaning", ""), 1 },
};

START_TEST(conditions_are_those_of_the_core)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;

    add_entity(conditions[_i].entity_id, conditions[_i].state, conditions[_i].attributes, NULL);
    autofree char *text = fill_in(conditions[_i].condition, conditions[_i].entity_id);
    int r = test_conditions(hass, text, NULL, &err);
    ck_assert_msg(r == conditions[_i].answer, "%d: %s", r, err.message);
}
END_TEST

static const struct {
    const char *condition, *message;
} refused[] = {
    { CONDITION("light.a", "qwertz", "is_on", ""),
      "domain: nothing is known of devices of 'qwertz'" },
    { CONDITION("light.a", "light", "is_green", ""),
      "type: 'is_green' is nothing that devices of 'light' have" },
    { "{'condition':'device','device_id':'@','domain':'light','type':'is_on'}",
      "required key 'entity_id' is missing" },
};

START_TEST(what_no_device_has_is_refused)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_ptr_null(test_check_conditions(home(), refused[_i].condition, &err));
    ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

/* triggers */

struct fired {
    size_t count;
    json_t *trigger;
};

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    struct fired *fired = userdata;

    fired->count++;
    json_decref(fired->trigger);
    fired->trigger = hass_json_ref(hass_variables_get(variables, "trigger"));
    return 0;
}

#define TRIGGER(domain, type, rest)                                                                \
    "{'trigger':'device','id':'t','device_id':'@','entity_id':'$','domain':'" domain               \
    "','type':'" type "'" rest "}"

static const struct {
    const char *entity_id, *before, *state, *attributes, *trigger;
    size_t count;
} triggers[] = {
    { "light.a", "off", "on", NULL, TRIGGER("light", "turned_on", ""), 1 },
    { "light.a", "on", "off", NULL, TRIGGER("light", "turned_on", ""), 0 },
    { "light.a", "on", "off", NULL, TRIGGER("light", "changed_states", ""), 1 },
    { "light.a", "on", "on", "{'brightness':5}", TRIGGER("light", "changed_states", ""), 0 },
    { "light.a", "off", "on", NULL, TRIGGER("light", "turned_on", ",'for':{'seconds':5}"), 0 },
    { "binary_sensor.a", "on", "off", NULL, TRIGGER("binary_sensor", "not_opened", ""), 1 },
    { "sensor.a", "19", "21", NULL, TRIGGER("sensor", "temperature", ",'above':20"), 1 },
    { "sensor.a", "19", "21", NULL, TRIGGER("sensor", "temperature", ",'below':20"), 0 },
    { "select.a", "eco", "boost", NULL,
      TRIGGER("select", "current_option_changed", ",'from':'eco','to':'boost'"), 1 },
    { "select.a", "eco", "boost", NULL,
      TRIGGER("select", "current_option_changed", ",'from':'off'"), 0 },
    { "button.a", "unknown", "2024-01-01T00:00:00+00:00", NULL, TRIGGER("button", "pressed", ""),
      1 },
};

static HASS_CALLBACK struct hass_triggers *attach(struct hass *hass, const char *text,
                                                  struct fired *fired)
{
    autojson *given = test_json(text), *checked = NULL;
    struct hass_triggers *attached = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_triggers_check(hass, given, &checked, &err) == 0, "%s", err.message);
    ck_assert_int_eq(
        hass_triggers_async_attach(
            hass, HASS_TRIGGERS_OPTIONS(.config = checked, .fired = on_fired, .userdata = fired),
            &attached, &err),
        1);
    return attached;
}

START_TEST(triggers_are_those_of_the_core)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fired fired = { 0 };

    add_entity(triggers[_i].entity_id, triggers[_i].before, NULL, NULL);
    autofree char *text = fill_in(triggers[_i].trigger, triggers[_i].entity_id);
    struct hass_triggers *attached = attach(hass, text, &fired);
    test_set(hass, triggers[_i].entity_id, triggers[_i].state, triggers[_i].attributes);
    test_settle(hass);
    ck_assert_uint_eq(fired.count, triggers[_i].count);
    hass_triggers_async_detach(attached);
    json_decref(fired.trigger);
}
END_TEST

START_TEST(a_trigger_says_that_it_is_of_a_device)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct fired fired = { 0 };

    add_entity("light.a", "off", NULL, NULL);
    autofree char *text = fill_in(TRIGGER("light", "turned_on", ",'for':{'seconds':5}"), "light.a");
    struct hass_triggers *attached = attach(hass, text, &fired);
    test_set(hass, "light.a", "on", NULL);
    test_advance(hass, 5);
    ck_assert_uint_eq(fired.count, 1);
    ck_assert_str_eq(hass_json_get_string(fired.trigger, "platform", ""), "device");
    ck_assert_str_eq(hass_json_get_string(fired.trigger, "id", ""), "t");
    ck_assert_str_eq(hass_json_get_string(fired.trigger, "entity_id", ""), "light.a");
    ck_assert_str_eq(hass_json_get_string(fired.trigger, "description", ""), "state of light.a");
    hass_triggers_async_detach(attached);
    json_decref(fired.trigger);
}
END_TEST

/* actions */

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    *(json_t **)userdata = hass_json_ref(hass_service_call_data(call));
    return 0;
}

START_TEST(an_action_names_its_entity_by_the_id_of_the_registry)
{
    hass__assert_loop();
    struct hass *hass = home();
    autojson *checked = NULL, *called = NULL;
    struct hass_script *script = NULL;

    add_entity("cover.a", "open", NULL, NULL);
    ck_assert_int_eq(hass_services_async_register(hass, "cover", "set_cover_position", NULL,
                                                  HASS_JOB_CALLBACK(on_call, &called), NULL),
                     0);
    autofree char *text = fill_in("{'device_id':'@','domain':'cover','entity_id':'$',"
                                  "'type':'set_position','position':40}",
                                  "cover.a");
    autojson *given = test_json(text);
    ck_assert_int_eq(hass_script_check(hass, given, &checked, NULL), 0);
    ck_assert_int_eq(
        hass_script_async_create(hass,
                                 HASS_SCRIPT_OPTIONS(.domain = "script", .name = "test",
                                                     .root = "sequence", .sequence = checked),
                                 &script, NULL),
        0);
    ck_assert_int_eq(hass_script_async_start(script, HASS_SCRIPT_START(), NULL), 0);
    test_settle(hass);
    ck_assert_json(called, "{'entity_id':['cover.a'],'position':40}");
    hass_script_async_destroy(script);
}
END_TEST

CASES_MAIN("device_automation", ONCE(an_action_names_its_entity_by_the_id_of_the_registry),
           ROWS(what_a_device_has_is_listed, lists),
           ONCE(items_of_lists_can_be_configured_as_they_are), ONCE(an_unknown_device_is_refused),
           ROWS(fields_are_those_of_the_type, capabilities),
           ROWS(conditions_are_those_of_the_core, conditions),
           ROWS(what_no_device_has_is_refused, refused),
           ROWS(triggers_are_those_of_the_core, triggers),
           ONCE(a_trigger_says_that_it_is_of_a_device))
