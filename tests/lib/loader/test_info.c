/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader tells about itself, and what integrations offer each other. */
#include <string.h>
#include <unistd.h>

#include "run/scope.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

START_TEST(info_tells_of_the_daemon_and_its_integrations)
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
    autojson *info = hass_async_info(hass);
    ck_assert_str_eq(hass_json_get_string(info, "version", ""), HASS_VERSION);
    ck_assert_int_eq(hass_json_get_int(info, "pid", 0), getpid());
    ck_assert_str_eq(hass_json_get_string(info, "state", ""), "NOT_RUNNING");
    ck_assert_int_ge(hass_json_get_int(info, "threads", 0), 1);
    ck_assert_int_eq(hass_json_get_int(info, "mapped_files", 0), 1);
    ck_assert_str_eq(loader_member(hass, "good", "version"), "1.0");
    ck_assert_str_eq(loader_member(hass, "good", "name"), "Good");
}
END_TEST

START_TEST(a_problem_is_shown_with_its_remedy)
{
    test_logs();
    struct hass *hass = loader_hass();
    (void)loader_set_up(hass, "both", NULL);
    autojson *info = hass_async_info(hass);
    const json_t *problem = json_array_get(hass_json_get(info, "problems"), 0);
    ck_assert_str_eq(hass_json_get_string(problem, "domain", ""), "both");
    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(problem, "remedy", ""), "put a good both.so"));
}
END_TEST

START_TEST(top_counts_by_integration)
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
    for (int i = 0; i < 5; i++)
        hass_bus_async_fire(hass, "ping", NULL, NULL, NULL);
    autojson *top = hass_async_top(hass);
    size_t i;
    json_t *row;
    json_int_t jobs = 0;
    json_array_foreach(top, i, row)
        if (strcmp(hass_json_get_string(row, "domain", ""), "good") == 0)
            jobs = hass_json_get_int(row, "jobs", 0);
    ck_assert_int_ge(jobs, 5);
}
END_TEST

/* dialogues */

struct asked {
    const char *types;
    json_t *domains;
};

static HASS_COROUTINE int ask_handlers(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct asked *asked = userdata;
    autojson *types = test_json(asked->types);

    return hass_async_flow_handlers(hass, types, &asked->domains, error);
}

/* What is asked for, and who can be added by dialogue; none is set up. */
static const struct {
    const char *types, *domains;
} handlers[] = {
    { "[]", "['flows']" },
    { "['hub']", "['flows']" },
    { "['device', 'hub']", "['flows']" },
    { "['helper']", "[]" },
    { "[5]", "[]" },
};

START_TEST(who_can_be_added_by_dialogue_is_found_among_all_files)
{
    struct asked asked = { .types = handlers[_i].types };
    struct hass *hass = loader_hass();

    loader_drop("crash_ctor", "broken");
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(ask_handlers, &asked), NULL), 0);
    autojson *domains = asked.domains;
    ck_assert_json(domains, handlers[_i].domains);
    ck_assert(!hass_component_loaded(hass, "flows"));
    /* Only what may have a dialogue was opened. */
    autojson *info = hass_async_info(hass);
    ck_assert_uint_le(hass_json_get_int(info, "mapped_files", 0), 2);
}
END_TEST

/* APIs */

static const struct {
    uint32_t size;
} table = { .size = sizeof(table) };

START_TEST(an_api_is_found_by_name)
{
    struct hass *hass = loader_hass();

    ck_assert_ptr_null(hass_async_get_api(hass, "lamp.api"));
    ck_assert_int_eq(hass_async_provide_api(hass, "lamp.api", &table, &err), 0);
    ck_assert_ptr_eq(hass_async_get_api(hass, "lamp.api"), &table);
}
END_TEST

START_TEST(a_name_is_given_once)
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(hass_async_provide_api(hass, "lamp.api", &table, &err), 0);
    ck_assert_int_eq(hass_async_provide_api(hass, "lamp.api", &table, &err), HASS_E_EXISTS);
    hass_error_clear(&err);
    ck_assert_int_eq(hass_async_provide_api(hass, "", &table, &err), HASS_E_INVALID);
    char name[129];
    memset(name, 'a', sizeof(name));
    name[128] = '\0';
    ck_assert_int_eq(hass_async_provide_api(hass, name, &table, NULL), HASS_E_INVALID);
    name[127] = '\0';
    ck_assert_int_eq(hass_async_provide_api(hass, name, &table, NULL), 0);
}
END_TEST

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *error)
{
    return scope_async_close(userdata, 1, error);
}

START_TEST(an_api_goes_with_its_scope)
{
    struct hass *hass = loader_hass();
    struct scope *scope = scope_new(hass, "lamp");
    struct scope *former = scope_enter(scope);

    ck_assert_int_eq(hass_async_provide_api(hass, "lamp.api", &table, &err), 0);
    scope_leave(former);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    ck_assert_ptr_null(hass_async_get_api(hass, "lamp.api"));
    former = scope_enter(scope);
    ck_assert_int_lt(hass_async_provide_api(hass, "lamp.api", &table, &err), 0);
    scope_leave(former);
    scope_unref(scope);
}
END_TEST

CASES_MAIN("info", ONCE(info_tells_of_the_daemon_and_its_integrations),
           ONCE(a_problem_is_shown_with_its_remedy), ONCE(top_counts_by_integration),
           ROWS(who_can_be_added_by_dialogue_is_found_among_all_files, handlers),
           ONCE(an_api_is_found_by_name), ONCE(a_name_is_given_once),
           ONCE(an_api_goes_with_its_scope))
