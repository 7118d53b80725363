/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain siren fills in: whether it sounds, its tones, and how it is turned on and off.
 *
 * Model: components.siren
 */
#pragma once

#include <hass/domain.h>

enum siren_feature {
    SIREN_TURN_ON = 1,
    SIREN_TURN_OFF = 2,
    SIREN_TONES = 4,
    SIREN_VOLUME_SET = 8,
    SIREN_DURATION = 16,
};

/** A tone by the siren's own key, and a name for people, or NULL. */
struct siren_tone {
    const char *key; /* NULL ends a list */
    const char *name;
};

struct siren_turn {
    uint32_t size;
    bool on;
    const char *tone;           /* the key of one of the tones; or NULL */
    struct hass_value volume;   /* HASS_DOUBLE 0..1; HASS_NONE: not said */
    struct hass_value duration; /* seconds, HASS_INT; HASS_NONE: not said */
};

struct siren_ops {
    uint32_t size;
    /** HASS_BOOL; HASS_NONE: unknown. */
    struct hass_value (*is_on)(struct hass_entity *entity);
    /** NULL, or the tones, ended by a key that is NULL; all have names, or none. */
    const struct siren_tone *(*tones)(struct hass_entity *entity);
    /** Coroutine. What the features lack is not in @turn. */
    int (*async_turn)(struct hass_entity *entity, const struct siren_turn *turn,
                      struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*turn)(struct hass_worker *worker, struct hass_entity *entity,
                const struct siren_turn *turn, void *values, struct hass_error *err);
};

#define SIREN_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct siren_ops), __VA_ARGS__                                              \
    }
