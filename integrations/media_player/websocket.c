/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of media players: what there is to be played.
 */
#include <hass/integration.h>

#include "parts.h"
#include "websocket_api/websocket_api.h"

/* A reference to the player that a message names, or NULL. */
static HASS_CALLBACK struct hass_entity *player_of(struct websocket_request *request)
{
    const struct websocket_api *api = websocket_api_of(request);
    const char *id = hass_json_get_string(api->message(request), "entity_id", "");
    struct hass_component *component = hass_component_async_get(api->hass(request), "media_player");
    struct hass_entity *entity = component ? hass_component_async_get_entity(component, id) : NULL;

    return entity ? hass_entity_ref(entity) : NULL;
}

static HASS_COROUTINE int browse(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const struct media_player_query query = media_player_query(api->message(request));
    autounref(hass_entity) *entity = player_of(request);
    autojson *item = NULL;

    if (!entity)
        return api->refuse(request, "not_found", "Entity not found");
    if (!media_player_can(entity, MEDIA_PLAYER_FEATURE_BROWSE_MEDIA) ||
        !media_player_ops_of(entity)->async_browse)
        return api->refuse(request, "not_supported", "Player does not support browsing media");
    int r = media_player_ops_of(entity)->async_browse(entity, &query, &item, err);
    if (r >= 0 && item)
        hass_json_write(item, result);
    return r;
}

static HASS_COROUTINE int search(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const struct media_player_query query = media_player_query(api->message(request));
    autounref(hass_entity) *entity = player_of(request);
    json_t *items = NULL;

    if (!entity)
        return api->refuse(request, "not_found", "Entity not found");
    if (!media_player_can(entity, MEDIA_PLAYER_FEATURE_SEARCH_MEDIA) ||
        !media_player_ops_of(entity)->async_search)
        return api->refuse(request, "not_supported", "Player does not support searching media");
    int r = media_player_ops_of(entity)->async_search(entity, &query, &items, err);
    if (r < 0)
        return r;
    autojson *answer =
        json_pack("{s:i, s:o}", "version", 1, "result", items ? items : json_array());
    hass_json_write(answer, result);
    return 0;
}

#define PLAYER HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "The player")
#define WHERE                                                                                      \
    HASS_FIELD("media_content_type", &hass_type_string, .doc = "What it is"),                      \
        HASS_FIELD("media_content_id", &hass_type_string, .doc = "Where; the root if absent")

HASS_SCHEMA(browse_schema, PLAYER, WHERE);
HASS_SCHEMA(search_schema, PLAYER, WHERE,
            HASS_FIELD("search_query", &hass_type_string, .required = true,
                       .doc = "What is looked for"),
            HASS_FIELD("media_filter_classes", &hass_type_string, .list = true,
                       .doc = "Which kinds of media"));

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("media_player/browse_media", browse, .schema = &browse_schema,
                      .coroutine = true),
    WEBSOCKET_COMMAND("media_player/search_media", search, .schema = &search_schema,
                      .coroutine = true),
};

int media_player_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
