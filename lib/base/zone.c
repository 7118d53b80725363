/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones from TZif files (RFC 8536, version 2 and later). A zone is the sorted times at which its offset changes. The
 * rule in the footer is written out for 400 years at loading; the calendar repeats after that, so any later time is
 * looked up a multiple of 400 years earlier.
 */
#include "zone.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <hass/buf.h>
#include <hass/vec.h>

#include "civil.h"
#include "mem.h"
#include "zone_rule.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define PERIOD      ((int64_t)DAYS_PER_400_YEARS * SECONDS_PER_DAY)
#define MAX_TIME    (INT64_C(1) << 59) /* either way; RFC 8536 has real files begin there */

struct change {
    int64_t time; /* from here on… */
    int offset;   /* … this holds */
};

struct hass_zone {
    _Atomic size_t refs;
    char *name;
    HASS_VEC(struct change) changes; /* the first is at INT64_MIN */
    int64_t
        repeats_from; /* from here on a time has the offset of PERIOD earlier; INT64_MAX: never */
};

struct hass_zone *hass_zone_ref(struct hass_zone *zone)
{
    if (zone)
        atomic_fetch_add_explicit(&zone->refs, 1, memory_order_relaxed);
    return zone;
}

struct hass_zone *hass_zone_unref(struct hass_zone *zone)
{
    if (zone && atomic_fetch_sub_explicit(&zone->refs, 1, memory_order_acq_rel) == 1) {
        vec_fini(&zone->changes);
        free(zone->name);
        free(zone);
    }
    return NULL;
}

HASS_DEFINE_CLEANUP(hass_zone, hass_zone_unref)

const char *hass_zone_name(const struct hass_zone *zone)
{
    return zone ? zone->name : "UTC";
}

/* looking up */

static struct zone_span listed_span(const struct hass_zone *zone, int64_t time)
{
    size_t low = 0, high = zone->changes.length; // the answer lies in [low, high)

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes.data[middle].time <= time)
            low = middle;
        else
            high = middle;
    }
    return (struct zone_span){
        .start = zone->changes.data[low].time,
        .end = high < zone->changes.length ? zone->changes.data[high].time : INT64_MAX,
        .offset = zone->changes.data[low].offset,
    };
}

struct zone_span zone_span_at(const struct hass_zone *zone, int64_t time)
{
    if (!zone)
        return (struct zone_span){ .start = INT64_MIN, .end = INT64_MAX, .offset = 0 };
    if (time < zone->repeats_from)
        return listed_span(zone, time);
    int64_t shift = ((time - zone->repeats_from) / PERIOD + 1) * PERIOD;
    struct zone_span span = listed_span(zone, time - shift);
    span.start += shift;
    if (span.end != INT64_MAX)
        span.end += shift;
    return span;
}

/* reading the file */

/* What is left of the file; `too_short` once something was read that is not there. */
struct reader {
    const unsigned char *at;
    size_t left;
    bool too_short;
};

static const unsigned char *take(struct reader *reader, size_t size)
{
    static const unsigned char zeros[8];
    const unsigned char *at = reader->at;

    if (size > reader->left) {
        reader->too_short = true;
        reader->left = 0;
        return zeros; // no single value is larger
    }
    reader->at += size;
    reader->left -= size;
    return at;
}

static uint32_t take_32(struct reader *reader)
{
    uint32_t value;

    memcpy(&value, take(reader, sizeof(value)), sizeof(value));
    return be32toh(value);
}

struct header {
    char version;
    uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static bool take_header(struct reader *reader, struct header *ret_header)
{
    if (memcmp(take(reader, 4), "TZif", 4) != 0)
        return false;
    ret_header->version = (char)*take(reader, 1);
    for (int i = 0; i < 15; i++)
        take(reader, 1);
    ret_header->isutcnt = take_32(reader);
    ret_header->isstdcnt = take_32(reader);
    ret_header->leapcnt = take_32(reader);
    ret_header->timecnt = take_32(reader);
    ret_header->typecnt = take_32(reader);
    ret_header->charcnt = take_32(reader);
    return !reader->too_short;
}

/* Size of a block's body, whose times take @time_size bytes. */
static size_t body_size(const struct header *header, size_t time_size)
{
    uint64_t size = (uint64_t)header->timecnt * (time_size + 1) + (uint64_t)header->typecnt * 6 +
                    header->charcnt + (uint64_t)header->leapcnt * (time_size + 4) +
                    header->isstdcnt + header->isutcnt;

    return size > ZONE_MAX_FILE ? ZONE_MAX_FILE + 1 : (size_t)size;
}

/* Appends a change unless it changes nothing; one at the time of the last takes its place. */
static void add_change(struct hass_zone *zone, int64_t time, int offset)
{
    struct change *last =
        zone->changes.length ? &zone->changes.data[zone->changes.length - 1] : NULL;

    if (last && time <= last->time) {
        if (time == last->time)
            last->offset = offset;
        return;
    }
    if (!last || last->offset != offset)
        vec_push(&zone->changes, ((struct change){ .time = time, .offset = offset }));
}

static int64_t time_at(const unsigned char *times, size_t index)
{
    uint64_t value;

    memcpy(&value, times + index * sizeof(value), sizeof(value));
    return (int64_t)be64toh(value);
}

static int offset_of_type(const unsigned char *types, size_t index)
{
    uint32_t value;

    memcpy(&value, types + index * 6, sizeof(value));
    return (int)(int32_t)be32toh(value);
}

/* Lists the changes of the 64-bit block; @ret_last is the time of its last transition. */
static bool take_changes(struct hass_zone *zone, const struct header *header, struct reader *reader,
                         int64_t *ret_last)
{
    size_t count = header->timecnt;

    if (body_size(header, 8) > reader->left || header->typecnt == 0)
        return false;
    const unsigned char *times = reader->at;
    const unsigned char *indices = times + count * 8;
    const unsigned char *types = indices + count;
    take(reader, body_size(header, 8));
    for (size_t i = 0; i < header->typecnt; i++)
        if (abs(offset_of_type(types, i)) > 26 * 3600)
            return false;
    add_change(zone, INT64_MIN, offset_of_type(types, 0));
    for (size_t i = 0; i < count; i++) {
        int64_t time = time_at(times, i);
        if (indices[i] >= header->typecnt || time < -MAX_TIME || time > MAX_TIME ||
            (i > 0 && time <= time_at(times, i - 1)))
            return false;
        add_change(zone, time, offset_of_type(types, indices[i]));
        *ret_last = time;
    }
    return true;
}

/* Writes the changes of @rule out for the 400 years behind @last. */
static void apply_rule(struct hass_zone *zone, const struct zone_rule *rule, int64_t last)
{
    int64_t year;
    int month, day;

    if (!rule->has_daylight) {
        add_change(zone, last, rule->standard);
        return;
    }
    int64_t from = last > INT64_MIN ? last : 0;
    civil_from_days(floor_div(from, SECONDS_PER_DAY), &year, &month, &day);
    for (int64_t y = year - 1; y <= year + 401; y++) {
        int64_t begin = zone_rule_begin(rule, y), end = zone_rule_end(rule, y);
        if (begin < end && begin > from)
            add_change(zone, begin, rule->daylight);
        if (end > from)
            add_change(zone, end, rule->standard);
        if (begin > end && begin > from)
            add_change(zone, begin, rule->daylight);
    }
    // The first full year of the rule begins a period; a day of slack for offsets.
    zone->repeats_from = civil_to_days(year + 1, 1, 3) * SECONDS_PER_DAY + PERIOD;
}

/* The footer is "\nRULE\n"; an empty rule is allowed. */
static bool take_footer(struct hass_zone *zone, struct reader *reader, int64_t last)
{
    struct zone_rule rule;
    const char *text = (const char *)reader->at;

    if (reader->left < 2 || text[0] != '\n')
        return false;
    const char *end = memchr(text + 1, '\n', reader->left - 1);
    if (!end)
        return false;
    autofree char *string = mem_strndup(text + 1, (size_t)(end - text - 1));
    if (!*string)
        return true;
    if (!zone_rule_parse(string, &rule))
        return false;
    apply_rule(zone, &rule, last);
    return true;
}

static bool take_file(struct hass_zone *zone, struct reader *reader)
{
    struct header header;
    int64_t last = INT64_MIN;

    // The first block has 32-bit times, for old readers; the second is the one to read.
    if (!take_header(reader, &header) || header.version < '2')
        return false;
    take(reader, body_size(&header, 4));
    return take_header(reader, &header) && take_changes(zone, &header, reader, &last) &&
           take_footer(zone, reader, last);
}

int zone_parse(const char *name, const void *data, size_t size, struct hass_zone **ret_zone,
               struct hass_error *err)
{
    autounref(hass_zone) *zone = mem_zalloc(sizeof(*zone));
    struct reader reader = { .at = data, .left = size };

    zone->refs = 1;
    zone->name = mem_strdup(name);
    zone->repeats_from = INT64_MAX;
    if (!take_file(zone, &reader))
        return hass_fail(err, HASS_E_INVALID, "time zone file \"%s\" is damaged", name);
    *ret_zone = steal(zone);
    return 0;
}

/* finding the file */

/* Letters, digits, "_", "-", "+" and "." in parts divided by "/"; no part is empty or begins with a dot. */
static bool name_is_good(const char *name)
{
    if (!*name || strnlen(name, ZONE_MAX_NAME + 1) > ZONE_MAX_NAME)
        return false;
    for (const char *at = name; *at; at++) {
        bool part_begins = at == name || at[-1] == '/';
        if (part_begins && (*at == '.' || *at == '/'))
            return false;
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./", *at))
            return false;
    }
    return name[strlen(name) - 1] != '/';
}

int zone_read_file(const char *path, struct hass_buf *buf)
{
    struct stat info;

    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) < 0)
        return -errno;
    if (!S_ISREG(info.st_mode))
        return -ENOENT;
    for (;;) {
        char block[4096];
        ssize_t got = read(fd, block, sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return (int)got;
        if (buf->length + (size_t)got > ZONE_MAX_FILE)
            return -EFBIG;
        hass_buf_add(buf, block, (size_t)got);
    }
}

int hass_zone_new(const char *name, struct hass_zone **ret_zone, struct hass_error *err)
{
    char path[sizeof(ZONE_FOLDER) + ZONE_MAX_NAME];
    autobuf file = HASS_BUF_INIT;

    if (!name_is_good(name))
        return hass_fail(err, HASS_E_NOT_FOUND, "\"%.64s\" is not the name of a time zone", name);
    snprintf(path, sizeof(path), ZONE_FOLDER "%s", name);
    int error = zone_read_file(path, &file);
    if (error == -ENOENT || error == -ENOTDIR)
        return hass_fail(err, HASS_E_NOT_FOUND, "unknown time zone \"%s\"", name);
    if (error < 0)
        return hass_fail_errno(err, -error, "time zone \"%s\" cannot be read", name);
    if (file.length < 4 || memcmp(file.data, "TZif", 4) != 0) // zone.tab and its like
        return hass_fail(err, HASS_E_NOT_FOUND, "unknown time zone \"%s\"", name);
    return zone_parse(name, file.data, file.length, ret_zone, err);
}
