/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up real .so files: what works, in which order, and every way in which it does not. */
#include <errno.h>
#include <string.h>

#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

static HASS_CALLBACK const char *state_of(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    return state ? hass_state_state(state) : "(none)";
}

START_TEST(an_integration_is_set_up_on_the_loop)
{
    struct hass *hass = loader_hass();
    struct capture *loaded = test_capture(hass, HASS_EVENT_COMPONENT_LOADED);
    ck_assert_msg(loader_set_up(hass, "good", &err) == 0, "%s", err.message);
    ck_assert(hass_component_loaded(hass, "good"));
    ck_assert_uint_eq(capture_count(loaded), 1);
    ck_assert_json(hass_event_data(capture_event(loaded, 0)), "{'component': 'good'}");
    ck_assert_str_eq(state_of(hass, "good.mode"), "slow");
    ck_assert(hass_services_async_has(hass, "good", "call"));
    ck_assert_str_eq(loader_member(hass, "good", "state"), "set up");
}
END_TEST

TEST_MAIN("setup", an_integration_is_set_up_on_the_loop)
