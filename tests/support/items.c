/* SPDX-License-Identifier: Apache-2.0 */
/* Items of collections, changed as clients do it. */
#include "support/items.h"

#include <string.h>
#include <unistd.h>

#include <hass/collection.h>
#include <hass/dt.h>

struct change {
    const char *domain, *id;
    json_t *fields;
    json_t *item;
};

static HASS_COROUTINE int make_change(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct change *change = userdata;

    if (!change->fields)
        return hass_collection_async_delete_item(hass, change->domain, change->id, err);
    if (!change->id)
        return hass_collection_async_create_item(hass, change->domain, change->fields,
                                                 &change->item, err);
    return hass_collection_async_update_item(hass, change->domain, change->id, change->fields,
                                             &change->item, err);
}

json_t *items_change(struct hass *hass, const char *domain, const char *id, const char *fields,
                     struct hass_error *err)
{
    struct change change = { domain, id, fields ? test_json(fields) : NULL, NULL };

    (void)test_run_job(hass, HASS_JOB_COROUTINE(make_change, &change), err);
    test_settle(hass);
    return change.item;
}

static void assert_said(const char *message, const char *said)
{
    ck_assert_msg(strstr(message, said) != NULL, "'%s' lacks '%s'", message, said);
}

void items_check_call(const char *yaml, const char *entity_id, const struct item_call *call)
{
    struct hass *hass = test_home(yaml);
    char domain[65];

    hass_state_domain(hass_states_async_get(hass, entity_id), domain);
    ck_assert_int_eq(home_call(hass, domain, call->service, call->data, NULL), call->code);
    ck_assert_str_eq(home_state(hass, entity_id), call->state);
}

void items_check_refused(const char *domain, const char *fields, const char *said)
{
    autobuf yaml = HASS_BUF_INIT;
    struct hass_error err = HASS_ERROR_INIT;

    hass_buf_printf(&yaml, "%s:\n", domain);
    struct hass *hass = test_home(yaml.data);
    size_t before = hass_states_async_count(hass, domain);
    autojson *item = items_change(hass, domain, NULL, fields, &err);
    ck_assert_ptr_null(item);
    ck_assert_int_eq(err.code, HASS_E_INVALID);
    assert_said(err.message, said);
    ck_assert_uint_eq(hass_states_async_count(hass, domain), before);
}

void items_check_section(const char *domain, const char *section, const char *said)
{
    autobuf yaml = HASS_BUF_INIT, entity_id = HASS_BUF_INIT;
    struct logs *logs = test_logs();

    hass_buf_printf(&yaml, "%s:\n%s", domain, section);
    hass_buf_printf(&entity_id, "%s.bad", domain);
    struct hass *hass = test_home(yaml.data);
    ck_assert_msg(logs_find(logs, said) != NULL, "'%s' is not in the log", said);
    ck_assert_str_eq(home_state(hass, entity_id.data), "(none)");
    ck_assert(hass_component_loaded(hass, "homeassistant"));
}

void items_check_attributes(struct hass *hass, const char *entity_id, const char *wanted)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    ck_assert_msg(state != NULL, "there is no %s", entity_id);
    autojson *attributes = hass_state_attributes(state);
    ck_assert_json(attributes, wanted);
}

struct hass *items_check_restart(const char *domain, const char *fields, const char *wanted)
{
    autobuf yaml = HASS_BUF_INIT;
    struct hass_error err = HASS_ERROR_INIT;

    hass_buf_printf(&yaml, "%s:\n", domain);
    struct hass *hass = test_home(yaml.data);
    json_decref(items_change(hass, domain, NULL, fields, &err));
    ck_assert_msg(err.code == 0, "%s", err.message);
    hass = home_restart(hass, 60);
    autojson *items = hass_collection_async_as_json(hass, domain);
    ck_assert_json(items, wanted);
    return hass;
}

void items_check_restored(const char *yaml, const char *entity_id, const struct item_call *call)
{
    struct hass *hass = test_home(yaml);
    char domain[65];

    hass_state_domain(hass_states_async_get(hass, entity_id), domain);
    ck_assert_int_eq(home_call(hass, domain, call->service, call->data, NULL), call->code);
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, entity_id), call->state);
}

/* restarting */

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, true, err);
}

struct hass *home_again(struct hass *hass, double seconds)
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    int64_t start = hass_now(hass) + (int64_t)(seconds * HASS_USEC_PER_SEC);
    struct hass_options options = loader_options();

    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    loader_end(hass);
    options.plugin_dirs = folders;
    options.virtual_start = start;
    return loader_hass_with(&options);
}

struct hass *home_restart(struct hass *hass, double seconds)
{
    hass = home_again(hass, seconds);
    loader_boot(hass);
    test_settle(hass);
    return hass;
}

static char *path_of(const char *name)
{
    char *path = NULL;

    ck_assert_int_gt(asprintf(&path, "%s/%s", test_dir(), name), 0);
    return path;
}

/* What is written by a stop and by time. */
static const char *const kept[] = { ".storage/hassd.runs", ".storage/core.restore_state" };

struct hass *home_killed(struct hass *hass, double seconds)
{
    char *texts[2] = { NULL };

    for (size_t i = 0; i < 2; i++) {
        autofree char *path = path_of(kept[i]);
        if (access(path, F_OK) == 0)
            texts[i] = test_read_file(path);
    }
    hass = home_again(hass, seconds);
    for (size_t i = 0; i < 2; i++) {
        autofree char *path = path_of(kept[i]);
        autofree char *text = texts[i];
        (void)unlink(path);
        if (text)
            test_file(kept[i], text);
    }
    loader_boot(hass);
    test_settle(hass);
    return hass;
}
