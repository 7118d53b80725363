/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting up an entry's platforms: all domains at the same time, each in a task of the entry's scope.
 */
#include <string.h>

#include <hass/executor.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/entry.h"
#include "run/scope.h"

/* One domain. */
struct forward {
    struct hass_entry *entry; /* counted */
    char domain[];
};

static void free_forward(void *object)
{
    struct forward *forward = object;

    hass_entry_unref(forward->entry);
    free(forward);
}

static HASS_COROUTINE int run_forward(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct forward *forward = userdata;

    return entries_of(hass)->loader->forward(forward->entry, forward->domain, err);
}

static HASS_CALLBACK int begin(struct hass_entry *entry, const char *domain,
                               struct hass_future **ret_done, struct hass_error *err)
{
    size_t size = strlen(domain) + 1;
    struct forward *forward = mem_alloc(sizeof(*forward) + size);

    forward->entry = hass_entry_ref(entry);
    memcpy(forward->domain, domain, size);
    struct hass_job job = HASS_JOB_COROUTINE(run_forward, forward, .name = "set-up of a platform");
    return job_run(entry->hass, entry->scope, &job, entry->hass, forward, free_forward, JOB_TRACKED,
                   ret_done, err);
}

int hass_entry_async_forward_setups(struct hass_entry *entry, const char *const *domains,
                                    struct hass_error *err)
{
    VERIFY_COROUTINE(entry->hass, "hass.entry.async_forward_setups", err);
    HASS_VEC(struct hass_future *) begun = { 0 };
    int r = 0;
    for (; r >= 0 && *domains; domains++) {
        struct hass_future *done = NULL;
        if (!entry_scope(entry))
            r = hass_fail(err, HASS_E_NOT_ALLOWED,
                          "config entry '%s' of %s has no platforms: it is %s", entry->title,
                          entry->domain, hass_entry_state_name(entry->state));
        else
            r = begin(entry, *domains, &done, err);
        if (r >= 0)
            vec_push(&begun, done);
        if (r >= 0) /* give way: each has begun with entities of its own */
            r = hass_async_sleep(entry->hass, 0, err);
    }
    if (begun.length) {
        int waited = hass_async_wait_all(entry->hass, begun.data, begun.length, HASS_FOREVER, err);
        r = r < 0 ? r : waited;
    }
    vec_foreach(&begun, done) {
        if (r >= 0)
            r = hass_future_result(*done, err);
        hass_future_unref(*done);
    }
    vec_fini(&begun);
    return r < 0 ? r : 0;
}

/* from the pool */

struct forward_call {
    struct hass_entry *entry;
    HASS_VEC(char *) domains; /* NULL-terminated */
};

static void free_call(void *object)
{
    struct forward_call *call = object;

    vec_foreach(&call->domains, domain)
        free(*domain);
    vec_fini(&call->domains);
    hass_entry_unref(call->entry);
    free(call);
}

static HASS_COROUTINE int forward_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct forward_call *call = userdata;

    return hass_entry_async_forward_setups(call->entry, (const char *const *)call->domains.data,
                                           err);
}

int hass_entry_forward_setups(struct hass_entry *entry, const char *const *domains,
                              struct hass_error *err)
{
    VERIFY_NOT_LOOP(entry->hass, "hass.entry.forward_setups", err);
    struct forward_call *call = mem_zalloc(sizeof(*call));
    call->entry = hass_entry_ref(entry);
    for (; *domains; domains++)
        vec_push(&call->domains, mem_strdup(*domains));
    vec_push(&call->domains, NULL);
    autounref(hass_future) *done = NULL;
    int r = hass_run_coroutine_threadsafe(
        entry->hass, HASS_JOB_COROUTINE(forward_all, call, .destroy = free_call), &done, err);
    return r < 0 ? r : hass_future_wait(done, HASS_FOREVER, err);
}
