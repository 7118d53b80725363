/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl top`: who uses the loop and the pool. The daemon sends its counters once a second; rates are differences between two
 * of them. Without a terminal, with --json and with -1 it prints once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "ctl_table.h"

#define HOME_AND_CLEAR "\033[H\033[J"

/* The most telling first: what does not fit is left out at the right. */
static const struct table_column columns[] = {
    { "INTEGRATION", 0 },
    { "LOOP", TABLE_RIGHT | TABLE_KEEP },
    { "LOOP TIME", TABLE_RIGHT | TABLE_KEEP },
    { "WORST", TABLE_RIGHT | TABLE_KEEP },
    { "JOBS/S", TABLE_RIGHT | TABLE_KEEP },
    { "ERRORS", TABLE_RIGHT | TABLE_KEEP },
    { "REFUSED", TABLE_RIGHT | TABLE_KEEP },
    { "JOBS", TABLE_RIGHT | TABLE_KEEP },
    { "POOL TIME", TABLE_RIGHT | TABLE_KEEP },
    { "POOL JOBS", TABLE_RIGHT | TABLE_KEEP },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct row {
    const json_t *now;
    int64_t loop_delta; /* microseconds since the last event */
    int64_t jobs_delta;
};

static const json_t *find_domain(const json_t *list, const char *domain)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (strcmp(hass_json_get_string(item, "domain", ""), domain) == 0)
            return item;
    }
    return NULL;
}

static int64_t growth(const json_t *now, const json_t *before, const char *key)
{
    return before ? hass_json_get_int(now, key, 0) - hass_json_get_int(before, key, 0) : 0;
}

/* The busiest first; then by what they have used in all. */
static int by_use(const void *a, const void *b)
{
    const struct row *one = a, *other = b;
    int64_t first = hass_json_get_int(one->now, "loop_usec", 0);
    int64_t second = hass_json_get_int(other->now, "loop_usec", 0);

    if (one->loop_delta != other->loop_delta)
        return one->loop_delta > other->loop_delta ? -1 : 1;
    return first == second ? 0 : first > second ? -1 : 1;
}

static void time_text(int64_t usec, char text[24])
{
    if (usec < 10000)
        snprintf(text, 24, "%" PRId64 " us", usec);
    else if (usec < 10000000)
        snprintf(text, 24, "%" PRId64 " ms", usec / 1000);
    else
        snprintf(text, 24, "%" PRId64 " s", usec / 1000000);
}

static void count_text(int64_t count, char text[24])
{
    snprintf(text, 24, "%" PRId64, count);
}

static void add_row(struct table *table, const struct row *row)
{
    char text[COLUMNS][24];
    const char *cells[COLUMNS] = { hass_json_get_string(row->now, "domain", "?") };

    snprintf(text[1], sizeof(text[1]), "%.1f %%", (double)row->loop_delta / 10000);
    time_text(hass_json_get_int(row->now, "loop_usec", 0), text[2]);
    time_text(hass_json_get_int(row->now, "worst_usec", 0), text[3]);
    count_text(row->jobs_delta, text[4]);
    count_text(hass_json_get_int(row->now, "errors", 0), text[5]);
    count_text(hass_json_get_int(row->now, "refused", 0), text[6]);
    count_text(hass_json_get_int(row->now, "jobs", 0), text[7]);
    time_text(hass_json_get_int(row->now, "pool_usec", 0), text[8]);
    count_text(hass_json_get_int(row->now, "pool_jobs", 0), text[9]);
    for (size_t i = 1; i < COLUMNS; i++)
        cells[i] = text[i];
    table_add(table, cells);
}

static void print_top(const struct ctl *ctl, const json_t *now, const json_t *before)
{
    size_t count = json_array_size(now);
    struct row *rows = calloc(count + 1, sizeof(*rows));
    struct table *table = table_create(columns, COLUMNS);

    if (!rows)
        abort();
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(now, i);
        const json_t *old = find_domain(before, hass_json_get_string(item, "domain", ""));
        rows[i] = (struct row){ item, growth(item, old, "loop_usec"), growth(item, old, "jobs") };
    }
    qsort(rows, count, sizeof(*rows), by_use);
    for (size_t i = 0; i < count; i++)
        add_row(table, &rows[i]);
    table_print(table, ctl->width, ctl->color, stdout);
    table_destroy(table);
    free(rows);
}

static int follow(struct ctl *ctl, struct hass_error *err)
{
    autojson *before = NULL;

    for (;;) {
        json_t *now = NULL;
        int r = ctl_client_next_event(ctl->client, &now, err);
        if (r < 0)
            return r;
        fputs(HOME_AND_CLEAR, stdout);
        print_top(ctl, now, before);
        json_decref(before);
        before = now;
        if (ctl_flush() != CTL_OK)
            return CTL_FAILED;
    }
}

int ctl_top(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *now = NULL;
    int r = ctl_client_call(ctl->client, json_pack("{s:s}", "type", "hassd/top"), NULL, err);

    if (r < 0)
        return r;
    if (ctl->terminal && !ctl->json && !ctl->once)
        return follow(ctl, err);
    r = ctl_client_next_event(ctl->client, &now, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(now);
    else
        print_top(ctl, now, NULL);
    return CTL_OK;
}
