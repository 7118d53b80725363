/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tracker of templates is woken by: places on the shared lists of entities and domains. Templates look at the same things from one
 * render to the next, with few differences: what stays the same keeps its place.
 */
#include <string.h>

#include <hass/log.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "helpers/track_template.h"

typedef HASS_VEC(struct state_place) places;

/* events */

/* Somebody who is named and of a domain that is walked over is on two lists. */
static bool comes_by_another_list(const struct template_tracker *tracker, const char *entity_id)
{
    size_t length = strlen(entity_id);

    return template_names_has(&tracker->listening.entities, entity_id, length,
                              strmap_hash(entity_id, length));
}

static HASS_CALLBACK int on_entity(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct template_tracker *tracker = userdata;

    if (event != tracker->seen)
        template_tracker_refresh(tracker, event);
    return 0;
}

static HASS_CALLBACK int on_domain(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct template_tracker *tracker = userdata;

    if (event != tracker->seen && !comes_by_another_list(tracker, hass_event_entity_id(event)))
        template_tracker_refresh(tracker, event);
    return 0;
}

static HASS_CALLBACK int on_minute(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err)
{
    template_tracker_refresh_time(userdata);
    return 0;
}

/* what is wanted */

static void add_names(struct template_info *to, struct template_names *names,
                      const struct template_names *from)
{
    vec_foreach(&from->items, name)
        template_names_add(names, &to->arena, name->text, name->length, name->hash);
}

/* While a template waits for the end of its rate limit, entities that it does not name cannot hasten it. */
static void collect(const struct template_tracker *tracker, struct template_info *wanted)
{
    for (size_t i = 0; i < tracker->count; i++) {
        const struct tracked_template *one = &tracker->templates[i];
        bool waits = timer_is_set(&one->timer);
        wanted->has_time = wanted->has_time || one->info.has_time;
        if (!waits && (one->info.all_states || one->info.all_lifecycles))
            wanted->all_states = true;
        if (wanted->all_states)
            continue;
        add_names(wanted, &wanted->entities, &one->info.entities);
        if (waits)
            continue;
        add_names(wanted, &wanted->domains, &one->info.domains);
        add_names(wanted, &wanted->domains, &one->info.lifecycles);
    }
}

/* All includes the others. */
static void collect_all(const struct template_tracker *tracker, struct template_info *wanted)
{
    collect(tracker, wanted);
    if (!wanted->all_states)
        return;
    bool has_time = wanted->has_time;
    template_info_clear(wanted);
    wanted->all_states = true;
    wanted->has_time = has_time;
}

/* getting there */

static HASS_CALLBACK struct state_place join(struct template_tracker *tracker, enum track_kind kind,
                                             const char *text, hass_event_fn *fn)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct state_place place = { 0 };
    struct hass_job job = HASS_JOB_CALLBACK(on_entity, tracker);

    job.fn = (void (*)(void))fn;
    if (state_place_join(tracker->hass, kind, text, job, &place, &err) < 0)
        hass_error("A template is not told of %s: %s", text, err.message);
    return place;
}

static HASS_CALLBACK void leave(struct template_tracker *tracker, struct state_place *place)
{
    if (place->key)
        state_place_leave(tracker->hass, place);
    *place = (struct state_place){ 0 };
}

/* Those of @wanted, some of them from @now, which is emptied. Returns whether there is a new one. */
static HASS_CALLBACK bool move(struct template_tracker *tracker, enum track_kind kind,
                               const struct template_names *wanted,
                               const struct template_names *present, void *list)
{
    places *now = list, next = { 0 };
    bool joined = false;

    vec_foreach(&wanted->items, name) {
        uint32_t old = template_names_find(present, name->text, name->length, name->hash);
        if (old) {
            vec_push(&next, now->data[old - 1]);
            now->data[old - 1] = (struct state_place){ 0 };
        } else {
            vec_push(&next,
                     join(tracker, kind, name->text, kind == TRACK_DOMAIN ? on_domain : on_entity));
            joined = true;
        }
    }
    vec_foreach(now, place)
        leave(tracker, place);
    vec_fini(now);
    *now = next;
    return joined;
}

static HASS_CALLBACK bool move_all(struct template_tracker *tracker, bool wanted)
{
    if (wanted == tracker->listening.all_states)
        return false;
    if (wanted)
        tracker->all = join(tracker, TRACK_CHANGED, HASS_MATCH_ALL, on_entity);
    else
        leave(tracker, &tracker->all);
    return wanted;
}

static HASS_CALLBACK void move_minutes(struct template_tracker *tracker, bool wanted)
{
    static const struct hass_track_time every_minute = { .size = sizeof(every_minute),
                                                         .second = "0" };
    struct hass_error err = HASS_ERROR_INIT;
    struct scope *former = helpers_enter_root(tracker->hass);

    if (!wanted)
        tracker->minutes = hass_sub_async_remove(tracker->minutes);
    else if (!tracker->minutes &&
             hass_async_track_utc_time_change(tracker->hass, &every_minute,
                                              HASS_JOB_CALLBACK(on_minute, tracker),
                                              &tracker->minutes, &err) < 0)
        hass_error("A template is not told of full minutes: %s", err.message);
    scope_leave(former);
}

static void remember(struct template_tracker *tracker, const struct hass_event *event)
{
    const struct hass_event *former = tracker->seen;

    tracker->seen = event ? hass_event_ref(event) : NULL;
    hass_event_unref(former);
}

void template_tracker_listen(struct template_tracker *tracker, const struct hass_event *event)
{
    struct template_info wanted = { 0 };

    collect_all(tracker, &wanted);
    bool joined = move_all(tracker, wanted.all_states);
    joined |= move(tracker, TRACK_CHANGED, &wanted.entities, &tracker->listening.entities,
                   &tracker->entities);
    joined |= move(tracker, TRACK_DOMAIN, &wanted.domains, &tracker->listening.domains,
                   &tracker->domains);
    move_minutes(tracker, wanted.has_time);
    template_info_fini(&tracker->listening);
    tracker->listening = wanted;
    remember(tracker, joined ? event : NULL);
}

void template_tracker_leave(struct template_tracker *tracker)
{
    vec_foreach(&tracker->entities, place)
        leave(tracker, place);
    vec_foreach(&tracker->domains, place)
        leave(tracker, place);
    vec_fini(&tracker->entities);
    vec_fini(&tracker->domains);
    leave(tracker, &tracker->all);
    move_minutes(tracker, false);
    remember(tracker, NULL);
    template_info_fini(&tracker->listening);
    tracker->listening = (struct template_info){ 0 };
}

json_t *template_tracker_listeners(const struct template_tracker *tracker)
{
    autojson *info = template_info_as_json(&tracker->listening);

    return json_pack("{s:b, s:O, s:O, s:b}", "all", tracker->listening.all_states, "domains",
                     json_object_get(info, "domains"), "entities",
                     json_object_get(info, "entities"), "time", tracker->listening.has_time);
}
