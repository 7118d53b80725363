/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Declarative field tables: one description checks configuration, service data and commands, fills in defaults, prints
 * documentation and a JSON Schema for editors.
 *
 *     HASS_SCHEMA(blink_schema,
 *         HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "The light to blink"),
 *         HASS_FIELD("interval", &hass_type_duration, .min = 0.1, .max = 3600, .fallback = "1", .doc = "Seconds between"),
 *         HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("slow", "fast"), .fallback = "\"slow\""),
 *         HASS_FIELD("lights", &hass_type_string, .list = true));
 *
 * Everything is constant data; a plugin's tables may be used until it is gone.
 * Model: voluptuous schemas, helpers.config_validation
 */
#pragma once

#include <hass/error.h>
#include <hass/json.h>

struct hass_field;
struct hass_schema_check;

/** A place in a text of several lines, such as a template. */
struct hass_text_problem {
    uint32_t line, column; /* from 1, in characters */
    char message[512];
    char hint[160]; /* or "" */
};

/**
 * A type of value: checks and normalises one value. Upper layers and integrations define their own.
 */
struct hass_field_type {
    uint32_t size;
    const char *name; /* in messages and documentation: "entity id" */
    /**
     * Returns 0 with the normalised value (a new reference) in @ret_value, or fails with a message that says what was wanted:
     * "expected an entity id such as light.kitchen, got 'kitchen'".
     */
    int (*check)(const struct hass_field *field, const json_t *value, json_t **ret_value,
                 struct hass_error *err);
    const char *json_type; /* of JSON Schema: "string", "integer", … ; NULL: any */
    const char *selector;  /* the frontend's selector name; or NULL */
    /** Of a text that check has refused: what is wrong, and where in it; false: the text as a whole. NULL: never. */
    bool (*locate)(const char *text, struct hass_text_problem *ret_problem);
};

struct hass_field {
    uint32_t size;
    const char *key;
    const struct hass_field_type *type;
    const char *doc;      /* one sentence */
    const char *fallback; /* default as JSON text; NULL: the key stays absent */
    /**
     * Numbers and durations: the least and the greatest; text: characters; any other type with @list: items. Both 0: no
     * bounds; @max INFINITY or below @min: no upper one.
     */
    double min, max;
    const char *const *words;         /* enum: allowed words, NULL-terminated */
    const struct hass_schema *schema; /* map: its fields */
    const struct hass_field *item;    /* map of any keys: its values */
    const char *exclusive;            /* at most one field of the same group may be given */
    bool required;
    bool list;       /* a list of such values; a single one becomes a list of one */
    bool nullable;   /* null is good and kept */
    bool secret;     /* never shown in messages and diagnostics */
    bool deprecated; /* warned about */
};

struct hass_schema {
    uint32_t size;
    uint32_t count;
    const struct hass_field *fields;
    bool extra; /* unknown keys are good and kept */
    bool list;  /* the value is a list of such maps; a single map becomes a list of one */
    const struct hass_field
        *keyed; /* NULL, or: a map from any slug to values of this field instead of @fields */
    /** A check across fields after all have passed: returns 0 or fails; @value is the normalised map. */
    int (*check)(const json_t *value, struct hass_error *err);
};

#define HASS_WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define HASS_FIELD(key_, type_, ...)                                                               \
    {                                                                                              \
        .size = sizeof(struct hass_field), .key = (key_), .type = (type_), __VA_ARGS__             \
    }

/** Defines `static const struct hass_schema name` of the given fields. */
#define HASS_SCHEMA(name, ...)                                                                     \
    static const struct hass_field name##_fields[] = { __VA_ARGS__ };                              \
    static const struct hass_schema name = {                                                       \
        .size = sizeof(struct hass_schema),                                                        \
        .count = sizeof(name##_fields) / sizeof(name##_fields[0]),                                 \
        .fields = name##_fields,                                                                   \
    }

/** As HASS_SCHEMA, with further members of struct hass_schema first: HASS_SCHEMA_WITH(x, (.extra = true), HASS_FIELD(…)). */
#define HASS__UNWRAP(...) __VA_ARGS__
#define HASS_SCHEMA_WITH(name, members, ...)                                                       \
    static const struct hass_field name##_fields[] = { __VA_ARGS__ };                              \
    static const struct hass_schema name = { .size = sizeof(struct hass_schema),                   \
                                             .count =                                              \
                                                 sizeof(name##_fields) / sizeof(name##_fields[0]), \
                                             .fields = name##_fields,                              \
                                             HASS__UNWRAP members }

extern HASS_API const struct hass_field_type hass_type_any;
extern HASS_API const struct hass_field_type
    hass_type_string; /* scalars become text; min, max: characters */
extern HASS_API const struct hass_field_type hass_type_int;    /* whole numbers and their text */
extern HASS_API const struct hass_field_type hass_type_number; /* finite numbers and their text */
extern HASS_API const struct hass_field_type
    hass_type_bool; /* true/false, yes/no, on/off, enable/disable, 1/0 */
extern HASS_API const struct hass_field_type hass_type_enum; /* one of .words */
extern HASS_API const struct hass_field_type hass_type_map;  /* .schema, .item, or any map */
extern HASS_API const struct hass_field_type hass_type_slug;
extern HASS_API const struct hass_field_type hass_type_entity_id; /* lower-cased */
extern HASS_API const struct hass_field_type
    hass_type_entity_ids; /* list, comma text, "all", "none" → list or word */
extern HASS_API const struct hass_field_type hass_type_service; /* domain.service */
extern HASS_API const struct hass_field_type
    hass_type_duration; /* seconds, "HH:MM[:SS]", {"hours": …} → seconds as a number */
extern HASS_API const struct hass_field_type hass_type_time; /* "HH:MM[:SS]" → "HH:MM:SS" */
extern HASS_API const struct hass_field_type hass_type_date; /* "2024-01-31" */
extern HASS_API const struct hass_field_type
    hass_type_datetime; /* ISO 8601, an offset stays: "2024-01-31T07:30:00[+01:00]" */
extern HASS_API const struct hass_field_type hass_type_icon; /* prefix:name */
extern HASS_API const struct hass_field_type hass_type_path; /* an existing, readable file */
extern HASS_API const struct hass_field_type hass_type_url;
extern HASS_API const struct hass_field_type hass_type_time_zone;
extern HASS_API const struct hass_field_type
    hass_type_list; /* any list; "a, b" is split at commas, another single value becomes a list */
extern HASS_API const struct hass_field_type hass_type_plain_text; /* text without HTML tags */
extern HASS_API const struct hass_field_type hass_type_sun_event;  /* sunrise or sunset */
extern HASS_API const struct hass_field_type hass_type_temperature_unit; /* C or F → "°C", "°F" */

/**
 * Checks @value and returns its normalised form with defaults; the first problem only. For service data and commands.
 *
 * Returns: 0 with @ret_value owned by the caller, or HASS_E_INVALID with "<path>: <what was wanted>, got <value>; did you mean 'x'?".
 */
HASS_API int hass_schema_check(const struct hass_schema *schema, const json_t *value,
                               json_t **ret_value, struct hass_error *err);

/** The one of @words, which end with NULL, that @word was most likely meant to be; NULL when none is near. Any thread. */
HASS_API const char *hass_nearest_word(const char *word, const char *const *words);

/** Shape: a JSON Schema (draft 2020-12) object, owned by the caller. */
HASS_API json_t *hass_schema_as_json_schema(const struct hass_schema *schema);
/** Shape: {key: {"description"?, "required"?, "default"?, "example"?, "selector"?}}: get_services' fields. Owned by the caller. */
HASS_API json_t *hass_schema_describe(const struct hass_schema *schema);
/**
 * The fields of a dialogue's form. @suggested: {key: value} that fields begin with; @choices: {key: {value: label}} in place
 * of the words of the table; both lent, or NULL. A NULL schema has no fields.
 *
 * Shape: [{"name", "type" or "selector", "required", "optional"?, "default"?, "description"?: {"suggested_value"}, "options"?,
 *        "valueMin"?, …}], owned by the caller.
 */
HASS_API json_t *hass_schema_as_form(const struct hass_schema *schema, const json_t *suggested,
                                     const json_t *choices);
