/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `sun`: the sun rises or sets, some time before or after.
 *
 * Model: components.sun.trigger
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/track_time.h"
#include "helpers/trigger.h"

HASS_SCHEMA(schema,
            HASS_FIELD("event", &hass_type_sun_event, .required = true, .doc = "sunrise or sunset"),
            HASS_FIELD("offset", &hass_type_duration, .fallback = "0",
                       .doc = "How much later; negative: earlier"));

static bool rises(const struct hass_trigger *trigger)
{
    return strcmp(hass_json_get_string(trigger->config, "event", ""), "sunrise") == 0;
}

static double offset_of(const struct hass_trigger *trigger)
{
    return hass_json_get_number(trigger->config, "offset", 0);
}

static HASS_CALLBACK int64_t note_next(struct hass_trigger *trigger, int64_t after)
{
    int64_t next = 0;

    if (!trigger->owner->run_missed)
        return 0;
    (void)hass_sun_next(trigger->owner->hass, rises(trigger) ? HASS_SUNRISE : HASS_SUNSET, after,
                        offset_of(trigger), &next, NULL);
    return trigger_note_due(trigger, "sun", next);
}

/* Of one that wants missed times. */
struct noted {
    struct clock_watcher watcher;
    struct hass_trigger *trigger;
    int64_t fired; /* when it last fired, or 0 */
};

/* What is due by now fires at the next turn, and is noted anew then. */
static void clock_was_set(struct clock_watcher *watcher)
{
    const struct noted *noted = list_entry(watcher, struct noted, watcher);
    struct hass_trigger *trigger = noted->trigger;

    hass__assert_loop();
    (void)note_next(trigger, time_tracker_after(noted->fired, hass_now(trigger->owner->hass)));
}

static void noted_destroy(void *object)
{
    struct noted *noted = object;

    hass__assert_loop();
    clock_watcher_remove(&noted->watcher);
    free(noted);
}

static HASS_CALLBACK void follow_clock(struct hass_trigger *trigger)
{
    struct noted *noted = mem_alloc(sizeof(*noted));

    *noted = (struct noted){ .watcher = { .clock_set = clock_was_set }, .trigger = trigger };
    timers_watch_clock(runtime_of(trigger->owner->hass)->timers, &noted->watcher);
    hass_trigger_set_data(trigger, noted, noted_destroy);
}

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct hass_trigger *trigger = userdata;
    struct hass_template_variables *fields = hass_template_variables_create();
    const char *event = hass_json_get_string(hass_trigger_config(trigger), "event", "");
    struct noted *noted = hass_trigger_data(trigger);
    char description[40];

    if (noted)
        noted->fired = tick->now;
    (void)note_next(trigger, tick->now + 1);
    hass_template_variables_set(fields, "trigger.event", json_string(event));
    hass_template_variables_set_duration(fields, "trigger.offset", offset_of(trigger));
    snprintf(description, sizeof(description), "%s%s", event,
             offset_of(trigger) != 0 ? " with offset" : "");
    return hass_trigger_async_fire(
        trigger, HASS_TRIGGER_FIRE(.fields = fields, .description = description), err);
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(trigger);
    struct hass_job job = HASS_JOB_CALLBACK(on_tick, trigger);
    struct hass_sub *sub = NULL, *missed = NULL;

    hass__assert_loop();
    int r = rises(trigger) ? hass_async_track_sunrise(hass, offset_of(trigger), job, &sub, err)
                           : hass_async_track_sunset(hass, offset_of(trigger), job, &sub, err);
    hass_trigger_async_own(trigger, sub);
    if (r >= 0 && trigger->owner->run_missed)
        follow_clock(trigger);
    if (r >= 0 && note_next(trigger, hass_now(hass)))
        r = hass_async_call_later(hass, 0, HASS_JOB_CALLBACK(on_tick, trigger), &missed, err);
    hass_trigger_async_own(trigger, missed);
    return r;
}

const struct hass_trigger_kind trigger_kind_sun =
    HASS_TRIGGER_KIND(.name = "sun", .schema = &schema, .async_attach = attach);
