/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What domain integrations ("switch", "cover") have in common, so that a domain is mostly tables.
 *
 * A platform's author fills in an ops table. Its getters run on the loop, from the published values, and never suspend. What
 * a service asks for comes in pairs: a coroutine `async_x` on the loop, or `x` on a pool thread with a private copy of the
 * values; the state is written afterwards.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include <hass/const.h>
#include <hass/dt.h>
#include <hass/entity_registry.h>
#include <hass/json.h>
#include <hass/platform.h>

/* calling the ops */

/**
 * hass_entity_async_work with a copy of @command, @size bytes; @call, whose data it may point into, lives as long.
 */
HASS_API int hass_entity_async_command(struct hass_entity *entity, hass_entity_work_fn *work,
                                       const void *command, size_t size,
                                       const struct hass_service_call *call, struct hass_error *err)
    HASS_COROUTINE;
/** HASS_E_UNSUPPORTED: "entity light.x does not support action light.turn_on". */
static inline HASS_CALLBACK int hass_entity_unsupported(struct hass_entity *entity,
                                                        const struct hass_service_call *call,
                                                        struct hass_error *err)
{
    return hass_fail_key(err, HASS_E_UNSUPPORTED, "service_not_supported",
                         "entity %s does not support action %s.%s",
                         hass_entity_async_entity_id(entity), hass_service_call_domain(call),
                         hass_service_call_service(call));
}

#define HASS__ENTITY_OP(name, ops_type, member, type, param_type, box, unbox)                      \
    static HASS_BLOCKING int hass__##name##_work(struct hass_worker *worker,                       \
                                                 struct hass_entity *entity, void *values,         \
                                                 void *arg, struct hass_error *err)                \
    {                                                                                              \
        const ops_type *ops = hass_entity_domain_ops(entity);                                      \
                                                                                                   \
        return ops->member(worker, entity, unbox(type const *) arg, values, err);                  \
    }                                                                                              \
    static HASS_COROUTINE int name(struct hass_entity *entity,                                     \
                                   const struct hass_service_call *call, param_type param,         \
                                   struct hass_error *err)                                         \
    {                                                                                              \
        const ops_type *ops = hass_entity_domain_ops(entity);                                      \
        int r;                                                                                     \
                                                                                                   \
        if (ops->async_##member)                                                                   \
            r = ops->async_##member(entity, param, err);                                           \
        else if (ops->member)                                                                      \
            r = hass_entity_async_command(entity, hass__##name##_work, box param, sizeof(type),    \
                                          call, err);                                              \
        else                                                                                       \
            r = hass_entity_unsupported(entity, call, err);                                        \
        return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);                          \
    }

/**
 * Defines `static int name(entity, call, type param, err)`, a coroutine that hands @param to the pair of ops members
 * async_<member> and <member>, and writes the state:
 *
 *     HASS_ENTITY_OP(turn, struct switch_ops, turn, bool)
 *
 *     int (*async_turn)(struct hass_entity *entity, bool on, struct hass_error *err);
 *     int (*turn)(struct hass_worker *worker, struct hass_entity *entity, bool on, void *values, struct hass_error *err);
 */
#define HASS_ENTITY_OP(name, ops_type, member, type)                                               \
    HASS__ENTITY_OP(name, ops_type, member, type, type, &, *)
/** The same for a struct that is handed on as `const type *`; the pool gets a copy. */
#define HASS_ENTITY_COMMAND(name, ops_type, member, type)                                          \
    HASS__ENTITY_OP(name, ops_type, member, type, const type *, , )

/** The place of a call's service in its domain's table: for a handler that several rows share. */
static inline size_t hass_service_place(const struct hass_entity_service_row *rows,
                                        const struct hass_service_call *call)
{
    size_t place = 0;

    while (strcmp(rows[place].name, hass_service_call_service(call)) != 0)
        place++;
    return place;
}

/* values */

/** "on", "off", or HASS_NONE for what is no boolean. */
HASS_API struct hass_value hass_value_on_off(struct hass_value on);
/** True for HASS_BOOL(true) only: what toggling goes by. */
static inline bool hass_value_is_true(struct hass_value value)
{
    return value.type == HASS_VALUE_BOOL && value.boolean;
}
/**
 * The state as it stands, lent; HASS_NONE while there is none or it is "unavailable". What a domain shows where the model
 * refuses to write a bad value.
 */
static inline HASS_CALLBACK struct hass_value hass_entity_former_state(struct hass_entity *entity)
{
    const struct hass_state *former =
        hass_states_async_get(hass_entity_hass(entity), hass_entity_async_entity_id(entity));
    const char *text = former ? hass_state_state(former) : HASS_STATE_UNAVAILABLE;

    return strcmp(text, HASS_STATE_UNAVAILABLE) ? hass_value_string(text) : HASS_NONE;
}
/* temperatures of things that are set (climate, water_heater) */

/** True when the home shows temperatures in °F. Any thread. */
HASS_API bool hass_home_fahrenheit(struct hass *hass);
/**
 * A temperature in °F or °C as the home shows it, rounded to @precision: 0.1, 0.5 or 1; what is no number stays null.
 *
 * Model: helpers.temperature.display_temp
 */
HASS_API struct hass_value hass_display_temperature(struct hass *hass, struct hass_value value,
                                                    bool fahrenheit, double precision);
/** The other way: @temperature in the home's unit, as a thing that counts in °F or °C is told it. */
HASS_API double hass_thing_temperature(struct hass *hass, double temperature, bool fahrenheit);

/** What the entity's row in the registry has under @domain in its options, owned by the caller; NULL when there is nothing. */
static inline HASS_CALLBACK json_t *hass_entity_registry_options(struct hass_entity *entity,
                                                                 const char *domain)
{
    const struct hass_entity_entry *entry = hass_entity_async_registry_entry(entity);
    autojson *options = NULL;

    size_t length = entry ? strlen(entry->options) : 0;
    if (entry)
        (void)hass_json_parse(entry->options, length, length, &options, NULL);
    return hass_json_ref(hass_json_get(options, domain));
}
/**
 * Copies the last state into @text when it is a time: for domains whose state is when something happened. Call it from the
 * domain's async_added_to_hass.
 */
static inline HASS_CALLBACK void hass_entity_restore_time(struct hass_entity *entity,
                                                          char text[HASS_DT_TEXT])
{
    const struct hass_state *last = hass_entity_async_last_state(entity);
    int64_t time;

    if (last && hass_dt_parse(hass_state_state(last), NULL, &time, NULL) == 0)
        snprintf(text, HASS_DT_TEXT, "%s", hass_state_state(last));
}
/** A list of texts, NULL-terminated; null for NULL. */
HASS_API void hass_attrs_set_words(struct hass_attrs_writer *writer, const char *key,
                                   const char *const *words);
/** The place of @word in a NULL-terminated list, or -1; both may be NULL. */
HASS_API int hass_words_find(const char *const *words, const char *word);

/**
 * Checks what a user has asked for against what an entity knows.
 *
 * Returns: the place of @word, or HASS_E_SERVICE_VALIDATION with the model's @key: "preset_mode 'x' is not one of a, b".
 */
HASS_API int hass_validate_word(const char *const *words, const char *word, const char *what,
                                const char *key, struct hass_error *err);
/** 0, or HASS_E_SERVICE_VALIDATION with @key: "temperature 50 is not between 7 and 35". */
HASS_API int hass_validate_range(double value, double min, double max, const char *what,
                                 const char *key, struct hass_error *err);
