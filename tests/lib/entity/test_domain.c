/* SPDX-License-Identifier: Apache-2.0 */
/* What domains have in common: tables of services, commands on loop and pool, words and ranges. */
#include <errno.h>
#include <math.h>

#include <hass/domain.h>

#include "support/cases.h"
#include "things.h"

struct order {
    uint32_t size;
    const char *text;
};

struct thing_ops {
    uint32_t size;
    int (*async_obey)(struct hass_entity *entity, const struct order *order,
                      struct hass_error *err);
    int (*obey)(struct hass_worker *worker, struct hass_entity *entity, const struct order *order,
                void *values, struct hass_error *err);
    int (*async_count)(struct hass_entity *entity, int64_t number, struct hass_error *err);
    int (*count)(struct hass_worker *worker, struct hass_entity *entity, int64_t number,
                 void *values, struct hass_error *err);
};

static HASS_COROUTINE int obey_on_loop(struct hass_entity *entity, const struct order *order,
                                       struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->number = (int64_t)strlen(order->text);
    return 0;
}

static HASS_BLOCKING int obey_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct order *order, void *values,
                                      struct hass_error *err)
{
    ((struct values *)values)->number = 100 + (int64_t)strlen(order->text);
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_BLOCKING int count_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       int64_t number, void *values, struct hass_error *err)
{
    ((struct values *)values)->number = number;
    return number < 0 ? hass_fail(err, -EIO, "no such number") : 0;
}

HASS_ENTITY_COMMAND(obey, struct thing_ops, obey, struct order)
HASS_ENTITY_OP(count, struct thing_ops, count, int64_t)

static HASS_COROUTINE int handle_obey(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const struct order order = {
        .size = sizeof(order),
        .text = hass_json_get_string(hass_service_call_data(call), "text", ""),
    };

    return obey(entity, call, &order, err);
}

static HASS_COROUTINE int handle_count(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    return count(entity, call, hass_json_get_int(hass_service_call_data(call), "n", 0), err);
}

HASS_SCHEMA(obey_schema, HASS_FIELD("text", &hass_type_string));
HASS_SCHEMA(count_schema, HASS_FIELD("n", &hass_type_int));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("obey", "Obeys", .schema = &obey_schema, .async_handler = handle_obey),
    HASS_ENTITY_SERVICE("count", "Counts", .schema = &count_schema, .async_handler = handle_count),
};

static const struct thing_ops on_loop = { .size = sizeof(on_loop), .async_obey = obey_on_loop };
static const struct thing_ops on_pool = { .size = sizeof(on_pool),
                                          .obey = obey_on_pool,
                                          .count = count_on_pool };

static struct thing loop_thing, pool_thing;

static void name_thing(struct thing *thing, const char *name)
{
    thing->description = (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = name);
}

static HASS_CALLBACK struct hass *home(void)
{
    struct hass *hass = test_hass();
    struct add add = { .component = component_with(hass, "thing", NULL), .count = 2 };

    name_thing(&loop_thing, "Loop");
    name_thing(&pool_thing, "Pool");
    add.entities[0] =
        hass_entity_new(hass, &plain_ops, &loop_thing.description, &on_loop, NULL, &loop_thing);
    add.entities[1] =
        hass_entity_new(hass, &plain_ops, &pool_thing.description, &on_pool, NULL, &pool_thing);
    ck_assert_int_eq(test_run_coroutine(hass, add_entities, &add), 0);
    ck_assert_int_eq(HASS_REGISTER_SERVICES(add.component, services, NULL), 0);
    return hass;
}

struct request {
    const char *service, *data;
    struct hass_error *err;
};

static HASS_COROUTINE int do_call(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct request *request = userdata;
    const struct hass_call_options options = { .size = sizeof(options), .blocking = true };

    return hass_services_async_call(hass, "thing", request->service, test_json(request->data),
                                    &options, NULL, request->err);
}

static const struct {
    const char *service, *data, *entity_id, *state;
    int result;
} calls[] = {
    { "obey", "{'entity_id':'thing.loop','text':'abc'}", "thing.loop", "3", 0 },
    { "obey", "{'entity_id':'thing.pool','text':'abcd'}", "thing.pool", "104", 0 },
    { "count", "{'entity_id':'thing.pool','n':7}", "thing.pool", "7", 0 },
    { "count", "{'entity_id':'thing.pool','n':-7}", "thing.pool", "0", -EIO },
    { "count", "{'entity_id':'thing.loop','n':7}", "thing.loop", "0", HASS_E_UNSUPPORTED },
};

START_TEST(a_command_goes_where_the_ops_have_a_member)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct request request = { calls[_i].service, calls[_i].data, NULL };

    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), calls[_i].result);
    ck_assert_str_eq(state_of(hass, calls[_i].entity_id), calls[_i].state);
}
END_TEST

START_TEST(what_nobody_does_is_named)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct hass_error err = HASS_ERROR_INIT;
    struct request request = { "count", "{'entity_id':'thing.loop','n':1}", &err };

    ck_assert_int_eq(test_run_coroutine(hass, do_call, &request), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "entity thing.loop does not support action thing.count");
}
END_TEST

/* An older plugin's rows end before what we know. */
START_TEST(rows_of_another_length_are_walked_by_their_own)
{
    hass__assert_loop();
    struct hass *hass = test_hass();
    struct {
        struct hass_entity_service_row row;
        void *more;
    } longer[2] = { { services[0], NULL }, { services[1], NULL } };

    for (size_t i = 0; i < 2; i++)
        longer[i].row.options.size += sizeof(void *);
    ck_assert_int_eq(hass_component_async_register_services(component_with(hass, "thing", NULL),
                                                            &longer[0].row, 2, NULL),
                     0);
    ck_assert(hass_services_async_has(hass, "thing", "obey"));
    ck_assert(hass_services_async_has(hass, "thing", "count"));
}
END_TEST

START_TEST(a_table_ends_with_the_first_row_that_is_wrong)
{
    hass__assert_loop();
    struct hass *hass = test_hass();
    const struct hass_entity_service_row rows[] = {
        HASS_ENTITY_SERVICE("nothing", "Has no handler"),
        services[0],
    };

    ck_assert_int_eq(HASS_REGISTER_SERVICES(component_with(hass, "thing", NULL), rows, NULL),
                     HASS_E_INVALID);
    ck_assert(!hass_services_async_has(hass, "thing", "obey"));
}
END_TEST

static const char *const words[] = { "low", "high", NULL };

START_TEST(words_are_found_or_refused)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_words_find(words, "high"), 1);
    ck_assert_int_eq(hass_words_find(words, "medium"), -1);
    ck_assert_int_eq(hass_words_find(words, NULL), -1);
    ck_assert_int_eq(hass_words_find(NULL, "high"), -1);
    ck_assert_int_eq(hass_validate_word(words, "low", "mode", "k", &err), 0);
    ck_assert_int_eq(hass_validate_word(words, "medium", "mode", "not_valid_mode", &err),
                     HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(err.key, "not_valid_mode");
    ck_assert_str_eq(err.message, "mode 'medium' is not one of low, high");
    ck_assert_int_eq(hass_validate_word(NULL, "x", "mode", "k", NULL), HASS_E_SERVICE_VALIDATION);
}
END_TEST

static const struct {
    double value;
    int result;
} ranges[] = {
    { 7, 0 },
    { 35, 0 },
    { 6.9, HASS_E_SERVICE_VALIDATION },
    { 35.1, HASS_E_SERVICE_VALIDATION },
    { NAN, HASS_E_SERVICE_VALIDATION },
};

START_TEST(a_number_is_in_its_range_or_refused)
{
    ck_assert_int_eq(hass_validate_range(ranges[_i].value, 7, 35, "temperature", "k", NULL),
                     ranges[_i].result);
}
END_TEST

START_TEST(only_booleans_are_on_or_off)
{
    ck_assert_str_eq(hass_value_on_off(HASS_BOOL(true)).text.data, "on");
    ck_assert_str_eq(hass_value_on_off(HASS_BOOL(false)).text.data, "off");
    ck_assert_int_eq(hass_value_on_off(HASS_INT(1)).type, HASS_VALUE_NONE);
    ck_assert(!hass_value_is_true(HASS_INT(1)));
}
END_TEST

CASES_MAIN("domain", ROWS(a_command_goes_where_the_ops_have_a_member, calls),
           ONCE(what_nobody_does_is_named), ONCE(rows_of_another_length_are_walked_by_their_own),
           ONCE(a_table_ends_with_the_first_row_that_is_wrong), ONCE(words_are_found_or_refused),
           ROWS(a_number_is_in_its_range_or_refused, ranges), ONCE(only_booleans_are_on_or_off))
