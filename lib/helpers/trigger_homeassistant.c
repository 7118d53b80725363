/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `homeassistant`: the home has started, for who is attached while it does; or it goes down.
 *
 * Model: homeassistant.triggers.homeassistant
 */
#include <string.h>

#include "helpers/trigger.h"

HASS_SCHEMA(schema, HASS_FIELD("event", &hass_type_enum, .words = HASS_WORDS("start", "shutdown"),
                               .required = true, .doc = "start or shutdown"));

static HASS_CALLBACK int fire(struct hass_trigger *trigger, const char *description,
                              struct hass_error *err)
{
    struct hass_template_variables *fields = hass_template_variables_create();

    hass_template_variables_set(
        fields, "trigger.event",
        hass_json_ref(hass_json_get(hass_trigger_config(trigger), "event")));
    return hass_trigger_async_fire(
        trigger, HASS_TRIGGER_FIRE(.fields = fields, .description = description), err);
}

static HASS_CALLBACK int on_shutdown(struct hass *hass, void *userdata, struct hass_error *err)
{
    return fire(userdata, "Home Assistant stopping", err);
}

static HASS_CALLBACK int on_start(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    return fire(userdata, "Home Assistant starting", err);
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(trigger);
    struct hass_sub *sub = NULL;
    int r = 0;

    hass__assert_loop();
    if (strcmp(hass_json_get_string(hass_trigger_config(trigger), "event", ""), "shutdown") == 0)
        r = hass_async_add_shutdown_job(hass, HASS_JOB_CALLBACK(on_shutdown, trigger), &sub, err);
    else if (hass_trigger_at_start(trigger)) // at the next turn, when all are attached
        r = hass_async_call_later(hass, 0, HASS_JOB_CALLBACK(on_start, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

const struct hass_trigger_kind trigger_kind_homeassistant =
    HASS_TRIGGER_KIND(.name = "homeassistant", .schema = &schema, .async_attach = attach);
