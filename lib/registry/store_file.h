/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of .storage and what is done with it: at most one thing at a time, on the pool, in the order in which it was asked
 * for. It outlives the store that it belongs to until what was pending has been written, and serves the next store with the
 * same key. All on the loop.
 */
#pragma once

#include <hass/list.h>
#include <hass/strmap.h>
#include <hass/task.h>

#include "registry/store.h"
#include "run/scope.h"
#include "run/timer.h"

#define STORE_MAX_LOADS 6

struct store_file;

/* What the stores of a hass share. */
struct stores {
    struct hass *hass;
    struct hass_strmap *files; /* struct store_file by key */
    struct hass_list handles;  /* struct hass_store, open or closed */
    struct hass_semaphore *loads;
    char *folder;
    char token[17];
    size_t busy;              /* operations queued or running */
    struct hass_future *idle; /* somebody waits until there are none; or NULL */
    bool final;               /* the final write has begun: nothing is delayed any more */
    bool swept;
};

/* What is written: one of the two, or nothing. */
struct store_payload {
    json_t *json;
    const struct store_writer *writer;
    void *snapshot;
};

struct store_load;
struct store_op;
struct store_stream;

struct store_file {
    struct stores *stores;
    struct hass_store *store;      /* NULL: destroyed, what is pending is still to be written */
    struct store_payload payload;  /* pending */
    bool dirty;                    /* pending: the store is to be asked for it */
    struct timer timer;            /* the next write */
    int64_t deadline;              /* when that is due, which may be later than the timer */
    int64_t latest;                /* to which later changes can put that off; 0: there are none */
    struct hass_list ops;          /* the first one runs */
    struct store_op *queued_write; /* not begun yet: it will write what is pending then */
    struct store_load *load;       /* under way, for all who ask meanwhile */
    int version, minor_version;    /* written */
    int max_version;
    bool private_file;
    bool known;     /* what is on the disk may be replaced */
    bool keep_copy; /* before the next write */
    bool failing;   /* reported */
    double backoff; /* seconds until the next try */
    char key[];
};

struct hass_store {
    struct hass *hass;
    struct scope_member member;
    struct hass_list link;   /* in stores->handles */
    struct store_file *file; /* NULL: closed */
    struct hass_store_options options;
    const struct store_writer *writer;
    _Atomic uint32_t refs;
};

struct hass_store *store_ref(struct hass_store *store);
void store_unref(struct hass_store *store);
/** Made at first use. */
struct stores *stores_of(struct hass *hass) HASS_CALLBACK;
/** That of @key, made when there is none. */
struct store_file *store_file_find(struct stores *stores, const char *key) HASS_CALLBACK;
/** True while something is to be written. */
bool store_file_pending(const struct store_file *file) HASS_CALLBACK;
/** Forgets what is pending. */
void store_file_drop(struct store_file *file) HASS_CALLBACK;
/** Queues a write of what is pending when it begins. Returns a reference to the future of its result. */
struct hass_future *store_file_write(struct store_file *file) HASS_CALLBACK;
/** Writes at @when on the monotonic clock, or later if that is moved. */
void store_file_write_at(struct store_file *file, int64_t when) HASS_CALLBACK;
/** Queues a deletion. Returns as store_file_write. */
struct hass_future *store_file_remove(struct store_file *file) HASS_CALLBACK;
/** Queues a reading. The value of the future is a struct disk_content of the future's. */
struct hass_future *store_file_read(struct store_file *file) HASS_CALLBACK;
/** Queues a reading in pieces; @reading is taken. The value of the future is a struct store_stream of the future's. */
struct hass_future *store_file_stream(struct store_file *file, const struct store_reader *reader,
                                      void *reading) HASS_CALLBACK;
/** What has been made of the file, the caller's now; NULL: nothing. */
void *store_stream_take(struct store_stream *stream) HASS_CALLBACK;
/** What is pending as JSON, owned by the caller. Not for stores with a writer. */
json_t *store_file_copy_pending(struct store_file *file) HASS_CALLBACK;
/** The store goes; the file when it has been written. */
void store_file_detach(struct store_file *file) HASS_CALLBACK;

/* what is told (store_report.c) */

/** A corrupt file has been set aside: log and issue. */
void store_file_report_corrupt(struct store_file *file, const struct disk_content *content)
    HASS_CALLBACK;
/** The file is of a newer version: an issue. */
void store_file_report_newer(const struct store_file *file, const struct hass_error *err)
    HASS_CALLBACK;
/** A write has failed: log and issue, once. */
void store_file_report_failure(struct store_file *file, const struct hass_error *err) HASS_CALLBACK;
/** A write has succeeded: takes that back. */
void store_file_report_recovery(struct store_file *file) HASS_CALLBACK;
