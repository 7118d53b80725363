/* SPDX-License-Identifier: Apache-2.0 */
/* Integrations that take a changed section while they run: by their service, and when the whole configuration is read again. */
#include <string.h>

#include "support/cases.h"
#include "support/home.h"

static HASS_CALLBACK struct hass *boot(const char *yaml)
{
    loader_configure(yaml);
    struct hass *hass = loader_hass();

    loader_boot(hass);
    return hass;
}

/* "fast 2": the mode, and how often the section has been taken. */
static HASS_CALLBACK const char *shown(struct hass *hass)
{
    static char text[64];
    autojson *reloads = home_attribute(hass, "adapts.mode", "reloads");

    snprintf(text, sizeof(text), "%s %d", home_state(hass, "adapts.mode"),
             (int)json_integer_value(reloads));
    return text;
}

static HASS_COROUTINE int reload_config(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_reload_config(hass, err);
}

static HASS_COROUTINE int reload_section(struct hass *hass, void *domain, struct hass_error *err)
{
    return hass_async_reload_section(hass, domain, err);
}

START_TEST(the_service_reload_hands_over_the_section)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    ck_assert_str_eq(shown(hass), "slow 0");
    loader_configure("adapts:\n  mode: fast\n");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 1");
    ck_assert(hass_services_async_is_admin(hass, "adapts", "reload"));
    loader_configure("");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    ck_assert_str_eq(shown(hass), "nothing 2");
}
END_TEST

START_TEST(others_have_no_such_service)
{
    hass__assert_loop();
    struct hass *hass = boot("good:\n");

    ck_assert(!hass_services_async_has(hass, "good", "reload"));
    ck_assert_int_eq(test_run_coroutine(hass, reload_section, TEXT("good")), HASS_E_UNSUPPORTED);
    ck_assert_int_eq(test_run_coroutine(hass, reload_section, TEXT("adapts")), HASS_E_NOT_FOUND);
}
END_TEST

static const char *const wrong[] = {
    "adapts:\n  mode: unheard_of\n", /* an item */
    "adapts: slow\n",                /* the section */
    "adapts: [slow\n",               /* the file */
    "adapts:\n  mode: no\n",         /* the integration says so */
};

START_TEST(a_wrong_section_changes_nothing)
{
    hass__assert_loop();
    test_logs();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    loader_configure(wrong[_i]);
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), HASS_E_INVALID);
    ck_assert_str_eq(shown(hass), "slow 0");
    ck_assert(hass_component_loaded(hass, "adapts"));
}
END_TEST

START_TEST(reading_all_again_hands_it_over_as_well)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    loader_configure("adapts:\n  mode: fast\n");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 1");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 1");
}
END_TEST

START_TEST(what_its_service_has_taken_is_no_change_when_all_is_read_again)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    loader_configure("adapts:\n  mode: fast\n");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 1");
}
END_TEST

START_TEST(without_its_section_it_is_unloaded_unless_somebody_needs_it)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\nneeds_adapts:\n");

    loader_configure("needs_adapts:\n");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "nothing 1");
    loader_configure("adapts:\n  mode: fast\n");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 2");
    loader_configure("");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert(!hass_component_loaded(hass, "adapts"));
}
END_TEST

START_TEST(a_wrong_section_read_with_all_is_a_problem_until_it_is_mended)
{
    hass__assert_loop();
    test_logs();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    loader_configure("adapts:\n  mode: unheard_of\n");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "slow 0");
    ck_assert_ptr_nonnull(strstr(loader_problem(hass, "adapts"), "unheard_of"));
    loader_configure("adapts:\n  mode: fast\n");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    ck_assert_str_eq(shown(hass), "fast 1");
    ck_assert_ptr_null(loader_problem(hass, "adapts"));
}
END_TEST

START_TEST(a_value_is_found_in_its_file)
{
    autobuf place = HASS_BUF_INIT;

    test_file("rest.yaml", "- name: a\n- name: b\n  size: 4\n");
    loader_configure("good:\n  mode: fast\nthing one: !include rest.yaml\n"
                     "thing two:\n  - name: c\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    ck_assert(hass_async_config_place(hass, "good", "mode", &place));
    ck_assert_str_eq(hass_buf_string(&place), "configuration.yaml:2");
    hass_buf_clear(&place);
    ck_assert(hass_async_config_place(hass, "thing", "1->size", &place));
    ck_assert_str_eq(hass_buf_string(&place), "rest.yaml:3");
    hass_buf_clear(&place);
    ck_assert(hass_async_config_place(hass, "thing", "2->name", &place));
    ck_assert_str_eq(hass_buf_string(&place), "configuration.yaml:5");
    ck_assert(!hass_async_config_place(hass, "nowhere", "1", &place));
    ck_assert_uint_eq(json_array_size(hass_async_config_section(hass, "thing")), 3);
    ck_assert_ptr_null(hass_async_config_section(hass, "nowhere"));
}
END_TEST

static HASS_CALLBACK const char *place_of(struct hass *hass, const char *domain, const char *path)
{
    static char text[64];
    autobuf place = HASS_BUF_INIT;

    (void)hass_async_config_place(hass, domain, path, &place);
    snprintf(text, sizeof(text), "%s", hass_buf_string(&place));
    return text;
}

START_TEST(after_its_service_places_are_those_of_the_file_now)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\n");

    loader_configure("\n\nadapts:\n  mode: fast\n");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    ck_assert_str_eq(place_of(hass, "adapts", "mode"), "configuration.yaml:4");
}
END_TEST

/* What the others are set up with is what they are asked about, wherever it stood. */
START_TEST(other_sections_stay_those_that_run)
{
    hass__assert_loop();
    struct hass *hass = boot("adapts:\n  mode: slow\ngood:\n  mode: fast\nthing:\n  - name: a\n");

    loader_configure(
        "# remark\nadapts:\n  mode: fast\ngood:\n  other: 1\n  mode: slow\nthing:\n  - name: a\n");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
        ck_assert_str_eq(hass_json_get_string(hass_async_config_section(hass, "good"), "mode", ""),
                         "fast");
        ck_assert_str_eq(place_of(hass, "good", "mode"), "configuration.yaml:4");
        ck_assert_str_eq(place_of(hass, "thing", "0->name"), "configuration.yaml:8");
        ck_assert_str_eq(place_of(hass, "adapts", "mode"), "configuration.yaml:3");
    }
    loader_configure("adapts:\n  mode: fast\nmore:\n");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    ck_assert_str_eq(place_of(hass, "good", "mode"), "configuration.yaml:4");
    ck_assert_ptr_null(hass_async_config_section(hass, "more"));
    ck_assert_uint_eq(json_array_size(hass_async_config_section(hass, "thing")), 1);
}
END_TEST

/* The home itself is no section of an integration: what is written of it counts when all is read again. */
START_TEST(the_home_changes_when_all_is_read_again)
{
    hass__assert_loop();
    struct hass *hass = boot("homeassistant: {name: Old}\nadapts:\n  mode: slow\n");
    struct hass_home home = { .size = sizeof(home) };

    loader_configure("homeassistant: {name: New}\nadapts:\n  mode: fast\n");
    ck_assert_int_eq(home_call(hass, "adapts", "reload", "{}", NULL), 0);
    hass_config_home(hass, &home);
    ck_assert_str_eq(home.location_name, "Old");
    ck_assert_int_eq(test_run_coroutine(hass, reload_config, NULL), 0);
    hass_config_home(hass, &home);
    ck_assert_str_eq(home.location_name, "New");
}
END_TEST

CASES_MAIN("reload of a section", ONCE(the_service_reload_hands_over_the_section),
           ONCE(others_have_no_such_service), ROWS(a_wrong_section_changes_nothing, wrong),
           ONCE(reading_all_again_hands_it_over_as_well),
           ONCE(what_its_service_has_taken_is_no_change_when_all_is_read_again),
           ONCE(without_its_section_it_is_unloaded_unless_somebody_needs_it),
           ONCE(a_wrong_section_read_with_all_is_a_problem_until_it_is_mended),
           ONCE(a_value_is_found_in_its_file),
           ONCE(after_its_service_places_are_those_of_the_file_now),
           ONCE(other_sections_stay_those_that_run), ONCE(the_home_changes_when_all_is_read_again))
