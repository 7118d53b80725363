/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trackers of templates: registering them, running their jobs, and how what they are told outlives the telling.
 */
#include "helpers/track_template.h"

#include <hass/json.h>
#include <hass/log.h>
#include <hass/variables.h>

#include "base/mem.h"
#include "core/core.h"

/* updates that outlive their delivery */

static void *updates_hold(const void *subject)
{
    const struct hass_template_updates *updates = subject;
    struct hass_template_updates *held = mem_memdup(updates, sizeof(*updates));
    struct hass_template_update *list =
        mem_memdup(updates->updates, updates->count * sizeof(*list));

    for (size_t i = 0; i < updates->count; i++) {
        hass_template_ref(list[i].template);
        hass_json_ref(list[i].last_result);
        hass_json_ref(list[i].result);
        list[i].error = list[i].error ? mem_strdup(list[i].error) : NULL;
    }
    held->updates = list;
    if (held->event)
        hass_event_ref(held->event);
    return held;
}

static void updates_release(void *object)
{
    struct hass_template_updates *held = object;

    for (size_t i = 0; i < held->count; i++) {
        hass_template_unref(held->updates[i].template);
        json_decref((json_t *)held->updates[i].last_result);
        json_decref((json_t *)held->updates[i].result);
        free((char *)held->updates[i].error);
    }
    free((void *)held->updates);
    hass_event_unref(held->event);
    free(held);
}

static const struct subject_ops updates_ops = { .hold = updates_hold, .release = updates_release };

/* the tracker */

struct template_tracker *template_tracker_ref(struct template_tracker *tracker)
{
    tracker->refs++;
    return tracker;
}

void template_tracker_unref(struct template_tracker *tracker)
{
    if (--tracker->refs)
        return;
    for (size_t i = 0; i < tracker->count; i++) {
        hass_template_unref(tracker->templates[i].template);
        hass_variables_unref(tracker->templates[i].scope);
        template_info_fini(&tracker->templates[i].info);
        json_decref(tracker->templates[i].result);
    }
    template_info_fini(&tracker->scratch);
    free(tracker);
}

static void tracker_removed(struct hass_sub *sub, void *owner)
{
    struct template_tracker *tracker = owner;

    hass__assert_loop();
    tracker->sub = NULL;
    template_tracker_stop(tracker);
    template_tracker_unref(tracker);
}

/* Has the template become true? */
static bool has_risen(const struct hass_template_update *update)
{
    if (update->error)
        hass_error("Error while processing template '%s': %s", hass_template_text(update->template),
                   update->error);
    return !update->error && !hass_template_result_as_boolean(update->last_result) &&
           hass_template_result_as_boolean(update->result);
}

void template_tracker_tell(struct template_tracker *tracker,
                           const struct hass_template_updates *updates)
{
    if (!tracker->rising || has_risen(&updates->updates[0]))
        sub_run(tracker->hass, tracker->sub, updates);
}

static struct template_tracker *create(struct hass *hass, const struct hass_track_templates *what)
{
    size_t size = what->count * sizeof(struct tracked_template);
    struct template_tracker *tracker = mem_zalloc(sizeof(*tracker) + size);

    tracker->hass = hass;
    tracker->refs = 1;
    tracker->strict = what->strict;
    tracker->has_super = what->has_super;
    tracker->log = what->log;
    tracker->log_userdata = what->log_userdata;
    tracker->count = what->count;
    for (size_t i = 0; i < what->count; i++)
        tracker->templates[i] = (struct tracked_template){
            .tracker = tracker,
            .template = hass_template_ref(what->templates[i].template),
            .variables = what->templates[i].variables,
            .scope = hass_variables_ref(what->templates[i].scope),
            .rate_limit = what->templates[i].rate_limit,
        };
    return tracker;
}

static HASS_CALLBACK int track(struct hass *hass, const struct hass_track_templates *what,
                               bool rising, struct hass_job job, struct hass_sub **ret_sub,
                               struct hass_error *err)
{
    if (what->count == 0) {
        job_destroy(&job);
        return hass_fail(err, HASS_E_INVALID, "there is no template to track");
    }
    runtime_set_subject(hass, HASS_SUBJECT_TEMPLATE, &updates_ops);
    struct template_tracker *tracker = create(hass, what);
    const struct tracker_options add = {
        .job = job,
        .subject = HASS_SUBJECT_TEMPLATE,
        .removed = tracker_removed,
        .owner = tracker,
    };
    struct hass_sub *own;
    int r = tracker_add(hass, &add, &own, err);
    if (r < 0) {
        template_tracker_unref(tracker);
        return r;
    }
    tracker->sub = own;
    tracker->rising = rising;
    template_tracker_ref(tracker);
    template_tracker_start(tracker);
    template_tracker_unref(tracker);
    tracker_publish(own, ret_sub);
    return 0;
}

int hass_async_track_template_result(struct hass *hass, const struct hass_track_templates *what,
                                     struct hass_job job, struct hass_sub **ret_sub,
                                     struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_template_result", err);
    struct hass_track_templates own;

    OPTIONS_READ(&own, what);
    return track(hass, &own, false, job, ret_sub, err);
}

int hass_async_track_template(struct hass *hass, struct hass_template *template,
                              const struct hass_template_variables *variables, struct hass_job job,
                              struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_template", err);
    const struct hass_track_template one = { .template = template, .variables = variables };
    const struct hass_track_templates what = { .templates = &one, .count = 1 };

    return track(hass, &what, true, job, ret_sub, err);
}

/* asking it */

int hass_track_template_async_refresh(struct hass_sub *sub, struct hass_error *err)
{
    VERIFY_LOOP(sub_hass(sub), "hass.track_template.async_refresh", err);
    struct template_tracker *tracker = sub_owner(sub, tracker_removed);

    if (!tracker)
        return hass_fail(err, HASS_E_CLOSED, "the tracker of templates has ended");
    template_tracker_refresh(tracker, NULL);
    return 0;
}

json_t *hass_track_template_async_listeners(struct hass_sub *sub)
{
    VERIFY_LOOP_OR(sub_hass(sub), "hass.track_template.async_listeners", NULL);
    const struct template_tracker *tracker = sub_owner(sub, tracker_removed);

    return tracker ? template_tracker_listeners(tracker) : NULL;
}
