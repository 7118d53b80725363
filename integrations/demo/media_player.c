/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A radio in the kitchen: one function for everything that it can be told.
 */
#include "media_player/media_player.h"

#include <hass/domain.h>

#include "parts.h"

struct values {
    bool on, playing, muted;
    double volume;
    int station;
    struct media_player_info info; /* what is shown of all that, made when it is asked for */
};

static const char *const stations[] = { "Classical", "Jazz", "News", NULL };

static HASS_CALLBACK const struct media_player_info *info(struct hass_entity *entity)
{
    struct values *values = hass_entity_async_values(entity);

    values->info =
        (struct media_player_info)MEDIA_PLAYER_INFO(.state = !values->on       ? "off"
                                                             : values->playing ? "playing"
                                                                               : "paused",
                                                    .volume_level = HASS_DOUBLE(values->volume),
                                                    .is_volume_muted = HASS_BOOL(values->muted),
                                                    .source_list = stations,
                                                    .source = stations[values->station],
                                                    .media_content_type = "music",
                                                    .media_title = stations[values->station]);
    return &values->info;
}

static HASS_COROUTINE int command(struct hass_entity *entity,
                                  const struct media_player_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    int station;

    switch (command->action) {
    case MEDIA_PLAYER_TURN_ON:
    case MEDIA_PLAYER_TURN_OFF:
        values->on = command->action == MEDIA_PLAYER_TURN_ON;
        return 0;
    case MEDIA_PLAYER_PLAY:
    case MEDIA_PLAYER_PAUSE:
        values->playing = command->action == MEDIA_PLAYER_PLAY;
        return 0;
    case MEDIA_PLAYER_VOLUME_SET:
        values->volume = command->number;
        return 0;
    case MEDIA_PLAYER_VOLUME_MUTE:
        values->muted = command->on;
        return 0;
    case MEDIA_PLAYER_SELECT_SOURCE:
        station = hass_validate_word(stations, command->text, "source", "invalid_source", err);
        if (station >= 0)
            values->station = station;
        return station;
    default: /* its features do not let anything else pass */
        return hass_fail(err, HASS_E_UNSUPPORTED, "a radio cannot do that");
    }
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct media_player_ops player =
    MEDIA_PLAYER_OPS(.info = info, .async_command = command);
static const struct hass_entity_description radio =
    HASS_ENTITY_DESCRIPTION(.name = "Kitchen Radio", .unique_id = "media_player_1",
                            .device_info = &demo_radio, .device_class = "speaker",
                            .supported_features =
                                MEDIA_PLAYER_FEATURE_TURN_ON | MEDIA_PLAYER_FEATURE_TURN_OFF |
                                MEDIA_PLAYER_FEATURE_PLAY | MEDIA_PLAYER_FEATURE_PAUSE |
                                MEDIA_PLAYER_FEATURE_VOLUME_SET | MEDIA_PLAYER_FEATURE_VOLUME_MUTE |
                                MEDIA_PLAYER_FEATURE_SELECT_SOURCE,
                            .has_supported_features = true);

int demo_add_media_player(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = { .on = true, .playing = true, .volume = 0.3, .station = 1 };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &radio, &player, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
