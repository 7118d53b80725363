/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updates: which version is newer, installing, skipping.
 */
#include <errno.h>
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"
#include "support/items.h"
#include "update/update.h"

/* The software of a test. It outlives the test function, as the home does. */
static struct fake {
    struct hass_entity_description description;
    struct update_ops ops;
    struct update_info info;
    char seen[64]; /* what install was asked for */
} fake;

static const struct update_info *info(struct hass_entity *entity)
{
    fake.info.size = sizeof(fake.info);
    return &fake.info;
}

static HASS_COROUTINE int install_loop(struct hass_entity *entity,
                                       const struct update_install *install, struct hass_error *err)
{
    snprintf(fake.seen, sizeof(fake.seen), "%s%s", install->version ? install->version : "latest",
             install->backup ? ", backup" : "");
    int r = hass_async_sleep(hass_entity_hass(entity), 10, err);
    fake.info.installed_version = "2.0";
    return r;
}

static HASS_COROUTINE int install_in_vain(struct hass_entity *entity,
                                          const struct update_install *install,
                                          struct hass_error *err)
{
    return hass_fail(err, -EIO, "no space");
}

static HASS_BLOCKING int install_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      const struct update_install *install, void *values,
                                      struct hass_error *err)
{
    snprintf(fake.seen, sizeof(fake.seen), "pool %s", install->version);
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, &fake.ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "update"), &entity, 1,
                                             err);
}

static HASS_CALLBACK struct hass *home(const struct fake *what)
{
    struct hass *hass = test_home("websocket_api:\nupdate:\n");

    fake = *what;
    fake.description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = "Fw",
                                .supported_features = what->description.supported_features,
                                .has_supported_features = true);
    fake.ops.size = sizeof(fake.ops);
    fake.ops.info = info;
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK void write_state(struct hass *hass)
{
    hass_entity_async_write_ha_state(hass_async_get_entity(hass, "update.fw"), NULL);
}

static HASS_CALLBACK int call(struct hass *hass, const char *service, const char *data,
                              struct hass_error *err)
{
    struct hass_buf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{'entity_id':'update.fw'%s}", data);
    int r = home_call(hass, "update", service, hass_buf_string(&text), err);
    hass_buf_fini(&text);
    return r;
}

static HASS_CALLBACK void assert_attribute(struct hass *hass, const char *key, const char *value)
{
    autojson *shown = home_attribute(hass, "update.fw", key);

    ck_assert_json(shown, value);
}

static const struct {
    const char *installed, *latest, *state;
} versions[] = {
    { NULL, NULL, "unknown" },
    { "1.0", NULL, "unknown" },
    { NULL, "1.0", "unknown" },
    { "1.0", "1.0", "off" },
    { "1.0", "1.1", "on" },
    { "1.1", "1.0", "off" },
    { "2.9", "2.10", "on" },
    { "2.10", "2.9", "off" },
    { "1", "1.0.0", "off" },
    { "1.0.0", "1.0.0.1", "on" },
    { "v1.2", "1.3", "on" },
    { "V1.3", "v1.2", "off" },
    { "2023.12.4", "2024.1.0", "on" },
    { "2024.1.0b3", "2024.1.0", "on" },
    { "2024.1.0", "2024.1.0b3", "off" },
    { "2024.1.0b3", "2024.1.0b10", "on" },
    { "2024.1.0.dev20240101", "2024.1.0b0", "on" },
    { "1.0.0-alpha.1", "1.0.0-beta", "on" },
    { "1.0.0-beta.2", "1.0.0-rc.1", "on" },
    { "1.0.0-rc1", "1.0.0", "on" },
    { "1.0a1", "1.0b1", "on" },
    { "1.0", "1.0.post1", "on" },
    { "1.0.post2", "1.0.post1", "off" },
    { "1.0+a", "1.0+b", "off" },
    { "20240101", "20240215", "on" },
    { "0x1f", "0x20", "on" },
    { "0x20", "0x1f", "off" },
    { "99999999999999999999", "1", "on" }, /* too large to compare: another one */
    { "[1]", "1.2.0", "on" },
    { "plain 4", "3", "on" },
    { "stable", "beta", "on" },
    { "1..2", "1.1", "on" },
    { "1.0-", "0.9", "on" },
    { "", "1.0", "on" },
    { "1.0 ", "0.9", "on" },
    { "0x", "0.9", "on" },
    { "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.17", "on" },
    { "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17", "1", "on" },
};

START_TEST(the_state_says_whether_there_is_a_newer_version)
{
    hass__assert_loop();
    struct hass *hass = home(&(struct fake){ .info = { .installed_version = versions[_i].installed,
                                                       .latest_version = versions[_i].latest } });

    ck_assert_str_eq(home_state(hass, "update.fw"), versions[_i].state);
}
END_TEST

START_TEST(attributes_are_all_there)
{
    hass__assert_loop();
    struct hass *hass = home(&(struct fake){ .info = { .installed_version = "1.0",
                                                       .latest_version = "1.1",
                                                       .title = "Fw",
                                                       .release_url = "http://r/x",
                                                       .has_percentage = true,
                                                       .update_percentage = 50 } });
    autojson *all = hass_state_attributes(hass_states_async_get(hass, "update.fw"));

    ck_assert_json(all, "{'auto_update':false,'display_precision':0,'installed_version':'1.0',"
                        "'in_progress':false,'latest_version':'1.1','release_summary':null,"
                        "'release_url':'http://r/x','skipped_version':null,'title':'Fw',"
                        "'update_percentage':null,'friendly_name':'Fw','supported_features':0}");
}
END_TEST

START_TEST(a_long_summary_is_cut_between_characters)
{
    hass__assert_loop();
    static char summary[2 * 300 + 1];
    for (size_t i = 0; i < 300; i++)
        memcpy(summary + 2 * i, "ä", 2);
    struct hass *hass = home(&(struct fake){ .info = { .release_summary = summary } });
    autojson *shown = home_attribute(hass, "update.fw", "release_summary");

    ck_assert_uint_eq(json_string_length(shown), (size_t)2 * 255);
    summary[2 * 255] = 0;
    write_state(hass);
    autojson *whole = home_attribute(hass, "update.fw", "release_summary");
    ck_assert_str_eq(json_string_value(whole), summary);
}
END_TEST

/* installing */

static const struct fake old = {
    .description = { .supported_features = UPDATE_INSTALL },
    .ops = { .async_install = install_loop },
    .info = { .installed_version = "1.0", .latest_version = "2.0" },
};

START_TEST(it_is_in_progress_while_it_is_installed)
{
    hass__assert_loop();
    struct hass *hass = home(&old);
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    const struct hass_state *before, *during;
    struct hass_value progress;

    ck_assert_int_eq(call(hass, "install", "", NULL), 0);
    ck_assert_str_eq(fake.seen, "latest");
    ck_assert(hass_event_states(capture_event(changes, 0), &before, &during));
    ck_assert(hass_state_attr(during, "in_progress", &progress) && progress.boolean);
    ck_assert_str_eq(home_state(hass, "update.fw"), "off");
    assert_attribute(hass, "in_progress", "false");
}
END_TEST

START_TEST(a_failed_installation_is_over)
{
    hass__assert_loop();
    struct fake broken = old;
    broken.ops.async_install = install_in_vain;
    struct hass *hass = home(&broken);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(call(hass, "install", "", &err), -EIO);
    ck_assert_str_eq(err.message, "no space");
    assert_attribute(hass, "in_progress", "false");
    ck_assert_str_eq(home_state(hass, "update.fw"), "on");
}
END_TEST

static const struct {
    uint32_t features;
    const char *installed, *data, *message;
    int code;
} refusals[] = {
    { 0, "1.0", "", "entity update.fw does not support", HASS_E_UNSUPPORTED },
    { UPDATE_INSTALL, "2.0", "", "No update available for update.fw", HASS_E_GENERAL },
    { UPDATE_INSTALL, "1.0", ",'version':'1.5'",
      "Installing a specific version is not supported for update.fw", HASS_E_GENERAL },
    { UPDATE_INSTALL, "1.0", ",'backup':true", "Backup is not supported for update.fw",
      HASS_E_GENERAL },
    { UPDATE_INSTALL | UPDATE_PROGRESS, "1.0", "",
      "Update installation already in progress for update.fw", HASS_E_GENERAL },
    { UPDATE_INSTALL, "1.0", ",'backup':'twice'", "expected", HASS_E_INVALID },
};

START_TEST(what_cannot_be_installed_is_refused)
{
    hass__assert_loop();
    struct fake what = old;
    what.description.supported_features = refusals[_i].features;
    what.info.installed_version = refusals[_i].installed;
    what.info.in_progress = true;
    struct hass *hass = home(&what);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(call(hass, "install", refusals[_i].data, &err), refusals[_i].code);
    ck_assert_msg(strstr(err.message, refusals[_i].message) != NULL, "%s", err.message);
    ck_assert_str_eq(fake.seen, "");
}
END_TEST

START_TEST(a_version_and_a_backup_reach_the_platform)
{
    hass__assert_loop();
    struct fake what = old;
    what.description.supported_features = UPDATE_INSTALL | UPDATE_SPECIFIC_VERSION | UPDATE_BACKUP;
    what.info.installed_version = "2.0";
    struct hass *hass = home(&what);

    ck_assert_int_eq(call(hass, "install", ",'version':'1.5','backup':true", NULL), 0);
    ck_assert_str_eq(fake.seen, "1.5, backup");
    fake.ops = (struct update_ops)UPDATE_OPS(.info = info, .install = install_pool);
    ck_assert_int_eq(call(hass, "install", ",'version':'1.4'", NULL), 0);
    ck_assert_str_eq(fake.seen, "pool 1.4");
    fake.ops.install = NULL;
    ck_assert_int_eq(call(hass, "install", ",'version':'1.4'", NULL), HASS_E_UNSUPPORTED);
}
END_TEST

START_TEST(a_platform_tells_its_progress)
{
    hass__assert_loop();
    struct fake what = old;
    what.description.supported_features = UPDATE_INSTALL | UPDATE_PROGRESS;
    what.info.in_progress = what.info.has_percentage = true;
    what.info.update_percentage = 42;
    struct hass *hass = home(&what);

    assert_attribute(hass, "in_progress", "true");
    assert_attribute(hass, "update_percentage", "42");
}
END_TEST

/* skipping */

START_TEST(a_skipped_version_is_no_update_until_there_is_another)
{
    hass__assert_loop();
    struct hass *hass = home(&old);

    ck_assert_int_eq(call(hass, "skip", "", NULL), 0);
    ck_assert_str_eq(home_state(hass, "update.fw"), "off");
    assert_attribute(hass, "skipped_version", "'2.0'");
    fake.info.latest_version = "2.1";
    write_state(hass);
    ck_assert_str_eq(home_state(hass, "update.fw"), "on");
    assert_attribute(hass, "skipped_version", "null");
}
END_TEST

START_TEST(a_skipped_version_can_be_wanted_again)
{
    hass__assert_loop();
    struct hass *hass = home(&old);

    call(hass, "skip", "", NULL);
    ck_assert_int_eq(call(hass, "clear_skipped", "", NULL), 0);
    ck_assert_str_eq(home_state(hass, "update.fw"), "on");
    assert_attribute(hass, "skipped_version", "null");
}
END_TEST

START_TEST(a_skipped_version_that_is_installed_is_forgotten)
{
    hass__assert_loop();
    struct hass *hass = home(&old);

    call(hass, "skip", "", NULL);
    fake.info.installed_version = "2.0";
    write_state(hass);
    assert_attribute(hass, "skipped_version", "null");
}
END_TEST

START_TEST(a_skipped_version_is_remembered)
{
    hass__assert_loop();
    struct hass *hass = home(&old);

    ck_assert_int_eq(call(hass, "skip", "", NULL), 0);
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "update.fw"), "off");
    assert_attribute(hass, "skipped_version", "'2.0'");
    fake.info.latest_version = "2.1";
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    ck_assert_str_eq(home_state(hass, "update.fw"), "on");
}
END_TEST

static const struct {
    bool auto_update;
    const char *installed, *latest, *service, *message;
} unskippable[] = {
    { true, "1.0", "2.0", "skip", "Skipping update is not supported for update.fw" },
    { true, "1.0", "2.0", "clear_skipped", "Clearing skipped update is not supported for" },
    { false, "1.0", NULL, "skip", "Cannot skip an unknown version for update.fw" },
    { false, "2.0", "2.0", "skip", "No update available to skip for update.fw" },
};

START_TEST(what_cannot_be_skipped_is_refused)
{
    hass__assert_loop();
    struct hass *hass =
        home(&(struct fake){ .info = { .installed_version = unskippable[_i].installed,
                                       .latest_version = unskippable[_i].latest,
                                       .auto_update = unskippable[_i].auto_update } });
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(call(hass, unskippable[_i].service, "", &err), HASS_E_GENERAL);
    ck_assert_msg(strstr(err.message, unskippable[_i].message) != NULL, "%s", err.message);
}
END_TEST

/* release notes */

static HASS_COROUTINE int notes(struct hass_entity *entity, char **ret_notes,
                                struct hass_error *err)
{
    if (!fake.info.title)
        return hass_fail(err, HASS_E_GENERAL, "lost");
    if (*fake.info.title)
        *ret_notes = strdup(fake.info.title);
    return 0;
}

static const struct {
    uint32_t features;
    const char *title, *message;
    const char *result, *code; /* one of the two */
} questions[] = {
    { UPDATE_RELEASE_NOTES, "# New", "'entity_id':'update.fw'", "'# New'", NULL },
    { UPDATE_RELEASE_NOTES, "", "'entity_id':'update.fw'", "null", NULL },
    { UPDATE_RELEASE_NOTES, NULL, "'entity_id':'update.fw'", NULL, "home_assistant_error" },
    { 0, "# New", "'entity_id':'update.fw'", NULL, "not_supported" },
    { UPDATE_RELEASE_NOTES, "# New", "'entity_id':'update.other'", NULL, "not_found" },
    { UPDATE_RELEASE_NOTES, "# New", "'entity_id':7", NULL, "invalid_format" },
};

START_TEST(clients_read_release_notes)
{
    hass__assert_loop();
    struct fake what = old;
    what.description.supported_features = questions[_i].features;
    what.info.title = questions[_i].title;
    what.ops.async_release_notes = notes;
    struct hass *hass = home(&what);
    struct hass_buf message = HASS_BUF_INIT;

    hass_buf_printf(&message, "{'type':'update/release_notes',%s}", questions[_i].message);
    const json_t *answer = client_ask(client_open(hass, NULL, true), hass_buf_string(&message));
    hass_buf_fini(&message);
    if (questions[_i].code)
        ck_assert_str_eq(client_error(answer), questions[_i].code);
    else
        ck_assert_json(json_object_get(answer, "result"), questions[_i].result);
}
END_TEST

CASES_MAIN("update", ROWS(the_state_says_whether_there_is_a_newer_version, versions),
           ONCE(attributes_are_all_there), ONCE(a_long_summary_is_cut_between_characters),
           ONCE(it_is_in_progress_while_it_is_installed), ONCE(a_failed_installation_is_over),
           ROWS(what_cannot_be_installed_is_refused, refusals),
           ONCE(a_version_and_a_backup_reach_the_platform), ONCE(a_platform_tells_its_progress),
           ONCE(a_skipped_version_is_no_update_until_there_is_another),
           ONCE(a_skipped_version_can_be_wanted_again),
           ONCE(a_skipped_version_that_is_installed_is_forgotten),
           ONCE(a_skipped_version_is_remembered),
           ROWS(what_cannot_be_skipped_is_refused, unskippable),
           ROWS(clients_read_release_notes, questions))
