/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of sensor share.
 */
#pragma once

#include <hass/dt.h>
#include <hass/integration.h>

#include "sensor.h"

/* What has been warned about already. */
enum sensor_warning {
    WARNED_STATE_CLASS = 1,
    WARNED_LAST_RESET = 2,
    WARNED_SUGGESTION = 4,
};

/* The domain's own data of an entity. */
struct sensor_data {
    bool ready;                           /* the next two are there */
    const struct hass_quantity *quantity; /* of its device class; NULL: none, or one of its own */
    const struct hass_unit_class *units;  /* which convert; or NULL */
    const char *home_unit;                /* what a home of now shows temperatures in; NULL: ask */
    char *chosen_unit; /* of its row in the registry: its user's, else its integration's, or NULL */
    bool has_precision;               /* its user has chosen one */
    bool unit_checked;                /* against the quantity */
    uint32_t warned;                  /* enum sensor_warning */
    char native_unit[HASS_UNIT_TEXT]; /* where the micro sign had to be replaced */
    char text[HASS_DT_TEXT];          /* of the timestamp being written */
};

static inline const struct sensor_ops *sensor_ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static inline const char *sensor_device_class(const struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class;
}

static inline const char *sensor_state_class(struct hass_entity *entity)
{
    const struct sensor_ops *ops = sensor_ops_of(entity);

    return ops->state_class_of ? ops->state_class_of(entity) : ops->state_class;
}

static inline const char *const *sensor_options(struct hass_entity *entity)
{
    const struct sensor_ops *ops = sensor_ops_of(entity);

    return ops->options_of ? ops->options_of(entity) : ops->options;
}

/* unit.c */

/* The domain's data of a sensor, also before it has been added: its row in the registry wants to know its unit. */
struct sensor_data *sensor_data_of(struct hass_entity *entity) HASS_CALLBACK;
struct sensor_suggestion sensor_suggestion(struct hass_entity *entity);
const char *sensor_native_unit(struct hass_entity *entity) HASS_CALLBACK;
/* True when the device class's units convert from one to the other. */
bool sensor_converts(struct hass_entity *entity, const char *from, const char *to) HASS_CALLBACK;
/* The unit that is shown; NULL: none. */
const char *sensor_shown_unit(struct hass_entity *entity) HASS_CALLBACK;
/* The value in the unit that is shown; what cannot be converted stays as it is. */
struct hass_value sensor_convert(struct hass_entity *entity, struct hass_value value) HASS_CALLBACK;

/* The home has other units now: temperatures are written again. */
void sensor_follow_home(struct hass *hass) HASS_CALLBACK;

/* registry.c */

/* Reads what the sensor's row in the registry says, if it has one. */
void sensor_read_registry(struct hass_entity *entity) HASS_CALLBACK;
/* Writes down what the integration suggests: the unit when the sensor is new there, the digits always. */
void sensor_write_registry(struct hass_entity *entity) HASS_CALLBACK;

/* value.c */

/* Reads a number, or a number's text as the model does. False: it is none, or not finite. */
bool sensor_read_number(struct hass_value value, double *ret_number);
/* Brings a value into the form it is shown in. Returns what is wrong with it, or NULL. */
const char *sensor_check(struct hass_entity *entity, struct hass_value *value) HASS_CALLBACK;

/* websocket.c */

/* Adds the commands of clients, if there is a websocket_api. */
int sensor_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;

/* statistics.c */

extern const struct sensor_api sensor_api;
