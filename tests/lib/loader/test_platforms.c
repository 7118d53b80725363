/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms of real .so files: their entries are checked one by one, and they come back after every replacement. */
#include <string.h>

#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

static HASS_CALLBACK const char *state_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return state ? hass_state_state(state) : "(none)";
}

static const char two_things[] = "thing:\n"
                                 "  - platform: thing_maker\n"
                                 "    name: Small\n"
                                 "    size: 1\n"
                                 "  - platform: thing_maker\n"
                                 "    name: Usual\n";

static struct hass *boot(const char *yaml) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(const char *yaml)
{
    loader_configure(yaml);
    struct hass *hass = loader_hass();
    loader_boot(hass);
    test_settle(hass);
    return hass;
}

static HASS_CALLBACK void expect_two_things(struct hass *hass)
{
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "thing.small"), "1");
    ck_assert_str_eq(state_of(hass, "thing.usual"), "3");
    ck_assert(hass_component_loaded(hass, "thing.thing_maker"));
    ck_assert(hass_services_async_has(hass, "thing_maker", "call"));
}

START_TEST(entries_of_the_configuration_are_set_up)
{
    struct hass *hass = boot(two_things);

    expect_two_things(hass);
    ck_assert_str_eq(loader_member(hass, "thing_maker", "state"), "platforms only");
}
END_TEST

START_TEST(a_wrong_entry_is_left_out_with_its_place)
{
    struct logs *logs = test_logs();
    struct hass *hass = boot("thing:\n"
                             "  - platform: thing_maker\n"
                             "    name: Small\n"
                             "    size: 10\n"
                             "  - platform: thing_maker\n"
                             "    nmae: Usual\n"
                             "  - platform: thing_maker\n"
                             "    name: Good\n"
                             "    scan_interval: 5\n");

    ck_assert_str_eq(state_of(hass, "thing.good"), "3");
    ck_assert_str_eq(state_of(hass, "thing.small"), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "configuration.yaml:4:"));
    ck_assert_ptr_nonnull(logs_find(logs, "did you mean 'name'"));
    ck_assert_ptr_nonnull(logs_find(logs, "thing->0->size"));
}
END_TEST

START_TEST(an_unknown_platform_is_named)
{
    struct logs *logs = test_logs();
    struct hass *hass = boot("thing:\n"
                             "  - platform: thing_makr\n"
                             "  - platform: good\n"
                             "  - platform: thing_maker\n"
                             "    name: Good\n");

    ck_assert_str_eq(state_of(hass, "thing.good"), "3");
    ck_assert_ptr_nonnull(logs_find(logs, "did you mean 'thing_maker'"));
    ck_assert_ptr_nonnull(logs_find(logs, "integration good has no platforms"));
}
END_TEST

START_TEST(platforms_go_with_their_integration)
{
    struct hass *hass = boot(two_things);

    ck_assert_msg(loader_unload(hass, "thing_maker", &err) == 0, "%s", err.message);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "thing.small"), "(none)");
    ck_assert(!hass_component_loaded(hass, "thing.thing_maker"));
    ck_assert(!hass_services_async_has(hass, "thing_maker", "call"));
    ck_assert(hass_component_loaded(hass, "thing"));
}
END_TEST

static void expect_good_byes(const char *unloaded)
{
    struct hass *hass = boot(two_things);
    struct capture *said = test_capture(hass, "thing_said_good_bye");

    ck_assert_msg(loader_unload(hass, unloaded, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(capture_count(said), 2);
    ck_assert_str_eq(state_of(hass, "thing.small"), "(none)");
}

START_TEST(entities_say_good_bye_when_their_integration_is_unloaded)
{
    expect_good_byes("thing_maker");
}
END_TEST

START_TEST(entities_say_good_bye_when_their_domain_is_unloaded)
{
    expect_good_byes("thing");
}
END_TEST

START_TEST(platforms_come_back_when_their_integration_is_replaced)
{
    struct hass *hass = boot(two_things);

    for (int i = 0; i < 3; i++) {
        ck_assert_msg(loader_reload(hass, "thing_maker", &err) == 0, "%s", err.message);
        expect_two_things(hass);
    }
}
END_TEST

START_TEST(platforms_come_back_when_their_domain_is_replaced)
{
    struct hass *hass = boot(two_things);

    for (int i = 0; i < 3; i++) {
        ck_assert_msg(loader_reload(hass, "thing", &err) == 0, "%s", err.message);
        expect_two_things(hass);
    }
}
END_TEST

START_TEST(a_domain_that_is_unloaded_takes_the_platforms_with_it)
{
    struct hass *hass = boot(two_things);

    ck_assert_msg(loader_unload(hass, "thing", &err) == 0, "%s", err.message);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "thing.small"), "(none)");
    ck_assert(!hass_services_async_has(hass, "thing_maker", "call"));
}
END_TEST

START_TEST(an_integration_can_make_an_entry)
{
    struct hass *hass = boot("thing:\n");

    ck_assert_int_eq(
        hass_async_load_platform(hass, "thing", "thing_maker", test_json("{'name': 'Made'}"), NULL),
        0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "thing.made"), "3");
}
END_TEST

TEST_MAIN("platforms", entries_of_the_configuration_are_set_up,
          a_wrong_entry_is_left_out_with_its_place, an_unknown_platform_is_named,
          platforms_go_with_their_integration,
          entities_say_good_bye_when_their_integration_is_unloaded,
          entities_say_good_bye_when_their_domain_is_unloaded,
          platforms_come_back_when_their_integration_is_replaced,
          platforms_come_back_when_their_domain_is_replaced,
          a_domain_that_is_unloaded_takes_the_platforms_with_it, an_integration_can_make_an_entry)
