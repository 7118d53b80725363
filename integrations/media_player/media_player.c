/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain media_player: what plays music and films.
 *
 *     services.c   what it is told
 *     websocket.c  what clients ask
 *
 * Configuration: a list of platforms (`media_player: [{platform: …}]`); the domain has no options of its own.
 */
#include "media_player.h"

#include <string.h>

#include <hass/dt.h>
#include <hass/integration.h>

#include "parts.h"

#define SCAN_INTERVAL 10.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "media_player", .name = "Media player", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string(media_player_info(entity).state);
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct media_player_info info = media_player_info(entity);

    if (info.source_list && media_player_can(entity, MEDIA_PLAYER_FEATURE_SELECT_SOURCE))
        hass_attrs_set_words(writer, "source_list", info.source_list);
    if (info.sound_mode_list && media_player_can(entity, MEDIA_PLAYER_FEATURE_SELECT_SOUND_MODE))
        hass_attrs_set_words(writer, "sound_mode_list", info.sound_mode_list);
}

static void set_known(struct hass_attrs_writer *writer, const char *key, struct hass_value value)
{
    if (value.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, key, value);
}

static void set_text(struct hass_attrs_writer *writer, const char *key, const char *text)
{
    if (text)
        hass_attrs_set_string(writer, key, text);
}

static void set_position(struct hass_attrs_writer *writer, const struct media_player_info *info)
{
    char text[HASS_DT_TEXT];

    set_known(writer, "media_duration", info->media_duration);
    set_known(writer, "media_position", info->media_position);
    if (!info->media_position_updated_at)
        return;
    hass_dt_iso(info->media_position_updated_at, NULL, text);
    hass_attrs_set_string(writer, "media_position_updated_at", text);
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct media_player_info info = media_player_info(entity);

    if (media_player_can(entity, MEDIA_PLAYER_FEATURE_GROUPING))
        hass_attrs_set_words(writer, "group_members", info.group_members);
    if (info.state && !strcmp(info.state, HASS_STATE_OFF))
        return;
    set_known(writer, "volume_level", info.volume_level);
    set_known(writer, "is_volume_muted", info.is_volume_muted);
    set_text(writer, "media_content_id", info.media_content_id);
    set_text(writer, "media_content_type", info.media_content_type);
    set_position(writer, &info);
    set_text(writer, "media_title", info.media_title);
    set_text(writer, "media_artist", info.media_artist);
    set_text(writer, "media_album_name", info.media_album_name);
    set_text(writer, "media_album_artist", info.media_album_artist);
    set_known(writer, "media_track", info.media_track);
    set_text(writer, "media_series_title", info.media_series_title);
    set_text(writer, "media_season", info.media_season);
    set_text(writer, "media_episode", info.media_episode);
    set_text(writer, "media_channel", info.media_channel);
    set_text(writer, "media_playlist", info.media_playlist);
    set_text(writer, "app_id", info.app_id);
    set_text(writer, "app_name", info.app_name);
    set_text(writer, "source", info.source);
    set_text(writer, "sound_mode", info.sound_mode);
    set_known(writer, "shuffle", info.shuffle);
    set_text(writer, "repeat", info.repeat);
    set_text(writer, HASS_ATTR_ENTITY_PICTURE, info.media_image_url);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "media_player",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r >= 0)
        r = media_player_add_commands(hass, err);
    return r < 0 ? r : media_player_register_services(component, err);
}
