/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What groups of all kinds share: their members, and when they are looked at again. Private.
 */
#pragma once

#include <hass/domain.h>
#include <hass/integration.h>

struct group;

/* How groups of one domain's entities are. */
struct group_kind {
    const char *domain;
    const char *icon;
    size_t size;     /* of the userdata, which begins with struct group */
    const void *ops; /* the domain's */
    void (*update)(
        struct hass_entity *entity); /* looks at the members again; sets available, too */
    /* A member has changed, and update has been called; or NULL. */
    void (*changed)(struct hass_entity *entity, const struct hass_event *event);
    void (*init)(struct group *group, const json_t *config); /* further keys; or NULL */
    void (*fini)(struct group *group);                       /* or NULL */
    void (*attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer); /* or NULL */
};

/* The head of each kind's userdata. */
struct group {
    const struct group_kind *kind;
    struct hass_entity_description description; /* points into this struct */
    char *name, *unique_id, *device_class;
    char **entity_ids; /* NULL-terminated */
    bool all;          /* on when all are on, not when any is */
    bool available;
};

/* Keys of an entry. */
#define GROUP_FIELDS                                                                               \
    HASS_FIELD("entities", &hass_type_entity_id, .list = true, .required = true, .min = 1,         \
               .max = 1000, .doc = "The members"),                                                 \
        HASS_FIELD("unique_id", &hass_type_string, .doc = "Identity in the entity registry")
#define GROUP_ALL                                                                                  \
    HASS_FIELD("all", &hass_type_bool, .doc = "On when all members are, not when any is")
#define GROUP_SCHEMA(variable, name_, ...)                                                         \
    static const struct hass_field variable##_fields[] = {                                         \
        GROUP_FIELDS,                                                                              \
        HASS_FIELD("name", &hass_type_string, .fallback = "\"" name_ "\"", .doc = "Shown name"),   \
        __VA_ARGS__                                                                                \
    };                                                                                             \
    const struct hass_schema variable = {                                                          \
        .size = sizeof(struct hass_schema),                                                        \
        .count = sizeof(variable##_fields) / sizeof(variable##_fields[0]),                         \
        .fields = variable##_fields,                                                               \
    }

#define GROUP_KINDS(K)                                                                             \
    K(binary_sensor)                                                                               \
    K(button) K(cover) K(event) K(fan) K(light) K(lock) K(media_player) K(sensor) K(switch) K(valve)
#define GROUP_DECLARE(domain)                                                                      \
    extern const struct group_kind group_##domain;                                                 \
    extern const struct hass_schema group_##domain##_schema;
GROUP_KINDS(GROUP_DECLARE)

extern const struct hass_schema group_notify_schema;
int group_add_notify(struct hass *hass, const json_t *config, struct hass_error *err) HASS_CALLBACK;

extern const struct hass_schema group_section_schema;
int group_old_setup(struct hass *hass, const json_t *config, struct hass_error *err) HASS_COROUTINE;
int group_old_reload(struct hass *hass, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;

/* Reads entities, name, unique_id and all. */
void group_init(struct group *group, const json_t *config, const char *default_name,
                const char *icon);
void group_fini(struct group *group);
/**
 * Calls a service of the domain for the members, in one call; with @features for those alone that have one of them.
 * @data is taken, or NULL.
 */
int group_tell(struct hass_entity *entity, const char *service, json_t *data, uint32_t features,
               struct hass_error *err) HASS_COROUTINE;

/* The members as they are. */
struct group_view {
    size_t members; /* that have a state */
    size_t known;   /* neither unknown nor unavailable */
    size_t available, on;
};
struct group_view group_look(struct hass_entity *entity) HASS_CALLBACK;
/* What the group shows by the model's rule: HASS_NONE while too little is known. */
struct hass_value group_is_on(const struct group *group, const struct group_view *view);

/* Walks the members' states: `for (size_t i = 0; group_next(entity, &i, &state);)`; those without a state are left out. */
bool group_next(struct hass_entity *entity, size_t *place, const struct hass_state **ret_state)
    HASS_CALLBACK;
bool group_is_state_on(const struct hass_state *state);
/* True when a member has one of the features. */
bool group_has_feature(const struct hass_state *state, uint32_t features);
/* A number among a member's attributes; NAN: there is none. */
double group_attribute(const struct hass_state *state, const char *key);
/* The mean of a number of those members that have one of @features, without its fraction; HASS_NONE: none has it. */
struct hass_value group_mean(struct hass_entity *entity, const char *key, uint32_t features)
    HASS_CALLBACK;
