/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations on config entries as others call them: on the loop, waiting, and from other threads, queued.
 */
#include <hass/executor.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/entry_operation.h"
#include "run/scope.h"

/* on the loop */

static HASS_COROUTINE int operate(struct hass *hass, const char *entry_id,
                                  enum entry_operation_id kind,
                                  enum hass_entry_disabler disabled_by, struct hass_error *err)
{
    autounref(hass_entry) *entry = NULL;
    autounref(hass_future) *done = NULL;
    int r = entries_async_find(hass, entry_id, &entry, err);

    if (r < 0)
        return r;
    if (entry->calling && entry->scope == scope_of_caller(hass))
        return hass_fail(err, HASS_E_WOULD_DEADLOCK,
                         "config entry '%s' waits for its own set-up: use "
                         "hass_entries_async_schedule_reload",
                         entry->title);
    r = entry_operation_begin(entry, kind, disabled_by, 0, &done, err);
    return r < 0 ? r : hass_async_await(done, HASS_FOREVER, err);
}

int hass_entries_async_setup(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.entries.async_setup", err);
    return operate(hass, entry_id, OPERATION_SETUP, 0, err);
}

int hass_entries_async_unload(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.entries.async_unload", err);
    return operate(hass, entry_id, OPERATION_UNLOAD, 0, err);
}

int hass_entries_async_reload(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.entries.async_reload", err);
    return operate(hass, entry_id, OPERATION_RELOAD, 0, err);
}

int hass_entries_async_remove(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.entries.async_remove", err);
    return operate(hass, entry_id, OPERATION_REMOVE, 0, err);
}

int hass_entries_async_set_disabled_by(struct hass *hass, const char *entry_id,
                                       enum hass_entry_disabler disabled_by, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.entries.async_set_disabled_by", err);
    return operate(hass, entry_id, OPERATION_DISABLE, disabled_by, err);
}

static HASS_CALLBACK int start(struct hass *hass, const char *entry_id,
                               enum entry_operation_id kind, enum hass_entry_disabler disabled_by,
                               struct hass_error *err)
{
    autounref(hass_entry) *entry = NULL;
    int r = entries_async_find(hass, entry_id, &entry, err);

    return r < 0 ? r : entry_operation_begin(entry, kind, disabled_by, JOB_LOG_ERRORS, NULL, err);
}

int hass_entries_async_schedule_reload(struct hass *hass, const char *entry_id,
                                       struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.entries.async_schedule_reload", err);
    return start(hass, entry_id, OPERATION_RELOAD, 0, err);
}

/* from other threads */

struct queued_operation {
    enum entry_operation_id kind;
    enum hass_entry_disabler disabled_by;
    char *entry_id;
};

static void free_queued(void *object)
{
    struct queued_operation *queued = object;

    free(queued->entry_id);
    free(queued);
}

static HASS_CALLBACK int start_queued(struct hass *hass, void *arg, struct hass_error *err)
{
    const struct queued_operation *queued = arg;

    return start(hass, queued->entry_id, queued->kind, queued->disabled_by, err);
}

static int queue(struct hass *hass, const char *operation, const char *entry_id,
                 enum entry_operation_id kind, enum hass_entry_disabler disabled_by,
                 struct hass_error *err)
{
    struct queued_operation *queued = mem_alloc(sizeof(*queued));

    *queued = (struct queued_operation){ kind, disabled_by, mem_strdup(entry_id) };
    return runtime_post(hass, operation, start_queued, queued, free_queued, err);
}

int hass_entries_setup(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    return queue(hass, "hass.entries.setup", entry_id, OPERATION_SETUP, 0, err);
}

int hass_entries_unload(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    return queue(hass, "hass.entries.unload", entry_id, OPERATION_UNLOAD, 0, err);
}

int hass_entries_reload(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    return queue(hass, "hass.entries.reload", entry_id, OPERATION_RELOAD, 0, err);
}

int hass_entries_remove(struct hass *hass, const char *entry_id, struct hass_error *err)
{
    return queue(hass, "hass.entries.remove", entry_id, OPERATION_REMOVE, 0, err);
}

int hass_entries_set_disabled_by(struct hass *hass, const char *entry_id,
                                 enum hass_entry_disabler disabled_by, struct hass_error *err)
{
    return queue(hass, "hass.entries.set_disabled_by", entry_id, OPERATION_DISABLE, disabled_by,
                 err);
}

/* getting and changing one from elsewhere */

struct get_call {
    const char *entry_id;
    struct hass_entry *entry;
};

static HASS_CALLBACK int get_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct get_call *call = arg;

    return entries_async_find(hass, call->entry_id, &call->entry, err);
}

struct hass_entry *hass_entries_get(struct hass *hass, const char *entry_id)
{
    struct get_call call = { .entry_id = entry_id };

    (void)runtime_call(hass, "hass.entries.get", get_on_loop, &call, NULL);
    return call.entry;
}

struct update_call {
    struct hass_entry *entry;
    json_t *changes;
};

static void free_update(void *object)
{
    struct update_call *call = object;

    hass_entry_unref(call->entry);
    json_decref(call->changes);
    free(call);
}

static HASS_CALLBACK int update_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct update_call *call = arg;

    return hass_entry_async_update(call->entry, steal(call->changes), err);
}

int hass_entry_update(struct hass_entry *entry, json_t *changes, struct hass_error *err)
{
    struct update_call *call = mem_alloc(sizeof(*call));

    *call = (struct update_call){ hass_entry_ref(entry), changes };
    return runtime_post(entry->hass, "hass.entry.update", update_on_loop, call, free_update, err);
}
