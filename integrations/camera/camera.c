/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain camera: pictures of this moment, and what a camera can be told.
 *
 * Configuration: a list of platforms (`camera: [{platform: …}]`); the domain has no options of its own.
 * A picture's address holds a token that is renewed every five minutes; only the last two are good.
 *
 * camera.c  manifest, state, pictures, services
 * files.c   services that write files: snapshot, record
 */
#include "camera.h"

#include <string.h>

#include <hass/access_token.h>
#include <hass/domain.h>
#include <hass/integration.h>

#include "parts.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "camera", .name = "Camera", .version = HASS_VERSION);

/* state and attributes */

static struct camera_state state_of(struct hass_entity *entity)
{
    struct camera_state state = { .size = sizeof(state) };

    ops_of(entity)->state(entity, &state);
    return state;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct camera_state state = state_of(entity);

    return hass_value_string(state.recording   ? "recording"
                             : state.streaming ? "streaming"
                                               : "idle");
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct hass_access_tokens *tokens = hass_entity_async_domain_data(entity);
    struct camera_state state = state_of(entity);
    autobuf address = HASS_BUF_INIT;

    hass_buf_printf(&address, "/api/camera_proxy/%s?token=%s", hass_entity_async_entity_id(entity),
                    tokens->current);
    hass_attrs_set_string(writer, "access_token", tokens->current);
    if (state.model)
        hass_attrs_set_string(writer, "model_name", state.model);
    if (state.brand)
        hass_attrs_set_string(writer, "brand", state.brand);
    if (state.motion_detection)
        hass_attrs_set(writer, "motion_detection", HASS_BOOL(true));
    hass_attrs_set_string(writer, HASS_ATTR_ENTITY_PICTURE, hass_buf_string(&address));
}

static HASS_CALLBACK int renew(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = userdata;

    hass_access_tokens_renew(hass_entity_async_domain_data(entity));
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;

    hass_access_tokens_renew(hass_entity_async_domain_data(entity));
    int r = hass_async_track_time_interval(hass_entity_hass(entity), HASS_ACCESS_TOKEN_INTERVAL,
                                           HASS_JOB_CALLBACK(renew, entity), &sub, err);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct hass_access_tokens),
    .async_added_to_hass = added,
};

/* pictures */

int camera_async_image(struct hass_entity *entity, struct hass_buf *ret_image,
                       struct hass_error *err)
{
    const struct camera_ops *ops = ops_of(entity);

    if (ops->async_image)
        return ops->async_image(entity, ret_image, err);
    if (ops->image)
        return hass_entity_async_fetch(entity, ops->image, CAMERA_MAX_BYTES, ret_image, err);
    return hass_fail(err, HASS_E_UNSUPPORTED, "%s has no picture",
                     hass_entity_async_entity_id(entity));
}

static HASS_CALLBACK bool token_valid(struct hass_entity *entity, const char *token)
{
    return hass_access_tokens_valid(hass_entity_async_domain_data(entity), token);
}

static HASS_COROUTINE int get(struct hass_entity *entity, struct hass_buf *ret_image,
                              const char **ret_content_type, struct hass_error *err)
{
    const char *type = ops_of(entity)->content_type;
    int r = camera_async_image(entity, ret_image, err);

    if (r >= 0)
        *ret_content_type = type ? type : "image/jpeg";
    return r;
}

static const struct camera_api api = {
    .size = sizeof(api),
    .token_valid = token_valid,
    .async_get = get,
};

/* services */

HASS_ENTITY_OP(turn, struct camera_ops, turn, bool)
HASS_ENTITY_OP(detect_motion, struct camera_ops, detect_motion, bool)

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, call, true, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, call, false, err);
}

static HASS_COROUTINE int enable_motion_detection(struct hass_entity *entity,
                                                  const struct hass_service_call *call,
                                                  struct hass_error *err)
{
    return detect_motion(entity, call, true, err);
}

static HASS_COROUTINE int disable_motion_detection(struct hass_entity *entity,
                                                   const struct hass_service_call *call,
                                                   struct hass_error *err)
{
    return detect_motion(entity, call, false, err);
}

#define MAX_PATH 4000 /* characters */

HASS_SCHEMA(snapshot_schema, HASS_FIELD("filename", &hass_type_string, .required = true, .min = 1,
                                        .max = MAX_PATH, .doc = "Whole path of the file"));
HASS_SCHEMA(record_schema,
            HASS_FIELD("filename", &hass_type_string, .required = true, .min = 1, .max = MAX_PATH,
                       .doc = "Whole path of the file"),
            HASS_FIELD("duration", &hass_type_int, .min = 1, .max = 3600, .fallback = "30",
                       .doc = "Seconds"),
            HASS_FIELD("lookback", &hass_type_int, .min = 0, .max = 300, .fallback = "0",
                       .doc = "Seconds from before the call"));

HASS_SCHEMA(play_schema,
            HASS_FIELD("media_player", &hass_type_entity_ids, .required = true,
                       .doc = "Players that show the stream"),
            HASS_FIELD("format", &hass_type_enum, .words = HASS_WORDS("hls"), .fallback = "\"hls\"",
                       .doc = "Kind of stream"));

/* A player is given the camera's own stream: nothing here converts one. */
static HASS_COROUTINE int play_stream(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    const struct camera_ops *ops = ops_of(entity);
    const char *source = ops->stream_source ? ops->stream_source(entity) : NULL;
    const json_t *players = hass_json_get(hass_service_call_data(call), "media_player");
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_service_call_context(call),
    };

    if (!source)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "%s has no stream that can be played",
                         hass_entity_async_entity_id(entity));
    return hass_services_async_call(hass_entity_hass(entity), "media_player", "play_media",
                                    json_pack("{s:O, s:s, s:s}", HASS_ATTR_ENTITY_ID, players,
                                              "media_content_id", source, "media_content_type",
                                              "url"),
                                    &options, NULL, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns a camera on", .required_features = CAMERA_FEATURE_ON_OFF,
                        .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns a camera off",
                        .required_features = CAMERA_FEATURE_ON_OFF, .async_handler = turn_off),
    HASS_ENTITY_SERVICE("enable_motion_detection", "Makes a camera notice motion",
                        .async_handler = enable_motion_detection),
    HASS_ENTITY_SERVICE("disable_motion_detection", "Makes a camera ignore motion",
                        .async_handler = disable_motion_detection),
    HASS_ENTITY_SERVICE("snapshot", "Writes the picture of this moment into a file",
                        .schema = &snapshot_schema, .async_handler = camera_snapshot),
    HASS_ENTITY_SERVICE("play_stream", "Shows the camera's stream on media players",
                        .required_features = CAMERA_FEATURE_STREAM, .schema = &play_schema,
                        .async_handler = play_stream),
    HASS_ENTITY_SERVICE("record", "Records the camera's stream into a file",
                        .required_features = CAMERA_FEATURE_STREAM, .schema = &record_schema,
                        .async_handler = camera_record),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "camera",
                              .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);

    return r < 0 ? r : hass_async_provide_api(hass, "camera", &api, err);
}
