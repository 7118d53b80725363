/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal. The store asks for the whole when it is due; what it would write is compared with what was written by a sum over its entries,
 * whose order does not count: who claims and keeps an entry as it is causes no write.
 */
#include "helpers/journal.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/event_helpers.h>
#include <hass/log.h>
#include <hass/store.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/helpers.h"
#include "registry/store_file.h"
#include "run/timer.h"

#define STORE_KEY    "hassd.runs"
#define SAVE_DELAY   2.0   /* seconds */
#define CLAIM_WITHIN 600.0 /* seconds after the start */

struct source {
    char *section;
    journal_collect_fn *collect;
    void *userdata;
};

struct journal {
    struct hass *hass;
    struct hass_store *store; /* NULL: nobody has loaded it, and nothing is written */
    bool loaded;
    bool touched;     /* a write has been asked for */
    json_t *read;     /* what has not been claimed: {section: {key: value}} */
    uint64_t written; /* the sum of what is in the file */
    struct clock_watcher watcher;
    HASS_VEC(struct source) sources;
};

/* Times that are to come are kept as the wall clock shows them: they are others now. */
static void clock_was_set(struct clock_watcher *watcher)
{
    hass__assert_loop();
    journal_touch(list_entry(watcher, struct journal, watcher)->hass);
}

static HASS_CALLBACK struct journal *journal_of(struct hass *hass)
{
    struct helpers *helpers = helpers_of(hass);

    if (!helpers->journal) {
        helpers->journal = mem_zalloc(sizeof(*helpers->journal));
        helpers->journal->hass = hass;
        helpers->journal->read = json_object();
        helpers->journal->watcher.clock_set = clock_was_set;
        timers_watch_clock(runtime_of(hass)->timers, &helpers->journal->watcher);
    }
    return helpers->journal;
}

struct journal *journal_destroy(struct journal *journal)
{
    if (!journal)
        return NULL;
    hass__assert_loop();
    clock_watcher_remove(&journal->watcher);
    json_decref(journal->read);
    vec_foreach(&journal->sources, source)
        free(source->section);
    vec_fini(&journal->sources);
    free(journal); // the store is the registry's, which goes later
    return NULL;
}

/* sources */

static struct source *find_source(struct journal *journal, const char *section,
                                  journal_collect_fn *collect, const void *userdata)
{
    vec_foreach(&journal->sources, source)
        if (source->collect == collect && source->userdata == userdata &&
            strcmp(source->section, section) == 0)
            return source;
    return NULL;
}

void journal_add_source(struct hass *hass, const char *section, journal_collect_fn *collect,
                        void *userdata)
{
    struct journal *journal = journal_of(hass);

    if (!find_source(journal, section, collect, userdata))
        vec_push(&journal->sources, ((struct source){ mem_strdup(section), collect, userdata }));
}

void journal_remove_source(struct hass *hass, const char *section, journal_collect_fn *collect,
                           void *userdata)
{
    struct journal *journal = journal_of(hass);
    struct source *source = find_source(journal, section, collect, userdata);

    if (!source)
        return;
    free(source->section);
    vec_remove(&journal->sources, (size_t)(source - journal->sources.data));
    journal_touch(hass);
}

void journal_touch(struct hass *hass)
{
    struct journal *journal = journal_of(hass);

    if (journal->touched || !journal->loaded)
        return;
    journal->touched = true;
    (void)hass_store_async_delay_save(journal->store, SAVE_DELAY, NULL);
}

/* writing */

static json_t *section_of(json_t *data, const char *name)
{
    json_t *section = json_object_get(data, name);

    if (!json_is_object(section)) {
        section = json_object();
        json_object_set_new(data, name, section);
    }
    return section;
}

static uint64_t add_bytes(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i <= length; i++) // the NUL, too
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* FNV-1a of each entry, summed. */
static uint64_t sum_of(const json_t *data)
{
    const char *name, *key;
    json_t *section, *value;
    uint64_t sum = 0;

    json_object_foreach((json_t *)data, name, section) {
        json_object_foreach(section, key, value) {
            autobuf text = HASS_BUF_INIT;
            hass_json_write(value, &text);
            uint64_t hash = add_bytes(UINT64_C(0xcbf29ce484222325), name, strlen(name));
            hash = add_bytes(hash, key, strlen(key));
            sum += add_bytes(hash, hass_buf_string(&text), text.length);
        }
    }
    return sum;
}

static void drop_empty(json_t *data)
{
    const char *name;
    json_t *section;
    void *next;

    json_object_foreach_safe(data, next, name, section) if (json_object_size(section) == 0)
        json_object_del(data, name);
}

/* What was handed over may not have been written: the store asks again then. */
static bool is_retry(const struct journal *journal)
{
    return !journal->touched || (journal->store->file && journal->store->file->failing);
}

/* NULL: there is nothing new. */
static json_t *data_to_store(void *userdata)
{
    struct journal *journal = userdata;
    bool again = is_retry(journal);
    json_t *data = json_deep_copy(journal->read); // another thread writes it

    journal->touched = false;
    vec_foreach(&journal->sources, source)
        source->collect(journal->hass, section_of(data, source->section), source->userdata);
    drop_empty(data);
    uint64_t sum = sum_of(data);
    if (sum == journal->written && !again) {
        json_decref(data);
        return NULL;
    }
    journal->written = sum;
    return data;
}

/* reading */

static HASS_CALLBACK int forget_unclaimed(const struct hass_tick *tick, void *userdata,
                                          struct hass_error *err)
{
    struct journal *journal = userdata;

    json_object_clear(journal->read);
    journal_touch(journal->hass);
    return 0;
}

static HASS_CALLBACK int on_started(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_call_later(hass, CLAIM_WITHIN, HASS_JOB_CALLBACK(forget_unclaimed, userdata),
                                 NULL, err);
}

static HASS_CALLBACK int open_store(struct journal *journal, struct hass_error *err)
{
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = STORE_KEY,
        .version = 1,
        .userdata = journal,
        .data = data_to_store,
    };

    if (journal->store)
        return 0;
    struct scope *former = helpers_enter_root(journal->hass);
    int r = hass_store_async_create(journal->hass, &options, &journal->store, err);
    if (r == 0)
        r = hass_async_at_started(journal->hass, HASS_JOB_CALLBACK(on_started, journal), NULL, err);
    scope_leave(former);
    return r;
}

/* What is no map of maps is not ours. */
static void take(struct journal *journal, const json_t *data)
{
    const char *name;
    json_t *section;

    json_object_foreach((json_t *)data, name, section)
        if (json_is_object(section))
            json_object_set(journal->read, name, section);
    journal->written = sum_of(journal->read);
}

int journal_async_load(struct hass *hass, struct hass_error *err)
{
    struct journal *journal = journal_of(hass);
    struct hass_error wrong = HASS_ERROR_INIT;
    json_t *data = NULL;

    if (journal->loaded)
        return 0;
    int r = open_store(journal, err);
    if (r < 0)
        return r;
    r = hass_store_async_load(journal->store, &data, &wrong);
    if (r == -ECANCELED)
        return hass_error_copy(err, &wrong);
    if (r < 0)
        hass_error("What waited when hassd ended is lost: %s", wrong.message);
    if (!journal->loaded) // nobody who came at the same time has been here before
        take(journal, data);
    journal->loaded = true;
    json_decref(data);
    return 0;
}

/* claiming */

const json_t *journal_peek(struct hass *hass, const char *section, const char *key)
{
    return hass_json_get(hass_json_get(journal_of(hass)->read, section), key);
}

void journal_forget(struct hass *hass, const char *section, const char *key)
{
    json_decref(journal_claim(hass, section, key));
}

json_t *journal_claim(struct hass *hass, const char *section, const char *key)
{
    json_t *value = hass_json_ref(journal_peek(hass, section, key));

    if (!value)
        return NULL;
    json_object_del(json_object_get(journal_of(hass)->read, section), key);
    journal_touch(hass);
    return value;
}
