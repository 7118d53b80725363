/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A siren with two tones, which have numbers for the siren and names for people.
 */
#include "siren/siren.h"

#include "parts.h"

struct values {
    bool on;
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_BOOL(values->on);
}

static const struct siren_tone *tones(struct hass_entity *entity)
{
    static const struct siren_tone all[] = { { "1", "Fire" }, { "2", "Burglar" }, { NULL, NULL } };

    return all;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, const struct siren_turn *turn,
                               struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->on = turn->on;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct siren_ops siren_ops =
    SIREN_OPS(.is_on = is_on, .tones = tones, .async_turn = turn);
static const struct hass_entity_description attic =
    HASS_ENTITY_DESCRIPTION(.name = "Attic", .unique_id = "siren1", .device_info = &demo_siren,
                            .supported_features = SIREN_TURN_ON | SIREN_TURN_OFF | SIREN_TONES);

int demo_add_siren(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &attic, &siren_ops, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
