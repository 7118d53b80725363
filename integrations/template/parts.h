/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the platforms of this integration share. Private.
 *
 * entity.c   an entity whose values are templates: its tracker, availability, name, icon, picture, attributes
 * types.c    types of options, and values read from results
 * legacy.c   the old style
 * action.c   what it does when it is told something
 * block.c    blocks with triggers
 */
#pragma once

#include <string.h>

#include <hass/domain.h>
#include <hass/integration.h>
#include <hass/template.h>
#include <hass/variables.h>
#include <hass/vec.h>

struct template_action;
struct template_block;
struct template_entity;

/* Gets each new result of an option's template; NULL: it failed. The state is written afterwards. */
typedef void template_set_fn(struct template_entity *item, const json_t *result);

struct template_option {
    const char *key; /* NULL ends a table */
    template_set_fn *set;
};

/* An option of the old style and what it is called now. */
struct template_rename {
    const char *old, *now; /* NULL ends a table */
};

/* A platform. */
struct template_kind {
    const char *domain, *default_name;
    size_t size;                           /* of its struct, which begins with a template_entity */
    const struct hass_schema *schema;      /* of an item */
    const struct template_option *options; /* in the order in which they are told */
    const void *ops;                       /* the domain's table */
    const struct template_rename *renames; /* of the old style, beside those of all; NULL: none */
    void (*init)(struct template_entity *item); /* reads item->config; or NULL */
    void (*fini)(struct template_entity *item); /* or NULL */
    void (*restored)(struct template_entity *item,
                     const char *state);           /* of the last run; or NULL */
    void (*removed)(struct template_entity *item); /* ends what is under way; or NULL */
    bool flat;                                     /* an entry of the old style is one entity */
    bool assumes; /* without a template of the state it is what it was told */
    bool restore; /* without a template of the state the last one is kept */
};

struct template_binding {
    const char *key;
    template_set_fn *set; /* NULL: an attribute */
    struct hass_template *template;
};

struct template_entity {
    struct hass_entity_description description; /* points into config and the texts below */
    const struct template_kind *kind;
    json_t *config; /* an item as its schema gives it */
    struct hass_entity *entity;
    char *name, *icon, *picture;
    json_t *attributes; /* {key: result} */
    struct template_binding *bindings;
    size_t count;
    struct hass_template_variables *variables; /* `this` */
    struct hass_sub *tracker;
    struct template_block *block; /* whose triggers it follows; NULL: what its templates look at */
    HASS_VEC(struct template_action) actions;
    bool optimistic; /* there is no template of the state, or its user says so */
    bool added;
};

/*
 * All platforms, as STYLE(domain, the old style's map of entities): MAPPED; FLAT where an entry of the old style is one entity; NEW
 * where there is no old style.
 */
#define TEMPLATE_PLATFORMS(MAPPED, FLAT, NEW)                                                      \
    MAPPED(sensor, "sensors")                                                                      \
    MAPPED(binary_sensor, "sensors")                                                               \
    MAPPED(switch, "switches")                                                                     \
    MAPPED(light, "lights")                                                                        \
    MAPPED(cover, "covers")                                                                        \
    MAPPED(fan, "fans")                                                                            \
    MAPPED(vacuum, "vacuums")                                                                      \
    MAPPED(alarm_control_panel, "panels")                                                          \
    FLAT(weather, NULL)                                                                            \
    FLAT(lock, NULL)                                                                               \
    NEW(number, NULL)                                                                              \
    NEW(select, NULL)                                                                              \
    NEW(button, NULL)                                                                              \
    NEW(image, NULL)

#define TEMPLATE__DECLARE(domain, old)                                                             \
    extern const struct hass_schema template_##domain##_schema;                                    \
    extern const struct template_kind template_##domain;
TEMPLATE_PLATFORMS(TEMPLATE__DECLARE, TEMPLATE__DECLARE, TEMPLATE__DECLARE)

/* The platform of a domain; NULL when there is none. */
const struct template_kind *template_kind_get(const char *domain);
const struct template_kind *template_kind_of(const struct hass_schema *schema);

/* entity.c */

/*
 * @config, an item of @kind's schema, is taken. @block, of which a reference is kept: whose triggers it follows; or NULL. NULL with @err
 * when one of its templates is none.
 */
struct hass_entity *template_entity_create(struct hass *hass, const struct template_kind *kind,
                                           json_t *config, struct template_block *block,
                                           struct hass_error *err) HASS_CALLBACK;
/* The triggers of its block have fired: all is rendered, and what fails makes it unavailable. */
void template_entity_async_triggered(struct template_entity *item, struct hass_variables *variables,
                                     const struct hass_context *context) HASS_CALLBACK;
static inline void *template_entity_of(struct hass_entity *entity)
{
    return hass_entity_userdata(entity);
}
/* For setters of states: a failed template makes the entity unavailable unless `availability` has a say. */
void template_entity_judge(struct template_entity *item, const json_t *result) HASS_CALLBACK;
/* True when the option has a value. */
bool template_entity_has(const struct template_entity *item, const char *key);
/* Logs that the result of an option is not what was @wanted. */
void template_entity_complain(const struct template_entity *item, const char *key,
                              const json_t *result, const char *wanted) HASS_CALLBACK;

/* types.c */

extern const struct hass_field_type template_type_template; /* text that is a template */
extern const struct hass_field_type template_type_delay;    /* a duration, or a template of one */
extern const struct hass_field_type template_type_actions;  /* one step or a list of them */
extern const struct hass_field_type template_type_conditions;
extern const struct hass_field_type template_type_triggers;

#define TEMPLATE_FIELD(key, doc_)   HASS_FIELD(key, &template_type_template, .doc = (doc_))
#define TEMPLATE_ACTIONS(key, doc_) HASS_FIELD(key, &template_type_actions, .doc = (doc_))
#define TEMPLATE_COMMON_FIELDS                                                                     \
    TEMPLATE_FIELD("name", "Shown name"),                                                          \
        HASS_FIELD("unique_id", &hass_type_string, .doc = "Identity in the entity registry"),      \
        HASS_FIELD("default_entity_id", &hass_type_entity_id,                                      \
                   .doc = "The entity id it gets, unless its user has chosen another"),            \
        TEMPLATE_FIELD("availability", "While this is not true, the entity is unavailable"),       \
        TEMPLATE_FIELD("icon", "Icon, as mdi:fire"),                                               \
        TEMPLATE_FIELD("picture", "Address of a picture"),                                         \
        HASS_FIELD("attributes", &hass_type_map, .item = &template_attribute,                      \
                   .doc = "Further attributes, a template each")
extern const struct hass_field template_attribute;

/* As HASS_SCHEMA and HASS_SCHEMA_WITH, for those that template.c refers to. */
#define TEMPLATE_SCHEMA_WITH(name, members, ...)                                                   \
    static const struct hass_field name##_fields[] = { __VA_ARGS__ };                              \
    const struct hass_schema name = { .size = sizeof(struct hass_schema),                          \
                                      .count = sizeof(name##_fields) / sizeof(name##_fields[0]),   \
                                      .fields = name##_fields,                                     \
                                      HASS__UNWRAP members }
#define TEMPLATE_SCHEMA(name, ...) TEMPLATE_SCHEMA_WITH(name, (.extra = false), __VA_ARGS__)

/* A number, or text that is one. */
bool template_as_number(const json_t *result, double *ret_number);
/* The same, refused with a line in the log when it is not in the range; none and "" are unknown without one. */
bool template_number_within(const struct template_entity *item, const char *key,
                            const json_t *result, double min, double max, double *ret_number)
    HASS_CALLBACK;
/* What nothing follows from: failed, none, "", "unknown", "unavailable", "None". */
bool template_is_unknown(const json_t *result);
/* The value as an entity shows it, lent by @result. */
struct hass_value template_value(const json_t *result);
/* The place of a text among @words, without regard to case; -1: none of them. Booleans are "true" and "false". */
int template_word(const json_t *result, const char *const *words);
/* HASS_BOOL, or HASS_NONE for what is unknown. */
struct hass_value template_truth(const json_t *result);
/* Replaces *@list by the texts of a list, for which *@texts keeps the room. */
void template_texts(const json_t *result, json_t **texts, const char ***list);

/* legacy.c */

/* An entity in the old style, of the field's schema; gives an item in the new one. */
extern const struct hass_field_type template_type_legacy;
int template_legacy_check(const struct template_kind *kind, const json_t *value, json_t **ret_item,
                          struct hass_error *err);

/* action.c */

/*
 * Runs the actions of an option; 0 when it has none. @variables is taken, {name: value}, NULL: none.
 */
int template_entity_async_act(struct template_entity *item, const char *key, json_t *variables,
                              struct hass_error *err) HASS_COROUTINE;
/* Ends what is under way. */
void template_actions_async_end(struct template_entity *item) HASS_CALLBACK;

/* block.c */

/* Has this block of the section triggers? */
bool template_block_is(const json_t *config);
/** Checks what the section's table cannot: the kinds that integrations give. Nothing is set up. The way to what is wrong comes first. */
int template_block_async_check(struct hass *hass, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;
bool template_block_same(const struct template_block *block, const json_t *config);
/* The @index'th block of the section; it attaches its triggers when the home starts. NULL with @err. */
/** Tells what is wrong with a block, @err, at its place in the file; else with its name, by @err. */
int template_report(struct hass *hass, const json_t *config, const char *name,
                    struct hass_error *err) HASS_CALLBACK;
struct template_block *template_block_async_create(struct hass *hass, const json_t *config,
                                                   size_t index, struct hass_error *err)
    HASS_CALLBACK;
/* Ends its triggers and its actions; the memory goes with the last reference. */
void template_block_async_end(struct template_block *block) HASS_CALLBACK;
struct template_block *template_block_ref(struct template_block *block);
struct template_block *template_block_unref(struct template_block *block) HASS_CALLBACK;
/* From now on @item is rendered with the block; at once when it has fired before. */
void template_block_async_join(struct template_block *block, struct template_entity *item)
    HASS_CALLBACK;
void template_block_leave(struct template_block *block, const struct template_entity *item);
