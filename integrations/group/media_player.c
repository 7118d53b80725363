/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of media players: what they do when all do the same, else on when one is; each is told what it can.
 */
#include "media_player/media_player.h"

#include <math.h>
#include <string.h>

#include "group.h"

#define OWN_FEATURES                                                                               \
    (MEDIA_PLAYER_FEATURE_PAUSE | MEDIA_PLAYER_FEATURE_SEEK | MEDIA_PLAYER_FEATURE_VOLUME_SET |    \
     MEDIA_PLAYER_FEATURE_VOLUME_MUTE | MEDIA_PLAYER_FEATURE_PREVIOUS_TRACK |                      \
     MEDIA_PLAYER_FEATURE_NEXT_TRACK | MEDIA_PLAYER_FEATURE_TURN_ON |                              \
     MEDIA_PLAYER_FEATURE_TURN_OFF | MEDIA_PLAYER_FEATURE_PLAY_MEDIA |                             \
     MEDIA_PLAYER_FEATURE_VOLUME_STEP | MEDIA_PLAYER_FEATURE_STOP |                                \
     MEDIA_PLAYER_FEATURE_CLEAR_PLAYLIST | MEDIA_PLAYER_FEATURE_PLAY |                             \
     MEDIA_PLAYER_FEATURE_SHUFFLE_SET | MEDIA_PLAYER_FEATURE_MEDIA_ANNOUNCE |                      \
     MEDIA_PLAYER_FEATURE_MEDIA_ENQUEUE)

struct player_group {
    struct group group;
    struct media_player_info info;
    char state[32];
};

static bool is_active(const char *state)
{
    return strcmp(state, HASS_STATE_OFF) != 0 && strcmp(state, HASS_STATE_UNAVAILABLE) != 0 &&
           strcmp(state, HASS_STATE_UNKNOWN) != 0;
}

/* The state that all members share, on or off; NULL while nothing is known. */
static HASS_CALLBACK const char *state_of(struct hass_entity *entity, const struct group_view *view)
{
    const struct hass_state *state;
    const char *first = NULL;
    bool same = true, active = false;

    if (!view->known)
        return NULL;
    for (size_t i = 0; group_next(entity, &i, &state);) {
        const char *text = hass_state_state(state);
        first = first ? first : text;
        same &= strcmp(first, text) == 0;
        active |= is_active(text);
    }
    return same ? first : active ? HASS_STATE_ON : HASS_STATE_OFF;
}

static HASS_CALLBACK uint32_t features_of(struct hass_entity *entity)
{
    const struct hass_state *state;
    uint32_t all = 0;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        struct hass_value own;
        if (hass_state_attr(state, HASS_ATTR_SUPPORTED_FEATURES, &own) &&
            own.type == HASS_VALUE_INT)
            all |= (uint32_t)own.integer & OWN_FEATURES;
    }
    return all;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct player_group *players = hass_entity_userdata(entity);
    struct group_view view = group_look(entity);
    const char *shared = state_of(entity, &view);

    players->group.available = view.available > 0;
    players->group.description.supported_features = features_of(entity);
    snprintf(players->state, sizeof(players->state), "%s", shared ? shared : "");
    players->info =
        (struct media_player_info)MEDIA_PLAYER_INFO(.state = shared ? players->state : NULL);
}

static const struct media_player_info *info(struct hass_entity *entity)
{
    const struct player_group *players = hass_entity_userdata(entity);

    return &players->info;
}

#define FEATURE(name) MEDIA_PLAYER_FEATURE_##name

/* What is told, and the key of what is told with it: a number, a boolean or a text. */
static const struct {
    const char *service;
    uint32_t feature;
    const char *number, *on, *text;
} calls[] = {
    [MEDIA_PLAYER_TURN_ON] = { "turn_on", FEATURE(TURN_ON), NULL, NULL, NULL },
    [MEDIA_PLAYER_TURN_OFF] = { "turn_off", FEATURE(TURN_OFF), NULL, NULL, NULL },
    [MEDIA_PLAYER_PLAY] = { "media_play", FEATURE(PLAY), NULL, NULL, NULL },
    [MEDIA_PLAYER_PAUSE] = { "media_pause", FEATURE(PAUSE), NULL, NULL, NULL },
    [MEDIA_PLAYER_STOP] = { "media_stop", FEATURE(STOP), NULL, NULL, NULL },
    [MEDIA_PLAYER_NEXT_TRACK] = { "media_next_track", FEATURE(NEXT_TRACK), NULL, NULL, NULL },
    [MEDIA_PLAYER_PREVIOUS_TRACK] = { "media_previous_track", FEATURE(PREVIOUS_TRACK), NULL, NULL,
                                      NULL },
    [MEDIA_PLAYER_CLEAR_PLAYLIST] = { "clear_playlist", FEATURE(CLEAR_PLAYLIST), NULL, NULL, NULL },
    [MEDIA_PLAYER_VOLUME_UP] = { "volume_up", FEATURE(VOLUME_SET) | FEATURE(VOLUME_STEP), NULL,
                                 NULL, NULL },
    [MEDIA_PLAYER_VOLUME_DOWN] = { "volume_down", FEATURE(VOLUME_SET) | FEATURE(VOLUME_STEP), NULL,
                                   NULL, NULL },
    [MEDIA_PLAYER_VOLUME_SET] = { "volume_set", FEATURE(VOLUME_SET), "volume_level", NULL, NULL },
    [MEDIA_PLAYER_VOLUME_MUTE] = { "volume_mute", FEATURE(VOLUME_MUTE), NULL, "is_volume_muted",
                                   NULL },
    [MEDIA_PLAYER_SEEK] = { "media_seek", FEATURE(SEEK), "seek_position", NULL, NULL },
    [MEDIA_PLAYER_PLAY_MEDIA] = { "play_media", FEATURE(PLAY_MEDIA), NULL, NULL,
                                  "media_content_id" },
    [MEDIA_PLAYER_SHUFFLE_SET] = { "shuffle_set", FEATURE(SHUFFLE_SET), NULL, "shuffle", NULL },
};

static json_t *data_of(const struct media_player_command *command)
{
    json_t *data = json_object();

    if (calls[command->action].number)
        json_object_set_new(data, calls[command->action].number, json_real(command->number));
    if (calls[command->action].on)
        json_object_set_new(data, calls[command->action].on, json_boolean(command->on));
    if (calls[command->action].text)
        json_object_set_new(data, calls[command->action].text, json_string(command->text));
    if (command->action != MEDIA_PLAYER_PLAY_MEDIA)
        return data;
    json_object_set_new(data, "media_content_type", json_string(command->media_type));
    if (command->enqueue)
        json_object_set_new(data, "enqueue", json_string(command->enqueue));
    else if (command->announce)
        json_object_set_new(data, "announce", json_true());
    if (json_object_size(command->extra))
        json_object_set(data, "extra", (json_t *)command->extra);
    return data;
}

/* Features that a group does not have keep the other actions away. */
static HASS_COROUTINE int tell(struct hass_entity *entity,
                               const struct media_player_command *command, struct hass_error *err)
{
    if (command->action >= sizeof(calls) / sizeof(calls[0]) || !calls[command->action].service)
        return hass_fail(err, HASS_E_UNSUPPORTED, "a group of players cannot do that");
    return group_tell(entity, calls[command->action].service, data_of(command),
                      calls[command->action].feature, err);
}

GROUP_SCHEMA(group_media_player_schema, "Media Group");
static const struct media_player_ops ops = MEDIA_PLAYER_OPS(.info = info, .async_command = tell);
const struct group_kind group_media_player = {
    .domain = "media_player",
    .size = sizeof(struct player_group),
    .ops = &ops,
    .update = update,
};
