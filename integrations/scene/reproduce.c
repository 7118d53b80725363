/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing several entities into states that are wanted: each by a task of its own, which looks at what is, and calls what is missing.
 *
 * Model: helpers.state.async_reproduce_state
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/const.h>
#include <hass/log.h>
#include <hass/task.h>

#include "parts.h"

/* the configuration */

/* true and false are what YAML makes of on and off. */
static json_t *state_text(const json_t *value)
{
    if (json_is_boolean(value))
        return json_string(json_is_true(value) ? HASS_STATE_ON : HASS_STATE_OFF);
    return json_is_string(value) ? hass_json_ref(value) : NULL;
}

static json_t *check_one(const char *entity_id, const json_t *value, struct hass_error *err)
{
    const json_t *state = json_is_object(value) ? hass_json_get(value, "state") : value;
    autojson *text = state_text(state);

    if (!text) {
        (void)hass_fail(err, HASS_E_INVALID,
                        "%s: expected a state as text in quotes, or a map with 'state' and "
                        "attributes",
                        entity_id);
        return NULL;
    }
    json_t *attributes = json_is_object(value) ? json_copy((json_t *)value) : json_object();
    json_object_del(attributes, "state");
    return json_pack("{s:O, s:o}", "state", text, "attributes", attributes);
}

static int check_states(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    autojson *states = json_object();
    const char *key;
    json_t *member;

    if (!json_is_object(value))
        return hass_fail(err, HASS_E_INVALID, "expected a map of entity ids and states");
    json_object_foreach((json_t *)value, key, member) {
        autojson *given = json_string(key), *entity_id = NULL;
        int r = hass_type_entity_id.check(field, given, &entity_id, err);
        json_t *one = r < 0 ? NULL : check_one(json_string_value(entity_id), member, err);
        if (!one)
            return HASS_E_INVALID;
        json_object_set_new(states, json_string_value(entity_id), one);
    }
    *ret_value = steal(states);
    return 0;
}

const struct hass_field_type scene_type_states = {
    .size = sizeof(struct hass_field_type),
    .name = "states of entities",
    .check = check_states,
    .json_type = "object",
    .selector = "object",
};

/* one entity */

const json_t *scene_wanted(const struct scene_step *step, const char *key)
{
    const json_t *value = hass_json_get(step->attributes, key);

    return json_is_null(value) ? NULL : value;
}

bool scene_is_right(const struct scene_step *step, const char *key)
{
    const json_t *wanted = scene_wanted(step, key), *has = hass_json_get(step->has, key);

    if (!wanted)
        return !has || json_is_null(has);
    return has && hass_json_equal(wanted, has);
}

int scene_tell(struct scene_step *step, const char *service, json_t *data, struct hass_error *err)
{
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = step->context,
    };
    json_t *all = data ? data : json_object();
    char domain[65];

    json_object_set_new(all, HASS_ATTR_ENTITY_ID, json_string(step->entity_id));
    snprintf(domain, sizeof(domain), "%.*s", (int)strcspn(step->entity_id, "."), step->entity_id);
    return hass_services_async_call(step->hass, domain, service, all, &options, NULL, err);
}

int scene_tell_wanted(struct scene_step *step, const char *service, const char *const *keys,
                      struct hass_error *err)
{
    json_t *data = json_object();

    for (; *keys; keys++)
        if (scene_wanted(step, *keys))
            json_object_set(data, *keys, (json_t *)scene_wanted(step, *keys));
    return scene_tell(step, service, data, err);
}

/* What a task owns: its waiter may have gone. */
struct work {
    struct scene_step step;
    json_t *wanted, *transition;
    const struct scene_way *way;
    const struct hass_state *before;
};

static void work_destroy(void *object)
{
    struct work *work = object;

    hass_context_unref(work->step.context);
    hass_state_unref(work->before);
    json_decref(work->step.has);
    json_decref(work->wanted);
    json_decref(work->transition);
    free(work->step.entity_id);
    free(work);
}

static HASS_COROUTINE int run(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct work *work = userdata;
    int r = scene_way_go(work->way, &work->step, err);

    return r < 0 ? hass_error_prefix(err, "%s", work->step.entity_id) : 0;
}

static HASS_CALLBACK struct work *work_new(struct hass *hass, const char *entity_id,
                                           const json_t *wanted, const json_t *transition,
                                           const struct hass_context *context,
                                           const struct hass_state *before)
{
    struct work *work = calloc(1, sizeof(*work));

    *work = (struct work){
        .step = { .hass = hass,
                  .entity_id = strdup(entity_id),
                  .state = hass_json_get_string(wanted, "state", ""),
                  .attributes = hass_json_get(wanted, "attributes"),
                  .shown = hass_state_state(before),
                  .has = hass_state_attributes(before),
                  .transition = transition,
                  .context = context ? hass_context_ref(context) : NULL },
        .wanted = hass_json_ref(wanted),
        .transition = hass_json_ref(transition),
        .before = hass_state_ref(before),
    };
    return work;
}

/* The task, or NULL when nothing can be done: then the log says why. */
static HASS_CALLBACK struct hass_task *start(struct hass *hass, const char *entity_id,
                                             const json_t *wanted, const json_t *transition,
                                             const struct hass_context *context,
                                             struct hass_error *err)
{
    const struct hass_state *before = hass_states_async_get(hass, entity_id);
    struct hass_task *task = NULL;
    char domain[65];

    snprintf(domain, sizeof(domain), "%.*s", (int)strcspn(entity_id, "."), entity_id);
    const struct scene_way *way = scene_way_get(domain);
    if (!before || !way) {
        if (before)
            hass_warning("%s cannot be part of a scene: there is no way to bring a %s into a state",
                         entity_id, domain);
        else
            hass_warning("%s is not there, and is left out of the scene", entity_id);
        return NULL;
    }
    struct work *work = work_new(hass, entity_id, wanted, transition, context, before);
    work->way = way;
    if (!scene_way_allows(way, &work->step)) {
        hass_warning("%s cannot be brought into the state '%s'", entity_id, work->step.state);
        work_destroy(work);
        return NULL;
    }
    (void)hass_async_create_task(hass, HASS_JOB_COROUTINE(run, work, .destroy = work_destroy),
                                 &task, err);
    return task;
}

int scene_async_reproduce(struct hass *hass, const json_t *states, const json_t *transition,
                          const struct hass_context *context, struct hass_error *err)
{
    autofree struct hass_task **tasks =
        calloc(json_object_size(states) + 1, sizeof(struct hass_task *));
    size_t count = 0;
    const char *entity_id;
    json_t *wanted;
    int result = 0;

    json_object_foreach((json_t *)states, entity_id, wanted) {
        tasks[count] = start(hass, entity_id, wanted, transition, context, err);
        count += tasks[count] != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        int r = result == -ECANCELED ? 0 : hass_async_await_task(tasks[i], HASS_FOREVER, err);
        result = result < 0 ? result : r;
        hass_task_unref(tasks[i]);
    }
    return result < 0 ? result : 0;
}
