/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sensors: one is pushed by a signal, one is polled on the pool.
 */
#include "sensor/sensor.h"

#include <errno.h>
#include <stdio.h>

#include <hass/vec.h>

#include "parts.h"

/* pushed: the values change on the loop, then the state is written */

struct weather {
    double temperature;
};

static HASS_CALLBACK struct hass_value temperature(struct hass_entity *entity)
{
    const struct weather *weather = hass_entity_async_values(entity);

    return HASS_DOUBLE(weather->temperature);
}

static HASS_CALLBACK int on_weather(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct weather *weather = hass_entity_async_values(entity);

    weather->temperature = json_number_value(signal->data);
    return hass_entity_async_write_ha_state(entity, err);
}

/* The place to subscribe: the entity has its id and its home. The subscription ends with the entity. */
static HASS_COROUTINE int subscribe(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_async_dispatcher_connect(hass_entity_hass(entity), DEMO_SIGNAL_WEATHER,
                                          HASS_JOB_CALLBACK(on_weather, entity), &sub, err);

    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_entity_ops outside_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct weather), .async_added_to_hass = subscribe);
static const struct sensor_ops outside_sensor =
    SENSOR_OPS(.native_value = temperature, .state_class = "measurement");
static const struct hass_entity_description outside =
    HASS_ENTITY_DESCRIPTION(.name = "Outside Temperature", .unique_id = "sensor_1",
                            .device_info = &demo_weather_station, .device_class = "temperature",
                            .unit_of_measurement = "°C");

/* polled: blocking work on the pool, on a private copy of the values */

struct entropy {
    int bits;
};

static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, struct hass_error *err)
{
    struct entropy *entropy = values;
    FILE *file = fopen("/proc/sys/kernel/random/entropy_avail", "re");

    if (!file)
        return hass_fail_errno(err, errno, "cannot read the kernel's entropy");
    int n = fscanf(file, "%d", &entropy->bits);
    fclose(file);
    return n == 1 ? 0 : hass_fail(err, -EBADMSG, "the kernel's entropy is not a number");
}

static HASS_CALLBACK struct hass_value bits(struct hass_entity *entity)
{
    const struct entropy *entropy = hass_entity_async_values(entity);

    return HASS_INT(entropy->bits);
}

static const struct hass_entity_ops entropy_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct entropy), .update = update);
static const struct sensor_ops entropy_sensor =
    SENSOR_OPS(.native_value = bits, .state_class = "measurement");
static const struct hass_entity_description entropy =
    HASS_ENTITY_DESCRIPTION(.name = "Kernel Entropy", .unique_id = "sensor_2",
                            .device_info = &demo_computer, .unit_of_measurement = "bit",
                            .icon = "mdi:dice-multiple", .should_poll = true);

#define NOW 15.6 /* degrees, until the weather is read */

/* Those that its user has added to the entry. */
static HASS_COROUTINE int add_thermometers(struct hass_platform *platform, struct hass_error *err)
{
    const json_t *parts = hass_entry_async_subentries(hass_platform_entry(platform));
    struct hass *hass = hass_platform_hass(platform);
    HASS_VEC(struct hass_entity *) entities = { 0 };
    size_t i;
    const json_t *part;

    json_array_foreach(parts, i, part)
        vec_push(&entities, demo_new_thermometer(hass, part, NOW));
    int r = hass_platform_async_add_entities(platform, entities.data, entities.length, false, err);
    vec_fini(&entities);
    return r;
}

int demo_add_sensor(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const struct weather weather = { .temperature = NOW };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &outside_ops, &outside, &outside_sensor, &weather, NULL),
        hass_entity_new(hass, &entropy_ops, &entropy, &entropy_sensor, NULL, NULL),
    };

    int r = hass_platform_async_add_entities(platform, entities, 2, true, err);
    return r < 0 ? r : add_thermometers(platform, err);
}
