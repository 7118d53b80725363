/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialogues: adding the demo by hand or by `demo:` in the configuration, its options, and authenticating anew.
 */
#include <stdio.h>
#include <string.h>

#include "parts.h"

/* What is entered is checked by a table, which is also what the user sees. */
HASS_SCHEMA(home_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 40,
                       .fallback = "\"Demo\"", .doc = "What the home is called"),
            HASS_FIELD("rooms", &hass_type_int, .min = 1, .max = 20, .fallback = "5",
                       .doc = "How many rooms it has"));
HASS_SCHEMA(interval_schema, HASS_FIELD(DEMO_INTERVAL, &hass_type_number, .min = 1, .max = 86400,
                                        .fallback = "60", .doc = "Seconds between two readings"));
HASS_SCHEMA(password_schema, HASS_FIELD("password", &hass_type_string, .required = true, .min = 1,
                                        .max = 100, .secret = true, .doc = "Any but \"wrong\""));

/* What a dialogue keeps from step to step. */
struct answers {
    char name[41 * 4];
    int rooms;
};

static HASS_CALLBACK int finish(struct hass_flow *flow, double interval, struct hass_error *err)
{
    const struct answers *answers = hass_flow_async_data(flow);

    return hass_flow_async_create_entry(flow, answers->name,
                                        json_pack("{s:i}", "rooms", answers->rooms),
                                        json_pack("{s:f}", DEMO_INTERVAL, interval), err);
}

static HASS_COROUTINE int step_user(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    struct answers *answers = hass_flow_async_data(flow);

    if (!input)
        return hass_flow_async_show_form(flow, "user",
                                         HASS_FLOW_FORM(.last_step = HASS_FLOW_NOT_LAST), err);
    snprintf(answers->name, sizeof(answers->name), "%s",
             hass_json_get_string(input, "name", "Demo"));
    answers->rooms = (int)hass_json_get_int(input, "rooms", 5);
    return hass_flow_async_show_menu(flow, "pace", HASS_LIST("usual", "custom"), NULL, err);
}

static HASS_COROUTINE int step_usual(struct hass_flow *flow, const json_t *input,
                                     struct hass_error *err)
{
    return finish(flow, 60, err);
}

static HASS_COROUTINE int step_custom(struct hass_flow *flow, const json_t *input,
                                      struct hass_error *err)
{
    if (!input)
        return hass_flow_async_show_form(flow, "custom",
                                         HASS_FLOW_FORM(.last_step = HASS_FLOW_LAST), err);
    return finish(flow, hass_json_get_number(input, DEMO_INTERVAL, 60), err);
}

/* From the configuration: nobody is there to be asked. */
static HASS_COROUTINE int step_import(struct hass_flow *flow, const json_t *input,
                                      struct hass_error *err)
{
    return hass_flow_async_create_entry(
        flow, "Demo", json_pack("{s:i}", "rooms", 5),
        json_pack("{s:f}", DEMO_INTERVAL, hass_json_get_number(input, DEMO_INTERVAL, 60)), err);
}

/* When a set-up has failed with HASS_E_AUTH_FAILED, or hass_entry_async_start_reauth was called. */
static HASS_COROUTINE int step_reauth(struct hass_flow *flow, const json_t *input,
                                      struct hass_error *err)
{
    return hass_flow_async_show_form(flow, "reauth_confirm", NULL, err);
}

static HASS_COROUTINE int step_reauth_confirm(struct hass_flow *flow, const json_t *input,
                                              struct hass_error *err)
{
    const char *password = hass_json_get_string(input, "password", "");

    if (strcmp(password, "wrong") == 0)
        return hass_flow_async_show_form(
            flow, "reauth_confirm",
            HASS_FLOW_FORM(.errors = json_pack("{s:s}", "password", "invalid_auth")), err);
    return hass_flow_async_update_and_abort(flow, json_pack("{s:s}", "password", password), err);
}

const struct hass_flow_handler demo_config_flow =
    HASS_FLOW_HANDLER(.data_size = sizeof(struct answers),
                      .steps = HASS_FLOW_STEPS(
                          HASS_FLOW_STEP("user", step_user, .schema = &home_schema),
                          HASS_FLOW_STEP("usual", step_usual),
                          HASS_FLOW_STEP("custom", step_custom, .schema = &interval_schema),
                          HASS_FLOW_STEP("import", step_import),
                          HASS_FLOW_STEP("reauth", step_reauth),
                          HASS_FLOW_STEP("reauth_confirm", step_reauth_confirm,
                                         .schema = &password_schema)));

static HASS_COROUTINE int step_init(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    const json_t *options = hass_entry_async_options(hass_flow_async_entry(flow));

    if (!input)
        return hass_flow_async_show_form(flow, "init",
                                         HASS_FLOW_FORM(.suggested = hass_json_ref(options)), err);
    return hass_flow_async_create_entry(flow, "", hass_json_ref(input), NULL, err);
}

const struct hass_flow_handler demo_options_flow =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(
                          HASS_FLOW_STEP("init", step_init, .schema = &interval_schema)));
