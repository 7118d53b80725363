/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain calendar fills in: the event that is on or comes next, all of a period, and how one is added.
 *
 * Model: components.calendar
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    CALENDAR_FEATURE_CREATE_EVENT = 1,
    CALENDAR_FEATURE_DELETE_EVENT = 2,
    CALENDAR_FEATURE_UPDATE_EVENT = 4,
};

/** Times are microseconds UTC; the end is the first moment after. An event of whole days begins at midnight of the home's zone. */
struct calendar_event {
    uint32_t size;
    bool all_day;
    int64_t start, end;
    const char *summary;
    const char *description, *location; /* or NULL, like those that follow */
    const char *uid, *recurrence_id;
    const char *rrule; /* RFC 5545, section 3.3.10 */
};

/** Where a platform puts events: `list->add(list, &event)`; the event is copied. */
struct calendar_list {
    uint32_t size;
    void (*add)(struct calendar_list *list, const struct calendar_event *event);
};

/** What is asked for: events that overlap [@start, @end). */
struct calendar_period {
    uint32_t size;
    int64_t start, end;
};

/** Which event is changed or removed, and how it is to be. */
struct calendar_change {
    uint32_t size;
    const char *uid;
    const char *recurrence_id;          /* one of those that it repeats; or NULL: all */
    bool this_and_future;               /* that one and those after it */
    const struct calendar_event *event; /* all members set; NULL where it is removed */
};

/** Pairs: a coroutine on the loop, or the same on a pool thread. */
struct calendar_ops {
    uint32_t size;
    /** Lends the event that is on, else the next one, until the loop turns; or NULL. Loop thread, never suspends. */
    const struct calendar_event *(*event)(struct hass_entity *entity);
    /** Adds the events of a period in order, repeated ones once for each time. */
    int (*async_get_events)(struct hass_entity *entity, const struct calendar_period *period,
                            struct calendar_list *list, struct hass_error *err);
    int (*get_events)(struct hass_worker *worker, struct hass_entity *entity,
                      const struct calendar_period *period, struct calendar_list *list,
                      struct hass_error *err);
    /** @event is lent for the call; its uid is the platform's to give. */
    int (*async_create)(struct hass_entity *entity, const struct calendar_event *event,
                        struct hass_error *err);
    int (*create)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct calendar_event *event, void *values, struct hass_error *err);
    int (*async_update)(struct hass_entity *entity, const struct calendar_change *change,
                        struct hass_error *err);
    int (*update)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct calendar_change *change, void *values, struct hass_error *err);
    int (*async_remove)(struct hass_entity *entity, const struct calendar_change *change,
                        struct hass_error *err);
    int (*remove)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct calendar_change *change, void *values, struct hass_error *err);
};

#define CALENDAR_OPS(...)                                                                          \
    {                                                                                              \
        .size = sizeof(struct calendar_ops), __VA_ARGS__                                           \
    }
