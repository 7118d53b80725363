/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs that came to nothing: refused by a condition or by the mode, failed, or nearly set off. The last few of each automation are
 * remembered, whether it has an id, and traces, or not. Who is there when it happens hears of it by the signal automation_attempt.
 */
#include <stdlib.h>

#include <hass/dispatcher.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "parts.h"

static void attempt_fini(struct attempt *attempt)
{
    free(attempt->trigger);
    free(attempt->reason);
    free(attempt->path);
    json_decref(attempt->details);
    free(attempt->run_id);
}

void attempts_fini(struct automation *automation)
{
    vec_foreach(&automation->attempts, attempt)
        attempt_fini(attempt);
    vec_fini(&automation->attempts);
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* Not packed: it is done for each. */
static json_t *attempt_as_json(const struct attempt *attempt)
{
    json_t *json = json_object();
    char time[HASS_DT_TEXT];

    hass_dt_iso(attempt->time, NULL, time);
    json_object_set_new(json, "time", json_string(time));
    json_object_set_new(json, "trigger", text_or_null(attempt->trigger));
    json_object_set_new(json, "reason", json_string(attempt->reason));
    json_object_set_new(json, "path", text_or_null(attempt->path));
    json_object_set_new(json, "details",
                        attempt->details ? json_incref(attempt->details) : json_null());
    json_object_set_new(json, "run_id", text_or_null(attempt->run_id));
    return json;
}

static HASS_CALLBACK void tell(const struct automation *automation, const struct attempt *attempt)
{
    json_t *data = attempt_as_json(attempt);
    const char *entity_id =
        automation->entity ? hass_entity_async_entity_id(automation->entity) : NULL;

    json_object_set_new(data, "entity_id", text_or_null(entity_id));
    json_object_set_new(data, "name", json_string(automation->item.name));
    (void)hass_async_dispatcher_send(automation->hass, "automation_attempt", data, NULL);
}

void attempts_add(struct automation *automation, const char *trigger, const char *reason,
                  const char *path, json_t *details, const struct hass_trace *trace)
{
    if (automation->attempts.length == MAX_ATTEMPTS) {
        attempt_fini(&automation->attempts.data[0]);
        vec_remove(&automation->attempts, 0);
    }
    vec_push(&automation->attempts, ((struct attempt){
                                        .time = hass_now(automation->hass),
                                        .trigger = copy(trigger),
                                        .reason = copy(reason),
                                        .path = copy(path),
                                        .details = details,
                                        .run_id = copy(trace ? hass_trace_run_id(trace) : NULL),
                                    }));
    tell(automation, &automation->attempts.data[automation->attempts.length - 1]);
}

void attempts_nearly(struct hass *hass, size_t index, const char *reason, void *userdata)
{
    char path[40];

    snprintf(path, sizeof(path), "trigger/%zu", index);
    attempts_add(userdata, NULL, "not_triggered", path, json_pack("{s:s}", "reason", reason), NULL);
}

json_t *attempts_as_json(const struct automation *automation)
{
    json_t *all = json_array();

    vec_foreach(&automation->attempts, attempt)
        json_array_append_new(all, attempt_as_json(attempt));
    return all;
}
