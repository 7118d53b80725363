/* SPDX-License-Identifier: Apache-2.0 */
/* The condition `zone`. */
#include <stdio.h>
#include <string.h>

#include "support/cases.h"
#include "support/conditions.h"
#include "support/home.h"

#define YAML                                                                                       \
    "zone:\n"                                                                                      \
    "  - {name: Work, latitude: 48.0, longitude: 11.0, radius: 150}\n"                             \
    "  - {name: Lake, latitude: 48.5, longitude: 11.0, radius: 500}\n"

static HASS_CALLBACK struct hass *land(void)
{
    struct hass *hass = test_home(YAML);

    test_set(hass, "person.work", "x", "{'latitude':48.0,'longitude':11.0}");
    test_set(hass, "person.between", "y", "{'latitude':48.1,'longitude':11.0}");
    test_set(hass, "person.lake", "z", "{'latitude':48.5004,'longitude':11.0}");
    test_set(hass, "person.vague", "z", "{'latitude':48.1,'longitude':11.0,'gps_accuracy':12000}");
    test_set(hass, "person.gone", "unavailable", "{'latitude':48.0,'longitude':11.0}");
    test_set(hass, "person.nowhere", "n", NULL);
    return hass;
}

static const struct {
    const char *who, *zones;
    int answer;
    const char *message;
} places[] = {
    { "'person.work'", "'zone.work'", 1, "" },
    { "'person.work'", "'zone.lake'", 0, "" },
    { "'person.work'", "['zone.lake','zone.work']", 1, "" },
    { "'person.between'", "['zone.lake','zone.work']", 0, "" },
    { "'person.lake'", "['zone.work','zone.lake']", 1, "" },
    { "['person.lake','person.work']", "['zone.work','zone.lake']", 1, "" },
    { "['person.lake','person.between']", "['zone.work','zone.lake']", 0, "" },
    { "'person.vague'", "'zone.work'", 1, "" },
    { "'person.gone'", "'zone.work'", 0, "" },
    { "'person.nowhere'", "'zone.work'", HASS_E_CONDITION, "zone: person.nowhere has no latitude" },
    { "'person.none'", "'zone.work'", HASS_E_CONDITION, "zone: there is no entity person.none" },
    { "'person.work'", "'zone.none'", HASS_E_CONDITION, "zone: there is no zone zone.none" },
    { "'person.work'", "['zone.none','zone.work']", 1, "" },
};

START_TEST(zones_are_compared_by_coordinates)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    char text[160];

    snprintf(text, sizeof(text), "{'condition':'zone','entity_id':%s,'zone':%s}", places[_i].who,
             places[_i].zones);
    ck_assert_int_eq(test_conditions(land(), text, NULL, &err), places[_i].answer);
    ck_assert_str_eq(err.message, places[_i].message);
}
END_TEST

START_TEST(words_for_many_entities_are_refused)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_ptr_null(test_check_conditions(
        land(), "{'condition':'zone','entity_id':'all','zone':'zone.work'}", &err));
    ck_assert_str_eq(err.message, "entity_id: expected a list of entity ids");
}
END_TEST

CASES_MAIN("zone_condition", ROWS(zones_are_compared_by_coordinates, places),
           ONCE(words_for_many_entities_are_refused))
