/* SPDX-License-Identifier: Apache-2.0 */
/* The event bus: who gets what, in which order. */
#include "support/test.h"

START_TEST(an_event_reaches_its_listener)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "ping");

    ck_assert_int_eq(hass_bus_async_fire(hass, "ping", test_json("{'x': 1}"), NULL, NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)), "{'x': 1}");
}
END_TEST

TEST_MAIN("bus", an_event_reaches_its_listener)
