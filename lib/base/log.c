/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of <hass/log.h>, process-wide and without locks: a line may come from any thread, at any time.
 *
 * Process-wide state: `sinks` and `current_sink`, `hooks`, `default_level`, `lowest_level` and `overrides`, `loggers`.
 * It is process-wide because libraries log without a hass in hand and because stderr is process-wide too. Loggers (one
 * a name) and sinks are pushed on lists with one compare-and-swap and never freed, so a reader needs no protection;
 * both are few: integrations, and calls of hass_log_set_sink with something new.
 */
#include "log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <hass/cleanup.h>
#include <hass/dt.h>
#include <hass/error.h>

#include "mem.h"
#include "strmap_hash.h"
#include "utf8.h"

enum {
    LOGGER_CHAINS = 64,
    LEVEL_UNSET = 0,
};

struct sink {
    struct sink *next;
    hass_log_sink_fn *fn;
    void *userdata;
};

/* One name's level and bucket. */
struct logger {
    struct logger *next;
    _Atomic int level; /* LEVEL_UNSET: the default applies */
    _Atomic uint64_t
        bucket; /* start of the window in tenths of seconds << 32 | lines asked for in it */
    char name[];
};

static void write_to_stderr(const struct hass_log_record *record, void *userdata);

static struct sink stderr_sink = { .fn = write_to_stderr };
static _Atomic(struct sink *) sinks = &stderr_sink;
static _Atomic(struct sink *) current_sink = &stderr_sink;

static struct {
    const char *(*_Atomic logger)(void);
    int64_t (*_Atomic wall)(void);
    int64_t (*_Atomic monotonic)(void);
} hooks;

static _Atomic int default_level = HASS_LOG_WARNING;
static _Atomic int lowest_level = HASS_LOG_WARNING; /* of the default and all loggers */
static _Atomic int overrides;                       /* loggers with a level of their own */
static _Atomic(struct logger *) loggers[LOGGER_CHAINS];
static _Atomic size_t logger_count;
static struct logger others; /* all that are too many; on no chain and without a name */

/* clocks and names */

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * HASS_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int64_t wall_now(void)
{
    int64_t (*hook)(void) = atomic_load(&hooks.wall);

    return hook ? hook() : read_clock(CLOCK_REALTIME);
}

static int64_t monotonic_now(void)
{
    int64_t (*hook)(void) = atomic_load(&hooks.monotonic);

    return hook ? hook() : read_clock(CLOCK_MONOTONIC);
}

static const char *current_logger(void)
{
    const char *(*hook)(void) = atomic_load(&hooks.logger);
    const char *name = hook ? hook() : NULL;

    return name ? name : "core";
}

void log_set_logger_hook(const char *(*hook)(void))
{
    atomic_store(&hooks.logger, hook);
}

void log_set_clock_hook(int64_t (*wall)(void), int64_t (*monotonic)(void))
{
    atomic_store(&hooks.wall, wall);
    atomic_store(&hooks.monotonic, monotonic);
}

/* loggers */

static _Atomic(struct logger *) *chain_of(const char *name)
{
    return &loggers[strmap_hash(name, strlen(name)) % LOGGER_CHAINS];
}

static struct logger *search(struct logger *from, const struct logger *end, const char *name)
{
    for (; from != end; from = from->next)
        if (strcmp(from->name, name) == 0)
            return from;
    return NULL;
}

static struct logger *find_logger(const char *name)
{
    return search(atomic_load(chain_of(name)), NULL, name);
}

/* Loggers are never forgotten, and clients can name them: beyond the limit all are one, `others`. */
static struct logger *find_or_add_logger(const char *name)
{
    _Atomic(struct logger *) *chain = chain_of(name);
    struct logger *head = atomic_load(chain);
    struct logger *found = search(head, NULL, name);

    if (found)
        return found;
    if (atomic_fetch_add(&logger_count, 1) >= LOG_MAX_LOGGERS) {
        atomic_fetch_sub(&logger_count, 1);
        return &others;
    }
    size_t size = strlen(name) + 1;
    struct logger *fresh = mem_zalloc(sizeof(*fresh) + size);
    memcpy(fresh->name, name, size);
    fresh->next = head;
    while (!atomic_compare_exchange_weak(chain, &head, fresh)) {
        // Only what was pushed since we looked can be the same name.
        found = search(head, fresh->next, name);
        if (found) {
            atomic_fetch_sub(&logger_count, 1);
            free(fresh);
            return found;
        }
        fresh->next = head;
    }
    return fresh;
}

/* levels */

static void recount_levels(void)
{
    int lowest = atomic_load(&default_level);
    int count = 0;

    for (size_t i = 0; i < LOGGER_CHAINS; i++) {
        for (const struct logger *at = atomic_load(&loggers[i]); at; at = at->next) {
            int level = atomic_load(&at->level);
            if (level == LEVEL_UNSET)
                continue;
            count++;
            if (level < lowest)
                lowest = level;
        }
    }
    atomic_store(&lowest_level, lowest);
    atomic_store(&overrides, count);
}

void hass_log_set_level(const char *logger, enum hass_log_level level)
{
    struct logger *own = logger ? find_or_add_logger(logger) : NULL;

    if (own == &others)
        hass_warning("%s keeps the default level: %d loggers are known, which is the limit", logger,
                     LOG_MAX_LOGGERS);
    else
        atomic_store(own ? &own->level : &default_level, (int)level);
    recount_levels();
}

void hass_log_reset_levels(void)
{
    for (size_t i = 0; i < LOGGER_CHAINS; i++)
        for (struct logger *at = atomic_load(&loggers[i]); at; at = at->next)
            atomic_store(&at->level, LEVEL_UNSET);
    atomic_store(&default_level, HASS_LOG_WARNING);
    recount_levels();
}

static bool enabled_for(const char *name, enum hass_log_level level)
{
    const struct logger *logger = find_logger(name);
    int own = logger ? atomic_load(&logger->level) : LEVEL_UNSET;

    return (int)level >= (own != LEVEL_UNSET ? own : atomic_load(&default_level));
}

bool hass_log_enabled(enum hass_log_level level)
{
    // Two loads decide nearly always; only a logger with a level of its own makes us ask whose line it is.
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return false;
    if (!atomic_load_explicit(&overrides, memory_order_relaxed))
        return true;
    return enabled_for(current_logger(), level);
}

static const struct {
    const char *name;
    int level;
} level_names[] = {
    { "DEBUG", HASS_LOG_DEBUG },       { "INFO", HASS_LOG_INFO },
    { "WARNING", HASS_LOG_WARNING },   { "ERROR", HASS_LOG_ERROR },
    { "CRITICAL", HASS_LOG_CRITICAL }, { "WARN", HASS_LOG_WARNING },
    { "FATAL", HASS_LOG_CRITICAL },    { "NOTSET", LEVEL_UNSET },
};

int hass_log_level_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(*level_names); i++)
        if (strcasecmp(name, level_names[i].name) == 0)
            return level_names[i].level;
    return HASS_E_INVALID;
}

const char *hass_log_level_name(enum hass_log_level level)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(*level_names); i++)
        if (level_names[i].level == (int)level)
            return level_names[i].name;
    return "NOTSET";
}

/* sinks */

static void write_to_stderr(const struct hass_log_record *record, void *userdata)
{
    char when[HASS_DT_TEXT];
    struct hass_dt utc = { .size = sizeof(utc) };

    hass_dt_local(record->time, NULL, &utc);
    snprintf(when, sizeof(when), "%04d-%02d-%02d %02d:%02d:%02d.%03d", utc.year, utc.month, utc.day,
             utc.hour, utc.minute, utc.second, utc.microsecond / 1000);
    // One call, one line: stdio locks the stream.
    fprintf(stderr, "%s %s [%s] %s%s%s\n", when, hass_log_level_name(record->level), record->logger,
            record->entity_id ? record->entity_id : "", record->entity_id ? ": " : "",
            record->message);
}

void hass_log_set_sink(hass_log_sink_fn *sink, void *userdata)
{
    if (!sink) {
        atomic_store(&current_sink, &stderr_sink);
        return;
    }
    for (struct sink *at = atomic_load(&sinks); at; at = at->next) {
        if (at->fn == sink && at->userdata == userdata) {
            atomic_store(&current_sink, at);
            return;
        }
    }
    struct sink *fresh = mem_alloc(sizeof(*fresh));
    *fresh = (struct sink){ .next = atomic_load(&sinks), .fn = sink, .userdata = userdata };
    while (!atomic_compare_exchange_weak(&sinks, &fresh->next, fresh))
        ;
    atomic_store(&current_sink, fresh);
}

static void emit(const struct hass_log_record *record)
{
    const struct sink *sink = atomic_load(&current_sink);

    sink->fn(record, sink->userdata);
}

/* buckets */

static uint32_t window_now(void)
{
    return (uint32_t)(monotonic_now() / (HASS_USEC_PER_SEC / 10));
}

static bool window_is_over(uint64_t bucket, uint32_t now)
{
    return now - (uint32_t)(bucket >> 32) >= LOG_BUCKET_SECONDS * 10;
}

static uint32_t suppressed_in(uint64_t bucket)
{
    uint32_t lines = (uint32_t)bucket;

    return lines > LOG_BUCKET_LINES ? lines - LOG_BUCKET_LINES : 0;
}

static void report_suppressed(const struct logger *logger, uint32_t lines)
{
    char message[48];

    if (!lines)
        return;
    snprintf(message, sizeof(message), "%u more line%s suppressed", lines, lines == 1 ? "" : "s");
    emit(&(struct hass_log_record){
        .size = sizeof(struct hass_log_record),
        .level = HASS_LOG_WARNING,
        .logger = logger == &others ? "others" : logger->name,
        .file = "log.c",
        .function = __func__,
        .message = message,
        .line = __LINE__,
        .time = wall_now(),
    });
}

/* Counts a line; false when it has to be suppressed. Opens a new window when the last is over, and reports on that. */
static bool admit(struct logger *logger)
{
    uint32_t now = window_now();
    uint64_t bucket = atomic_load(&logger->bucket);
    uint64_t next;
    bool over;

    do {
        over = (uint32_t)bucket == 0 || window_is_over(bucket, now);
        next = over ? (uint64_t)now << 32 | 1 : bucket + ((uint32_t)bucket < UINT32_MAX);
    } while (!atomic_compare_exchange_weak(&logger->bucket, &bucket, next));
    if (over)
        report_suppressed(logger, suppressed_in(bucket));
    return !suppressed_in(next);
}

static void flush_logger(struct logger *logger, uint32_t now, bool finish)
{
    uint64_t bucket = atomic_load(&logger->bucket);

    if (!suppressed_in(bucket) || !(finish || window_is_over(bucket, now)))
        return;
    if (atomic_compare_exchange_strong(&logger->bucket, &bucket,
                                       0)) // else a line came in and sees to it
        report_suppressed(logger, suppressed_in(bucket));
}

void log_flush_suppressed(bool finish)
{
    uint32_t now = window_now();

    flush_logger(&others, now, finish);
    for (size_t i = 0; i < LOGGER_CHAINS; i++)
        for (struct logger *at = atomic_load(&loggers[i]); at; at = at->next)
            flush_logger(at, now, finish);
}

/* lines */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The message in @room, or in memory of its own (@ret_heap) when it is longer. */
static char *format_message(char *room, size_t size, char **ret_heap, const char *format,
                            va_list args)
{
    va_list again;
    char *text = room;

    va_copy(again, args);
    int length = vsnprintf(room, size, format, args);
    if (length >= (int)size) {
        text = *ret_heap = mem_alloc((size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    size_t used = length < 0 ? 0 : utf8_cut(text, (size_t)length, LOG_MAX_MESSAGE);
    while (used && (text[used - 1] == '\n' || text[used - 1] == '\r'))
        used--;
    text[used] = '\0';
    return text;
}

static void write_line(const char *name, struct hass_log_record record, const char *format,
                       va_list args)
{
    char room[512];
    autofree char *heap = NULL;

    if (!admit(find_or_add_logger(name)))
        return;
    record.size = sizeof(record);
    record.logger = name;
    record.file = base_name(record.file);
    record.time = wall_now();
    record.message = format_message(room, sizeof(room), &heap, format, args);
    emit(&record);
}

void hass__log(enum hass_log_level level, const char *entity_id, const char *file, int line,
               const char *function, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(current_logger(),
               (struct hass_log_record){ .level = level,
                                         .entity_id = entity_id,
                                         .file = file,
                                         .line = line,
                                         .function = function },
               format, args);
    va_end(args);
}

void log_write_as(const char *logger, enum hass_log_level level, const char *entity_id,
                  const char *file, int line, const char *function, const char *format, ...)
{
    va_list args;

    if (!enabled_for(logger, level))
        return;
    va_start(args, format);
    write_line(logger,
               (struct hass_log_record){ .level = level,
                                         .entity_id = entity_id,
                                         .file = file,
                                         .line = line,
                                         .function = function },
               format, args);
    va_end(args);
}
