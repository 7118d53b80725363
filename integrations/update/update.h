/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain update fills in. Set supported_features of the description to bits of enum update_feature.
 *
 * Model: components.update
 */
#pragma once

#include <hass/entity.h>

enum update_feature {
    UPDATE_INSTALL = 1,
    UPDATE_SPECIFIC_VERSION = 2,
    UPDATE_PROGRESS =
        4, /* in_progress is the platform's; otherwise it is true while install runs */
    UPDATE_BACKUP = 8,
    UPDATE_RELEASE_NOTES = 16,
};

/** What is known of a thing's software. Texts may be NULL. */
struct update_info {
    uint32_t size;
    const char *installed_version;
    const char *latest_version;
    const char *title;           /* of the software */
    const char *release_summary; /* the first 255 characters are shown */
    const char *release_url;
    bool auto_update; /* it installs updates by itself; so none can be skipped */
    bool in_progress; /* with UPDATE_PROGRESS */
    bool has_percentage;
    double update_percentage; /* 0..100 of what is in progress */
    int display_precision;    /* digits of update_percentage behind the point */
};

/** What is to be installed. */
struct update_install {
    uint32_t size;
    const char *version; /* NULL: the latest */
    bool backup;         /* make one first */
};

struct update_ops {
    uint32_t size;
    /** Lends what is known, from the published values. Loop thread. */
    const struct update_info *(*info)(struct hass_entity *entity);
    /** Coroutine. Returns when it is installed, or under way with UPDATE_PROGRESS. */
    int (*async_install)(struct hass_entity *entity, const struct update_install *install,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*install)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct update_install *install, void *values, struct hass_error *err);
    /** What is new, in full, as Markdown; a coroutine. @ret_notes, owned by the caller, stays NULL when nothing is known. */
    int (*async_release_notes)(struct hass_entity *entity, char **ret_notes,
                               struct hass_error *err);
};

#define UPDATE_INFO(...)                                                                           \
    {                                                                                              \
        .size = sizeof(struct update_info), __VA_ARGS__                                            \
    }
#define UPDATE_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct update_ops), __VA_ARGS__                                             \
    }
