/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The state machine. States are immutable, counted, readable from any thread; only last_reported moves.
 *
 * A getter with async_ lends until the caller suspends; its twin gives a reference.
 * Model: core.StateMachine, core.State
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

/* values of attributes */

enum hass_value_type {
    HASS_VALUE_NONE = 0, /* null */
    HASS_VALUE_BOOL,
    HASS_VALUE_INT,
    HASS_VALUE_DOUBLE,
    HASS_VALUE_STRING,
    HASS_VALUE_JSON, /* a list or map, as compact JSON text */
};

/** A scalar, or text lent by whoever gave the value. */
struct hass_value {
    enum hass_value_type type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *data; /* NUL-terminated */
            size_t length;
        } text; /* STRING, JSON */
    };
};

#define HASS_NONE      ((struct hass_value){ .type = HASS_VALUE_NONE })
#define HASS_BOOL(b)   ((struct hass_value){ .type = HASS_VALUE_BOOL, .boolean = (b) })
#define HASS_INT(i)    ((struct hass_value){ .type = HASS_VALUE_INT, .integer = (i) })
#define HASS_DOUBLE(d) ((struct hass_value){ .type = HASS_VALUE_DOUBLE, .number = (d) })
/** NULL is HASS_NONE. */
HASS_API struct hass_value hass_value_string(const char *text);
/** Appends the value as the model would show it as state text: null "unknown", doubles with at most 15 digits. */
HASS_API void hass_value_write_text(struct hass_value value, struct hass_buf *buf);
/** True and the number for INT, DOUBLE and BOOL. */
HASS_API bool hass_value_number(struct hass_value value, double *ret_number);

/**
 * Writes attributes straight into the stored form. A key written again replaces the earlier value.
 * Lives on the stack of whoever lends it. Text that is not UTF-8 is repaired.
 */
HASS_API void hass_attrs_set(struct hass_attrs_writer *writer, const char *key,
                             struct hass_value value);
HASS_API void hass_attrs_set_string(struct hass_attrs_writer *writer, const char *key,
                                    const char *text);
HASS_API void hass_attrs_set_json(struct hass_attrs_writer *writer, const char *key,
                                  const json_t *json);
/** Adds every member of an object. */
HASS_API void hass_attrs_set_all(struct hass_attrs_writer *writer, const json_t *object);

/* states */

HASS_API const struct hass_state *hass_state_ref(const struct hass_state *state);
HASS_API const struct hass_state *hass_state_unref(const struct hass_state *state);
HASS_API const char *hass_state_entity_id(const struct hass_state *state);
HASS_API const char *hass_state_object_id(const struct hass_state *state);
/** Copies the domain; the size fits every domain. */
HASS_API void hass_state_domain(const struct hass_state *state, char domain[65]);
HASS_API const char *hass_state_state(const struct hass_state *state);
HASS_API int64_t hass_state_last_changed(const struct hass_state *state);
HASS_API int64_t hass_state_last_updated(const struct hass_state *state);
HASS_API int64_t hass_state_last_reported(const struct hass_state *state);
HASS_API const struct hass_context *hass_state_context(const struct hass_state *state);
/** friendly_name, else the object id with spaces. Appended. */
HASS_API void hass_state_name(const struct hass_state *state, struct hass_buf *buf);
/** Lends an attribute. False when there is none. */
HASS_API bool hass_state_attr(const struct hass_state *state, const char *key,
                              struct hass_value *ret_value);
/** Walks attributes in their order: `for (size_t pos = 0; hass_state_next_attr(state, &pos, &key, &value);)`. */
HASS_API bool hass_state_next_attr(const struct hass_state *state, size_t *pos,
                                   const char **ret_key, struct hass_value *ret_value);
/** True when both share or equal the same attributes. */
HASS_API bool hass_state_same_attrs(const struct hass_state *a, const struct hass_state *b);
/** All attributes as a new object. */
HASS_API json_t *hass_state_attributes(const struct hass_state *state);
/**
 * Appends JSON text, cached but for last_reported.
 *
 * Shape: {"entity_id","state","attributes","last_changed","last_reported","last_updated","context"}
 */
HASS_API void hass_state_write_json(const struct hass_state *state, struct hass_buf *buf);
HASS_API json_t *hass_state_as_json(const struct hass_state *state);
/** Compressed form of subscribe_entities: {"s","a","c","lc","lu"?} appended as JSON text. */
HASS_API void hass_state_write_compressed(const struct hass_state *state, struct hass_buf *buf);

HASS_DEFINE_CONST_CLEANUP(hass_state, hass_state_unref)

/* the machine */

struct hass_set_options {
    uint32_t size;
    bool force_update;
    const struct hass_context *context;
    int64_t timestamp; /* microseconds UTC; 0: now */
    bool
        hold; /* from now on only writes with this change the entity: simulations, in which its own integration's shall not count */
};

/** Writes attributes of a state being set. Must not suspend or set states. */
typedef void hass_attrs_fn(struct hass_attrs_writer *writer, const void *userdata);

/**
 * Sets a state and fires state_changed, or state_reported when nothing changed.
 *
 * Context: loop thread, never suspends.
 * Owns:    @attributes, an object, taken; NULL is {}.
 * Returns: 0; HASS_E_INVALID_ENTITY_ID for a new entity with a bad id; HASS_E_INVALID_STATE over 255 characters.
 * Model:   core.StateMachine.async_set
 */
HASS_API int hass_states_async_set(struct hass *hass, const char *entity_id, const char *state,
                                   json_t *attributes, const struct hass_set_options *options,
                                   struct hass_error *err) HASS_CALLBACK;
/** As hass_states_async_set, the attributes written by @write straight into the stored form: the fast way. */
HASS_API int hass_states_async_write(struct hass *hass, const char *entity_id, const char *state,
                                     hass_attrs_fn *write, const void *userdata,
                                     const struct hass_set_options *options, struct hass_error *err)
    HASS_CALLBACK;
/** Twin of hass_states_async_set: waits until it is done. */
HASS_API int hass_states_set(struct hass *hass, const char *entity_id, const char *state,
                             json_t *attributes, const struct hass_set_options *options,
                             struct hass_error *err) HASS_BLOCKING;

/** Drops a state or reservation. Returns 1 when there was a state, 0 otherwise. Model: async_remove */
HASS_API int hass_states_async_remove(struct hass *hass, const char *entity_id,
                                      const struct hass_context *context, struct hass_error *err)
    HASS_CALLBACK;
HASS_API int hass_states_remove(struct hass *hass, const char *entity_id,
                                const struct hass_context *context, struct hass_error *err)
    HASS_BLOCKING;
/** Reserves an id without a state. HASS_E_EXISTS when it is taken. */
HASS_API int hass_states_async_reserve(struct hass *hass, const char *entity_id,
                                       struct hass_error *err) HASS_CALLBACK;
/** True when neither a state nor a reservation has the id. */
HASS_API bool hass_states_async_available(struct hass *hass, const char *entity_id) HASS_CALLBACK;

/** Lends a state or NULL; tries the exact id, then lower case. */
HASS_API const struct hass_state *hass_states_async_get(struct hass *hass, const char *entity_id)
    HASS_CALLBACK;
/** A reference or NULL, from any thread. */
HASS_API const struct hass_state *hass_states_get(struct hass *hass, const char *entity_id);
/** Any thread. */
HASS_API bool hass_states_is_state(struct hass *hass, const char *entity_id, const char *state);

/** A growing list of references to states. */
struct hass_state_list {
    const struct hass_state **items;
    size_t count;
    size_t capacity;
};
HASS_API void hass_state_list_fini(struct hass_state_list *list);

/** References to all states of @domain, NULL for all, in order of creation. */
HASS_API int hass_states_async_all(struct hass *hass, const char *domain,
                                   struct hass_state_list *ret_list, struct hass_error *err)
    HASS_CALLBACK;
/** Twin from any thread. */
HASS_API int hass_states_all(struct hass *hass, const char *domain,
                             struct hass_state_list *ret_list, struct hass_error *err);
/** Number of states of @domain, NULL for all. */
HASS_API size_t hass_states_async_count(struct hass *hass, const char *domain) HASS_CALLBACK;
HASS_API size_t hass_states_count(struct hass *hass, const char *domain);
/** Appends the JSON array of all states (get_states), from the cached texts. */
HASS_API int hass_states_async_write_json(struct hass *hass, struct hass_buf *buf,
                                          struct hass_error *err) HASS_CALLBACK;

/** The rule of entity ids: "domain.object_id" of a-z, 0-9 and single inner "_"; at most 255 characters, 64 of them domain. */
HASS_API bool hass_valid_entity_id(const char *entity_id);
/** Appends @text as a slug with @separator ("_"), transliterated to ASCII: "" stays "", nothing left gives "unknown". */
HASS_API void hass_slugify(const char *text, const char *separator, struct hass_buf *buf);
