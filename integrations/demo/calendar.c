/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A family's calendar, kept in memory in the order of time.
 */
#include "calendar/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/vec.h>

#include "parts.h"

#define HOUR (3600 * HASS_USEC_PER_SEC)

struct family {
    HASS_VEC(struct calendar_event) events; /* their texts are the calendar's */
    unsigned last_uid;
};

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void free_texts(const struct calendar_event *event)
{
    free((char *)event->uid);
    free((char *)event->summary);
    free((char *)event->description);
    free((char *)event->location);
}

/* @uid NULL: a new one. */
static void keep(struct family *family, const char *uid, const struct calendar_event *event)
{
    char own_uid[16];

    if (!uid)
        snprintf(own_uid, sizeof(own_uid), "%u", ++family->last_uid);
    struct calendar_event own = {
        .size = sizeof(own),
        .all_day = event->all_day,
        .start = event->start,
        .end = event->end,
        .uid = copy(uid ? uid : own_uid),
        .summary = copy(event->summary),
        .description = copy(event->description),
        .location = copy(event->location),
    };
    size_t place = family->events.length;

    vec_push(&family->events, own);
    for (; place > 0 && family->events.data[place - 1].start > own.start; place--)
        family->events.data[place] = family->events.data[place - 1];
    family->events.data[place] = own;
}

static HASS_CALLBACK const struct calendar_event *next(struct hass_entity *entity)
{
    const struct family *family = hass_entity_userdata(entity);
    int64_t now = hass_now(hass_entity_hass(entity));

    vec_foreach(&family->events, event) {
        if (event->end > now)
            return event;
    }
    return NULL;
}

static HASS_COROUTINE int get_events(struct hass_entity *entity,
                                     const struct calendar_period *period,
                                     struct calendar_list *list, struct hass_error *err)
{
    const struct family *family = hass_entity_userdata(entity);

    vec_foreach(&family->events, event) {
        if (event->start < period->end && event->end > period->start)
            list->add(list, event);
    }
    return 0;
}

static HASS_COROUTINE int create(struct hass_entity *entity, const struct calendar_event *event,
                                 struct hass_error *err)
{
    keep(hass_entity_userdata(entity), NULL, event);
    return 0;
}

/* Takes it out, its texts being the caller's then. */
static HASS_CALLBACK int take(struct hass_entity *entity, const char *uid,
                              struct calendar_event *ret_event, struct hass_error *err)
{
    struct family *family = hass_entity_userdata(entity);

    for (size_t i = 0; i < family->events.length; i++) {
        if (strcmp(family->events.data[i].uid, uid) != 0)
            continue;
        *ret_event = family->events.data[i];
        vec_remove(&family->events, i);
        return 0;
    }
    return hass_fail(err, HASS_E_NOT_FOUND, "event %s has gone", uid);
}

static HASS_COROUTINE int update(struct hass_entity *entity, const struct calendar_change *change,
                                 struct hass_error *err)
{
    struct calendar_event former;
    int r = take(entity, change->uid, &former, err);

    if (r < 0)
        return r;
    keep(hass_entity_userdata(entity), change->uid, change->event);
    free_texts(&former);
    return 0;
}

static HASS_COROUTINE int take_away(struct hass_entity *entity,
                                    const struct calendar_change *change, struct hass_error *err)
{
    struct calendar_event former;
    int r = take(entity, change->uid, &former, err);

    if (r == 0)
        free_texts(&former);
    return r;
}

static void destroy(struct hass_entity *entity)
{
    struct family *family = hass_entity_userdata(entity);

    vec_foreach(&family->events, event)
        free_texts(event);
    vec_fini(&family->events);
    free(family);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.destroy = destroy);
static const struct calendar_ops calendar =
    CALENDAR_OPS(.event = next, .async_get_events = get_events, .async_create = create,
                 .async_update = update, .async_remove = take_away);
static const struct hass_entity_description family_calendar =
    HASS_ENTITY_DESCRIPTION(.name = "Family", .unique_id = "calendar_1",
                            .device_info = &demo_family, .has_supported_features = true,
                            .supported_features = CALENDAR_FEATURE_CREATE_EVENT |
                                                  CALENDAR_FEATURE_DELETE_EVENT |
                                                  CALENDAR_FEATURE_UPDATE_EVENT);

int demo_add_calendar(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    struct family *family = calloc(1, sizeof(*family));
    int64_t soon = hass_now(hass) + HOUR / 2;
    const struct calendar_event dinner = {
        .size = sizeof(dinner),
        .start = soon,
        .end = soon + 2 * HOUR,
        .summary = "Dinner with Ada",
        .location = "Dining room",
    };

    keep(family, NULL, &dinner);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &family_calendar, &calendar, NULL, family);
    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
