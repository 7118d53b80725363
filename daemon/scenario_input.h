/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens in a scenario: states that are given at the start, and changes, events and calls in the order of time. They come from a
 * recorded history or from what people write.
 */
#pragma once

#include <hass/dt.h>
#include <hass/vec.h>
#include <hass/yaml.h>

#define SCENARIO_MAX_HISTORY ((size_t)64 * 1024 * 1024)
#define SCENARIO_MAX_ITEMS   1000000

enum scenario_kind {
    SCENARIO_STATE,
    SCENARIO_EVENT,
    SCENARIO_ACTION,
};

struct scenario_item {
    int64_t at;    /* microseconds UTC; of a given state: since when */
    unsigned line; /* in its file; 0: unknown */
    enum scenario_kind kind;
    bool recorded;      /* what its own integration computes here is not told by it */
    bool present;       /* likewise, also persons; what is of logic and not here has gone */
    const char *name;   /* entity id, event type, "domain.service" */
    const char *state;  /* of SCENARIO_STATE; NULL: the entity goes */
    const json_t *data; /* attributes (NULL: as they were), data of the event or call; or NULL */
    const json_t *target;
};

struct scenario_items {
    HASS_VEC(struct scenario_item) list;
    json_t *kept;            /* what data are lent from: a list */
    HASS_VEC(char *) blocks; /* what names and texts are lent from */
    size_t used, size;       /* of the last block */
    int64_t last; /* when the last one is, also one in which only time passes; 0: there is none */
};

/** Between which times, in which zone. */
struct scenario_span {
    int64_t from, to;
    struct hass_zone *zone;
};

void scenario_items_fini(struct scenario_items *items);
/** Keeps @value (taken; or NULL) as long as the items live; lends it. */
const json_t *scenario_keep(struct scenario_items *items, json_t *value);
/** Keeps a copy of a text. */
const char *scenario_keep_text(struct scenario_items *items, const char *text, size_t length);
/** Adds an item whose texts are copied; @data and @target are taken. */
void scenario_items_add(struct scenario_items *items, const struct scenario_item *item,
                        json_t *data, json_t *target);
/** By time; equal times stay in their order. */
void scenario_items_sort(struct scenario_items *items);

/**
 * Reads a time: "2024-06-01T07:30:00+02:00", without an offset in @zone, "2024-06-01", "07:30[:15]" (the first one from @base on),
 * "+00:10:00" (after @base).
 */
int scenario_time(const json_t *value, const struct hass_zone *zone, int64_t base,
                  int64_t *ret_time, struct hass_error *err);
/** "HH:MM[:SS]", seconds, or a map: microseconds. */
int scenario_duration(const json_t *value, int64_t *ret_duration, struct hass_error *err);

/** A file, or a part of one, with the mistakes in it. */
struct scenario_reader {
    struct hass_yaml *yaml; /* NULL: JSON, whose lines are not known */
    const char *name;
    struct hass_buf *report; /* mistakes of JSON */
    size_t errors;           /* those in @report */
    unsigned line;           /* of the mistake; 0: not known */
    const struct scenario_span *span;
    int64_t base; /* where times are counted from: the time of the former item */
};

/** Notes a mistake (printf) in the value at @path. */
void scenario_complain(struct scenario_reader *reader, const char *path, const char *format, ...)
    HASS_PRINTF(3, 4);
/** Reads {entity_id: state or {"state", "attributes"?, "for"?}} at @path. */
void scenario_read_given(struct scenario_reader *reader, const char *path, const json_t *given,
                         struct scenario_items *items);
/**
 * Reads a list at @path. Each item has `at` or `after` and one of: `entity_id` with `state` and perhaps `attributes`; entities with their
 * states as keys; `event` with `data`; `action` with `data` and `target`.
 */
void scenario_read_list(struct scenario_reader *reader, const char *path, const json_t *list,
                        struct scenario_items *items);
/** Reads the JSON of /api/history/period. */
int scenario_read_history(struct scenario_reader *reader, const struct hass_buf *text,
                          struct scenario_items *given, struct scenario_items *items,
                          struct hass_error *err);
/** Reads the JSON of /api/states, [{"entity_id", "state", "attributes"?, "last_changed"?, "last_updated"?}], as scenario_read_states_file. */
int scenario_read_states(struct scenario_reader *reader, const struct hass_buf *text,
                         struct scenario_items *states, struct hass_error *err);
/**
 * Reads what a home begins with: the JSON of /api/states or `hassctl states --json`, whose latest time becomes the beginning of @span; or
 * {entity_id: state}, as scenario_read_given takes it (YAML or JSON). Appends to @given but what that has already.
 *
 * Returns: as scenario_read_file.
 */
int scenario_read_states_file(const char *path, const struct scenario_span *span,
                              struct scenario_items *given, struct hass_buf *report,
                              struct hass_error *err);
/** Appends the text of a file of at most SCENARIO_MAX_HISTORY bytes. */
int scenario_read_text(const char *path, struct hass_buf *text, struct hass_error *err);

/**
 * Reads a file: the JSON of /api/history/period, or a list as scenario_read_list takes it (YAML or JSON). States before @span begins
 * are given; what comes after its end is left out.
 *
 * Returns: 0; HASS_E_INVALID when something is wrong, which is in @report then.
 */
int scenario_read_file(const char *path, const struct scenario_span *span,
                       struct scenario_items *given, struct scenario_items *items,
                       struct hass_buf *report, struct hass_error *err);
