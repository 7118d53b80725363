/* SPDX-License-Identifier: Apache-2.0 */
/* Entity services: who is meant, who may, one or several, and what follows. */
#include <hass/area_registry.h>
#include <hass/entity_registry.h>
#include <hass/services.h>

#include "core/core.h"
#include "things.h"

static struct thing things[4];
static struct hass_component *sensors;

static struct {
    char order[64];
    unsigned running, most;
    double takes;
    int result;
    struct scope *scope;
    const struct hass_context *context; /* of the entity when it was called */
    unsigned answers;                   /* how many of the next calls answer */
} calls;

static HASS_CALLBACK void note_call(struct hass_entity *entity)
{
    strcat(calls.order, hass_entity_async_entity_id(entity) + strlen("sensor."));
    strcat(calls.order, " ");
    calls.scope = scope_current();
    calls.running++;
    calls.most = calls.running > calls.most ? calls.running : calls.most;
}

static void answer(const struct hass_service_call *call, const char *name)
{
    if (calls.answers) {
        calls.answers--;
        ck_assert_int_eq(hass_service_call_respond(call, json_pack("{s:s}", "i_am", name)), 0);
        ck_assert_int_eq(hass_service_call_respond(call, json_object()), HASS_E_EXISTS);
    }
}

static HASS_COROUTINE int poke(struct hass_entity *entity, const struct hass_service_call *call,
                               struct hass_error *err)
{
    note_call(entity);
    if (calls.takes > 0)
        (void)hass_async_sleep(hass_entity_hass(entity), calls.takes, NULL);
    calls.running--;
    answer(call, hass_entity_async_entity_id(entity));
    if (calls.result < 0 && !strcmp(hass_entity_async_entity_id(entity), "sensor.two"))
        return hass_fail(err, calls.result, "two is broken");
    return 0;
}

static int poke_in_pool(struct hass_worker *worker, struct hass_entity *entity,
                        const struct hass_service_call *call, struct hass_error *err)
{
    thing_of(entity)->added = 99;
    answer(call, "from the pool");
    return 0;
}

static const struct hass_schema *own_schema;
static uint32_t required;
static const uint32_t *feature_sets;
static enum hass_supports_response responds;

/* Three things of the domain's own, One to Three, and the service sensor.poke. */
static struct hass *three_things(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    static const char *const names[] = { "One", "Two", "Three" };
    struct hass *hass = test_hass();

    sensors = component_with(hass, "sensor", NULL);
    struct hass_entity_service_options options = {
        .size = sizeof(options),
        .async_handler = poke,
        .required_features = required,
        .feature_sets = feature_sets,
        .supports_response = responds,
        .schema = own_schema,
    };
    ck_assert_int_eq(hass_component_async_register_service(sensors, "poke", &options, NULL), 0);
    for (size_t i = 0; i < 3; i++)
        add_thing(hass, &things[i], &async_ops, names[i]);
    return hass;
}

struct request {
    const char *data;
    struct hass_context const *context;
    bool response;
    struct hass_error *err;
    json_t *ret_response;
};

static HASS_COROUTINE int do_call(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct request *request = userdata;
    struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = request->context,
        .return_response = request->response,
    };

    return hass_services_async_call(hass, "sensor", "poke", test_json(request->data), &options,
                                    &request->ret_response, request->err);
}

static HASS_CALLBACK int call_with(struct hass *hass, const char *data)
{
    struct request request = { .data = data };

    return test_run_coroutine(hass, do_call, &request);
}

/* targets */

START_TEST(one_id_calls_one_entity)
{
    struct hass *hass = three_things();

    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.two'}"), 0);
    ck_assert_str_eq(calls.order, "two ");
}
END_TEST

START_TEST(a_list_calls_each_once_in_any_case)
{
    struct hass *hass = three_things();

    ck_assert_int_eq(call_with(hass, "{'entity_id': ['sensor.three', 'sensor.one', "
                                     "'SENSOR.ONE']}"),
                     0);
    ck_assert_str_eq(calls.order, "three one ");
}
END_TEST

START_TEST(all_calls_all_and_none_nobody)
{
    struct hass *hass = three_things();

    ck_assert_int_eq(call_with(hass, "{'entity_id': 'none'}"), 0);
    ck_assert_str_eq(calls.order, "");
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_str_eq(calls.order, "one two three ");
}
END_TEST

START_TEST(groups_are_expanded_and_cycles_end)
{
    struct hass *hass = three_things();

    hass_states_async_set(hass, "group.all", "on",
                          test_json("{'entity_id': ['sensor.one', 'group.some', 'light.x']}"), NULL,
                          NULL);
    hass_states_async_set(hass, "group.some", "on",
                          test_json("{'entity_id': ['sensor.three', 'sensor.one', 'group.all']}"),
                          NULL, NULL);
    struct logs *logs = test_logs();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'group.all'}"), 0);
    ck_assert_str_eq(calls.order, "one three ");
    ck_assert_ptr_nonnull(logs_find(logs, "light.x"));
}
END_TEST

/* A group whose list of members takes @size bytes as JSON: sensor.one, and one long name. */
static HASS_CALLBACK void make_group_of(struct hass *hass, size_t size)
{
    autobuf long_name = HASS_BUF_INIT;

    for (size_t i = strlen("[\"sensor.one\",\"\"]"); i < size; i++)
        hass_buf_add_char(&long_name, 'x');
    hass_states_async_set(
        hass, "group.large", "on",
        json_pack("{s: [s, s]}", "entity_id", "sensor.one", hass_buf_string(&long_name)), NULL,
        NULL);
}

START_TEST(the_list_of_a_group_has_one_mebibyte_at_most)
{
    struct hass *hass = three_things();
    struct logs *logs = test_logs();

    make_group_of(hass, 1 << 20);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'group.large'}"), 0);
    ck_assert_str_eq(calls.order, "one ");
    make_group_of(hass, (1 << 20) + 1);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'group.large'}"), 0);
    ck_assert_str_eq(calls.order, "one ");
    ck_assert_ptr_nonnull(logs_find(logs, "group.large is not expanded: 1048577 bytes of JSON"));
}
END_TEST

START_TEST(members_of_other_things_are_not_expanded)
{
    struct hass *hass = three_things();

    test_logs();
    hass_states_async_set(hass, "light.room", "on", test_json("{'entity_id': ['sensor.one']}"),
                          NULL, NULL);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'light.room'}"), 0);
    ck_assert_str_eq(calls.order, "");
}
END_TEST

START_TEST(missing_ids_are_warned_of_once_and_the_rest_is_called)
{
    struct hass *hass = three_things();
    struct logs *logs = test_logs();

    ck_assert_int_eq(call_with(hass, "{'entity_id': ['sensor.x', 'sensor.one', 'sensor.y']}"), 0);
    ck_assert_str_eq(calls.order, "one ");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_ptr_nonnull(logs_find(logs, "sensor.poke: referenced entities sensor.x, sensor.y"));
}
END_TEST

START_TEST(what_is_not_available_is_skipped)
{
    struct hass *hass = three_things();

    hass_entity_async_set_available(things[1].entity, false, NULL);
    ck_assert_int_eq(call_with(hass, "{'entity_id': ['sensor.one', 'sensor.two']}"), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

/* by the registries */

/* One and Two are registered and stand in the kitchen. */
static struct hass *three_in_a_kitchen(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    things[0].description.unique_id = "1";
    things[1].description.unique_id = "2";
    struct hass *hass = three_things();
    ck_assert_int_eq(hass_area_registry_async_create(hass, "Kitchen", NULL, NULL, NULL), 0);
    static const char *const ids[] = { "sensor.one", "sensor.two" };
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(hass_entity_registry_async_update(
                             hass, ids[i], test_json("{'area_id': 'kitchen'}"), NULL, NULL),
                         0);
    return hass;
}

START_TEST(an_area_calls_its_entities_of_the_domain)
{
    struct hass *hass = three_in_a_kitchen();

    ck_assert_int_eq(call_with(hass, "{'area_id': 'kitchen'}"), 0);
    ck_assert_str_eq(calls.order, "one two ");
}
END_TEST

START_TEST(an_indirect_entity_without_the_feature_is_skipped_a_named_one_is_not)
{
    required = 1;
    things[0].description.supported_features = 1;
    struct hass *hass = three_in_a_kitchen();
    ck_assert_int_eq(call_with(hass, "{'area_id': 'kitchen'}"), 0);
    ck_assert_str_eq(calls.order, "one ");
    ck_assert_int_eq(call_with(hass, "{'area_id': 'kitchen', 'entity_id': 'sensor.two'}"),
                     HASS_E_UNSUPPORTED);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

START_TEST(what_is_missing_of_all_kinds_is_warned_of_in_one_line)
{
    struct hass *hass = three_in_a_kitchen();
    struct logs *logs = test_logs();

    ck_assert_int_eq(call_with(hass, "{'area_id': ['kitchen', 'cellar'], 'floor_id': 'deep',"
                                     " 'device_id': 'd', 'label_id': 'red',"
                                     " 'entity_id': ['light.x', 'light.y']}"),
                     0);
    ck_assert_str_eq(calls.order, "one two ");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_ptr_nonnull(logs_find(logs, "Service sensor.poke: referenced entities light.x, "
                                          "light.y; devices d; areas cellar; floors deep; "
                                          "labels red are missing or not of domain sensor"));
}
END_TEST

/* permissions */

static enum user_standing standing_by_name(struct hass *hass, const char *user_id)
{
    if (strcmp(user_id, "admin") == 0)
        return USER_ADMIN;
    return strcmp(user_id, "guest") == 0 ? USER_LIMITED : USER_UNKNOWN;
}

/* Everything but Two. */
static bool allows(struct hass *hass, const char *user_id, const char *entity_id,
                   enum user_right right)
{
    ck_assert_int_eq(right, RIGHT_CONTROL);
    return strcmp(entity_id, "sensor.two") != 0;
}

static const struct permissions users = { .standing = standing_by_name, .allows = allows };

static HASS_CALLBACK int call_as(struct hass *hass, const char *user_id, const char *data,
                                 struct hass_error *err)
{
    autounref(hass_context) const *context = hass_context_new(hass, user_id, NULL);
    struct request request = { .data = data, .context = context, .err = err };

    calls.order[0] = '\0';
    return test_run_coroutine(hass, do_call, &request);
}

START_TEST(an_unknown_user_calls_nothing)
{
    struct hass *hass = three_things();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(call_as(hass, "guest", "{'entity_id': 'sensor.one'}", &err),
                     HASS_E_UNKNOWN_USER);
    permissions_set(hass, &users);
    ck_assert_int_eq(call_as(hass, "stranger", "{'entity_id': 'sensor.one'}", NULL),
                     HASS_E_UNKNOWN_USER);
    ck_assert_int_eq(call_as(hass, "stranger", "{'entity_id': 'none'}", NULL), HASS_E_UNKNOWN_USER);
    ck_assert_str_eq(calls.order, "");
    ck_assert_int_eq(call_as(hass, NULL, "{'entity_id': 'sensor.one'}", NULL), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

START_TEST(an_administrator_calls_everything)
{
    struct hass *hass = three_things();

    permissions_set(hass, &users);
    ck_assert_int_eq(call_as(hass, "admin", "{'entity_id': 'all'}", NULL), 0);
    ck_assert_str_eq(calls.order, "one two three ");
}
END_TEST

START_TEST(all_means_what_a_user_may_control)
{
    struct hass *hass = three_things();

    permissions_set(hass, &users);
    ck_assert_int_eq(call_as(hass, "guest", "{'entity_id': 'all'}", NULL), 0);
    ck_assert_str_eq(calls.order, "one three ");
}
END_TEST

START_TEST(one_entity_that_a_user_may_not_control_refuses_the_call)
{
    struct hass *hass = three_in_a_kitchen();
    struct hass_error err = HASS_ERROR_INIT;

    permissions_set(hass, &users);
    ck_assert_int_eq(call_as(hass, "guest", "{'entity_id': ['sensor.one', 'sensor.two']}", &err),
                     HASS_E_UNAUTHORIZED);
    ck_assert_str_eq(err.message, "user guest may not control sensor.two");
    ck_assert_int_eq(call_as(hass, "guest", "{'area_id': 'kitchen'}", NULL), HASS_E_UNAUTHORIZED);
    ck_assert_str_eq(calls.order, "");
    ck_assert_int_eq(call_as(hass, "guest", "{'entity_id': 'sensor.three'}", NULL), 0);
    ck_assert_str_eq(calls.order, "three ");
}
END_TEST

/* the schema */

HASS_SCHEMA(level_schema, HASS_FIELD("level", &hass_type_int, .required = true, .max = 9));

START_TEST(a_target_is_needed_and_unknown_keys_are_refused)
{
    struct hass *hass = three_things();

    ck_assert_int_eq(call_with(hass, "{}"), HASS_E_INVALID);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one', 'x': 1}"), HASS_E_INVALID);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one', 'metadata': {}}"), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

START_TEST(the_service_s_own_fields_are_checked)
{
    own_schema = &level_schema;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one'}"), HASS_E_INVALID);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one', 'level': 10}"), HASS_E_INVALID);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one', 'level': 9}"), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

static int never_good(const json_t *value, struct hass_error *err)
{
    return hass_fail(err, HASS_E_INVALID, "never good");
}

START_TEST(the_schema_s_own_check_applies)
{
    static struct hass_schema strict;

    strict = level_schema;
    strict.check = never_good;
    own_schema = &strict;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one', 'level': 9}"), HASS_E_INVALID);
    ck_assert_str_eq(calls.order, "");
}
END_TEST

START_TEST(clients_are_shown_the_target_apart_from_the_fields)
{
    own_schema = &level_schema;
    struct hass *hass = three_things();
    autojson *all = hass_services_async_describe(hass);
    const json_t *service = hass_json_get(hass_json_get(all, "sensor"), "poke");
    ck_assert_json(hass_json_get(service, "target"), "{'entity': [{'domain': ['sensor']}]}");
    ck_assert_uint_eq(json_object_size(hass_json_get(service, "fields")), 1);
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(service, "fields"), "level"));
}
END_TEST

/* features */

START_TEST(a_named_entity_must_have_all_required_features)
{
    required = 6;
    things[0].description.supported_features = 7;
    things[1].description.supported_features = 2;
    struct hass *hass = three_things();
    struct hass_error err = HASS_ERROR_INIT;
    struct request request = { .data = "{'entity_id': ['sensor.one', 'sensor.two']}", .err = &err };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "entity sensor.two does not support action sensor.poke");
    ck_assert_str_eq(calls.order, "");
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

START_TEST(all_bits_of_one_feature_set_are_enough)
{
    feature_sets = (const uint32_t[]){ 3, 4, 0 };
    things[0].description.supported_features = 3;
    things[1].description.supported_features = 1;
    things[2].description.supported_features = 4;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': ['sensor.one', 'sensor.three']}"), 0);
    ck_assert_str_eq(calls.order, "one three ");
    struct hass_error err = HASS_ERROR_INIT;
    struct request request = { .data = "{'entity_id': 'sensor.two'}", .err = &err };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(err.key, "service_not_supported");
    ck_assert_str_eq(calls.order, "one three ");
}
END_TEST

START_TEST(required_features_are_needed_beside_a_set)
{
    feature_sets = (const uint32_t[]){ 1, 2, 0 };
    required = 8;
    things[0].description.supported_features = 3;
    things[1].description.supported_features = 8;
    things[2].description.supported_features = 10;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_str_eq(calls.order, "three ");
}
END_TEST

START_TEST(feature_sets_are_copied)
{
    uint32_t sets[] = { 1, 0 };

    feature_sets = sets;
    things[0].description.supported_features = 1;
    struct hass *hass = three_things();
    sets[0] = 2;
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'sensor.one'}"), 0);
    ck_assert_str_eq(calls.order, "one ");
}
END_TEST

/* responses */

static void assert_response(struct request *request, const char *expected)
{
    autojson *got = request->ret_response;
    autojson *wanted = test_json(expected);

    request->ret_response = NULL;
    ck_assert(json_equal(got, wanted));
}

START_TEST(each_entity_s_answer_is_its_part_of_the_response)
{
    responds = HASS_RESPONSE_OPTIONAL;
    calls.answers = 2;
    struct hass *hass = three_things();
    struct request request = { .data = "{'entity_id': 'all'}", .response = true };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), 0);
    assert_response(&request, "{'sensor.one': {'i_am': 'sensor.one'}, "
                              "'sensor.two': {'i_am': 'sensor.two'}, 'sensor.three': null}");
    calls.answers = 1;
    request.data = "{'entity_id': 'sensor.two'}";
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), 0);
    assert_response(&request, "{'sensor.two': {'i_am': 'sensor.two'}}");
}
END_TEST

START_TEST(handlers_may_answer_when_nobody_asked)
{
    responds = HASS_RESPONSE_OPTIONAL;
    calls.answers = 3;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_uint_eq(calls.answers, 0);
}
END_TEST

START_TEST(a_failing_handler_leaves_no_response)
{
    responds = HASS_RESPONSE_OPTIONAL;
    calls.answers = 3;
    calls.result = HASS_E_GENERAL;
    struct hass *hass = three_things();
    struct request request = { .data = "{'entity_id': 'all'}", .response = true };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_GENERAL);
    ck_assert_ptr_null(request.ret_response);
}
END_TEST

START_TEST(a_response_of_nobody_is_an_error)
{
    responds = HASS_RESPONSE_OPTIONAL;
    struct hass *hass = three_things();
    struct request request = { .data = "{'entity_id': 'none'}", .response = true };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_GENERAL);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'none'}"), 0);
}
END_TEST

START_TEST(a_service_only_for_its_response_must_be_asked)
{
    responds = HASS_RESPONSE_ONLY;
    struct hass *hass = three_things();
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(calls.order, "");
}
END_TEST

/* calling */

START_TEST(several_are_called_at_once)
{
    struct hass *hass = three_things();

    calls.takes = 5;
    int64_t began = hass_monotonic(hass);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_uint_eq(calls.most, 3);
    ck_assert_int_eq(hass_monotonic(hass) - began, 5000000);
}
END_TEST

START_TEST(several_keep_to_their_platform_s_limit)
{
    struct hass *hass = test_hass();
    struct hass_entity_service_options options = { .size = sizeof(options), .async_handler = poke };

    fake = (struct fake_loader){
        .things = things, .count = 4, .ops = &async_ops, .parallel_updates = 2
    };
    struct hass_component *component = component_with_blink(hass, "{'platform': 'blink'}");
    hass_component_async_register_service(component, "poke", &options, NULL);
    calls.takes = 5;
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_uint_eq(calls.most, 2);
    ck_assert_ptr_eq(calls.scope, fake.scope); /* handlers work for the entity's integration */
}
END_TEST

START_TEST(all_are_called_and_the_first_error_is_returned)
{
    struct hass *hass = three_things();

    calls.result = HASS_E_GENERAL;
    struct hass_error err = HASS_ERROR_INIT;
    struct request request = { .data = "{'entity_id': 'all'}", .err = &err };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "two is broken");
    ck_assert_str_eq(calls.order, "one two three ");
}
END_TEST

START_TEST(polled_entities_are_updated_afterwards_with_the_context)
{
    struct hass *hass = test_hass();

    things[0].description.should_poll = true;
    three_things();
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);
    calls.takes = 10; /* longer than an entity remembers */
    struct request request = { .data = "{'entity_id': 'all'}", .context = context };
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), 0);
    ck_assert_uint_eq(things[0].updates, 1);
    ck_assert_uint_eq(things[1].updates, 0);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "1");
    ck_assert(
        hass_context_equal(hass_state_context(hass_states_async_get(hass, "sensor.one")), context));
}
END_TEST

START_TEST(a_worker_handler_runs_on_the_pool)
{
    struct hass *hass = three_things();
    struct hass_entity_service_options options = { .size = sizeof(options),
                                                   .handler = poke_in_pool };

    ck_assert_int_eq(hass_component_async_register_service(sensors, "poke", &options, NULL), 0);
    ck_assert_int_eq(call_with(hass, "{'entity_id': ['sensor.one', 'sensor.two']}"), 0);
    ck_assert_uint_eq(things[0].added, 99);
    ck_assert_uint_eq(things[1].added, 99);
    ck_assert_uint_eq(things[2].added, 0);
}
END_TEST

START_TEST(a_worker_handler_answers_from_the_pool)
{
    struct hass *hass = three_things();
    struct hass_entity_service_options options = { .size = sizeof(options),
                                                   .handler = poke_in_pool,
                                                   .supports_response = HASS_RESPONSE_ONLY };
    struct request request = { .data = "{'entity_id': 'sensor.one'}", .response = true };

    calls.answers = 1;
    ck_assert_int_eq(hass_component_async_register_service(sensors, "poke", &options, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), 0);
    assert_response(&request, "{'sensor.one': {'i_am': 'from the pool'}}");
}
END_TEST

START_TEST(exactly_one_handler_is_needed)
{
    struct hass *hass = three_things();
    struct hass_entity_service_options options = { .size = sizeof(options) };

    ck_assert_int_eq(hass_component_async_register_service(sensors, "x", &options, NULL),
                     HASS_E_INVALID);
    options.handler = poke_in_pool;
    options.async_handler = poke;
    ck_assert_int_eq(hass_component_async_register_service(sensors, "x", &options, NULL),
                     HASS_E_INVALID);
    ck_assert(!hass_services_async_has(hass, "sensor", "x"));
}
END_TEST

static HASS_COROUTINE int remove_two(struct hass_entity *entity,
                                     const struct hass_service_call *call, struct hass_error *err)
{
    note_call(entity);
    calls.running--;
    return entity == things[0].entity ? hass_entity_async_remove(things[1].entity, err) : 0;
}

START_TEST(an_entity_removed_meanwhile_is_left_out)
{
    struct hass *hass = three_things();
    struct hass_entity_service_options options = { .size = sizeof(options),
                                                   .async_handler = remove_two };

    hass_component_async_register_service(sensors, "poke", &options, NULL);
    ck_assert_int_eq(call_with(hass, "{'entity_id': 'all'}"), 0);
    ck_assert_str_eq(calls.order, "one three ");
}
END_TEST

TEST_MAIN("service", one_id_calls_one_entity, a_list_calls_each_once_in_any_case,
          all_calls_all_and_none_nobody, groups_are_expanded_and_cycles_end,
          the_list_of_a_group_has_one_mebibyte_at_most, members_of_other_things_are_not_expanded,
          missing_ids_are_warned_of_once_and_the_rest_is_called,
          an_area_calls_its_entities_of_the_domain,
          an_indirect_entity_without_the_feature_is_skipped_a_named_one_is_not,
          what_is_missing_of_all_kinds_is_warned_of_in_one_line, an_unknown_user_calls_nothing,
          an_administrator_calls_everything, all_means_what_a_user_may_control,
          one_entity_that_a_user_may_not_control_refuses_the_call, what_is_not_available_is_skipped,
          a_target_is_needed_and_unknown_keys_are_refused, the_service_s_own_fields_are_checked,
          the_schema_s_own_check_applies, clients_are_shown_the_target_apart_from_the_fields,
          a_named_entity_must_have_all_required_features, all_bits_of_one_feature_set_are_enough,
          required_features_are_needed_beside_a_set, feature_sets_are_copied,
          each_entity_s_answer_is_its_part_of_the_response, handlers_may_answer_when_nobody_asked,
          a_failing_handler_leaves_no_response, a_response_of_nobody_is_an_error,
          a_service_only_for_its_response_must_be_asked, several_are_called_at_once,
          several_keep_to_their_platform_s_limit, all_are_called_and_the_first_error_is_returned,
          polled_entities_are_updated_afterwards_with_the_context,
          a_worker_handler_runs_on_the_pool, a_worker_handler_answers_from_the_pool,
          exactly_one_handler_is_needed, an_entity_removed_meanwhile_is_left_out)
