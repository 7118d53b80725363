/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The traces that are kept: of each item, in the order in which they began, so many that did not fail as it wants, and beside them the
 * last that failed. Stored at the end, soon after a failure, and now and then where things go well.
 *
 * Shape of the store: {"automation.id": [{"short_dict": {…}, "extended_dict": {…}}]}, the model's.
 */
#include <string.h>

#include <hass/log.h>
#include <hass/store.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/helpers.h"
#include "helpers/trace.h"

#define STORE_KEY     "trace.saved_traces"
#define DELAY_FAILED  300.0   /* seconds until one that failed is stored */
#define DELAY_ANOTHER 21600.0 /* and any other, unless the end comes first */

struct item {
    HASS_VEC(struct hass_trace *) list; /* references, the oldest first */
};

struct traces {
    struct hass *hass;
    struct hass_strmap *items; /* struct item by "domain.id" */
    struct hass_store *store;  /* NULL: they have not been loaded */
    bool soon;                 /* a write has been asked for because of a failure */
};

static void destroy_item(void *object)
{
    struct item *item = object;

    vec_foreach(&item->list, trace)
        hass_trace_unref(*trace);
    vec_fini(&item->list);
    free(item);
}

static HASS_CALLBACK struct traces *traces_of(struct hass *hass)
{
    struct helpers *helpers = helpers_of(hass);

    if (!helpers->traces) {
        helpers->traces = mem_zalloc(sizeof(*helpers->traces));
        helpers->traces->hass = hass;
        helpers->traces->items = hass_strmap_create(destroy_item);
    }
    return helpers->traces;
}

struct traces *traces_destroy(struct traces *traces)
{
    if (!traces)
        return NULL;
    hass_strmap_destroy(traces->items); // the store is the registry's, which goes later
    free(traces);
    return NULL;
}

/* what is kept */

static struct item *find_item(struct traces *traces, const char *domain, const char *item_id,
                              bool make)
{
    size_t first = strlen(domain), second = strlen(item_id);
    autofree char *key = mem_alloc(first + second + 2);

    memcpy(key, domain, first);
    key[first] = '.';
    memcpy(key + first + 1, item_id, second + 1);
    struct item *item = hass_strmap_get(traces->items, key);
    if (!item && make) {
        item = mem_zalloc(sizeof(*item));
        hass_strmap_set(traces->items, key, item);
    }
    return item;
}

/* Lets go of the oldest that have failed, or have not, until @most are left. */
static void limit(struct item *item, bool failed, size_t most)
{
    size_t count = 0;

    for (size_t i = item->list.length; i-- > 0;) {
        struct hass_trace *trace = item->list.data[i];
        if (trace_has_failed(trace) != failed || ++count <= most)
            continue;
        vec_remove(&item->list, i);
        hass_trace_unref(trace);
    }
}

/* Puts it behind those that began before. */
static void insert(struct item *item, struct hass_trace *trace)
{
    size_t at = item->list.length;

    vec_push(&item->list, trace);
    for (; at > 0 && item->list.data[at - 1]->start > trace->start; at--)
        item->list.data[at] = item->list.data[at - 1];
    item->list.data[at] = hass_trace_ref(trace);
}

static struct hass_trace *find_run(const struct item *item, const char *run_id)
{
    vec_foreach(&item->list, trace)
        if (strcmp((*trace)->run_id, run_id) == 0)
            return *trace;
    return NULL;
}

void traces_add(struct hass_trace *trace)
{
    struct item *item = find_item(traces_of(trace->hass), trace->domain, trace->item_id, true);

    insert(item, trace);
    limit(item, false, trace->stored);
}

static HASS_CALLBACK void save_later(struct traces *traces, bool failed)
{
    if (!traces->store || traces->soon)
        return;
    traces->soon = failed;
    (void)hass_store_async_delay_save(traces->store, failed ? DELAY_FAILED : DELAY_ANOTHER, NULL);
}

void traces_finished(struct hass_trace *trace)
{
    struct traces *traces = traces_of(trace->hass);
    bool failed = trace_has_failed(trace);

    if (failed) {
        struct item *item = find_item(traces, trace->domain, trace->item_id, true);
        if (!find_run(item, trace->run_id)) // others have pushed it out while it ran
            insert(item, trace);
        limit(item, true, TRACE_MAX_FAILED);
    }
    save_later(traces, failed);
}

void hass_traces_async_forget(struct hass *hass, const char *domain, const char *item_id)
{
    VERIFY_LOOP_OR(hass, "hass.traces.async_forget", );
    struct traces *traces = traces_of(hass);
    autofree char *key = mem_printf("%s.%s", domain, item_id);

    if (hass_strmap_remove(traces->items, key))
        save_later(traces, false);
}

/* asking */

/* The next trace of an item that is asked for; @domain and @item_id may be NULL. */
struct walk {
    const char *domain, *item_id;
    size_t pos;
    struct item *item;
    size_t index;
};

static struct hass_trace *next(struct traces *traces, struct walk *walk)
{
    const char *key;

    for (;;) {
        while (walk->item && walk->index < walk->item->list.length) {
            struct hass_trace *trace = walk->item->list.data[walk->index++];
            if ((!walk->domain || strcmp(trace->domain, walk->domain) == 0) &&
                (!walk->item_id || strcmp(trace->item_id, walk->item_id) == 0))
                return trace;
        }
        if (!hass_strmap_next(traces->items, &walk->pos, &key, (void **)&walk->item))
            return NULL;
        walk->index = 0;
    }
}

json_t *hass_traces_async_list(struct hass *hass, const char *domain, const char *item_id)
{
    VERIFY_LOOP_OR(hass, "hass.traces.async_list", NULL);
    struct traces *traces = traces_of(hass);
    struct walk walk = { domain, item_id };
    json_t *list = json_array();
    struct hass_trace *trace;

    while ((trace = next(traces, &walk)))
        json_array_append_new(list, trace_short_form(trace));
    return list;
}

json_t *hass_traces_async_get(struct hass *hass, const char *domain, const char *item_id,
                              const char *run_id)
{
    VERIFY_LOOP_OR(hass, "hass.traces.async_get", NULL);
    const struct item *item = find_item(traces_of(hass), domain, item_id, false);
    const struct hass_trace *trace = item ? find_run(item, run_id) : NULL;

    return trace ? trace_long_form(trace) : NULL;
}

json_t *hass_traces_async_contexts(struct hass *hass, const char *domain, const char *item_id)
{
    VERIFY_LOOP_OR(hass, "hass.traces.async_contexts", NULL);
    struct traces *traces = traces_of(hass);
    struct walk walk = { domain, item_id };
    json_t *contexts = json_object();
    const struct hass_trace *trace;

    while ((trace = next(traces, &walk)))
        if (trace->context)
            json_object_set_new(contexts, hass_context_id(trace->context),
                                json_pack("{s:s, s:s, s:s}", "run_id", trace->run_id, "domain",
                                          trace->domain, "item_id", trace->item_id));
    return contexts;
}

/* the store */

/* Written by another thread: nothing of it may be shared. */
static json_t *row_of(const struct hass_trace *trace)
{
    autojson *shared = json_pack("{s:o, s:o}", "short_dict", trace_short_form(trace),
                                 "extended_dict", trace_long_form(trace));

    return json_deep_copy(shared);
}

static json_t *data_to_store(void *userdata)
{
    struct traces *traces = userdata;
    json_t *data = json_object();
    const char *key;
    const struct item *item;

    traces->soon = false;
    strmap_foreach(traces->items, key, item) {
        json_t *rows = json_array();
        vec_foreach(&item->list, trace)
            json_array_append_new(rows, row_of(*trace));
        json_object_set_new(data, key, rows);
    }
    return data;
}

static void take_row(struct traces *traces, const json_t *row)
{
    struct hass_trace *trace = trace_restore(traces->hass, row);

    if (!trace)
        return;
    struct item *item = find_item(traces, trace->domain, trace->item_id, true);
    if (!find_run(item, trace->run_id))
        insert(item, trace);
    hass_trace_unref(trace);
    limit(item, true, TRACE_MAX_FAILED);
}

static void take(struct traces *traces, const json_t *data)
{
    const char *key;
    json_t *rows, *row;
    size_t i;

    json_object_foreach((json_t *)data, key, rows) {
        json_array_foreach(rows, i, row)
            take_row(traces, row);
    }
}

int hass_traces_async_load(struct hass *hass, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.traces.async_load", err);
    struct traces *traces = traces_of(hass);
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = STORE_KEY,
        .version = 1,
        .userdata = traces,
        .data = data_to_store,
    };
    json_t *data = NULL;

    if (traces->store)
        return 0;
    struct scope *former = helpers_enter_root(hass);
    int r = hass_store_async_create(hass, &options, &traces->store, err);
    scope_leave(former);
    if (r < 0)
        return r;
    r = hass_store_async_load(traces->store, &data, err);
    if (r < 0)
        return r;
    take(traces, data);
    json_decref(data);
    return 0;
}
