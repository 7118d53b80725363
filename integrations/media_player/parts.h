/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of media_player share.
 */
#pragma once

#include <hass/domain.h>
#include <hass/json.h>

#include "media_player.h"

static inline const struct media_player_ops *media_player_ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static inline struct media_player_info media_player_info(struct hass_entity *entity)
{
    struct media_player_info info;

    HASS_READ(&info, media_player_ops_of(entity)->info(entity));
    return info;
}

static inline bool media_player_can(const struct hass_entity *entity,
                                    enum media_player_feature feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

/* What a service call or a message asks for. */
static inline struct media_player_query media_player_query(const json_t *asked)
{
    return (struct media_player_query){
        .size = sizeof(struct media_player_query),
        .media_type = hass_json_get_string(asked, "media_content_type", NULL),
        .media_id = hass_json_get_string(asked, "media_content_id", NULL),
        .text = hass_json_get_string(asked, "search_query", NULL),
        .classes = hass_json_get(asked, "media_filter_classes"),
    };
}

/* websocket.c */

/* Adds the commands of clients, if there is a websocket_api. */
int media_player_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;

/* services.c */

int media_player_register_services(struct hass_component *component, struct hass_error *err)
    HASS_CALLBACK;
