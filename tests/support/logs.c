/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log as tests see it: a sink that keeps lines, from any thread.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"

struct line {
    enum hass_log_level level;
    char *text;
};

struct logs {
    pthread_mutex_t lock;
    struct line *lines;
    size_t count;
};

static struct logs logs = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void keep(const struct hass_log_record *record, void *userdata)
{
    pthread_mutex_lock(&logs.lock);
    logs.lines = mem_realloc(logs.lines, (logs.count + 1) * sizeof(*logs.lines));
    logs.lines[logs.count++] = (struct line){
        .level = record->level,
        .text = mem_printf("%s [%s] %s", hass_log_level_name(record->level), record->logger,
                           record->message),
    };
    pthread_mutex_unlock(&logs.lock);
}

static void stop_keeping(void)
{
    hass_log_set_sink(NULL, NULL);
    logs_clear(&logs);
    free(logs.lines);
}

struct logs *test_logs(void)
{
    static bool keeping;

    if (!keeping) {
        keeping = true;
        hass_log_set_sink(keep, NULL);
        atexit(stop_keeping);
    }
    return &logs;
}

size_t logs_count(struct logs *seen, enum hass_log_level level)
{
    size_t count = 0;

    pthread_mutex_lock(&seen->lock);
    for (size_t i = 0; i < seen->count; i++)
        count += seen->lines[i].level >= level;
    pthread_mutex_unlock(&seen->lock);
    return count;
}

const char *logs_find(struct logs *seen, const char *text)
{
    const char *found = NULL;

    pthread_mutex_lock(&seen->lock);
    for (size_t i = 0; i < seen->count && !found; i++)
        if (strstr(seen->lines[i].text, text))
            found = seen->lines[i].text;
    pthread_mutex_unlock(&seen->lock);
    return found;
}

size_t logs_matching(struct logs *seen, const char *text)
{
    size_t count = 0;

    pthread_mutex_lock(&seen->lock);
    for (size_t i = 0; i < seen->count; i++)
        count += strstr(seen->lines[i].text, text) != NULL;
    pthread_mutex_unlock(&seen->lock);
    return count;
}

void logs_clear(struct logs *seen)
{
    pthread_mutex_lock(&seen->lock);
    while (seen->count)
        free(seen->lines[--seen->count].text);
    pthread_mutex_unlock(&seen->lock);
}
