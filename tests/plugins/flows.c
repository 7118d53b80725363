/* SPDX-License-Identifier: Apache-2.0 */
/* An integration with dialogues of every kind. */
#include <errno.h>
#include <string.h>

#include <hass/integration.h>

struct notes {
    struct hass *hass;
    int steps;
};

static void free_notes(void *data)
{
    struct notes *notes = data;

    if (notes->hass)
        (void)hass_bus_fire(notes->hass, "flows_freed", NULL, NULL, NULL);
}

HASS_SCHEMA(user_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 20),
            HASS_FIELD("count", &hass_type_int, .min = 1, .max = 9, .fallback = "3"),
            HASS_FIELD("kind", &hass_type_enum,
                       .words = HASS_WORDS("hub", "menu", "silent", "hang", "external", "progress",
                                           "pick", "fail", "unknown", "slow")));
HASS_SCHEMA(pick_schema, HASS_FIELD("device", &hass_type_string, .required = true));
HASS_SCHEMA(password_schema,
            HASS_FIELD("password", &hass_type_string, .required = true, .secret = true));
HASS_SCHEMA(options_schema,
            HASS_FIELD("interval", &hass_type_number, .min = 1, .max = 60, .fallback = "5"));

static HASS_COROUTINE int work(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_async_sleep(hass, 10, err);

    return r < 0 ? r : hass_fail(err, HASS_E_NOT_READY, "nobody answered");
}

static HASS_COROUTINE int step_progress(struct hass_flow *flow, const json_t *input,
                                        struct hass_error *err)
{
    int r = hass_flow_async_update_progress(flow, 0.5, err);

    return r < 0 ? r
                 : hass_flow_async_show_progress(flow, "progress", "search",
                                                 HASS_JOB_COROUTINE(work, NULL), "found", err);
}

static HASS_COROUTINE int step_found(struct hass_flow *flow, const json_t *input,
                                     struct hass_error *err)
{
    if (hass_flow_async_progress_result(flow, NULL) != HASS_E_NOT_READY)
        return hass_fail(err, HASS_E_GENERAL, "the job's result is not there");
    return hass_flow_async_abort(flow, "nothing_found", NULL, err);
}

static HASS_COROUTINE int step_external(struct hass_flow *flow, const json_t *input,
                                        struct hass_error *err)
{
    if (hass_json_get_bool(input, "wrong", false))
        return hass_flow_async_show_form(flow, "user", NULL, err);
    if (input)
        return hass_flow_async_external_done(flow, "end", err);
    return hass_flow_async_show_external(flow, "external", "https://example.org/auth", err);
}

static HASS_COROUTINE int step_end(struct hass_flow *flow, const json_t *input,
                                   struct hass_error *err)
{
    return hass_flow_async_create_entry(flow, "Hub", json_pack("{s:b}", "end", 1), NULL, err);
}

static HASS_COROUTINE int step_pick(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    if (!input)
        return hass_flow_async_show_form(
            flow, "pick",
            HASS_FLOW_FORM(.choices =
                               json_pack("{s:{s:s, s:s}}", "device", "a1", "Lamp", "b2", "Plug")),
            err);
    return hass_flow_async_create_entry(flow, "Picked", hass_json_ref(input), NULL, err);
}

static HASS_COROUTINE int answer_kind(struct hass_flow *flow, const char *kind, const json_t *input,
                                      struct hass_error *err)
{
    if (!strcmp(kind, "menu"))
        return hass_flow_async_show_menu(flow, "menu", HASS_LIST("pick", "end"), NULL, err);
    if (!strcmp(kind, "silent"))
        return 0;
    if (!strcmp(kind, "hang"))
        return hass_async_sleep(hass_flow_hass(flow), 86400, err);
    if (!strcmp(kind, "external"))
        return step_external(flow, NULL, err);
    if (!strcmp(kind, "progress"))
        return step_progress(flow, NULL, err);
    if (!strcmp(kind, "pick"))
        return step_pick(flow, NULL, err);
    if (!strcmp(kind, "unknown"))
        return hass_flow_async_show_form(flow, "nowhere", NULL, err);
    if (!strcmp(kind, "fail"))
        return hass_flow_async_show_form(
            flow, "user",
            HASS_FLOW_FORM(.errors = json_pack("{s:s}", "base", "cannot_connect"),
                           .suggested = hass_json_ref(input)),
            err);
    int r = strcmp(kind, "slow") ? 0 : hass_async_sleep(hass_flow_hass(flow), 5, err);
    return r < 0 ? r
                 : hass_flow_async_create_entry(flow, hass_json_get_string(input, "name", ""),
                                                hass_json_ref(input),
                                                json_pack("{s:i}", "interval", 5), err);
}

static HASS_COROUTINE int step_user(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    struct notes *notes = hass_flow_async_data(flow);

    notes->hass = hass_flow_hass(flow);
    notes->steps++;
    if (!input)
        return hass_flow_async_show_form(flow, "user",
                                         HASS_FLOW_FORM(.last_step = HASS_FLOW_NOT_LAST), err);
    return answer_kind(flow, hass_json_get_string(input, "kind", "hub"), input, err);
}

static HASS_COROUTINE int identify(struct hass_flow *flow, const json_t *input,
                                   struct hass_error *err)
{
    int r = hass_flow_async_set_unique_id(flow, hass_json_get_string(input, "serial", "none"), err);

    return r < 0 ? r
                 : hass_flow_async_abort_if_configured(
                       flow, json_pack("{s:s}", "host", hass_json_get_string(input, "host", "")),
                       err);
}

static HASS_COROUTINE int step_import(struct hass_flow *flow, const json_t *input,
                                      struct hass_error *err)
{
    int r = identify(flow, input, err);

    return r < 0 ? r
                 : hass_flow_async_create_entry(flow, "Imported", hass_json_ref(input), NULL, err);
}

static HASS_COROUTINE int step_zeroconf(struct hass_flow *flow, const json_t *input,
                                        struct hass_error *err)
{
    if (!hass_json_get(input, "serial"))
        return hass_flow_async_show_form(flow, "end", NULL, err);
    int r = identify(flow, input, err);
    if (r >= 0)
        r = hass_flow_async_set_title_placeholders(
            flow, json_pack("{s:s}", "name", hass_json_get_string(input, "serial", "")), err);
    return r < 0 ? r : hass_flow_async_show_form(flow, "end", NULL, err);
}

static HASS_COROUTINE int step_reauth(struct hass_flow *flow, const json_t *input,
                                      struct hass_error *err)
{
    return hass_flow_async_show_form(flow, "reauth_confirm", NULL, err);
}

static HASS_COROUTINE int step_reauth_confirm(struct hass_flow *flow, const json_t *input,
                                              struct hass_error *err)
{
    return hass_flow_async_update_and_abort(flow,
                                            json_pack("{s:s, s:s}", "password",
                                                      hass_json_get_string(input, "password", ""),
                                                      "setup", "good"),
                                            err);
}

static HASS_COROUTINE int step_options(struct hass_flow *flow, const json_t *input,
                                       struct hass_error *err)
{
    struct hass_entry *entry = hass_flow_async_entry(flow);

    if (!input)
        return hass_flow_async_show_form(
            flow, "init",
            HASS_FLOW_FORM(.suggested = hass_json_ref(hass_entry_async_options(entry))), err);
    return hass_flow_async_create_entry(flow, "", hass_json_ref(input), NULL, err);
}

HASS_SCHEMA(room_schema, HASS_FIELD("name", &hass_type_string, .required = true),
            HASS_FIELD("serial", &hass_type_string), HASS_FIELD("check", &hass_type_bool));

static HASS_COROUTINE int step_room(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    const char *serial = hass_json_get_string(input, "serial", NULL);

    if (!input)
        return hass_flow_async_show_form(flow, "user", NULL, err);
    int r = serial ? hass_flow_async_set_unique_id(flow, serial, err) : 0;
    if (r >= 0 && hass_json_get_bool(input, "check", false))
        r = hass_flow_async_abort_if_configured(flow, json_pack("{s:b}", "again", 1), err);
    return r < 0 ? r
                 : hass_flow_async_create_entry(flow, hass_json_get_string(input, "name", ""),
                                                hass_json_ref(input), NULL, err);
}

static HASS_COROUTINE int step_room_again(struct hass_flow *flow, const json_t *input,
                                          struct hass_error *err)
{
    const json_t *room = hass_flow_async_subentry(flow);

    if (!input)
        return hass_flow_async_show_form(
            flow, "reconfigure",
            HASS_FLOW_FORM(.suggested = json_deep_copy(hass_json_get(room, "data"))), err);
    if (hass_json_get_bool(input, "check", false))
        return step_room(flow, input, err);
    int r = 0;
    if (hass_json_get(input, "serial"))
        r = hass_flow_async_set_unique_id(flow, hass_json_get_string(input, "serial", ""), err);
    if (r >= 0)
        r = hass_flow_async_abort_if_mismatch(flow, err);
    return r < 0 ? r : hass_flow_async_update_and_abort(flow, hass_json_ref(input), err);
}

static const struct hass_flow_handler room_flow =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(
                          HASS_FLOW_STEP("user", step_room, .schema = &room_schema),
                          HASS_FLOW_STEP("reconfigure", step_room_again, .schema = &room_schema)));
static const struct hass_flow_handler shelf_flow =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(HASS_FLOW_STEP("user", step_room)));

static const struct hass_flow_handler config_flow = HASS_FLOW_HANDLER(
        .data_size = sizeof(struct notes), .destroy_data = free_notes,
        .steps = HASS_FLOW_STEPS(
            HASS_FLOW_STEP("user", step_user, .schema = &user_schema),
            HASS_FLOW_STEP("pick", step_pick, .schema = &pick_schema),
            HASS_FLOW_STEP("end", step_end), HASS_FLOW_STEP("external", step_external),
            HASS_FLOW_STEP("progress", step_progress), HASS_FLOW_STEP("found", step_found),
            HASS_FLOW_STEP("import", step_import), HASS_FLOW_STEP("zeroconf", step_zeroconf),
            HASS_FLOW_STEP("reauth", step_reauth),
            HASS_FLOW_STEP("reauth_confirm", step_reauth_confirm, .schema = &password_schema)));
static const struct hass_flow_handler options_flow =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(
                          HASS_FLOW_STEP("init", step_options, .schema = &options_schema)));

HASS_MANIFEST(.domain = "flows", .name = "Flows", .version = "1.0", .config_flow = &config_flow,
              .options_flow = &options_flow, .entry_version = 4,
              .subentry_flows = HASS_SUBENTRY_FLOWS({ "room", &room_flow },
                                                    { "shelf", &shelf_flow }));

int async_setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
{
    const char *setup = hass_json_get_string(hass_entry_async_data(entry), "setup", "good");

    if (!strcmp(setup, "auth"))
        return hass_fail(err, HASS_E_AUTH_FAILED, "wrong password");
    return strcmp(setup, "not_ready") ? 0 : hass_fail(err, HASS_E_NOT_READY, "away");
}
