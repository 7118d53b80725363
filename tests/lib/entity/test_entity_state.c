/* SPDX-License-Identifier: Apache-2.0 */
/* What an entity writes: the text, the attributes in their order, and what is said when something is wrong. */
#include "things.h"

static HASS_CALLBACK struct values *values_of(struct thing *thing)
{
    return hass_entity_async_values(thing->entity);
}

static HASS_CALLBACK int write_state(struct thing *thing)
{
    return hass_entity_async_write_ha_state(thing->entity, NULL);
}

START_TEST(a_write_before_the_entity_has_an_id_is_refused)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    autounref(hass_entity) *entity = thing_entity(hass, &thing, &plain_ops, "A");

    ck_assert_int_eq(hass_entity_async_write_ha_state(entity, NULL), HASS_E_NO_ENTITY_ID);
}
END_TEST

START_TEST(the_state_is_the_value_as_text)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
    values_of(&thing)->text = "hot";
    write_state(&thing);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "hot");
}
END_TEST

static struct hass_value sum(struct hass_entity *entity)
{
    return HASS_DOUBLE(21.1 + 0.2);
}

START_TEST(a_number_has_at_most_15_digits)
{
    struct hass *hass = test_hass();
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.state = sum);
    static struct thing thing;

    add_thing(hass, &thing, &ops, "A");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "21.3");
}
END_TEST

START_TEST(no_value_is_unknown_and_not_available_is_unavailable)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    values_of(&thing)->none = true;
    write_state(&thing);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unknown");
    thing.unavailable = true;
    write_state(&thing);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unavailable");
}
END_TEST

START_TEST(without_the_op_availability_is_what_was_set)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &async_ops, "A");
    hass_entity_async_set_available(thing.entity, false, NULL);
    write_state(&thing);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unavailable");
}
END_TEST

/* attributes */

static void write_capabilities(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_string(writer, "options", "capability");
}

static void write_state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_string(writer, "level", "state");
    hass_attrs_set_string(writer, "shared", "state");
}

static void write_extra_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_string(writer, "shared", "extra");
    hass_attrs_set_string(writer, "icon", "mdi:extra");
}

static const struct hass_entity_ops rich_ops =
    HASS_ENTITY_OPS(.capability_attributes = write_capabilities,
                    .state_attributes = write_state_attributes,
                    .extra_state_attributes = write_extra_attributes);

static void describe_richly(struct thing *thing)
{
    thing->description = (struct hass_entity_description){
        .device_class = "power",
        .unit_of_measurement = "W",
        .icon = "mdi:own",
        .attribution = "somebody",
        .entity_picture = "/p",
        .supported_features = 3,
        .has_supported_features = true,
        .assumed_state = true,
    };
}

static HASS_CALLBACK void keys_of(struct hass *hass, const char *entity_id, struct hass_buf *keys)
{
    const char *key;
    struct hass_value value;
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    for (size_t pos = 0; hass_state_next_attr(state, &pos, &key, &value);)
        hass_buf_printf(keys, "%s ", key);
}

START_TEST(attributes_come_in_the_model_s_order_and_later_ones_win)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    describe_richly(&thing);
    add_thing(hass, &thing, &rich_ops, "A");
    autobuf keys = HASS_BUF_INIT;
    keys_of(hass, "sensor.a", &keys);
    ck_assert_str_eq(hass_buf_string(&keys),
                     "options level shared icon unit_of_measurement assumed_state attribution "
                     "device_class entity_picture friendly_name supported_features ");
    autojson *attributes = hass_state_attributes(hass_states_async_get(hass, "sensor.a"));
    ck_assert_json(attributes,
                   "{'options': 'capability', 'level': 'state', 'shared': 'extra', 'icon': "
                   "'mdi:own', 'unit_of_measurement': 'W', 'assumed_state': true, 'attribution': "
                   "'somebody', 'device_class': 'power', 'entity_picture': '/p', 'friendly_name': "
                   "'A', 'supported_features': 3}");
}
END_TEST

START_TEST(unavailable_leaves_out_what_depends_on_the_state)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &rich_ops, "A");
    hass_entity_async_set_available(thing.entity, false, NULL);
    write_state(&thing);
    autojson *attributes = hass_state_attributes(hass_states_async_get(hass, "sensor.a"));
    ck_assert_json(attributes, "{'options': 'capability', 'friendly_name': 'A'}");
}
END_TEST

static struct hass_value domain_state(struct hass_entity *entity)
{
    return hass_value_string("domain");
}

static const char *domain_unit(struct hass_entity *entity)
{
    return "kW";
}

static const char *no_class(struct hass_entity *entity)
{
    return NULL;
}

START_TEST(the_domain_decides_what_it_has_ops_for)
{
    struct hass *hass = test_hass();
    static const struct hass_domain_ops ops = {
        .size = sizeof(ops),
        .state = domain_state,
        .capability_attributes = write_extra_attributes,
        .state_attributes = write_state_attributes,
        .unit_of_measurement = domain_unit,
        .device_class = no_class,
    };
    static struct thing thing;

    describe_richly(&thing);
    component_with(hass, "sensor", &ops);
    add_thing(hass, &thing, &plain_ops, "A");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "domain");
    autojson *attributes = hass_state_attributes(hass_states_async_get(hass, "sensor.a"));
    ck_assert_str_eq(hass_json_get_string(attributes, "unit_of_measurement", ""), "kW");
    ck_assert_str_eq(hass_json_get_string(attributes, "shared", ""), "state");
    ck_assert_ptr_null(hass_json_get(attributes, "device_class"));
}
END_TEST

START_TEST(a_domain_with_features_shows_that_there_are_none)
{
    struct hass *hass = test_hass();
    static const struct hass_domain_ops ops = { .size = sizeof(ops),
                                                .has_supported_features = true };
    static struct thing thing;

    component_with(hass, "sensor", &ops);
    add_thing(hass, &thing, &plain_ops, "A");
    autojson *attributes = hass_state_attributes(hass_states_async_get(hass, "sensor.a"));
    ck_assert_int_eq(hass_json_get_int(attributes, "supported_features", 7), 0);
}
END_TEST

/* events */

START_TEST(two_identical_writes_are_one_change_and_one_report)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    struct capture *reports = test_capture(hass, HASS_EVENT_STATE_REPORTED);

    add_thing(hass, &thing, &rich_ops, "A");
    autounref(hass_state) const *before = hass_state_ref(hass_states_async_get(hass, "sensor.a"));
    int64_t reported = hass_state_last_reported(before);
    test_advance(hass, 1);
    write_state(&thing);
    const struct hass_state *after = hass_states_async_get(hass, "sensor.a");
    ck_assert_uint_eq(capture_count(changes), 1);
    ck_assert_uint_eq(capture_count(reports), 1);
    ck_assert_ptr_eq(after, before);
    ck_assert_int_eq(hass_state_last_changed(after), hass_state_last_changed(before));
    ck_assert_int_eq(hass_state_last_reported(after), reported + 1000000);
}
END_TEST

START_TEST(force_update_makes_every_write_a_change)
{
    struct hass *hass = test_hass();
    static struct thing thing = { .description.force_update = true };
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    add_thing(hass, &thing, &plain_ops, "A");
    test_advance(hass, 1);
    write_state(&thing);
    ck_assert_uint_eq(capture_count(changes), 2);
}
END_TEST

START_TEST(too_long_a_state_is_unknown_without_attributes)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    static struct thing thing;
    char text[300];

    memset(text, 'L', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    add_thing(hass, &thing, &plain_ops, "A");
    values_of(&thing)->text = text;
    ck_assert_int_eq(write_state(&thing), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "unknown");
    autojson *attributes = hass_state_attributes(hass_states_async_get(hass, "sensor.a"));
    ck_assert_json(attributes, "{}");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 1);
    values_of(&thing)->text = "fine";
    write_state(&thing);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "fine");
}
END_TEST

START_TEST(a_slow_state_is_warned_of_once)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    thing.jump = 400000;
    write_state(&thing);
    ck_assert_uint_eq(logs_matching(logs, "Updating state for sensor.a took"), 0);
    thing.jump = 400001;
    write_state(&thing);
    write_state(&thing);
    ck_assert_uint_eq(logs_matching(logs, "Updating state for sensor.a took"), 1);
}
END_TEST

/* scheduled */

static HASS_BLOCKING int schedule_three(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = 0;

    for (int i = 0; i < 3 && r >= 0; i++)
        r = hass_entity_schedule_update_ha_state(userdata, false, err);
    return r;
}

START_TEST(scheduled_writes_work_from_any_thread)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &plain_ops, "A");
    values_of(&thing)->number = 5;
    ck_assert_int_eq(test_on_pool(hass, schedule_three, thing.entity), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "5");
}
END_TEST

START_TEST(quick_scheduled_writes_coalesce_to_the_last_value)
{
    struct hass *hass = test_hass();
    static struct thing thing;
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    add_thing(hass, &thing, &plain_ops, "A");
    thing.states = 0;
    for (int i = 1; i <= 3; i++) {
        values_of(&thing)->number = i;
        hass_entity_schedule_update_ha_state(thing.entity, false, NULL);
    }
    test_settle(hass);
    ck_assert_uint_eq(thing.states, 1);
    ck_assert_uint_eq(capture_count(changes), 2);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "3");
}
END_TEST

START_TEST(the_loop_variant_writes_now_or_updates_in_a_task)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &async_ops, "A");
    values_of(&thing)->number = 5;
    hass_entity_async_schedule_update_ha_state(thing.entity, false, NULL);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "5");
    hass_entity_async_schedule_update_ha_state(thing.entity, true, NULL);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "6");
    hass_entity_schedule_update_ha_state(thing.entity, true, NULL);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "7");
}
END_TEST

TEST_MAIN("entity_state", a_write_before_the_entity_has_an_id_is_refused,
          the_state_is_the_value_as_text, a_number_has_at_most_15_digits,
          no_value_is_unknown_and_not_available_is_unavailable,
          without_the_op_availability_is_what_was_set,
          attributes_come_in_the_model_s_order_and_later_ones_win,
          unavailable_leaves_out_what_depends_on_the_state, the_domain_decides_what_it_has_ops_for,
          a_domain_with_features_shows_that_there_are_none,
          two_identical_writes_are_one_change_and_one_report,
          force_update_makes_every_write_a_change, too_long_a_state_is_unknown_without_attributes,
          a_slow_state_is_warned_of_once, scheduled_writes_work_from_any_thread,
          quick_scheduled_writes_coalesce_to_the_last_value,
          the_loop_variant_writes_now_or_updates_in_a_task)
