/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selecting: by name, the first, the last, forwards, backwards; on the loop and on the pool; what is not there.
 */
#include <errno.h>
#include <string.h>

#include "select/select.h"
#include "support/cases.h"
#include "support/home.h"

struct values {
    char option[16];
};

static const char *const words[] = { "low", "mid", "High", NULL };
static const char *const nothing[] = { NULL };

static const char *const *options(struct hass_entity *entity)
{
    return words;
}

static const char *const *no_options(struct hass_entity *entity)
{
    return nothing;
}

static HASS_CALLBACK const char *current_option(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return *values->option ? values->option : NULL;
}

static HASS_COROUTINE int select_loop(struct hass_entity *entity, const char *option,
                                      struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    snprintf(values->option, sizeof(values->option), "%s", option);
    return 0;
}

static HASS_BLOCKING int select_pool(struct hass_worker *worker, struct hass_entity *entity,
                                     const char *option, void *private_values,
                                     struct hass_error *err)
{
    struct values *values = private_values;

    snprintf(values->option, sizeof(values->option), "%s", option);
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct select_ops kinds[] = {
    SELECT_OPS(.options = options, .current_option = current_option,
               .async_select_option = select_loop),
    SELECT_OPS(.options = options, .current_option = current_option, .select_option = select_pool),
    SELECT_OPS(.options = options, .current_option = current_option),
    SELECT_OPS(.options = no_options, .current_option = current_option,
               .async_select_option = select_loop),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Loop"),
    HASS_ENTITY_DESCRIPTION(.name = "Pool"),
    HASS_ENTITY_DESCRIPTION(.name = "Fixed"),
    HASS_ENTITY_DESCRIPTION(.name = "Empty"),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[4];

    for (size_t i = 0; i < 4; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], userdata, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "select"), entities, 4,
                                             err);
}

static HASS_CALLBACK struct hass *home(const char *option)
{
    struct hass *hass = test_home("select:\n");
    struct values values = { "" };

    snprintf(values.option, sizeof(values.option), "%s", option);
    ck_assert_int_eq(test_run_coroutine(hass, add, &values), 0);
    return hass;
}

static HASS_CALLBACK int call(struct hass *hass, const char *service, const char *entity_id,
                              const char *data, struct hass_error *err)
{
    struct hass_buf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{'entity_id':'%s'%s}", entity_id, data);
    int r = home_call(hass, "select", service, hass_buf_string(&text), err);
    hass_buf_fini(&text);
    return r;
}

static const struct {
    const char *before, *shown;
} states[] = {
    { "mid", "mid" },
    { "", "unknown" },
    { "high", "unknown" },
};

START_TEST(only_options_are_shown)
{
    hass__assert_loop();
    struct hass *hass = home(states[_i].before);

    ck_assert_str_eq(home_state(hass, "select.loop"), states[_i].shown);
    autojson *list = home_attribute(hass, "select.loop", "options");
    ck_assert_json(list, "['low','mid','High']");
}
END_TEST

static const struct {
    const char *before, *service, *data, *after;
} calls[] = {
    { "mid", "select_option", ",'option':'High'", "High" },
    { "", "select_option", ",'option':'low'", "low" },
    { "mid", "select_first", "", "low" },
    { "mid", "select_last", "", "High" },
    { "mid", "select_next", "", "High" },
    { "High", "select_next", "", "low" },
    { "High", "select_next", ",'cycle':false", "High" },
    { "mid", "select_previous", "", "low" },
    { "low", "select_previous", "", "High" },
    { "low", "select_previous", ",'cycle':false", "low" },
    { "", "select_next", "", "mid" },
    { "", "select_previous", "", "High" },
};

START_TEST(it_is_selected_on_the_loop_and_on_the_pool)
{
    static const char *const ids[] = { "select.loop", "select.pool" };
    hass__assert_loop();
    struct hass *hass = home(calls[_i].before);

    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(call(hass, calls[_i].service, ids[i], calls[_i].data, NULL), 0);
        ck_assert_str_eq(home_state(hass, ids[i]), calls[_i].after);
    }
}
END_TEST

START_TEST(what_is_no_option_is_refused_with_the_options)
{
    hass__assert_loop();
    struct hass *hass = home("mid");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(call(hass, "select_option", "select.loop", ",'option':'high'", &err),
                     HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(err.key, "not_valid_option");
    ck_assert_ptr_nonnull(strstr(err.message, "low, mid, High"));
    ck_assert_str_eq(home_state(hass, "select.loop"), "mid");
}
END_TEST

static const struct {
    const char *service, *entity_id, *data;
    int code;
} bad[] = {
    { "select_option", "select.loop", "", HASS_E_INVALID },
    { "select_option", "select.loop", ",'option':['mid']", HASS_E_INVALID },
    { "select_next", "select.loop", ",'cycle':'round'", HASS_E_INVALID },
    { "select_first", "select.loop", ",'option':'mid'", HASS_E_INVALID },
    { "select_first", "select.fixed", "", HASS_E_UNSUPPORTED },
};

START_TEST(a_wrong_call_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home("mid");

    ck_assert_int_eq(call(hass, bad[_i].service, bad[_i].entity_id, bad[_i].data, NULL),
                     bad[_i].code);
    ck_assert_str_eq(home_state(hass, bad[_i].entity_id), "mid");
}
END_TEST

static const char *const moves[] = { "select_first", "select_last", "select_next",
                                     "select_previous" };

START_TEST(without_options_nothing_moves)
{
    hass__assert_loop();
    struct hass *hass = home("");

    ck_assert_int_eq(call(hass, moves[_i], "select.empty", "", NULL), 0);
    ck_assert_str_eq(home_state(hass, "select.empty"), "unknown");
}
END_TEST

CASES_MAIN("select", ROWS(only_options_are_shown, states),
           ROWS(it_is_selected_on_the_loop_and_on_the_pool, calls),
           ONCE(what_is_no_option_is_refused_with_the_options), ROWS(a_wrong_call_is_refused, bad),
           ROWS(without_options_nothing_moves, moves))
