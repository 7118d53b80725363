/* SPDX-License-Identifier: Apache-2.0 */
/* What a call is assumed to do to a device that is not there. */
#include <string.h>

#include "daemon/scenario_effects.h"
#include "support/cases.h"
#include "support/test.h"

static const struct {
    const char *entity_id, *before; /* NULL: it is not known */
    const char *service, *data;
    const char *after, *attributes; /* NULL: there is no state */
} effects[] = {
    { "light.x", NULL, "turn_on", "{}", "on", "{}" },
    { "light.x", "off", "turn_on", "{'brightness_pct': 40}", "on", "{'brightness': 102}" },
    { "light.x", "off", "turn_on", "{'brightness': 7, 'transition': 3}", "on",
      "{'brightness': 7}" },
    { "light.x", "on", "toggle", "{}", "off", "{}" },
    { "light.x", "off", "toggle", "{}", "on", "{}" },
    { "light.x", "on", "explode", "{}", "on", "{}" },
    { "switch.x", "on", "turn_off", "{}", "off", "{}" },
    { "cover.x", "closed", "open_cover", "{}", "open", "{'current_position': 100}" },
    { "cover.x", "open", "set_cover_position", "{'position': 0}", "closed",
      "{'current_position': 0}" },
    { "cover.x", "open", "set_cover_position", "{'position': 1}", "open",
      "{'current_position': 1}" },
    { "cover.x", "open", "toggle", "{}", "closed", "{}" },
    { "lock.x", "locked", "unlock", "{}", "unlocked", "{}" },
    { "climate.x", "off", "set_temperature", "{'temperature': 21.5}", "off",
      "{'temperature': 21.5}" },
    { "climate.x", "off", "set_temperature", "{'temperature': 21, 'hvac_mode': 'heat'}", "heat",
      "{'temperature': 21}" },
    { "climate.x", "heat", "set_hvac_mode", "{'hvac_mode': 'off'}", "off", "{}" },
    { "fan.x", "off", "set_percentage", "{'percentage': 30}", "on", "{'percentage': 30}" },
    { "fan.x", "on", "set_percentage", "{'percentage': 0}", "off", "{'percentage': 0}" },
    { "media_player.x", "playing", "media_play_pause", "{}", "paused", "{}" },
    { "media_player.x", "playing", "volume_set", "{'volume_level': 0.5}", "playing",
      "{'volume_level': 0.5}" },
    { "number.x", "1", "set_value", "{'value': 2.5}", "2.5", "{}" },
    { "text.x", "a", "set_value", "{'value': 'b'}", "b", "{}" },
    { "select.x", "a", "select_option", "{'option': 'b'}", "b", "{}" },
    { "vacuum.x", "docked", "start", "{}", "cleaning", "{}" },
    { "alarm_control_panel.x", "disarmed", "alarm_arm_away", "{}", "armed_away", "{}" },
    { "button.x", NULL, "press", "{}", "2024-01-01T00:00:00+00:00", "{}" },
    { "scene.x", NULL, "turn_on", "{}", "2024-01-01T00:00:00+00:00", "{}" },
    { "notify.x", NULL, "send_message", "{}", NULL, NULL },
};

START_TEST(a_call_has_an_effect)
{
    struct hass *hass = test_hass();
    const char *before = effects[_i].before;
    autojson *data = test_json(effects[_i].data);
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    if (before)
        hass_states_async_set(hass, effects[_i].entity_id, before, NULL, NULL, NULL);
    scenario_assume(hass, effects[_i].entity_id, effects[_i].service, data, context);
    const struct hass_state *state = hass_states_async_get(hass, effects[_i].entity_id);
    if (!effects[_i].after) {
        ck_assert_ptr_null(state);
        return;
    }
    ck_assert_str_eq(hass_state_state(state), effects[_i].after);
    autojson *attributes = hass_state_attributes(state);
    ck_assert_json(attributes, effects[_i].attributes);
}
END_TEST

START_TEST(other_attributes_stay_but_for_the_placeholders_mark)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    hass_states_async_set(hass, "light.x", "unavailable",
                          test_json("{'restored': true, 'friendly_name': 'X'}"), NULL, NULL);
    scenario_assume(hass, "light.x", "turn_on", NULL, context);
    const struct hass_state *state = hass_states_async_get(hass, "light.x");
    autojson *attributes = hass_state_attributes(state);
    ck_assert_json(attributes, "{'friendly_name': 'X'}");
    ck_assert_str_eq(hass_context_id(hass_state_context(state)), hass_context_id(context));
}
END_TEST

CASES_MAIN("effects of calls", ROWS(a_call_has_an_effect, effects),
           ONCE(other_attributes_stay_but_for_the_placeholders_mark))
