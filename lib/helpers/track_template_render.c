/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a tracked template is rendered, and whether that is news. An event of an entity that a template does not name is rate limited: the
 * first renders at once, the next one waits for the end of the time, and those after it are what that render sees anyway. Whatever a
 * render causes (a line of the log may wake somebody) comes back to its tracker only after it.
 */
#include <string.h>

#include <hass/json.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "helpers/track_template.h"
#include "run/clock.h"

/* A refresh under way. */
struct refresh {
    const struct hass_event *event; /* or NULL */
    struct tracked_template *only;  /* or NULL */
    bool only_time;
    HASS_VEC(struct hass_template_update) updates;
};

/* one template */

static bool concerns(const struct tracked_template *one, const struct hass_event *event)
{
    const struct hass_state *old = NULL, *new = NULL;

    if (one->info.failed)
        return true;
    (void)hass_event_states(event, &old, &new);
    return template_info_concerns(&one->info, hass_event_entity_id(event), !old || !new);
}

static double limit_of(const struct tracked_template *one, const struct hass_event *event)
{
    const char *id = hass_event_entity_id(event);
    size_t length = strlen(id);

    if (template_names_has(&one->info.entities, id, length, strmap_hash(id, length)))
        return 0;
    return one->rate_limit != 0 ? one->rate_limit : template_info_rate_limit(&one->info);
}

static HASS_CALLBACK void stop_waiting(struct tracked_template *one)
{
    if (timer_is_set(&one->timer))
        one->tracker->stale = true;
    timer_cancel(&one->timer);
    one->event = hass_event_unref(one->event);
}

/* Must the event wait? It is kept until the time is over. */
static HASS_CALLBACK bool must_wait(struct tracked_template *one, const struct hass_event *event)
{
    struct hass *hass = one->tracker->hass;
    double limit = limit_of(one, event);
    int64_t due = one->last + clock_from_seconds(limit > 0 ? limit : 0);

    if (!(limit > 0) || !one->limited || due <= hass_monotonic(hass))
        return false;
    if (!timer_is_set(&one->timer)) {
        timer_set(runtime_of(hass)->timers, &one->timer, due);
        one->event = hass_event_ref(event);
        one->tracker->stale = true;
    }
    return true;
}

/* Renders; @ret_result is NULL after an error, which is in @err. */
static HASS_CALLBACK void render(struct tracked_template *one, json_t **ret_result,
                                 struct hass_error *err)
{
    struct template_tracker *tracker = one->tracker;
    const struct hass_template_options options = {
        .size = sizeof(options),
        .variables = one->variables,
        .scope = one->scope,
        .strict = tracker->strict,
        .log = tracker->log,
        .log_userdata = tracker->log_userdata,
    };

    template_info_clear(&tracker->scratch);
    *ret_result = NULL;
    (void)template_render_as_json(one->template, &options, &tracker->scratch, ret_result, NULL,
                                  err);
    if (!template_info_same(&tracker->scratch, &one->info))
        tracker->stale = true;
    struct template_info former = one->info;
    one->info = tracker->scratch;
    tracker->scratch = former;
}

/* Appends to the updates what is another result than the one told before. */
static void note_result(struct refresh *refresh, struct tracked_template *one, json_t *result,
                        const struct hass_error *err)
{
    bool failed = !result;

    if (one->told && failed == one->failed && (failed || hass_json_equal(one->result, result))) {
        json_decref(result);
        return;
    }
    vec_push(&refresh->updates, ((struct hass_template_update){
                                    .template = one->template,
                                    .index = (size_t)(one - one->tracker->templates),
                                    .last_result = one->result,
                                    .result = result,
                                    .error = failed ? mem_strdup(err->message) : NULL,
                                }));
    one->result = result;
    one->told = true;
    one->failed = failed;
}

static HASS_CALLBACK void refresh_one(struct refresh *refresh, struct tracked_template *one)
{
    struct hass_error err = HASS_ERROR_INIT;
    json_t *result;

    if (refresh->event && (!concerns(one, refresh->event) || must_wait(one, refresh->event)))
        return;
    stop_waiting(one);
    one->last = hass_monotonic(one->tracker->hass);
    one->limited = true;
    render(one, &result, &err);
    if (one->tracker->sub)
        note_result(refresh, one, result, &err);
    else
        json_decref(result);
}

/* all of a tracker */

/* An error counts as true: the others may show why. */
static bool opens(const json_t *result, bool failed)
{
    return failed || hass_template_result_as_boolean(result);
}

/*
 * The first template of a tracker that has a super-template. Returns false while it keeps the others from being rendered; when it opens, all
 * of them are.
 */
static HASS_CALLBACK bool refresh_super(struct refresh *refresh, struct template_tracker *tracker)
{
    struct tracked_template *super = &tracker->templates[0];
    bool was_open = super->told && opens(super->result, super->failed);

    refresh_one(refresh, super);
    bool is_open = !super->told || opens(super->result, super->failed);
    if (is_open && !was_open && refresh->updates.length) {
        refresh->event = NULL;
        refresh->only = NULL;
        refresh->only_time = false;
    }
    return is_open;
}

static bool is_meant(const struct refresh *refresh, const struct tracked_template *one)
{
    return (!refresh->only || refresh->only == one) && (!refresh->only_time || one->info.has_time);
}

static HASS_CALLBACK void refresh_all(struct refresh *refresh, struct template_tracker *tracker)
{
    size_t first = tracker->has_super ? 1 : 0;

    if (tracker->has_super && !refresh_super(refresh, tracker))
        return;
    for (size_t i = first; i < tracker->count && tracker->sub; i++)
        if (is_meant(refresh, &tracker->templates[i]))
            refresh_one(refresh, &tracker->templates[i]);
}

static HASS_CALLBACK void tell(struct refresh *refresh, struct template_tracker *tracker,
                               const struct hass_event *event)
{
    const struct hass_template_updates updates = {
        .size = sizeof(updates),
        .hass = tracker->hass,
        .event = event,
        .updates = refresh->updates.data,
        .count = refresh->updates.length,
    };

    if (updates.count)
        template_tracker_tell(tracker, &updates);
}

/* What has been told may have been replaced meanwhile: the updates have references of their own. */
static void hold_results(struct refresh *refresh)
{
    vec_foreach(&refresh->updates, update)
        hass_json_ref(update->result);
}

static void free_updates(struct refresh *refresh)
{
    vec_foreach(&refresh->updates, update) {
        json_decref((json_t *)update->last_result);
        json_decref((json_t *)update->result);
        free((char *)update->error);
    }
    vec_fini(&refresh->updates);
}

static HASS_CALLBACK void run(struct template_tracker *tracker, struct refresh *refresh)
{
    const struct hass_event *event = refresh->event;

    if (!tracker->sub)
        return;
    if (tracker->rendering) {
        timer_set(runtime_of(tracker->hass)->timers, &tracker->again, 0);
        return;
    }
    template_tracker_ref(tracker);
    tracker->rendering = true;
    refresh_all(refresh, tracker);
    tracker->rendering = false;
    hold_results(refresh);
    if (tracker->sub && tracker->stale) {
        tracker->stale = false;
        template_tracker_listen(tracker, event);
    }
    if (tracker->sub)
        tell(refresh, tracker, event);
    free_updates(refresh);
    template_tracker_unref(tracker);
}

void template_tracker_refresh(struct template_tracker *tracker, const struct hass_event *event)
{
    struct refresh refresh = { .event = event };

    run(tracker, &refresh);
}

void template_tracker_refresh_time(struct template_tracker *tracker)
{
    struct refresh refresh = { .only_time = true };

    run(tracker, &refresh);
}

static void fire_again(struct timer *timer)
{
    hass__assert_loop();
    template_tracker_refresh(list_entry(timer, struct template_tracker, again), NULL);
}

static void fire(struct timer *timer)
{
    struct tracked_template *one = list_entry(timer, struct tracked_template, timer);
    struct refresh refresh = { .event = steal(one->event), .only = one };
    const struct hass_event *event = refresh.event;

    hass__assert_loop();
    one->tracker->stale = true; // nothing waits any more
    run(one->tracker, &refresh);
    hass_event_unref(event);
}

/* beginning and end */

static HASS_CALLBACK bool render_first(struct template_tracker *tracker,
                                       struct tracked_template *one)
{
    struct hass_error err = HASS_ERROR_INIT;
    json_t *result;

    render(one, &result, &err);
    bool open = opens(result, !result);
    if (!result && tracker->log)
        tracker->log(HASS_LOG_ERROR, err.message, tracker->log_userdata);
    else if (!result)
        hass_error("Error while processing template '%s': %s", hass_template_text(one->template),
                   err.message);
    json_decref(result);
    return open;
}

void template_tracker_start(struct template_tracker *tracker)
{
    timer_init(&tracker->again, fire_again);
    for (size_t i = 0; i < tracker->count; i++)
        timer_init(&tracker->templates[i].timer, fire);
    tracker->rendering = true;
    for (size_t i = 0; i < tracker->count && tracker->sub; i++)
        if (!render_first(tracker, &tracker->templates[i]) && i == 0 && tracker->has_super)
            break;
    tracker->rendering = false;
    tracker->stale = false;
    if (tracker->sub)
        template_tracker_listen(tracker, NULL);
}

void template_tracker_stop(struct template_tracker *tracker)
{
    timer_cancel(&tracker->again);
    for (size_t i = 0; i < tracker->count; i++) {
        timer_cancel(&tracker->templates[i].timer);
        tracker->templates[i].event = hass_event_unref(tracker->templates[i].event);
    }
    template_tracker_leave(tracker);
}
