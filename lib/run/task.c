/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks. One allocation holds the future, the coroutine and the membership of a scope; one reference is the running
 * coroutine's. A task enters its set and its scope only when it suspends for the first time: most never do.
 */
#include "run/task.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <hass/log.h>

#include "base/mem.h"
#include "run/job.h"

/* A member of a set. */
struct entry {
    struct hass_list link;
    enum task_set set;
    struct task_info info;
};

struct hass_task {
    struct hass_future future;
    struct co co;
    struct entry entry;
    struct scope_member member;
    enum task_set set; /* where it goes when it suspends */
    struct hass_job job;
    const void *subject;
    void *hold;
    hass_destroy_fn *release;
    bool log_errors;
    char *own_name; /* NULL: the name is a literal */
};

/* A pool job in a set, until its future is done. */
struct tracked_job {
    struct entry entry;
    struct future_waiter waiter;
    char name[];
};

struct tasks {
    struct runtime *runtime;
    struct hass_list sets[TASK_SETS];
    size_t counts[TASK_SETS];
};

static inline struct hass_task *task_of(struct co *co)
{
    return list_entry(co, struct hass_task, co);
}

/* the sets */

static void insert(struct tasks *tasks, enum task_set set, struct entry *entry)
{
    entry->set = set;
    list_append(&tasks->sets[set], &entry->link);
    tasks->counts[set]++;
}

static void take_out(struct tasks *tasks, struct entry *entry)
{
    list_remove(&entry->link);
    tasks->counts[entry->set]--;
}

size_t tasks_count(const struct runtime *runtime, enum task_set set)
{
    return runtime->tasks->counts[set];
}

void tasks_foreach(const struct runtime *runtime, enum task_set set,
                   void (*fn)(const struct task_info *info, void *userdata), void *userdata)
{
    list_foreach(&runtime->tasks->sets[set], struct entry, entry, link)
        fn(&entry->info, userdata);
}

size_t tasks_snapshot(const struct runtime *runtime, enum task_set set,
                      struct hass_future ***ret_futures)
{
    const struct hass_task *self = task_current();
    size_t count = 0;
    struct hass_future **futures =
        mem_alloc((runtime->tasks->counts[set] + 1) * sizeof(struct hass_future *));

    list_foreach(&runtime->tasks->sets[set], struct entry, entry, link) {
        const struct hass_task *task = entry->info.task;
        if (!task || (task != self && !task->co.cancelling))
            futures[count++] = hass_future_ref(entry->info.future);
    }
    *ret_futures = futures;
    return count;
}

void tasks_snapshot_free(struct hass_future **futures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hass_future_unref(futures[i]);
    free(futures);
}

static void move(struct tasks *tasks, struct entry *entry, enum task_set set)
{
    take_out(tasks, entry);
    insert(tasks, set, entry);
}

void tasks_begin_stop(struct runtime *runtime)
{
    struct tasks *tasks = runtime->tasks;
    const struct hass_task *self = task_current();

    list_foreach(&tasks->sets[TASK_SET_TRACKED], struct entry, entry, link)
        if (!entry->info.task || entry->info.task != self)
            move(tasks, entry, TASK_SET_OLD);
    list_foreach(&tasks->sets[TASK_SET_BACKGROUND], struct entry, entry, link) {
        if (!entry->info.task || entry->info.task == self)
            continue;
        move(tasks, entry, TASK_SET_TRACKED);
        co_cancel(&entry->info.task->co);
    }
}

size_t tasks_cancel(struct runtime *runtime, enum task_set set)
{
    const struct hass_task *self = task_current();
    size_t count = 0;

    list_foreach(&runtime->tasks->sets[set], struct entry, entry, link) {
        if (!entry->info.task || entry->info.task == self)
            continue;
        co_cancel(&entry->info.task->co);
        count++;
    }
    return count;
}

/* pool jobs in the sets */

static HASS_CALLBACK void job_done(struct future_waiter *waiter)
{
    struct tracked_job *job = list_entry(waiter, struct tracked_job, waiter);

    take_out(job->entry.info.future->runtime->tasks, &job->entry);
    scope_unref(job->entry.info.scope);
    free(job);
}

/* The model's rule: what a background task submits is no more waited for than the task itself. */
static enum task_set set_of_job(unsigned flags)
{
    const struct hass_task *caller = task_current();
    bool main_set = (flags & JOB_TRACKED) && (!caller || caller->set == TASK_SET_TRACKED);

    return main_set ? TASK_SET_TRACKED : TASK_SET_BACKGROUND;
}

void task_track(struct scope *scope, struct hass_future *future, const char *name, unsigned flags)
{
    size_t size = strlen(name) + 1;
    struct tracked_job *job = mem_alloc(sizeof(*job) + size);

    memcpy(job->name, name, size);
    job->waiter.done = job_done;
    if (!future_add_waiter(future, &job->waiter)) {
        free(job);
        return;
    }
    job->entry.info = (struct task_info){
        .name = job->name,
        .scope = scope_ref(scope),
        .future = future,
    };
    insert(scope->runtime->tasks, set_of_job(flags), &job->entry);
}

/* life of a task */

/* A failure that its owner never looked at would be lost. */
static void log_unobserved(const struct hass_task *task)
{
    const struct hass_future *future = &task->future;
    /* Ended with its scope: by a wait that was cancelled, or by a call that was told so. */
    bool closed = future->result == -ECANCELED || future->result == HASS_E_CLOSED;

    if (task->log_errors || future->result >= 0 || closed || future_observed(future))
        return;
    hass_error("Error in task %s, which nobody waited for: %s", task->co.name,
               future->error ? future->error->message : hass_error_name(future->result));
}

static void free_task(struct hass_future *future)
{
    struct hass_task *task = list_entry(future, struct hass_task, future);

    log_unobserved(task);
    free(task->own_name);
    free(task);
}

static HASS_CALLBACK void close_with_scope(struct scope_member *member)
{
    co_cancel(&list_entry(member, struct hass_task, member)->co);
}

static void release_arguments(struct hass_task *task)
{
    job_destroy(&task->job);
    if (task->release)
        task->release(task->hold);
}

static void log_failure(const struct hass_task *task, int result, const struct hass_error *err)
{
    if (task->log_errors && result < 0 && result != -ECANCELED)
        job_report(scope_current(), task->co.name, result, err);
}

/* The arguments go before the result is there: who waits for a task finds nothing of it left. */
static HASS_CALLBACK void run_task(struct co *co)
{
    struct hass_task *task = task_of(co);
    struct hass_error err; /* half a kilobyte: only what says that it is empty is set */

    err.size = sizeof(err);
    err.code = 0;
    err.key[0] = err.message[0] = '\0';
    int r = job_call(&task->job, task->subject, &err);
    log_failure(task, r, &err);
    struct co *hidden = co_hide();
    release_arguments(task);
    future_complete(&task->future, r, r < 0 ? &err : NULL);
    co_show(hidden);
}

static HASS_CALLBACK void task_ended(struct co *co)
{
    struct hass_task *task = task_of(co);

    if (task->entry.info.task) {
        take_out(co->runtime->tasks, &task->entry);
        scope_remove(&task->member);
    }
    hass_task_unref(task);
}

static enum task_set set_of_flags(unsigned flags)
{
    if (flags & JOB_BACKGROUND)
        return TASK_SET_BACKGROUND;
    return flags & JOB_TRACKED ? TASK_SET_TRACKED : TASK_SET_NONE;
}

static struct hass_task *new_task(struct runtime *runtime, const struct hass_job *job,
                                  const void *subject, void *hold, hass_destroy_fn *release,
                                  unsigned flags)
{
    struct hass_task *task = mem_zalloc(sizeof(*task));

    future_init(&task->future, runtime, free_task);
    future_claim(&task->future);
    task->set = set_of_flags(flags);
    task->job = *job;
    task->subject = subject;
    task->hold = hold;
    task->release = release;
    task->log_errors = flags & JOB_LOG_ERRORS;
    if (job->name)
        task->own_name = mem_strdup(job->name);
    task->co.runtime = runtime;
    task->co.body = run_task;
    task->co.ended = task_ended;
    task->co.name = job->name ? task->own_name : job->symbol;
    return task;
}

/* It has suspended: from here on it is found in its set and ends with its scope. */
static HASS_CALLBACK void enlist(struct hass_task *task, struct scope *scope)
{
    task->entry.info = (struct task_info){
        .name = task->co.name,
        .scope = scope,
        .future = &task->future,
        .task = task,
    };
    insert(task->co.runtime->tasks, task->set, &task->entry);
    task->member.close = close_with_scope;
    scope_add(scope, &task->member);
    if (scope_state(scope) != SCOPE_OPEN) /* closed by the task's own first steps */
        co_cancel(&task->co);
}

static HASS_CALLBACK int start(struct hass_task *task, struct scope *scope, struct hass_error *err)
{
    struct runtime *runtime = task->co.runtime;
    struct dispatch dispatch;

    dispatch_begin(runtime, &dispatch, scope, task->co.name);
    int r = co_start(&task->co, err);
    if (r == 0)
        enlist(task, scope);
    dispatch_end(runtime, &dispatch);
    return r;
}

int task_start(struct hass *hass, struct scope *scope, const struct hass_job *job,
               const void *subject, void *hold, hass_destroy_fn *release, unsigned flags,
               struct hass_task **ret_task, struct hass_error *err)
{
    struct hass_task *task = new_task(runtime_of(hass), job, subject, hold, release, flags);
    int r = scope_check_open(scope, err);

    if (r == 0) {
        /* The first reference is the coroutine's, which may have ended when start returns. */
        struct hass_task *given = ret_task ? hass_task_ref(task) : NULL;
        r = start(task, scope, err);
        if (r >= 0 && ret_task)
            *ret_task = given;
        if (r >= 0)
            return 0;
        hass_task_unref(given);
    }
    release_arguments(task);
    hass_task_unref(task);
    return r;
}

struct hass_task *task_current(void)
{
    return co_current() != NULL ? task_of(co_current()) : NULL;
}

/* the public face */

static int check_job(const struct hass_job *job, struct hass_error *err)
{
    if (job->kind != HASS_JOB_KIND_COROUTINE)
        return hass_fail(err, HASS_E_INVALID, "job %s is not a coroutine", job->symbol);
    if (job->subject != HASS_SUBJECT_HASS)
        return hass_fail(err, HASS_E_INVALID, "job %s does not take a struct hass", job->symbol);
    return 0;
}

static HASS_CALLBACK int create(struct hass *hass, struct hass_job *job, unsigned flags,
                                struct hass_task **ret_task, struct hass_error *err)
{
    int r = check_job(job, err);

    if (r < 0) {
        job_destroy(job);
        return r;
    }
    if (!ret_task)
        flags |= JOB_LOG_ERRORS;
    return task_start(hass, scope_of_caller(hass), job, hass, NULL, NULL, flags, ret_task, err);
}

int hass_async_create_task(struct hass *hass, struct hass_job job, struct hass_task **ret_task,
                           struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_create_task", err);
    return create(hass, &job, JOB_TRACKED, ret_task, err);
}

int hass_async_create_background_task(struct hass *hass, struct hass_job job,
                                      struct hass_task **ret_task, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_create_background_task", err);
    return create(hass, &job, JOB_BACKGROUND, ret_task, err);
}

/* A creation on its way to the loop. */
struct posted {
    struct hass_job job;
    unsigned flags;
    bool taken;
};

static HASS_CALLBACK int create_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    struct posted *posted = arg;

    posted->taken = true;
    return create(hass, &posted->job, posted->flags, NULL, err);
}

static void free_posted(void *arg)
{
    struct posted *posted = arg;

    if (!posted->taken)
        job_destroy(&posted->job);
    free(posted);
}

static int post(struct hass *hass, const char *operation, struct hass_job *job, unsigned flags,
                struct hass_error *err)
{
    int r = check_job(job, err);

    if (r < 0) {
        job_destroy(job);
        return r;
    }
    struct posted *posted = mem_alloc(sizeof(*posted));
    *posted = (struct posted){ .job = *job, .flags = flags };
    return runtime_post(hass, operation, create_posted, posted, free_posted, err);
}

int hass_create_task(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    return post(hass, "hass.create_task", &job, JOB_TRACKED, err);
}

int hass_create_background_task(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    return post(hass, "hass.create_background_task", &job, JOB_BACKGROUND, err);
}

struct hass_task *hass_task_ref(struct hass_task *task)
{
    hass_future_ref(&task->future);
    return task;
}

struct hass_task *hass_task_unref(struct hass_task *task)
{
    if (task)
        hass_future_unref(&task->future);
    return NULL;
}

const char *hass_task_name(const struct hass_task *task)
{
    return task->co.name;
}

struct hass_future *hass_task_future(struct hass_task *task)
{
    return &task->future;
}

int hass_task_async_cancel(struct hass_task *task, struct hass_error *err)
{
    VERIFY_LOOP(task->co.runtime->hass, "hass.task.async_cancel", err);
    co_cancel(&task->co);
    return 0;
}

static HASS_CALLBACK int cancel_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    return hass_task_async_cancel(arg, err);
}

static void unref_posted(void *arg)
{
    hass_task_unref(arg);
}

int hass_task_cancel(struct hass_task *task, struct hass_error *err)
{
    return runtime_post(task->co.runtime->hass, "hass.task.cancel", cancel_posted,
                        hass_task_ref(task), unref_posted, err);
}

bool hass_task_cancelling(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.task.cancelling", false);
    return co_current() != NULL && co_current()->cancelling;
}

bool hass_in_coroutine(const struct hass *hass)
{
    return runtime__current == runtime_of(hass) && co_current() != NULL;
}

/* beginning and end */

struct tasks *tasks_create(struct runtime *runtime)
{
    struct tasks *tasks = mem_zalloc(sizeof(*tasks));

    tasks->runtime = runtime;
    for (size_t i = 0; i < TASK_SETS; i++)
        list_init(&tasks->sets[i]);
    return tasks;
}

static HASS_CALLBACK void end_set(struct tasks *tasks, enum task_set set)
{
    struct hass_list *head = &tasks->sets[set];
    /* A task that is cancelled may end others or start new ones: from the beginning each time, but no task twice. */
    struct hass_list stubborn = HASS_LIST_INIT(stubborn);

    while (!list_empty(head)) {
        struct entry *entry = list_first(head, struct entry, link);
        list_remove(&entry->link);
        list_append(&stubborn, &entry->link);
        if (entry->info.task)
            co_cancel(&entry->info.task->co);
    }
    list_foreach(&stubborn, struct entry, entry, link)
        hass_warning("%s %s of %s did not end", entry->info.task ? "Task" : "Pool job",
                     entry->info.name, scope_name(entry->info.scope));
}

struct tasks *tasks_destroy(struct tasks *tasks)
{
    if (!tasks)
        return NULL;
    hass__assert_loop();
    co_pool_close(tasks->runtime->co_pool);
    for (enum task_set set = 0; set < TASK_SETS; set++)
        end_set(tasks, set);
    free(tasks);
    return NULL;
}
