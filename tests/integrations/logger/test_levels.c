/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which lines are written: levels from the configuration, changed by services.
 */
#include "base/log.h"
#include "support/cases.h"
#include "support/home.h"

static int64_t long_after(void)
{
    return INT64_MAX / 2;
}

/* Makes demo write one line of level info. */
static HASS_CALLBACK bool demo_informs(struct hass *hass)
{
    struct logs *logs = test_logs();

    log_set_clock_hook(NULL, long_after); /* what its start has logged does not count any more */
    logs_clear(logs);
    hass_bus_async_fire(hass, "demo_ping", NULL, NULL, NULL);
    test_settle(hass);
    return logs_find(logs, "INFO [demo] got a demo_ping") != NULL;
}

static const struct {
    const char *yaml;
    bool informs;
} sections[] = {
    { "", false },
    { "logger:\n", true },
    { "logger:\n  default: info\n", true },
    { "logger:\n  default: INFO\n", true },
    { "logger:\n  default: warning\n", false },
    { "logger:\n  default: notset\n", true },
    { "logger:\n  default: error\n  logs:\n    demo: debug\n", true },
    { "logger:\n  default: debug\n  logs:\n    demo: critical\n", false },
    { "logger:\n  default: error\n  logs:\n    homeassistant.components.demo: info\n", true },
    { "logger:\n  default: error\n  logs:\n    homeassistant.components.demo.switch: info\n",
      true },
    { "logger:\n  default: error\n  logs:\n    custom_components.demo: info\n", true },
    { "logger:\n  default: error\n  logs:\n    other: info\n", false },
};

START_TEST(the_section_says_who_is_heard)
{
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "demo:\n%s", sections[_i].yaml);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    ck_assert_int_eq(demo_informs(hass), sections[_i].informs);
}
END_TEST

static const char *const bad_sections[] = {
    "logger:\n  default: loud\n",
    "logger:\n  logs:\n    demo: loud\n",
    "logger:\n  logs: debug\n",
    "logger:\n  level: debug\n",
};

START_TEST(a_wrong_level_is_reported)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home(bad_sections[_i]);

    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:"));
    ck_assert(hass_component_loaded(hass, "homeassistant"));
}
END_TEST

START_TEST(services_change_levels)
{
    struct hass *hass = test_home("demo:\nlogger:\n  default: warning\n");
    struct capture *changes = test_capture(hass, HASS_EVENT_LOGGING_CHANGED);

    ck_assert(!demo_informs(hass));
    ck_assert_int_eq(home_call(hass, "logger", "set_level", "{'demo':'debug'}", NULL), 0);
    ck_assert(demo_informs(hass));
    ck_assert_int_eq(
        home_call(hass, "logger", "set_level", "{'homeassistant.components.demo':'ERROR'}", NULL),
        0);
    ck_assert(!demo_informs(hass));
    ck_assert_int_eq(home_call(hass, "logger", "set_default_level", "{'level':'debug'}", NULL), 0);
    ck_assert(!demo_informs(hass));
    ck_assert_uint_eq(capture_count(changes), 3);
}
END_TEST

START_TEST(the_default_level_is_that_of_all_others)
{
    struct hass *hass = test_home("demo:\nlogger:\n  default: warning\n");

    ck_assert_int_eq(home_call(hass, "logger", "set_default_level", "{'level':'info'}", NULL), 0);
    ck_assert(demo_informs(hass));
}
END_TEST

static const struct {
    const char *service, *data;
} bad_calls[] = {
    { "set_level", "{'demo':'loud'}" },
    { "set_level", "{'demo':7}" },
    { "set_level", "{'demo':'debug','other':null}" },
    { "set_default_level", "{}" },
    { "set_default_level", "{'level':'loud'}" },
    { "set_default_level", "{'level':'debug','demo':'debug'}" },
};

START_TEST(a_wrong_call_changes_nothing)
{
    struct hass *hass = test_home("demo:\nlogger:\n  default: warning\n");
    struct capture *changes = test_capture(hass, HASS_EVENT_LOGGING_CHANGED);

    ck_assert_int_eq(home_call(hass, "logger", bad_calls[_i].service, bad_calls[_i].data, NULL),
                     HASS_E_INVALID);
    ck_assert(!demo_informs(hass));
    ck_assert_uint_eq(capture_count(changes), 0);
}
END_TEST

START_TEST(its_services_are_for_administrators)
{
    struct hass *hass = test_home("logger:\n");

    ck_assert(hass_services_async_is_admin(hass, "logger", "set_level"));
    ck_assert(hass_services_async_is_admin(hass, "logger", "set_default_level"));
}
END_TEST

START_TEST(reloading_forgets_what_services_said)
{
    struct hass *hass = test_home("demo:\nlogger:\n  default: warning\n");

    home_call(hass, "logger", "set_level", "{'demo':'debug'}", NULL);
    ck_assert_int_eq(loader_reload(hass, "logger", NULL), 0);
    ck_assert(!demo_informs(hass));
}
END_TEST

CASES_MAIN("logger", ROWS(the_section_says_who_is_heard, sections),
           ROWS(a_wrong_level_is_reported, bad_sections), ONCE(services_change_levels),
           ONCE(the_default_level_is_that_of_all_others),
           ROWS(a_wrong_call_changes_nothing, bad_calls), ONCE(its_services_are_for_administrators),
           ONCE(reloading_forgets_what_services_said))
