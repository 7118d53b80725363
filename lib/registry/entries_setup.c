/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an entry: one operation at a time, each a task of the root scope that holds the entry's lock, so that nobody
 * who waits for it can leave it half done. The integration's functions run in the entry's scope, which is new for each
 * set-up.
 */
#include <errno.h>
#include <string.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/entry_operation.h"
#include "registry/flow.h"
#include "run/scope.h"
#include "run/task.h"

#define SLOW_CALL   10.0 /* seconds */
#define CALL_LIMIT  300.0
#define CLOSE_LIMIT 10.0

/* states */

void entry_set_state(struct hass_entry *entry, enum hass_entry_state state,
                     const struct hass_error *reason)
{
    entry->state = state;
    entry->reason = reason ? *reason : (struct hass_error)HASS_ERROR_INIT;
    if (state != HASS_ENTRY_SETUP_RETRY && state != HASS_ENTRY_SETUP_IN_PROGRESS)
        entry->tries = 0;
    entry_tell(entry, "updated");
}

struct scope *entry_scope(const struct hass_entry *entry)
{
    bool up = entry->state == HASS_ENTRY_SETUP_IN_PROGRESS || entry->state == HASS_ENTRY_LOADED;

    return up ? entry->scope : NULL;
}

static HASS_CALLBACK const struct entry_loader *loader_of_entry(const struct hass_entry *entry)
{
    return entries_of(entry->hass)->loader;
}

static int refuse_state(const struct hass_entry *entry, const char *what, struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_ALLOWED, "config entry '%s' of %s cannot be %s: it is %s",
                     entry->title, entry->domain, what, hass_entry_state_name(entry->state));
}

/* calling the integration */

static HASS_COROUTINE int await_call(const struct hass_entry *entry, struct hass_future *done,
                                     const char *name, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    int r = hass_async_await(done, SLOW_CALL, &failure);

    if (r == -ETIMEDOUT && !hass_future_done(done)) {
        autofree char *label = entry_label(entry);
        hass_warning("%s: %s is taking over %g seconds", label, name, SLOW_CALL);
        hass_error_clear(&failure);
        r = hass_async_await(done, CALL_LIMIT - SLOW_CALL, &failure);
    }
    if (r == -ETIMEDOUT && !hass_future_done(done))
        return hass_fail(err, r, "%s did not end within %g s: it has been given up", name,
                         CALL_LIMIT);
    return r < 0 ? hass_error_copy(err, &failure) : r;
}

static void drop_entry(void *object)
{
    hass_entry_unref(object);
}

/* Runs a coroutine in the entry's scope; it can be cancelled while it runs. */
static HASS_COROUTINE int call(struct hass_entry *entry, struct hass_job job,
                               struct hass_error *err)
{
    struct hass *hass = entry->hass;
    struct hass_error failure = HASS_ERROR_INIT;

    entry->calling = true;
    int r = task_start(hass, entry->scope, &job, hass, hass_entry_ref(entry), drop_entry,
                       JOB_TRACKED, &entry->call, &failure);
    if (r >= 0)
        r = await_call(entry, hass_task_future(entry->call), job.name, &failure);
    if (r == -ETIMEDOUT && entry->call)
        (void)hass_task_async_cancel(entry->call, NULL);
    entry->call = hass_task_unref(entry->call);
    entry->calling = false;
    if (r < 0)
        hass_fail(err, r, "%s", error_text(&failure, r));
    if (r < 0 && err && failure.key[0])
        memcpy(err->key, failure.key, sizeof(err->key));
    return r;
}

static HASS_COROUTINE int call_setup(struct hass *hass, void *userdata, struct hass_error *err)
{
    return entries_of(hass)->loader->setup(userdata, err);
}

static HASS_COROUTINE int call_migrate(struct hass *hass, void *userdata, struct hass_error *err)
{
    return entries_of(hass)->loader->migrate(userdata, err);
}

/* Entities first: what they say good-bye with is still there. */
static HASS_COROUTINE int call_unload(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct entry_loader *loader = entries_of(hass)->loader;

    (void)loader->remove_platforms(userdata, NULL);
    return loader->unload(userdata, err);
}

static HASS_COROUTINE int call_remove_platforms(struct hass *hass, void *userdata,
                                                struct hass_error *err)
{
    return entries_of(hass)->loader->remove_platforms(userdata, err);
}

/* taking down what is up */

static void free_job(void *object)
{
    job_destroy(object);
    free(object);
}

static HASS_COROUTINE void run_unload_job(struct hass_entry *entry, const struct hass_job *job)
{
    struct hass_error err = HASS_ERROR_INIT;
    autounref(hass_future) *done = NULL;
    struct hass_job *kept = mem_memdup(job, sizeof(*job)); /* it may outlive its time */
    int r = job_run(entry->hass, entry->scope, kept, entry->hass, kept, free_job, JOB_TRACKED,
                    &done, &err);

    if (r >= 0 && done)
        r = hass_async_await(done, CLOSE_LIMIT, &err);
    if (r < 0) {
        autofree char *label = entry_label(entry);
        hass_warning("%s: what it runs when unloaded has failed: %s", label, error_text(&err, r));
    }
}

void entry_async_close_scope(struct hass_entry *entry)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct scope *scope = entry->scope;

    while (scope && entry->unload_jobs.length) {
        struct hass_job job = vec_pop(&entry->unload_jobs);
        run_unload_job(entry, &job);
    }
    entry->scope = NULL;
    if (scope && scope_async_close(scope, CLOSE_LIMIT, &err) < 0) {
        autofree char *label = entry_label(entry);
        hass_warning("%s did not let go of everything: %s", label, err.message);
        /* What goes on may use it: better lost than freed. */
        entry->destroy_runtime_data = NULL;
    }
    scope_unref(scope);
    hass_destroy_fn *destroy = steal(entry->destroy_runtime_data);
    void *data = steal(entry->runtime_data);
    if (destroy)
        destroy(data);
}

/* migration */

static HASS_COROUTINE int migrate(struct hass_entry *entry, struct hass_error *err)
{
    const struct hass_manifest *manifest =
        loader_of_entry(entry)->manifest(entry->hass, entry->domain);
    int version = manifest && manifest->entry_version ? manifest->entry_version : 1;
    int minor = manifest && manifest->entry_minor_version ? manifest->entry_minor_version : 1;

    if (entry->version == version && entry->minor_version == minor)
        return 0;
    if (entry->version > version)
        return hass_fail(err, HASS_E_INVALID,
                         "it was written by a newer %s: version %d, this one knows %d",
                         entry->domain, entry->version, version);
    int r =
        call(entry, HASS_JOB_COROUTINE(call_migrate, entry, .name = "async_migrate_entry"), err);
    if (r == 1 && entry->version != version)
        return hass_fail(err, HASS_E_UNSUPPORTED, "%s cannot bring version %d up to %d",
                         entry->domain, entry->version, version);
    return r < 0 ? r : 0;
}

/* setting up */

static HASS_COROUTINE void fail_setup(struct hass_entry *entry, int r,
                                      const struct hass_error *failure)
{
    autofree char *label = entry_label(entry);

    (void)call(entry,
               HASS_JOB_COROUTINE(call_remove_platforms, entry, .name = "removal of its entities"),
               NULL);
    entry_async_close_scope(entry);
    if (r == HASS_E_NOT_READY) {
        hass_debug("%s is not ready yet: %s", label, error_text(failure, r));
        entry_retry_later(entry);
        entry_set_state(entry, HASS_ENTRY_SETUP_RETRY, failure);
        return;
    }
    if (r == HASS_E_AUTH_FAILED)
        hass_warning("%s could not authenticate: %s", label, error_text(failure, r));
    else
        hass_error("%s cannot be set up: %s", label, error_text(failure, r));
    entry_set_state(entry, HASS_ENTRY_SETUP_ERROR, failure);
    if (r == HASS_E_AUTH_FAILED)
        (void)hass_entry_async_start_reauth(entry, NULL);
}

static bool is_ignored(const struct hass_entry *entry)
{
    return !strcmp(entry->source, "ignore");
}

/* The lock is held, and the integration is set up. */
static HASS_COROUTINE int set_up(struct hass_entry *entry, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;

    if (entry->disabled_by || is_ignored(entry))
        return 0;
    entry_cancel_retry(entry);
    entry->scope = scope_new(entry->hass, entry->domain);
    entry_set_state(entry, HASS_ENTRY_SETUP_IN_PROGRESS, NULL);
    int r = migrate(entry, &failure);
    if (r < 0) {
        autofree char *label = entry_label(entry);
        hass_error("%s cannot be migrated: %s", label, error_text(&failure, r));
        entry_async_close_scope(entry);
        entry_set_state(entry, HASS_ENTRY_MIGRATION_ERROR, &failure);
        return hass_error_copy(err, &failure);
    }
    r = call(entry, HASS_JOB_COROUTINE(call_setup, entry, .name = "async_setup_entry"), &failure);
    if (r >= 0) {
        entry_set_state(entry, HASS_ENTRY_LOADED, NULL);
        return 0;
    }
    fail_setup(entry, r, &failure);
    return hass_error_copy(err, &failure);
}

static int result_of_setup(const struct hass_entry *entry, struct hass_error *err)
{
    if (entry->state == HASS_ENTRY_LOADED || entry->disabled_by || is_ignored(entry))
        return 0;
    if (entry->reason.code)
        return hass_error_copy(err, &entry->reason);
    return refuse_state(entry, "set up", err);
}

/* The integration itself could not be set up. */
static HASS_CALLBACK void fail_with_integration(struct hass_entry *entry,
                                                const struct hass_error *failure)
{
    struct hass_error reason = *failure;

    if (entry->state == HASS_ENTRY_LOADED || !entry_is_recoverable(entry) || entry->disabled_by ||
        is_ignored(entry))
        return;
    if (reason.code == HASS_E_NOT_FOUND) {
        hass_error_clear(&reason);
        hass_fail(&reason, HASS_E_NOT_FOUND, "integration not found");
    }
    entry_cancel_retry(entry);
    entry_set_state(entry, HASS_ENTRY_SETUP_ERROR, &reason);
}

/* unloading */

/* The lock is held. */
static HASS_COROUTINE int unload(struct hass_entry *entry, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;

    if (!entry_is_recoverable(entry))
        return refuse_state(entry, "unloaded", err);
    entry_cancel_retry(entry);
    if (entry->state == HASS_ENTRY_LOADED) {
        entry_set_state(entry, HASS_ENTRY_UNLOAD_IN_PROGRESS, NULL);
        int r = call(entry, HASS_JOB_COROUTINE(call_unload, entry, .name = "async_unload_entry"),
                     &failure);
        if (r < 0) {
            autofree char *label = entry_label(entry);
            hass_error("%s cannot be unloaded: %s", label, error_text(&failure, r));
            entry_set_state(entry, HASS_ENTRY_FAILED_UNLOAD, &failure);
            return hass_error_copy(err, &failure);
        }
    }
    entry_async_close_scope(entry);
    if (entry->state != HASS_ENTRY_NOT_LOADED)
        entry_set_state(entry, HASS_ENTRY_NOT_LOADED, NULL);
    return 0;
}

/* operations: the lock is held in all of them */

static HASS_COROUTINE int do_setup(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;

    if (entry->state == HASS_ENTRY_NOT_LOADED)
        return set_up(entry, err);
    return result_of_setup(entry, err);
}

/* Nobody waits for the result: it is in the entry. */
static HASS_COROUTINE int do_setup_prepared(struct entry_operation *operation,
                                            struct hass_error *err)
{
    if (operation->entry->state == HASS_ENTRY_NOT_LOADED)
        (void)set_up(operation->entry, NULL);
    return 0;
}

static HASS_COROUTINE int do_try_again(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;

    if (entry->state == HASS_ENTRY_SETUP_RETRY && !hass_is_stopping(entry->hass))
        (void)set_up(entry, err);
    return 0;
}

static HASS_COROUTINE int do_unload(struct entry_operation *operation, struct hass_error *err)
{
    return unload(operation->entry, err);
}

static HASS_COROUTINE int do_close(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;

    if (entry_is_recoverable(entry))
        (void)unload(entry, NULL);
    entry_async_close_scope(entry);
    if (entry->state != HASS_ENTRY_NOT_LOADED)
        entry_set_state(entry, HASS_ENTRY_NOT_LOADED, NULL);
    return 0;
}

static HASS_COROUTINE int do_reload(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;

    if (!entry_is_recoverable(entry))
        return refuse_state(entry, "reloaded", err);
    int r = unload(entry, err);
    return r < 0 ? r : set_up(entry, err);
}

static HASS_COROUTINE int do_remove(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;
    const struct entry_loader *loader = loader_of_entry(entry);
    struct hass_error failure = HASS_ERROR_INIT;
    bool clean = entry_is_recoverable(entry) && unload(entry, NULL) >= 0;

    entry_async_close_scope(entry);
    entries_delist(entry);
    int r = loader->remove(entry, &failure);
    if (r < 0) {
        autofree char *label = entry_label(entry);
        hass_error("%s: async_remove_entry has failed: %s", label, error_text(&failure, r));
    }
    entry_clear_registries(entry);
    flows_end_of_entry(entry);
    entry_tell(entry, "removed");
    return clean ? 0 : 1;
}

/* Returns 1 where only a restart makes it so. */
static HASS_COROUTINE int do_disable(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;

    if (entry->disabled_by == operation->disabled_by)
        return 0;
    entry->disabled_by = operation->disabled_by;
    entry_touch(entry);
    if (!entry->disabled_by)
        entry_disable_in_registries(entry);
    bool possible = entry_is_recoverable(entry) && unload(entry, NULL) >= 0;
    if (possible && !entry->disabled_by)
        (void)set_up(entry, NULL);
    if (entry->disabled_by)
        entry_disable_in_registries(entry);
    return possible ? 0 : 1;
}

/* Before the lock is taken: setting up the integration sets up its entries, this one among them. */
static HASS_COROUTINE int prepare(struct hass_entry *entry, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;

    if (entry->disabled_by || is_ignored(entry))
        return 0;
    int r = loader_of_entry(entry)->prepare(entry->hass, entry->domain, &failure);
    if (r < 0) {
        hass_fail(&failure, r, "%s", hass_error_name(r));
        fail_with_integration(entry, &failure);
        return hass_error_copy(err, &failure);
    }
    return 0;
}

static const struct entry_operation_kind kinds[] = {
    [OPERATION_SETUP] = { "set-up of a config entry", do_setup, .prepare = true },
    [OPERATION_SETUP_PREPARED] = { "set-up of a config entry", do_setup_prepared },
    [OPERATION_TRY_AGAIN] = { "another set-up of a config entry", do_try_again },
    [OPERATION_UNLOAD] = { "unloading of a config entry", do_unload },
    [OPERATION_CLOSE] = { "closing of a config entry", do_close },
    [OPERATION_RELOAD] = { "reload of a config entry", do_reload, .prepare = true },
    [OPERATION_REMOVE] = { "removal of a config entry", do_remove },
    [OPERATION_DISABLE] = { "disabling of a config entry", do_disable },
};

static HASS_COROUTINE int run_locked(struct entry_operation *operation, struct hass_error *err)
{
    struct hass_entry *entry = operation->entry;
    int r = hass_mutex_async_lock(entry->mutex, err);

    if (r < 0)
        return r;
    if (entry->removed)
        r = hass_fail(err, HASS_E_NOT_FOUND, "config entry %s has been removed", entry->id);
    else
        r = kinds[operation->kind].run(operation, err);
    hass_mutex_async_unlock(entry->mutex);
    return r;
}

static HASS_COROUTINE int run_operation(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct entry_operation *operation = userdata;
    struct hass_entry *entry = operation->entry;
    enum entry_operation_id kind = operation->kind;
    int r = 0;

    if (kind == OPERATION_SETUP && entry->state != HASS_ENTRY_NOT_LOADED)
        return refuse_state(entry, "set up", err);
    if (kind == OPERATION_RELOAD && !entry_is_recoverable(entry) && !entry->calling)
        return refuse_state(entry, "reloaded", err);
    if (kinds[kind].prepare ||
        (kind == OPERATION_DISABLE && operation->disabled_by == HASS_ENTRY_ENABLED))
        r = prepare(entry, err);
    return r < 0 ? r : run_locked(operation, err);
}

static void free_operation(void *object)
{
    struct entry_operation *operation = object;

    hass_entry_unref(operation->entry);
    free(operation);
}

int entry_operation_begin(struct hass_entry *entry, enum entry_operation_id kind,
                          enum hass_entry_disabler disabled_by, unsigned flags,
                          struct hass_future **ret_done, struct hass_error *err)
{
    struct hass *hass = entry->hass;

    if (!entries_of(hass)->loader)
        return hass_fail(err, HASS_E_NOT_FOUND, "nobody loads integrations");
    struct entry_operation *operation = mem_alloc(sizeof(*operation));
    *operation = (struct entry_operation){ hass_entry_ref(entry), kind, disabled_by };
    struct hass_job job = HASS_JOB_COROUTINE(run_operation, operation, .name = kinds[kind].name);
    return job_run(hass, hass->runtime->root, &job, hass, operation, free_operation,
                   JOB_TRACKED | flags, ret_done, err);
}

int entry_async_try_again(struct hass_entry *entry, struct hass_error *err)
{
    return entry_operation_begin(entry, OPERATION_TRY_AGAIN, 0, JOB_LOG_ERRORS, NULL, err);
}

/* all entries of an integration */

static HASS_COROUTINE void run_for_all(struct hass *hass, const char *domain,
                                       enum entry_operation_id kind)
{
    struct hass_entry **row = entries_of_domain(hass, domain);
    HASS_VEC(struct hass_future *) begun = { 0 };

    for (struct hass_entry **entry = row; *entry; entry++) {
        struct hass_future *done = NULL;
        if (kind == OPERATION_CLOSE && (*entry)->call)
            (void)hass_task_async_cancel((*entry)->call, NULL);
        if (entry_operation_begin(*entry, kind, 0, 0, &done, NULL) >= 0)
            vec_push(&begun, done);
    }
    if (begun.length)
        (void)hass_async_wait_all(hass, begun.data, begun.length, HASS_FOREVER, NULL);
    vec_foreach(&begun, done)
        hass_future_unref(*done);
    vec_fini(&begun);
    entries_row_free(row);
}

void entries_async_setup_domain(struct hass *hass, const char *domain)
{
    run_for_all(hass, domain, OPERATION_SETUP_PREPARED);
}

void entries_async_unload_domain(struct hass *hass, const char *domain)
{
    run_for_all(hass, domain, OPERATION_CLOSE);
}

void entries_async_fail_domain(struct hass *hass, const char *domain,
                               const struct hass_error *failure)
{
    struct hass_entry **row = entries_of_domain(hass, domain);

    for (struct hass_entry **entry = row; *entry; entry++)
        fail_with_integration(*entry, failure);
    entries_row_free(row);
}
