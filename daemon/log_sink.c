/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log must not hold the loop when a terminal is stopped by ^S or the journal hangs. A line that standard error takes at
 * once is written at once, so that a crash right behind it cannot lose it; every other line goes through a bounded queue to a
 * writer thread, which is started when it is first needed. Lines beyond the limit are counted, and the count is logged.
 */
#include "log_sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* the record knows better than this file where it comes from */
#include <systemd/sd-journal.h>

#include <hass/cleanup.h>
#include <hass/list.h>

#include "log_format.h"

#define QUEUE_LIMIT   (1024 * 1024) /* bytes of queued text */
#define FLUSH_SECONDS 2
#define FIELDS        9

/* A line for standard error is one field; an entry of the journal has several. */
struct item {
    struct hass_list link;
    size_t size;
    size_t count;
    struct hass_buf fields[FIELDS];
};

struct log_sink {
    bool journal;
    bool color;
    pthread_mutex_t lock;
    pthread_cond_t wake;    /* something is queued, or stopping */
    pthread_cond_t drained; /* the queue is empty and the writer idle */
    struct hass_list queue; /* of struct item */
    size_t queued;          /* bytes */
    size_t lost;            /* lines that found the queue full */
    bool writing;           /* the writer holds an item that is no longer on the queue */
    bool stopping;
    bool started;
    pthread_t writer;
};

static struct item *item_destroy(struct item *item)
{
    for (size_t i = 0; i < item->count; i++)
        hass_buf_fini(&item->fields[i]);
    free(item);
    return NULL;
}

static struct item *item_create(void)
{
    struct item *item = calloc(1, sizeof(*item));

    if (!item)
        abort(); /* as everywhere: the service manager starts us again */
    list_init(&item->link);
    return item;
}

static HASS_PRINTF(2, 3) void add_field(struct item *item, const char *format, ...)
{
    struct hass_buf *field = &item->fields[item->count++];
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        abort();
    hass_buf_add(field, text, (size_t)length);
    item->size += field->length;
    free(text);
}

static struct item *journal_item(const struct hass_log_record *record)
{
    struct item *item = item_create();

    add_field(item, "MESSAGE=%s", record->message);
    add_field(item, "PRIORITY=%d", log_format_priority(record->level));
    add_field(item, "SYSLOG_IDENTIFIER=hassd");
    add_field(item, "HASS_INTEGRATION=%s", record->logger);
    add_field(item, "CODE_FILE=%s", record->file);
    add_field(item, "CODE_LINE=%d", record->line);
    add_field(item, "CODE_FUNC=%s", record->function);
    if (record->entity_id)
        add_field(item, "HASS_ENTITY=%s", record->entity_id);
    return item;
}

static struct item *stream_item(const struct log_sink *sink, const struct hass_log_record *record)
{
    struct item *item = item_create();

    item->count = 1;
    log_format_line(record, sink->color, &item->fields[0]);
    item->size = item->fields[0].length;
    return item;
}

static void write_fully(const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDERR_FILENO, data, length);
        if (n < 0 && errno != EINTR)
            return; /* nobody reads the log any more: there is nowhere to say so */
        if (n > 0) {
            data += n;
            length -= (size_t)n;
        }
    }
}

static void write_journal(const struct item *item)
{
    struct iovec fields[FIELDS];

    for (size_t i = 0; i < item->count; i++)
        fields[i] = (struct iovec){ item->fields[i].data, item->fields[i].length };
    if (sd_journal_sendv(fields, (int)item->count) < 0) {
        write_fully(item->fields[0].data, item->fields[0].length);
        write_fully("\n", 1);
    }
}

static void write_item(const struct log_sink *sink, const struct item *item)
{
    if (sink->journal)
        write_journal(item);
    else
        write_fully(item->fields[0].data, item->fields[0].length);
}

static struct item *lost_item(const struct log_sink *sink, size_t lost)
{
    char message[96];
    struct timespec now;

    snprintf(message, sizeof(message), "%zu log lines were lost: nobody reads the log fast enough",
             lost);
    clock_gettime(CLOCK_REALTIME, &now);
    struct hass_log_record record = {
        .size = sizeof(record),
        .level = HASS_LOG_WARNING,
        .logger = "core",
        .file = "log_sink.c",
        .function = __func__,
        .message = message,
        .line = __LINE__,
        .time = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
    };
    return sink->journal ? journal_item(&record) : stream_item(sink, &record);
}

/* Called with the lock; the caller writes and destroys the item without it. */
static struct item *next_item(struct log_sink *sink)
{
    struct item *item = NULL;

    if (!list_empty(&sink->queue)) {
        item = (struct item *)sink->queue.next;
        list_remove(&item->link);
        sink->queued -= item->size;
    } else if (sink->lost > 0) {
        item = lost_item(sink, sink->lost);
        sink->lost = 0;
    }
    return item;
}

static void *writer_main(void *arg)
{
    struct log_sink *sink = arg;

    pthread_mutex_lock(&sink->lock);
    for (;;) {
        struct item *item = next_item(sink);
        sink->writing = item != NULL;
        if (item) {
            pthread_mutex_unlock(&sink->lock);
            write_item(sink, item);
            item_destroy(item);
            pthread_mutex_lock(&sink->lock);
            continue;
        }
        pthread_cond_signal(&sink->drained);
        if (sink->stopping)
            break;
        pthread_cond_wait(&sink->wake, &sink->lock);
    }
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

/* A thread without signals: they belong to the loop. */
static bool start_writer(struct log_sink *sink)
{
    sigset_t all, former;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    sink->started = pthread_create(&sink->writer, NULL, writer_main, sink) == 0;
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    if (sink->started)
        pthread_setname_np(sink->writer, "hassd-log");
    return sink->started;
}

/* True when standard error takes @size bytes without waiting: a pipe that polls writable has room for PIPE_BUF. */
static bool would_not_block(size_t size)
{
    struct pollfd error = { .fd = STDERR_FILENO, .events = POLLOUT };

    return size <= PIPE_BUF && poll(&error, 1, 0) == 1;
}

/* Called with the lock. */
static bool write_at_once(struct log_sink *sink, const struct item *item)
{
    if (sink->journal || sink->writing || !list_empty(&sink->queue) || !would_not_block(item->size))
        return false;
    write_item(sink, item);
    return true;
}

/* Called with the lock; takes the item. */
static void enqueue(struct log_sink *sink, struct item *item)
{
    if (sink->queued + item->size > QUEUE_LIMIT || (!sink->started && !start_writer(sink))) {
        sink->lost++;
        item_destroy(item);
        return;
    }
    sink->queued += item->size;
    list_append(&sink->queue, &item->link);
    pthread_cond_signal(&sink->wake);
}

void log_sink_write(struct log_sink *sink, const struct hass_log_record *record)
{
    struct item *item = sink->journal ? journal_item(record) : stream_item(sink, record);

    pthread_mutex_lock(&sink->lock);
    if (write_at_once(sink, item))
        item_destroy(item);
    else
        enqueue(sink, item);
    pthread_mutex_unlock(&sink->lock);
}

size_t log_sink_queued(struct log_sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    size_t queued = sink->queued;
    pthread_mutex_unlock(&sink->lock);
    return queued;
}

static void on_record(const struct hass_log_record *record, void *userdata)
{
    log_sink_write(userdata, record);
}

/* systemd names in JOURNAL_STREAM the device and inode of the stream it gave us; a redirected stream is another one. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    char own[64];

    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return false;
    snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, own) == 0;
}

static bool stderr_wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDERR_FILENO) && !(no_color && no_color[0]);
}

struct log_sink *log_sink_create(void)
{
    struct log_sink *sink = calloc(1, sizeof(*sink));

    if (!sink)
        abort();
    sink->journal = stderr_is_journal();
    sink->color = !sink->journal && stderr_wants_color();
    pthread_mutex_init(&sink->lock, NULL);
    pthread_cond_init(&sink->wake, NULL);
    pthread_cond_init(&sink->drained, NULL);
    list_init(&sink->queue);
    hass_log_set_sink(on_record, sink);
    return sink;
}

/* Called with the lock. */
static bool drained(const struct log_sink *sink)
{
    return !sink->started || (!sink->writing && list_empty(&sink->queue) && sink->lost == 0);
}

bool log_sink_flush(struct log_sink *sink)
{
    struct timespec limit;
    bool done;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += FLUSH_SECONDS;
    pthread_mutex_lock(&sink->lock);
    while (!drained(sink)) {
        if (pthread_cond_timedwait(&sink->drained, &sink->lock, &limit) == ETIMEDOUT)
            break;
    }
    done = drained(sink);
    pthread_mutex_unlock(&sink->lock);
    return done;
}

static void stop_writer(struct log_sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    sink->stopping = true;
    pthread_cond_signal(&sink->wake);
    pthread_mutex_unlock(&sink->lock);
    if (sink->started)
        pthread_join(sink->writer, NULL);
}

struct log_sink *log_sink_destroy(struct log_sink *sink)
{
    if (!sink)
        return NULL;
    hass_log_set_sink(NULL, NULL);
    if (!log_sink_flush(sink))
        return NULL; /* the writer hangs in a write and still uses the sink; the process is about to end */
    stop_writer(sink);
    pthread_cond_destroy(&sink->drained);
    pthread_cond_destroy(&sink->wake);
    pthread_mutex_destroy(&sink->lock);
    free(sink);
    return NULL;
}
