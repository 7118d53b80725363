/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain media_player fills in: what is going on (info), and one function for all that a player can be
 * told (async_command on the loop, or command on a pool thread). Set supported_features of the description to bits of enum
 * media_player_feature: an action whose bit is missing never arrives.
 *
 * Model: components.media_player
 */
#pragma once

#include <hass/entity.h>

enum media_player_feature {
    MEDIA_PLAYER_FEATURE_PAUSE = 1,
    MEDIA_PLAYER_FEATURE_SEEK = 2,
    MEDIA_PLAYER_FEATURE_VOLUME_SET = 4,
    MEDIA_PLAYER_FEATURE_VOLUME_MUTE = 8,
    MEDIA_PLAYER_FEATURE_PREVIOUS_TRACK = 16,
    MEDIA_PLAYER_FEATURE_NEXT_TRACK = 32,
    MEDIA_PLAYER_FEATURE_TURN_ON = 128,
    MEDIA_PLAYER_FEATURE_TURN_OFF = 256,
    MEDIA_PLAYER_FEATURE_PLAY_MEDIA = 512,
    MEDIA_PLAYER_FEATURE_VOLUME_STEP = 1024,
    MEDIA_PLAYER_FEATURE_SELECT_SOURCE = 2048,
    MEDIA_PLAYER_FEATURE_STOP = 4096,
    MEDIA_PLAYER_FEATURE_CLEAR_PLAYLIST = 8192,
    MEDIA_PLAYER_FEATURE_PLAY = 16384,
    MEDIA_PLAYER_FEATURE_SHUFFLE_SET = 32768,
    MEDIA_PLAYER_FEATURE_SELECT_SOUND_MODE = 65536,
    MEDIA_PLAYER_FEATURE_BROWSE_MEDIA = 131072,
    MEDIA_PLAYER_FEATURE_REPEAT_SET = 262144,
    MEDIA_PLAYER_FEATURE_GROUPING = 524288,
    MEDIA_PLAYER_FEATURE_MEDIA_ANNOUNCE = 1048576,
    MEDIA_PLAYER_FEATURE_MEDIA_ENQUEUE = 2097152,
    MEDIA_PLAYER_FEATURE_SEARCH_MEDIA = 4194304,
};

/** What is going on. Members that are NULL, HASS_NONE or 0 are not shown. */
struct media_player_info {
    uint32_t size;
    const char *state; /* "off", "on", "idle", "playing", "paused", "buffering"; NULL: "unknown" */
    struct hass_value volume_level;             /* 0..1 */
    struct hass_value is_volume_muted, shuffle; /* HASS_BOOL */
    double volume_step;                         /* of volume_up and volume_down; 0: 0.1 */
    const char *media_content_id, *media_content_type;
    struct hass_value media_duration, media_position; /* seconds */
    int64_t media_position_updated_at;                /* microseconds UTC */
    const char *media_title, *media_artist, *media_album_name, *media_album_artist,
        *media_series_title, *media_season, *media_episode, *media_channel, *media_playlist;
    struct hass_value media_track;
    const char *app_id, *app_name;
    const char *source, *sound_mode;
    const char *const *source_list, *const *sound_mode_list; /* NULL-terminated */
    const char *repeat;                                      /* "off", "all", "one" */
    const char *const *group_members;                        /* entity ids, NULL-terminated */
    const char *media_image_url; /* reachable for everybody; shown as entity_picture */
};

enum media_player_action {
    MEDIA_PLAYER_TURN_ON,
    MEDIA_PLAYER_TURN_OFF,
    MEDIA_PLAYER_PLAY,
    MEDIA_PLAYER_PAUSE,
    MEDIA_PLAYER_STOP,
    MEDIA_PLAYER_NEXT_TRACK,
    MEDIA_PLAYER_PREVIOUS_TRACK,
    MEDIA_PLAYER_CLEAR_PLAYLIST,
    MEDIA_PLAYER_VOLUME_UP,         /* with VOLUME_STEP; without, the new volume is set */
    MEDIA_PLAYER_VOLUME_DOWN,       /* likewise */
    MEDIA_PLAYER_VOLUME_SET,        /* number: 0..1 */
    MEDIA_PLAYER_VOLUME_MUTE,       /* on */
    MEDIA_PLAYER_SEEK,              /* number: seconds */
    MEDIA_PLAYER_SELECT_SOURCE,     /* text */
    MEDIA_PLAYER_SELECT_SOUND_MODE, /* text */
    MEDIA_PLAYER_PLAY_MEDIA,        /* text: what; media_type, enqueue, announce, extra */
    MEDIA_PLAYER_SHUFFLE_SET,       /* on */
    MEDIA_PLAYER_REPEAT_SET,        /* text: "off", "all", "one" */
    MEDIA_PLAYER_JOIN,              /* members: the entity ids that join this one */
    MEDIA_PLAYER_UNJOIN,
};

/** What a player is told. The texts and lists are lent until the command has been done. */
struct media_player_command {
    uint32_t size;
    enum media_player_action action;
    double number;
    bool on;
    const char *text;
    const char *media_type; /* "music", "playlist", "url", … */
    const char *enqueue;    /* "play", "next", "add", "replace"; or NULL */
    bool announce;
    const json_t *extra;   /* an object, or NULL */
    const json_t *members; /* a list of texts */
};

/** What is to be looked for, or at. Texts may be NULL. */
struct media_player_query {
    uint32_t size;
    const char *media_type, *media_id; /* where; NULL: at the root */
    const char *text;                  /* of a search */
    const json_t *classes; /* media classes wanted from a search, a list; or NULL: any */
};

struct media_player_ops {
    uint32_t size;
    /** Lends what is going on, from the published values. Loop thread. */
    const struct media_player_info *(*info)(struct hass_entity *entity);
    /** Coroutine. The state is written afterwards. */
    int (*async_command)(struct hass_entity *entity, const struct media_player_command *command,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct media_player_command *command, void *values,
                   struct hass_error *err);
    /**
     * What can be played; a coroutine. With BROWSE_MEDIA.
     *
     * Shape: @ret_item, owned by the caller: {"title", "media_class", "media_content_type", "media_content_id", "can_play",
     *        "can_expand", "thumbnail"?, "children"?: […]}
     */
    int (*async_browse)(struct hass_entity *entity, const struct media_player_query *query,
                        json_t **ret_item, struct hass_error *err);
    /** What is found, a coroutine; @ret_items is a list of items as above. With SEARCH_MEDIA. */
    int (*async_search)(struct hass_entity *entity, const struct media_player_query *query,
                        json_t **ret_items, struct hass_error *err);
};

#define MEDIA_PLAYER_INFO(...)                                                                     \
    {                                                                                              \
        .size = sizeof(struct media_player_info), __VA_ARGS__                                      \
    }
#define MEDIA_PLAYER_OPS(...)                                                                      \
    {                                                                                              \
        .size = sizeof(struct media_player_ops), __VA_ARGS__                                       \
    }
