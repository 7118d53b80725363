/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger `time_pattern`: at each time that matches. Units above the largest that is given are "*", those below one that is given are 0.
 *
 * Model: homeassistant.triggers.time_pattern
 */
#include <string.h>

#include <hass/config.h>
#include <hass/dt.h>

#include "base/mem.h"
#include "data/schema_text.h"
#include "helpers/time_pattern.h"
#include "helpers/track_time.h"
#include "helpers/trigger.h"

static int check_unit(const json_t *value, unsigned max, json_t **ret_value, struct hass_error *err)
{
    char buffer[SCHEMA_SCALAR_TEXT];
    const char *text = json_is_boolean(value) ? NULL : schema_scalar_text(value, buffer);

    if (!text)
        return schema_fail("*, a number, or / and a number", value, err);
    int r = time_pattern_check_field(text, max, err);
    if (r >= 0)
        *ret_value = json_string(text);
    return r;
}

static int check_hours(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    return check_unit(value, 23, ret_value, err);
}

static int check_others(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    return check_unit(value, 59, ret_value, err);
}

static const struct hass_field_type type_hours = {
    .size = sizeof(struct hass_field_type),
    .name = "hours",
    .check = check_hours,
};
static const struct hass_field_type type_others = {
    .size = sizeof(struct hass_field_type),
    .name = "minutes or seconds",
    .check = check_others,
};

HASS_SCHEMA(schema, HASS_FIELD("hours", &type_hours, .doc = "5, \"*\", \"/2\""),
            HASS_FIELD("minutes", &type_others, .doc = "5, \"*\", \"/15\""),
            HASS_FIELD("seconds", &type_others, .doc = "5, \"*\", \"/10\""));

static int check(const json_t *config, struct hass_error *err)
{
    if (hass_json_get(config, "hours") || hass_json_get(config, "minutes") ||
        hass_json_get(config, "seconds"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "'hours', 'minutes' or 'seconds' is needed");
}

/* Of one that wants missed times. */
struct noted {
    struct clock_watcher watcher;
    struct hass_trigger *trigger;
    struct time_pattern pattern;
    int64_t fired; /* when it last fired, or 0 */
    int64_t due;   /* as it is noted */
};

/* Returns the time that was missed, or 0. */
static HASS_CALLBACK int64_t note_next(struct noted *noted, int64_t after)
{
    struct hass_zone *zone = hass_config_zone(noted->trigger->owner->hass);

    noted->due = time_pattern_next(&noted->pattern, after, zone);
    hass_zone_unref(zone);
    return trigger_note_due(noted->trigger, "pattern", noted->due);
}

/* What comes within a minute is not noted: a pattern of seconds would be written down all the time. */
static HASS_CALLBACK void note_tick(struct noted *noted, int64_t now)
{
    noted->fired = now;
    if (noted->due <= now)
        (void)note_next(noted, now + 60 * HASS_USEC_PER_SEC);
}

static void clock_was_set(struct clock_watcher *watcher)
{
    struct noted *noted = list_entry(watcher, struct noted, watcher);

    hass__assert_loop();
    (void)note_next(noted, time_tracker_after(noted->fired, hass_now(noted->trigger->owner->hass)));
}

static void noted_destroy(void *object)
{
    struct noted *noted = object;

    hass__assert_loop();
    clock_watcher_remove(&noted->watcher);
    free(noted);
}

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct noted *noted = hass_trigger_data(userdata);
    struct hass_template_variables *fields = hass_template_variables_create();
    struct hass_zone *zone = hass_config_zone(tick->hass);

    if (noted)
        note_tick(noted, tick->now);
    hass_template_variables_set_time(fields, "trigger.now", tick->now, zone);
    hass_zone_unref(zone);
    return hass_trigger_async_fire(
        userdata, HASS_TRIGGER_FIRE(.fields = fields, .description = "time pattern"), err);
}

/* What was missed fires as soon as all are attached, once. */
static HASS_CALLBACK int follow_clock(struct hass_trigger *trigger,
                                      const struct hass_track_time *text, struct hass_error *err)
{
    struct hass *hass = hass_trigger_hass(trigger);
    struct noted *noted = mem_alloc(sizeof(*noted));
    struct hass_sub *sub = NULL;

    *noted = (struct noted){ .watcher = { .clock_set = clock_was_set }, .trigger = trigger };
    timers_watch_clock(runtime_of(hass)->timers, &noted->watcher);
    hass_trigger_set_data(trigger, noted, noted_destroy);
    int r = time_pattern_parse(text, &noted->pattern, err);
    if (r >= 0 && note_next(noted, hass_now(hass)))
        r = hass_async_call_later(hass, 0, HASS_JOB_CALLBACK(on_tick, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

static int attach(struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *config = hass_trigger_config(trigger);
    const char *hours = hass_json_get_string(config, "hours", NULL);
    const char *minutes = hass_json_get_string(config, "minutes", NULL);
    const char *seconds = hass_json_get_string(config, "seconds", NULL);
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    if (!minutes)
        minutes = hours ? "0" : "*";
    if (!seconds)
        seconds = "0"; // one of the larger units is given
    const struct hass_track_time pattern = {
        .size = sizeof(pattern),
        .hour = hours ? hours : "*",
        .minute = minutes,
        .second = seconds,
    };
    int r = hass_async_track_time_change(hass_trigger_hass(trigger), &pattern,
                                         HASS_JOB_CALLBACK(on_tick, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r >= 0 && trigger->owner->run_missed ? follow_clock(trigger, &pattern, err) : r;
}

const struct hass_trigger_kind trigger_kind_time_pattern =
    HASS_TRIGGER_KIND(.name = "time_pattern", .schema = &schema, .check = check,
                      .async_attach = attach);
