/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trackers' twins for other threads: each has its async_ form run on the loop and waits for the result.
 */
#include <hass/template.h>

#include "helpers/helpers.h"

/* One argument beside the job. */
#define TWIN(name, type)                                                                           \
    struct name##_call {                                                                           \
        type argument;                                                                             \
        struct hass_job job;                                                                       \
        struct hass_sub **ret_sub;                                                                 \
    };                                                                                             \
    static HASS_CALLBACK int name##_on_loop(struct hass *hass, void *arg, struct hass_error *err)  \
    {                                                                                              \
        struct name##_call *call = arg;                                                            \
        return hass_async_##name(hass, call->argument, job_take(&call->job), call->ret_sub, err);  \
    }                                                                                              \
    int hass_##name(struct hass *hass, type argument, struct hass_job job,                         \
                    struct hass_sub **ret_sub, struct hass_error *err)                             \
    {                                                                                              \
        struct name##_call call = { argument, job, ret_sub };                                      \
        return runtime_call_with_job(hass, "hass." #name, name##_on_loop, &call, &call.job, err);  \
    }

TWIN(track_state_change_event, const char *const *)
TWIN(track_state_report_event, const char *const *)
TWIN(track_state_added_domain, const char *const *)
TWIN(track_state_removed_domain, const char *const *)
TWIN(track_point_in_time, int64_t)
TWIN(track_point_in_utc_time, int64_t)
TWIN(call_later, double)
TWIN(track_time_interval, double)
TWIN(track_time_change, const struct hass_track_time *)
TWIN(track_utc_time_change, const struct hass_track_time *)
TWIN(track_sunrise, double)
TWIN(track_sunset, double)
TWIN(track_template_result, const struct hass_track_templates *)

struct state_change_call {
    const char *const *entity_ids, *const *from, *const *to;
    struct hass_job job;
    struct hass_sub **ret_sub;
};

static HASS_CALLBACK int state_change_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct state_change_call *call = arg;

    return hass_async_track_state_change(hass, call->entity_ids, call->from, call->to,
                                         job_take(&call->job), call->ret_sub, err);
}

int hass_track_state_change(struct hass *hass, const char *const *entity_ids,
                            const char *const *from, const char *const *to, struct hass_job job,
                            struct hass_sub **ret_sub, struct hass_error *err)
{
    struct state_change_call call = { entity_ids, from, to, job, ret_sub };

    return runtime_call_with_job(hass, "hass.track_state_change", state_change_on_loop, &call,
                                 &call.job, err);
}

struct same_state_call {
    double period;
    const char *const *entity_ids;
    hass_same_state_fn *check;
    struct hass_job job;
    struct hass_sub **ret_sub;
};

static HASS_CALLBACK int same_state_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct same_state_call *call = arg;

    return hass_async_track_same_state(hass, call->period, call->entity_ids, call->check,
                                       job_take(&call->job), call->ret_sub, err);
}

int hass_track_same_state(struct hass *hass, double period, const char *const *entity_ids,
                          hass_same_state_fn *check, struct hass_job job, struct hass_sub **ret_sub,
                          struct hass_error *err)
{
    struct same_state_call call = { period, entity_ids, check, job, ret_sub };

    return runtime_call_with_job(hass, "hass.track_same_state", same_state_on_loop, &call,
                                 &call.job, err);
}

struct template_call {
    struct hass_template *template;
    const struct hass_template_variables *variables;
    struct hass_job job;
    struct hass_sub **ret_sub;
};

static HASS_CALLBACK int template_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct template_call *call = arg;

    return hass_async_track_template(hass, call->template, call->variables, job_take(&call->job),
                                     call->ret_sub, err);
}

int hass_track_template(struct hass *hass, struct hass_template *template,
                        const struct hass_template_variables *variables, struct hass_job job,
                        struct hass_sub **ret_sub, struct hass_error *err)
{
    struct template_call call = { template, variables, job, ret_sub };

    return runtime_call_with_job(hass, "hass.track_template", template_on_loop, &call, &call.job,
                                 err);
}
