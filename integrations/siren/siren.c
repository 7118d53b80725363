/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain siren. Services turn_on, turn_off, toggle.
 *
 * Configuration: a list of platforms (`siren: [{platform: …}]`); the domain has no options of its own.
 */
#include "siren.h"

#include <hass/integration.h>

#define SCAN_INTERVAL 60.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "siren", .name = "Siren", .version = HASS_VERSION);

static const struct siren_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static bool supports(const struct hass_entity *entity, uint32_t feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

static const struct siren_tone *tones_of(struct hass_entity *entity)
{
    const struct siren_ops *ops = ops_of(entity);

    return ops->tones ? ops->tones(entity) : NULL;
}

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_on_off(ops_of(entity)->is_on(entity));
}

/* A list of keys, or a map of keys and names. */
static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct siren_tone *tone = tones_of(entity);

    if (!supports(entity, SIREN_TONES) || !tone)
        return;
    autojson *shown = tone->key && tone->name ? json_object() : json_array();
    for (; tone->key; tone++) {
        if (json_is_object(shown))
            json_object_set_new(shown, tone->key, json_string(tone->name));
        else
            json_array_append_new(shown, json_string(tone->key));
    }
    hass_attrs_set_json(writer, "available_tones", shown);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .has_supported_features = true,
};

HASS_ENTITY_COMMAND(turn, struct siren_ops, turn, struct siren_turn)

/* The key of a tone that is asked for by key or name. */
static HASS_CALLBACK int find_tone(struct hass_entity *entity, const char *asked,
                                   const char **ret_key, struct hass_error *err)
{
    const struct siren_tone *tone = tones_of(entity);

    for (; tone && tone->key; tone++) {
        if (!strcmp(tone->key, asked) || (tone->name && !strcmp(tone->name, asked))) {
            *ret_key = tone->key;
            return 0;
        }
    }
    return hass_fail(err, HASS_E_SERVICE_VALIDATION, "%s has no tone '%s'; see its available_tones",
                     hass_entity_async_entity_id(entity), asked);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const char *tone = hass_json_get_string(data, "tone", NULL);
    struct siren_turn on = { .size = sizeof(on), .on = true };
    int r = 0;

    if (tone && supports(entity, SIREN_TONES))
        r = find_tone(entity, tone, &on.tone, err);
    if (hass_json_get(data, "volume_level") && supports(entity, SIREN_VOLUME_SET))
        on.volume = HASS_DOUBLE(hass_json_get_number(data, "volume_level", 0));
    if (hass_json_get(data, "duration") && supports(entity, SIREN_DURATION))
        on.duration = HASS_INT(hass_json_get_int(data, "duration", 0));
    return r < 0 ? r : turn(entity, call, &on, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    const struct siren_turn off = { .size = sizeof(off) };

    return turn(entity, call, &off, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    bool on = hass_value_is_true(ops_of(entity)->is_on(entity));

    return on ? turn_off(entity, call, err) : turn_on(entity, call, err);
}

HASS_SCHEMA(turn_on_schema, HASS_FIELD("tone", &hass_type_string, .doc = "One of available_tones"),
            HASS_FIELD("volume_level", &hass_type_number, .max = 1, .doc = "From 0 to 1"),
            HASS_FIELD("duration", &hass_type_int, .max = -1, .doc = "Seconds"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Sounds sirens", .schema = &turn_on_schema,
                        .required_features = SIREN_TURN_ON, .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Silences sirens", .required_features = SIREN_TURN_OFF,
                        .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Sounds silent sirens and silences others",
                        .required_features = SIREN_TURN_ON | SIREN_TURN_OFF,
                        .async_handler = toggle),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "siren",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
