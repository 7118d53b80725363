/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has been done, for who asks why: the last runs of automations and the last service calls of anybody, told by their contexts. Both
 * are rings: the oldest go.
 */
#include "past.h"

#include <stdlib.h>

#include <hass/loop.h>

struct past {
    struct past_run runs[PAST_RUNS];
    size_t run_count; /* ever: the next goes to run_count % PAST_RUNS */
    const struct hass_event *calls[PAST_CALLS];
    size_t call_count; /* likewise */
};

static HASS_CALLBACK struct past *past_of(struct hass *hass)
{
    return hass_async_get_data(hass, "automation.past");
}

static void run_fini(struct past_run *run)
{
    hass_context_unref(run->context);
    hass_variables_unref(run->variables);
    json_decref(run->labels);
}

static HASS_CALLBACK void past_destroy(void *object)
{
    struct past *past = object;

    for (size_t i = 0; i < PAST_RUNS; i++)
        run_fini(&past->runs[i]);
    for (size_t i = 0; i < PAST_CALLS; i++)
        if (past->calls[i])
            hass_event_unref(past->calls[i]);
    free(past);
}

void past_add_run(struct hass *hass, json_t *labels, struct hass_variables *variables,
                  const struct hass_context *context, const char *run_id)
{
    struct past *past = past_of(hass);

    if (!past)
        return;
    struct past_run *run = &past->runs[past->run_count++ % PAST_RUNS];
    run_fini(run);
    *run = (struct past_run){
        .time = hass_now(hass),
        .context = hass_context_ref(context),
        .variables = hass_variables_ref(variables),
        .labels = json_incref(labels),
    };
    if (run_id)
        memcpy(run->run_id, run_id, strnlen(run_id, sizeof(run->run_id) - 1));
}

static HASS_CALLBACK int on_call(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct past *past = userdata;
    const struct hass_event **place = &past->calls[past->call_count++ % PAST_CALLS];

    if (*place)
        hass_event_unref(*place);
    *place = hass_event_ref(event);
    return 0;
}

int past_begin(struct hass *hass, struct hass_error *err)
{
    struct past *past = calloc(1, sizeof(*past));
    int r = hass_async_set_data(hass, "automation.past", past, past_destroy, err);

    return r < 0 ? r
                 : hass_bus_async_listen(hass, HASS_EVENT_CALL_SERVICE, NULL,
                                         HASS_JOB_CALLBACK(on_call, past), NULL, err);
}

static bool has_id(const struct hass_context *context, const char *id)
{
    return context && strcmp(hass_context_id(context), id) == 0;
}

const struct past_run *past_find_run(struct hass *hass, const char *context_id, int64_t until)
{
    struct past *past = past_of(hass);
    const struct past_run *found = NULL;

    for (size_t i = 0; past && i < PAST_RUNS; i++) {
        const struct past_run *run = &past->runs[i];
        if (has_id(run->context, context_id) && run->time <= until &&
            (!found || found->time <= run->time))
            found = run;
    }
    return found;
}

const struct hass_event *past_find_call(struct hass *hass, const char *context_id, int64_t until,
                                        past_judge_fn *judge, const void *userdata)
{
    struct past *past = past_of(hass);
    const struct hass_event *found = NULL;
    int best = 0;

    if (!past)
        return NULL;
    /* Oldest first, so that of equals the latest is found. */
    for (size_t i = 0; i < PAST_CALLS; i++) {
        const struct hass_event *call = past->calls[(past->call_count + i) % PAST_CALLS];
        if (!call || !has_id(hass_event_context(call), context_id) ||
            hass_event_time_fired(call) > until)
            continue;
        int worth = judge(call, userdata);
        if (worth > 0 && worth >= best) {
            best = worth;
            found = call;
        }
    }
    return found;
}
