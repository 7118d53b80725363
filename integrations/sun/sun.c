/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sun over the home: one entity, sun.sun. It takes no configuration; where the home is, the core's says.
 *
 *     sun:
 *
 * The moments of a day cut it into phases. At each moment all following ones are computed; between them the position is
 * computed anew, the more often the more it matters in that phase. Model: components.sun
 */
#include <stdio.h>
#include <stdlib.h>

#include <hass/dt.h>
#include <hass/event_helpers.h>
#include <hass/integration.h>

#define NEVER         INT64_MAX
#define HORIZON       (-0.833) /* degrees at which the sun's upper edge touches it */
#define MOMENTS       (HASS_SUN_GETS_LOW + 1)
#define MINUTES(n)    ((n)*60 * HASS_USEC_PER_SEC)
#define EARLIEST_PART 1.25 /* intervals before a moment within which no further position is due */

HASS_MANIFEST(.domain = "sun", .name = "Sun", .version = HASS_VERSION, .iot_class = "calculated");

/* From the highest to the lowest: the sun stands at @above degrees or higher. */
enum phase {
    DAY,
    LOW_SUN,
    CIVIL_TWILIGHT,
    NAUTICAL_TWILIGHT,
    ASTRONOMICAL_TWILIGHT,
    NIGHT,
    ANY, /* the moment is in none in particular */
};

static const struct {
    double above;
    int64_t interval; /* between positions; four minutes are a degree of the sky's turn */
} phases[] = {
    [DAY] = { 10, MINUTES(4) },
    [LOW_SUN] = { 0, MINUTES(2) },
    [CIVIL_TWILIGHT] = { -6, MINUTES(2) },
    [NAUTICAL_TWILIGHT] = { -12, MINUTES(4) },
    [ASTRONOMICAL_TWILIGHT] = { -18, MINUTES(8) },
    [NIGHT] = { -90, MINUTES(20) },
};

/* The phase that ends with a moment. Near the poles noon and midnight can be in any. */
static const enum phase phase_before[MOMENTS] = {
    [HASS_ASTRONOMICAL_DAWN] = NIGHT,
    [HASS_NAUTICAL_DAWN] = ASTRONOMICAL_TWILIGHT,
    [HASS_DAWN] = NAUTICAL_TWILIGHT,
    [HASS_SUNRISE] = CIVIL_TWILIGHT,
    [HASS_SUN_GETS_HIGH] = LOW_SUN,
    [HASS_SOLAR_NOON] = ANY,
    [HASS_SUN_GETS_LOW] = DAY,
    [HASS_SUNSET] = LOW_SUN,
    [HASS_DUSK] = CIVIL_TWILIGHT,
    [HASS_NAUTICAL_DUSK] = NAUTICAL_TWILIGHT,
    [HASS_ASTRONOMICAL_DUSK] = ASTRONOMICAL_TWILIGHT,
    [HASS_SOLAR_MIDNIGHT] = ANY,
};

struct values {
    struct hass_home home;
    int64_t next[MOMENTS]; /* NEVER: not within a year */
    int64_t change;        /* the first of them */
    enum phase phase;      /* until then */
    double elevation, azimuth;
    struct hass_sub *change_alarm, *position_alarm;
};

/* what is seen */

/* To two digits, as the shortest text of them says. */
static double rounded(double degrees)
{
    char text[32];

    snprintf(text, sizeof(text), "%.2f", degrees);
    return strtod(text, NULL);
}

static enum phase phase_at(struct hass *hass, int64_t when)
{
    double elevation, azimuth;
    enum phase phase = DAY;

    hass_sun_position(hass, when, &elevation, &azimuth);
    while (phase < NIGHT && elevation < phases[phase].above)
        phase++;
    return phase;
}

static void find_moments(struct hass *hass, int64_t now, struct values *values)
{
    enum phase phase = ANY;

    values->change = NEVER;
    for (enum hass_sun_event event = 0; event < MOMENTS; event++) {
        values->next[event] = NEVER;
        (void)hass_sun_next(hass, event, now, 0, &values->next[event], NULL);
        if (values->next[event] >= values->change)
            continue;
        values->change = values->next[event];
        phase = phase_before[event];
    }
    values->phase = phase == ANY ? phase_at(hass, values->change) : phase;
}

/* keeping up with it */

static HASS_CALLBACK int on_position(const struct hass_tick *tick, void *entity,
                                     struct hass_error *err);
static HASS_CALLBACK int on_change(const struct hass_tick *tick, void *entity,
                                   struct hass_error *err);

static HASS_CALLBACK void end_alarms(struct values *values)
{
    values->change_alarm = hass_sub_async_remove(values->change_alarm);
    values->position_alarm = hass_sub_async_remove(values->position_alarm);
}

static HASS_CALLBACK int find_position(struct hass_entity *entity, int64_t now,
                                       struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct hass *hass = hass_entity_hass(entity);
    int64_t interval = phases[values->phase].interval;
    double elevation, azimuth;

    hass_sun_position(hass, now, &elevation, &azimuth);
    values->elevation = rounded(elevation);
    values->azimuth = rounded(azimuth);
    values->position_alarm = hass_sub_async_remove(values->position_alarm);
    if ((double)(values->change - now) < EARLIEST_PART * (double)interval)
        return 0;
    return hass_async_track_point_in_utc_time(
        hass, now + interval, HASS_JOB_CALLBACK(on_position, entity), &values->position_alarm, err);
}

static HASS_CALLBACK int follow(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct hass *hass = hass_entity_hass(entity);
    int64_t now = hass_now(hass);

    end_alarms(values);
    hass_config_home(hass, &values->home);
    find_moments(hass, now, values);
    int r = hass_async_track_point_in_utc_time(
        hass, values->change, HASS_JOB_CALLBACK(on_change, entity), &values->change_alarm, err);
    return r < 0 ? r : find_position(entity, now, err);
}

/* The clock, not the tick: it may have been put forward since. */
static int on_position(const struct hass_tick *tick, void *entity, struct hass_error *err)
{
    int r = find_position(entity, hass_now(hass_entity_hass(entity)), err);

    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static int on_change(const struct hass_tick *tick, void *entity, struct hass_error *err)
{
    int r = follow(entity, err);

    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static bool is_same_place(const struct hass_home *a, const struct hass_home *b)
{
    return a->latitude == b->latitude && a->longitude == b->longitude &&
           a->elevation == b->elevation;
}

static HASS_CALLBACK int on_core_config(const struct hass_event *event, void *entity,
                                        struct hass_error *err)
{
    const struct values *values = hass_entity_async_values(entity);
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass_event_hass(event), &home);
    if (is_same_place(&home, &values->home))
        return 0;
    int r = follow(entity, err);
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

/* the entity */

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct hass_sub *sub;
    int r = hass_bus_async_listen(hass_entity_hass(entity), HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                  HASS_JOB_CALLBACK(on_core_config, entity), &sub, err);

    if (r >= 0)
        r = hass_entity_async_remove_later(entity, sub, err);
    values->home.size = sizeof(values->home);
    return r < 0 ? r : follow(entity, err);
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    end_alarms(hass_entity_async_values(entity));
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    end_alarms(hass_entity_async_values(entity));
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return hass_value_string(values->elevation > HORIZON ? "above_horizon" : "below_horizon");
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    static const struct {
        const char *key;
        enum hass_sun_event event;
    } shown[] = {
        { "next_dawn", HASS_DAWN },
        { "next_dusk", HASS_DUSK },
        { "next_midnight", HASS_SOLAR_MIDNIGHT },
        { "next_noon", HASS_SOLAR_NOON },
        { "next_rising", HASS_SUNRISE },
        { "next_setting", HASS_SUNSET },
    };
    const struct values *values = hass_entity_async_values(entity);
    char text[HASS_DT_TEXT];

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        int64_t time = values->next[shown[i].event];
        if (time != NEVER)
            hass_dt_iso(time, NULL, text);
        hass_attrs_set_string(writer, shown[i].key, time != NEVER ? text : NULL);
    }
    hass_attrs_set(writer, "elevation", HASS_DOUBLE(values->elevation));
    hass_attrs_set(writer, "azimuth", HASS_DOUBLE(values->azimuth));
    hass_attrs_set(writer, "rising",
                   HASS_BOOL(values->next[HASS_SOLAR_NOON] < values->next[HASS_SOLAR_MIDNIGHT]));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = added,
                    .async_will_remove_from_hass = removed, .state = state,
                    .state_attributes = attributes, .destroy = destroy);

static const struct hass_entity_description description =
    HASS_ENTITY_DESCRIPTION(.entity_id = "sun.sun", .name = "Sun");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    static const struct hass_component_options options = { .size = sizeof(options),
                                                           .domain = "sun" };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r < 0)
        return r;
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, NULL, NULL, NULL);
    return hass_component_async_add_entities(component, &entity, 1, err);
}
