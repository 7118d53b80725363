/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registrations. A list is an array that deliveries count: while one goes over it, changes are made to a copy. What ends
 * during a delivery is skipped by it and freed when no delivery is under way. The userdata is destroyed when the
 * registration has ended and no call runs; the struct lives on while somebody holds a handle, at most as long as its scope.
 */
#include "run/sub.h"

#include <string.h>

#include <hass/task.h>

#include "base/mem.h"
#include "run/co.h"
#include "run/job.h"
#include "run/loop.h"

struct hass_sub {
    struct scope_member member;
    struct hass_list
        link; /* scope->ended while a handle is out, runtime->dead_subs when it waits to be freed */
    struct hass *hass;
    struct scope *scope; /* counted until the userdata is destroyed */
    struct hass_job job;
    struct sub_options options; /* its job is the one above */
    struct sub_list *list;
    struct hass_future *quiet; /* set when no more than quiet_at calls run */
    uint32_t quiet_at;
    uint32_t running;
    bool over;    /* not called any more */
    bool retired; /* over, no call runs, the userdata is destroyed */
    bool handle;  /* somebody may call remove */
};

struct sub_array {
    uint32_t refs; /* the list and the deliveries under way */
    uint32_t count;
    uint32_t capacity;
    struct hass_sub *items[];
};

/* arrays */

static void array_unref(struct sub_array *array)
{
    if (array && --array->refs == 0)
        free(array);
}

/* The list's array for writing, with room for @more: its own while nobody delivers from it, else a copy. */
static struct sub_array *writable(struct sub_list *list, uint32_t more)
{
    struct sub_array *old = list->array;
    uint32_t count = old ? old->count : 0;

    if (old && old->refs == 1 && count + more <= old->capacity)
        return old;
    uint32_t capacity = count < 2 ? 2 : count * 2;
    struct sub_array *array = mem_alloc(sizeof(*array) + capacity * sizeof(array->items[0]));
    *array = (struct sub_array){ .refs = 1, .count = count, .capacity = capacity };
    if (count)
        memcpy(array->items, old->items, count * sizeof(array->items[0]));
    array_unref(old);
    list->array = array;
    return array;
}

static void array_insert(struct sub_list *list, struct hass_sub *sub, bool front)
{
    struct sub_array *array = writable(list, 1);
    uint32_t place = front ? 0 : array->count;

    memmove(&array->items[place + 1], &array->items[place],
            (array->count - place) * sizeof(array->items[0]));
    array->items[place] = sub;
    array->count++;
}

/* From the end: scopes end the newest first. */
static uint32_t array_find(const struct sub_array *array, const struct hass_sub *sub)
{
    uint32_t place = array->count;

    while (array->items[--place] != sub)
        ;
    return place;
}

static void array_remove(struct sub_list *list, const struct hass_sub *sub)
{
    if (list->array->count == 1) {
        array_unref(list->array);
        list->array = NULL;
        return;
    }
    struct sub_array *array = writable(list, 0);
    uint32_t place = array_find(array, sub);
    array->count--;
    memmove(&array->items[place], &array->items[place + 1],
            (array->count - place) * sizeof(array->items[0]));
}

/* the end of a registration */

static void free_sub(struct hass_sub *sub)
{
    struct runtime *runtime = runtime_of(sub->hass);

    list_remove(&sub->link);
    if (runtime->deliveries)
        list_append(&runtime->dead_subs, &sub->link);
    else
        free(sub);
}

static void free_dead(struct runtime *runtime)
{
    while (!list_empty(&runtime->dead_subs))
        free_sub(list_first(&runtime->dead_subs, struct hass_sub, link));
}

void sub_free_ended(struct hass_list *ended)
{
    while (!list_empty(ended))
        free_sub(list_first(ended, struct hass_sub, link));
}

/* The last step, once it is over and no call runs. */
static void retire_if_quiet(struct hass_sub *sub)
{
    if (sub->quiet && sub->running <= sub->quiet_at) {
        (void)hass_future_set(sub->quiet, 0, NULL, NULL, NULL);
        sub->quiet = hass_future_unref(sub->quiet);
    }
    if (!sub->over || sub->running || sub->retired)
        return;
    sub->retired = true;
    struct scope *scope = steal(sub->scope);
    struct scope *former = scope_switch(scope);
    job_destroy(&sub->job);
    (void)scope_switch(former);
    if (sub->handle)
        list_append(&scope->ended, &sub->link);
    else
        free_sub(sub);
    scope_unref(scope);
}

static HASS_CALLBACK void end(struct hass_sub *sub)
{
    if (sub->over)
        return;
    sub->over = true;
    if (sub->list)
        array_remove(steal(sub->list), sub);
    if (sub->options.removed)
        sub->options.removed(sub, sub->options.owner);
    scope_remove(&sub->member);
    retire_if_quiet(sub);
}

static void close_member(struct scope_member *member)
{
    hass__assert_loop();
    end(list_entry(member, struct hass_sub, member));
}

/* The handle goes: the struct may go now, or with the last call. */
static HASS_CALLBACK void drop_handle(struct hass_sub *sub)
{
    if (!sub->retired) {
        sub->handle = false;
        end(sub);
    } else {
        free_sub(sub);
    }
}

void sub_finish(struct hass_sub *sub)
{
    end(sub);
}

void sub_disown(struct hass_sub *sub)
{
    sub->handle = false;
    if (sub->retired)
        free_sub(sub);
}

struct hass *sub_hass(const struct hass_sub *sub)
{
    return sub->hass;
}

void *sub_owner(const struct hass_sub *sub, void (*removed)(struct hass_sub *sub, void *owner))
{
    return !sub->over && sub->options.removed == removed ? sub->options.owner : NULL;
}

struct hass_sub *hass_sub_async_remove(struct hass_sub *sub)
{
    if (!sub)
        return NULL;
    VERIFY_LOOP_OR(sub->hass, "hass.sub.async_remove", sub);
    drop_handle(sub);
    return NULL;
}

struct removal {
    struct hass_sub *sub;
    void *hold; /* of the pool job that the caller is */
    struct hass_future *quiet;
};

static int remove_on_loop(struct hass *hass, void *arg, struct hass_error *err);

struct hass_sub *hass_sub_remove(struct hass_sub *sub)
{
    struct removal removal = { .sub = sub, .hold = job_running_hold() };

    if (!sub)
        return NULL;
    if (hass_on_loop(sub->hass)) {
        thread_refuse_wait(sub->hass, "hass.sub.remove", __builtin_return_address(0), NULL);
        return sub;
    }
    (void)runtime_call(sub->hass, "hass.sub.remove", remove_on_loop, &removal, NULL);
    if (removal.quiet) {
        (void)hass_future_wait(removal.quiet, HASS_FOREVER, NULL);
        hass_future_unref(removal.quiet);
    }
    return NULL;
}

/* adding */

static int check(struct scope *scope, enum hass_job_subject subject, const struct hass_job *job,
                 struct hass_error *err)
{
    if (job->subject != subject)
        return hass_fail(err, HASS_E_INVALID, "job %s takes another subject", job_name(job));
    return scope_check_open(scope, err);
}

static HASS_CALLBACK int add(struct hass *hass, struct sub_list *list,
                             enum hass_job_subject subject, const struct sub_options *options,
                             bool handle, struct hass_sub **ret_sub, struct hass_error *err)
{
    struct scope *scope = scope_of_caller(hass);
    struct hass_job job = options->job;
    int result = check(scope, subject, &job, err);

    if (result < 0) {
        job_destroy(&job);
        return result;
    }
    struct hass_sub *sub = mem_zalloc(sizeof(*sub));
    sub->hass = hass;
    sub->job = job;
    sub->options = *options;
    sub->scope = scope_ref(scope);
    sub->list = list;
    sub->handle = handle;
    sub->member.close = close_member;
    list_init(&sub->link);
    scope_add(scope, &sub->member);
    *ret_sub = sub;
    return 0;
}

int sub_list_add(struct hass *hass, struct sub_list *list, enum hass_job_subject subject,
                 const struct sub_options *options, struct hass_sub **ret_sub,
                 struct hass_error *err)
{
    struct hass_sub *sub;
    int result = add(hass, list, subject, options, ret_sub != NULL, &sub, err);

    if (result < 0)
        return result;
    array_insert(list, sub, options->front);
    if (ret_sub)
        *ret_sub = sub;
    return 0;
}

int sub_add(struct hass *hass, enum hass_job_subject subject, const struct sub_options *options,
            struct hass_sub **ret_sub, struct hass_error *err)
{
    return add(hass, NULL, subject, options, true, ret_sub, err);
}

size_t sub_list_count(const struct sub_list *list)
{
    return list->array ? list->array->count : 0;
}

void sub_list_fini(struct sub_list *list)
{
    while (list->array)
        end(list->array->items[list->array->count - 1]);
}

static struct hass_sub *first_cancelled(const struct scope *scope)
{
    list_foreach(&scope->members, struct scope_member, member, link) {
        struct hass_sub *sub = list_entry(member, struct hass_sub, member);
        if (member->close == close_member && sub->job.cancel_on_shutdown)
            return sub;
    }
    return NULL;
}

/* From the beginning each time: what one of them destroys may end others. */
static void end_cancelled(struct scope *scope, void *userdata)
{
    struct hass_sub *sub;

    hass__assert_loop();
    while ((sub = first_cancelled(scope)))
        end(sub);
}

void sub_remove_on_shutdown(struct hass *hass)
{
    scope_foreach(hass, end_cancelled, NULL);
}

/* running */

/* A call that outlives the delivery, and what it needs. */
struct delivery {
    struct hass_sub *sub;
    const struct subject_ops *ops;
    void *subject;
};

static void end_call(struct hass_sub *sub)
{
    sub->running--;
    retire_if_quiet(sub);
}

static void release_delivery(void *object)
{
    struct delivery *delivery = object;

    if (delivery->ops)
        delivery->ops->release(delivery->subject);
    end_call(delivery->sub);
    free(delivery);
}

/* A pool job that removes its own registration must not wait for itself. */
static bool is_call_of(const struct hass_sub *sub, void *hold)
{
    return hold && sub->job.kind == HASS_JOB_KIND_EXECUTOR &&
           ((const struct delivery *)hold)->sub == sub;
}

static int remove_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct removal *removal = arg;
    struct hass_sub *sub = removal->sub;
    uint32_t own = is_call_of(sub, removal->hold) ? 1 : 0;

    hass__assert_loop();
    if (!sub->retired && sub->running > own) {
        removal->quiet = hass_future_new(hass);
        sub->quiet = hass_future_ref(removal->quiet);
        sub->quiet_at = own;
    }
    drop_handle(sub);
    return 0;
}

static HASS_CALLBACK void start(struct hass_sub *sub, const void *subject)
{
    struct runtime *runtime = runtime_of(sub->hass);
    const struct subject_ops *ops = runtime->subjects[sub->job.subject];
    unsigned flags = (sub->options.flags ? sub->options.flags : JOB_TRACKED) | JOB_LOG_ERRORS;
    struct delivery *delivery = mem_alloc(sizeof(*delivery));
    struct hass_error err;

    *delivery = (struct delivery){ .sub = sub, .ops = ops, .subject = (void *)(uintptr_t)subject };
    if (ops)
        delivery->subject = ops->hold(subject);
    sub->running++;
    job_error_init(&err);
    int result = job_run(sub->hass, sub->scope, &sub->job, delivery->subject, delivery,
                         release_delivery, flags, NULL, &err);
    if (result < 0)
        job_report(sub->scope, job_name(&sub->job), result, &err);
}

static HASS_CALLBACK void call(struct hass_sub *sub, const void *subject)
{
    struct runtime *runtime = runtime_of(sub->hass);
    struct hass_error err;
    struct dispatch dispatch;

    job_error_init(&err);
    dispatch_begin(runtime, &dispatch, sub->scope, job_name(&sub->job));
    struct co *co = co_hide();
    int result = job_call(&sub->job, subject, &err);
    co_show(co);
    if (result < 0)
        job_report(sub->scope, job_name(&sub->job), result, &err);
    dispatch_end(runtime, &dispatch);
}

void sub_run(struct hass *hass, struct hass_sub *sub, const void *subject)
{
    if (sub->over)
        return;
    sub->running++;
    if (sub->options.once)
        end(sub);
    if (sub->job.kind == HASS_JOB_KIND_CALLBACK)
        call(sub, subject);
    else
        start(sub, subject);
    end_call(sub);
}

static HASS_CALLBACK bool wants(struct hass_sub *sub, const void *subject)
{
    struct runtime *runtime = runtime_of(sub->hass);
    struct dispatch dispatch;

    if (!sub->options.filter)
        return true;
    dispatch_enter(runtime, &dispatch, sub->scope, job_name(&sub->job));
    struct co *co = co_hide();
    bool result = sub->options.filter(subject, sub->job.userdata);
    co_show(co);
    dispatch_end(runtime, &dispatch);
    return result;
}

void sub_list_deliver(struct hass *hass, struct sub_list *list, const void *subject)
{
    struct runtime *runtime = runtime_of(hass);
    struct sub_array *array = list->array;

    if (!array)
        return;
    array->refs++;
    runtime->deliveries++;
    for (uint32_t i = 0; i < array->count; i++) {
        struct hass_sub *sub = array->items[i];
        if (!sub->over && wants(sub, subject))
            sub_run(hass, sub, subject);
    }
    array_unref(array);
    if (--runtime->deliveries == 0 && !list_empty(&runtime->dead_subs))
        free_dead(runtime);
}
