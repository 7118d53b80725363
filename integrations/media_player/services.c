/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services of media players. Most are one action each; the rest is what the model does where a player cannot do a thing by
 * itself: toggling, pausing or playing, a step of the volume.
 */
#include <math.h>
#include <string.h>

#include <hass/json.h>
#include <hass/schema.h>

#include "parts.h"

#define DEFAULT_VOLUME_STEP 0.1

HASS_ENTITY_COMMAND(run, struct media_player_ops, command, struct media_player_command)

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              enum media_player_action action, struct hass_error *err)
{
    const struct media_player_command command = { .size = sizeof(command), .action = action };

    return run(entity, call, &command, err);
}

/* An action without anything beside it. */
#define PLAIN(name, action)                                                                        \
    static HASS_COROUTINE int name(struct hass_entity *entity,                                     \
                                   const struct hass_service_call *call, struct hass_error *err)   \
    {                                                                                              \
        return act(entity, call, action, err);                                                     \
    }
PLAIN(turn_on, MEDIA_PLAYER_TURN_ON)
PLAIN(turn_off, MEDIA_PLAYER_TURN_OFF)
PLAIN(media_play, MEDIA_PLAYER_PLAY)
PLAIN(media_pause, MEDIA_PLAYER_PAUSE)
PLAIN(media_stop, MEDIA_PLAYER_STOP)
PLAIN(media_next_track, MEDIA_PLAYER_NEXT_TRACK)
PLAIN(media_previous_track, MEDIA_PLAYER_PREVIOUS_TRACK)
PLAIN(clear_playlist, MEDIA_PLAYER_CLEAR_PLAYLIST)
PLAIN(unjoin, MEDIA_PLAYER_UNJOIN)

/* An action with one value, which is @member of the command. */
#define WITH_VALUE(name, action_, member, value)                                                   \
    static HASS_COROUTINE int name(struct hass_entity *entity,                                     \
                                   const struct hass_service_call *call, struct hass_error *err)   \
    {                                                                                              \
        const json_t *data = hass_service_call_data(call);                                         \
        const struct media_player_command command = {                                              \
            .size = sizeof(command),                                                               \
            .action = (action_),                                                                   \
            .member = (value),                                                                     \
        };                                                                                         \
                                                                                                   \
        return run(entity, call, &command, err);                                                   \
    }
WITH_VALUE(volume_set, MEDIA_PLAYER_VOLUME_SET, number,
           hass_json_get_number(data, "volume_level", 0))
WITH_VALUE(volume_mute, MEDIA_PLAYER_VOLUME_MUTE, on,
           hass_json_get_bool(data, "is_volume_muted", false))
WITH_VALUE(media_seek, MEDIA_PLAYER_SEEK, number, hass_json_get_number(data, "seek_position", 0))
WITH_VALUE(select_source, MEDIA_PLAYER_SELECT_SOURCE, text,
           hass_json_get_string(data, "source", ""))
WITH_VALUE(select_sound_mode, MEDIA_PLAYER_SELECT_SOUND_MODE, text,
           hass_json_get_string(data, "sound_mode", ""))
WITH_VALUE(shuffle_set, MEDIA_PLAYER_SHUFFLE_SET, on, hass_json_get_bool(data, "shuffle", false))
WITH_VALUE(repeat_set, MEDIA_PLAYER_REPEAT_SET, text, hass_json_get_string(data, "repeat", "off"))
WITH_VALUE(join, MEDIA_PLAYER_JOIN, members, hass_json_get(data, "group_members"))

static HASS_COROUTINE int play_media(struct hass_entity *entity,
                                     const struct hass_service_call *call, struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    const struct media_player_command command = {
        .size = sizeof(command),
        .action = MEDIA_PLAYER_PLAY_MEDIA,
        .text = hass_json_get_string(data, "media_content_id", ""),
        .media_type = hass_json_get_string(data, "media_content_type", ""),
        .enqueue = hass_json_get_string(data, "enqueue", NULL),
        .announce = hass_json_get_bool(data, "announce", false),
        .extra = hass_json_get(data, "extra"),
    };

    return run(entity, call, &command, err);
}

/* what depends on the state */

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    static const char *const off[] = { "off", "idle", "standby", NULL };
    bool is_off = hass_words_find(off, media_player_info(entity).state) >= 0;

    return act(entity, call, is_off ? MEDIA_PLAYER_TURN_ON : MEDIA_PLAYER_TURN_OFF, err);
}

static HASS_COROUTINE int media_play_pause(struct hass_entity *entity,
                                           const struct hass_service_call *call,
                                           struct hass_error *err)
{
    const char *state = media_player_info(entity).state;
    bool playing = state && !strcmp(state, "playing");

    return act(entity, call, playing ? MEDIA_PLAYER_PAUSE : MEDIA_PLAYER_PLAY, err);
}

/* A step of the volume, @direction 1 or -1: the player's own, or from the volume it has. */
static HASS_COROUTINE int step_volume(struct hass_entity *entity,
                                      const struct hass_service_call *call, double direction,
                                      struct hass_error *err)
{
    struct media_player_info info = media_player_info(entity);
    double step = info.volume_step > 0 ? info.volume_step : DEFAULT_VOLUME_STEP, volume;

    if (media_player_can(entity, MEDIA_PLAYER_FEATURE_VOLUME_STEP))
        return act(entity, call, direction > 0 ? MEDIA_PLAYER_VOLUME_UP : MEDIA_PLAYER_VOLUME_DOWN,
                   err);
    if (!hass_value_number(info.volume_level, &volume))
        return 0;
    const struct media_player_command command = {
        .size = sizeof(command),
        .action = MEDIA_PLAYER_VOLUME_SET,
        .number = fmin(fmax(volume + direction * step, 0), 1),
    };
    return command.number == volume ? 0 : run(entity, call, &command, err);
}

static HASS_COROUTINE int volume_up(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    return step_volume(entity, call, 1, err);
}

static HASS_COROUTINE int volume_down(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    return step_volume(entity, call, -1, err);
}

/* media that can be played */

static HASS_COROUTINE int browse_media(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    const struct media_player_query query = media_player_query(hass_service_call_data(call));
    json_t *item = NULL;

    if (!media_player_ops_of(entity)->async_browse)
        return hass_entity_unsupported(entity, call, err);
    int r = media_player_ops_of(entity)->async_browse(entity, &query, &item, err);
    return r < 0 ? r : hass_service_call_respond(call, item ? item : json_object());
}

static HASS_COROUTINE int search_media(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    const struct media_player_query query = media_player_query(hass_service_call_data(call));
    json_t *items = NULL;

    if (!media_player_ops_of(entity)->async_search)
        return hass_entity_unsupported(entity, call, err);
    int r = media_player_ops_of(entity)->async_search(entity, &query, &items, err);
    if (r < 0)
        return r;
    return hass_service_call_respond(
        call, json_pack("{s:i, s:o}", "version", 1, "result", items ? items : json_array()));
}

/* the table */

HASS_SCHEMA(volume_schema, HASS_FIELD("volume_level", &hass_type_number, .min = 0, .max = 1,
                                      .required = true, .doc = "0 is silent, 1 the loudest"));
HASS_SCHEMA(mute_schema, HASS_FIELD("is_volume_muted", &hass_type_bool, .required = true,
                                    .doc = "Whether nothing is heard"));
HASS_SCHEMA(seek_schema, HASS_FIELD("seek_position", &hass_type_number, .min = 0, .max = INFINITY,
                                    .required = true, .doc = "Seconds from the beginning"));
HASS_SCHEMA(source_schema, HASS_FIELD("source", &hass_type_string, .required = true,
                                      .doc = "One of the sources of the player"));
HASS_SCHEMA(sound_mode_schema, HASS_FIELD("sound_mode", &hass_type_string, .required = true,
                                          .doc = "One of the sound modes of the player"));
HASS_SCHEMA(shuffle_schema, HASS_FIELD("shuffle", &hass_type_bool, .required = true,
                                       .doc = "Whether to play in a random order"));
HASS_SCHEMA(repeat_schema,
            HASS_FIELD("repeat", &hass_type_enum, .words = HASS_WORDS("off", "all", "one"),
                       .required = true, .doc = "What is played again and again"));
HASS_SCHEMA(join_schema, HASS_FIELD("group_members", &hass_type_entity_ids, .required = true,
                                    .doc = "Players that play the same from now on"));
HASS_SCHEMA(play_media_schema,
            HASS_FIELD("media_content_id", &hass_type_string, .required = true,
                       .doc = "What is played"),
            HASS_FIELD("media_content_type", &hass_type_string, .required = true,
                       .doc = "What it is: music, playlist, url, …"),
            HASS_FIELD("enqueue", &hass_type_enum,
                       .words = HASS_WORDS("play", "next", "add", "replace"),
                       .exclusive = "enqueue or announce", .doc = "Where in the queue it goes"),
            HASS_FIELD("announce", &hass_type_bool, .exclusive = "enqueue or announce",
                       .doc = "Whether what is playing goes on afterwards"),
            HASS_FIELD("extra", &hass_type_map, .fallback = "{}",
                       .doc = "What only this kind of player understands"));
HASS_SCHEMA(browse_schema,
            HASS_FIELD("media_content_type", &hass_type_string, .doc = "What is looked at"),
            HASS_FIELD("media_content_id", &hass_type_string, .doc = "The root if absent"));
HASS_SCHEMA(search_schema,
            HASS_FIELD("search_query", &hass_type_string, .required = true,
                       .doc = "What is looked for"),
            HASS_FIELD("media_content_type", &hass_type_string, .doc = "Where"),
            HASS_FIELD("media_content_id", &hass_type_string, .doc = "Everywhere if absent"),
            HASS_FIELD("media_filter_classes", &hass_type_string, .list = true,
                       .doc = "Which kinds of media"));

#define NEEDS(feature) .required_features = MEDIA_PLAYER_FEATURE_##feature
#define ONE_OF(a, b)                                                                               \
    .feature_sets = HASS_FEATURE_SETS(MEDIA_PLAYER_FEATURE_##a, MEDIA_PLAYER_FEATURE_##b)

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns a player on", NEEDS(TURN_ON), .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns a player off", NEEDS(TURN_OFF),
                        .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns a player on when it is off or idle, else off",
                        NEEDS(TURN_ON) | MEDIA_PLAYER_FEATURE_TURN_OFF, .async_handler = toggle),
    HASS_ENTITY_SERVICE("volume_up", "Makes a player louder", ONE_OF(VOLUME_SET, VOLUME_STEP),
                        .async_handler = volume_up),
    HASS_ENTITY_SERVICE("volume_down", "Makes a player quieter", ONE_OF(VOLUME_SET, VOLUME_STEP),
                        .async_handler = volume_down),
    HASS_ENTITY_SERVICE("volume_set", "Sets how loud a player is", NEEDS(VOLUME_SET),
                        .schema = &volume_schema, .async_handler = volume_set),
    HASS_ENTITY_SERVICE("volume_mute", "Mutes a player, or not", NEEDS(VOLUME_MUTE),
                        .schema = &mute_schema, .async_handler = volume_mute),
    HASS_ENTITY_SERVICE("media_play", "Plays", NEEDS(PLAY), .async_handler = media_play),
    HASS_ENTITY_SERVICE("media_pause", "Pauses", NEEDS(PAUSE), .async_handler = media_pause),
    HASS_ENTITY_SERVICE("media_play_pause", "Pauses while playing, else plays",
                        NEEDS(PLAY) | MEDIA_PLAYER_FEATURE_PAUSE,
                        .async_handler = media_play_pause),
    HASS_ENTITY_SERVICE("media_stop", "Stops", NEEDS(STOP), .async_handler = media_stop),
    HASS_ENTITY_SERVICE("media_next_track", "Goes to the next track", NEEDS(NEXT_TRACK),
                        .async_handler = media_next_track),
    HASS_ENTITY_SERVICE("media_previous_track", "Goes to the previous track", NEEDS(PREVIOUS_TRACK),
                        .async_handler = media_previous_track),
    HASS_ENTITY_SERVICE("media_seek", "Goes to a position in what is playing", NEEDS(SEEK),
                        .schema = &seek_schema, .async_handler = media_seek),
    HASS_ENTITY_SERVICE("play_media", "Plays something", NEEDS(PLAY_MEDIA),
                        .schema = &play_media_schema, .async_handler = play_media),
    HASS_ENTITY_SERVICE("select_source", "Selects a source", NEEDS(SELECT_SOURCE),
                        .schema = &source_schema, .async_handler = select_source),
    HASS_ENTITY_SERVICE("select_sound_mode", "Selects a sound mode", NEEDS(SELECT_SOUND_MODE),
                        .schema = &sound_mode_schema, .async_handler = select_sound_mode),
    HASS_ENTITY_SERVICE("clear_playlist", "Empties the playlist", NEEDS(CLEAR_PLAYLIST),
                        .async_handler = clear_playlist),
    HASS_ENTITY_SERVICE("shuffle_set", "Plays in a random order, or not", NEEDS(SHUFFLE_SET),
                        .schema = &shuffle_schema, .async_handler = shuffle_set),
    HASS_ENTITY_SERVICE("repeat_set", "Sets what is played again and again", NEEDS(REPEAT_SET),
                        .schema = &repeat_schema, .async_handler = repeat_set),
    HASS_ENTITY_SERVICE("join", "Lets players play together", NEEDS(GROUPING),
                        .schema = &join_schema, .async_handler = join),
    HASS_ENTITY_SERVICE("unjoin", "Takes a player out of its group", NEEDS(GROUPING),
                        .async_handler = unjoin),
    HASS_ENTITY_SERVICE("browse_media", "Says what can be played", NEEDS(BROWSE_MEDIA),
                        .schema = &browse_schema, .supports_response = HASS_RESPONSE_ONLY,
                        .async_handler = browse_media),
    HASS_ENTITY_SERVICE("search_media", "Looks for what can be played", NEEDS(SEARCH_MEDIA),
                        .schema = &search_schema, .supports_response = HASS_RESPONSE_ONLY,
                        .async_handler = search_media),
};

int media_player_register_services(struct hass_component *component, struct hass_error *err)
{
    return HASS_REGISTER_SERVICES(component, services, err);
}
