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

/* What holds from one change to the next. */
struct regime {
    int offset;
    int saving;
    size_t name; /* in the zone's names */
};

struct change {
    int64_t time;         /* from here on… */
    struct regime regime; /* … this holds */
};

struct name {
    char text[ZONE_ABBREVIATION];
};

struct hass_zone {
    _Atomic size_t refs;
    char *name;
    HASS_VEC(struct change) changes; /* the first is at INT64_MIN */
    HASS_VEC(struct name) names;     /* abbreviations, each once */
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
        vec_fini(&zone->names);
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
    const struct change *change = &zone->changes.data[low];
    return (struct zone_span){
        .start = change->time,
        .end = high < zone->changes.length ? zone->changes.data[high].time : INT64_MAX,
        .offset = change->regime.offset,
        .saving = change->regime.saving,
        .name = zone->names.data[change->regime.name].text,
    };
}

struct zone_span zone_span_at(const struct hass_zone *zone, int64_t time)
{
    if (!zone)
        return (struct zone_span){ .start = INT64_MIN, .end = INT64_MAX, .name = "UTC" };
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

/* The index of an abbreviation of at most @length characters; longer ones than we keep are cut. */
static size_t name_index(struct hass_zone *zone, const char *text, size_t length)
{
    struct name name = { .text = "" };

    length = strnlen(text, length);
    memcpy(name.text, text, length < ZONE_ABBREVIATION ? length : ZONE_ABBREVIATION - 1);
    for (size_t i = 0; i < zone->names.length; i++)
        if (strcmp(zone->names.data[i].text, name.text) == 0)
            return i;
    vec_push(&zone->names, name);
    return zone->names.length - 1;
}

static bool is_same_regime(struct regime a, struct regime b)
{
    return a.offset == b.offset && a.saving == b.saving && a.name == b.name;
}

/* Appends a change unless it changes nothing; one at the time of the last takes its place. */
static void add_change(struct hass_zone *zone, int64_t time, struct regime regime)
{
    struct change *last =
        zone->changes.length ? &zone->changes.data[zone->changes.length - 1] : NULL;

    if (last && time <= last->time) {
        if (time == last->time)
            last->regime = regime;
        return;
    }
    if (!last || !is_same_regime(last->regime, regime))
        vec_push(&zone->changes, ((struct change){ .time = time, .regime = regime }));
}

static int64_t time_at(const unsigned char *times, size_t index)
{
    uint64_t value;

    memcpy(&value, times + index * sizeof(value), sizeof(value));
    return (int64_t)be64toh(value);
}

/* The types of the 64-bit block, and the transitions that name them. */
struct types {
    size_t count;
    struct regime regimes[256];
    bool daylight[256];
    size_t transitions;
    const unsigned char *order; /* each transition's type */
};

static bool read_types(struct hass_zone *zone, const struct header *header, const unsigned char *at,
                       struct types *ret_types)
{
    const char *names = (const char *)at + header->typecnt * 6;
    uint32_t value;

    if (header->typecnt == 0 || header->typecnt > 256)
        return false;
    ret_types->count = header->typecnt;
    for (size_t i = 0; i < header->typecnt; i++, at += 6) {
        memcpy(&value, at, sizeof(value));
        int offset = (int)(int32_t)be32toh(value);
        if (offset < -26 * 3600 || offset > 26 * 3600 || at[5] > header->charcnt)
            return false;
        ret_types->daylight[i] = at[4] != 0;
        ret_types->regimes[i] = (struct regime){
            .offset = offset,
            .name = name_index(zone, names + at[5], header->charcnt - at[5]),
        };
    }
    return true;
}

/* How much of the offset is daylight saving where transition @i begins: against standard time before, else behind it. */
static int saving_at(const struct types *types, size_t i)
{
    int offset = types->regimes[types->order[i]].offset;

    if (i > 0 && !types->daylight[types->order[i - 1]] &&
        offset != types->regimes[types->order[i - 1]].offset)
        return offset - types->regimes[types->order[i - 1]].offset;
    if (i + 1 < types->transitions && !types->daylight[types->order[i + 1]])
        return offset - types->regimes[types->order[i + 1]].offset;
    return 0;
}

/* A type keeps the first difference that is found; where there is none, an hour is the best guess. */
static void find_savings(struct types *types)
{
    for (size_t i = 1; i < types->transitions; i++) {
        struct regime *regime = &types->regimes[types->order[i]];
        if (types->daylight[types->order[i]] && !regime->saving)
            regime->saving = saving_at(types, i);
    }
    for (size_t i = 0; i < types->count; i++)
        if (types->daylight[i] && !types->regimes[i].saving)
            types->regimes[i].saving = 3600;
}

/* Lists the changes of the 64-bit block; @ret_last is the time of its last transition. */
static bool take_changes(struct hass_zone *zone, const struct header *header, struct reader *reader,
                         int64_t *ret_last)
{
    size_t count = header->timecnt;

    if (body_size(header, 8) > reader->left)
        return false;
    const unsigned char *times = reader->at;
    autofree struct types *types = mem_zalloc(sizeof(*types));
    types->transitions = count;
    types->order = times + count * 8;
    take(reader, body_size(header, 8));
    if (!read_types(zone, header, types->order + count, types))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t time = time_at(times, i);
        if (types->order[i] >= types->count || time < -MAX_TIME || time > MAX_TIME ||
            (i > 0 && time <= time_at(times, i - 1)))
            return false;
    }
    find_savings(types);
    add_change(zone, INT64_MIN, types->regimes[0]);
    for (size_t i = 0; i < count; i++)
        add_change(zone, *ret_last = time_at(times, i), types->regimes[types->order[i]]);
    return true;
}

/* Writes the changes of @rule out for the 400 years behind @last. */
static void apply_rule(struct hass_zone *zone, const struct zone_rule *rule, int64_t last)
{
    int64_t year;
    int month, day;
    struct regime standard = {
        .offset = rule->standard,
        .name = name_index(zone, rule->standard_name, ZONE_ABBREVIATION),
    };

    if (!rule->has_daylight) {
        add_change(zone, last, standard);
        return;
    }
    struct regime daylight = {
        .offset = rule->daylight,
        .saving = rule->daylight - rule->standard,
        .name = name_index(zone, rule->daylight_name, ZONE_ABBREVIATION),
    };
    int64_t from = last > INT64_MIN ? last : 0;
    civil_from_days(floor_div(from, SECONDS_PER_DAY), &year, &month, &day);
    for (int64_t y = year - 1; y <= year + 401; y++) {
        int64_t begin = zone_rule_begin(rule, y), end = zone_rule_end(rule, y);
        if (begin < end && begin > from)
            add_change(zone, begin, daylight);
        if (end > from)
            add_change(zone, end, standard);
        if (begin > end && begin > from)
            add_change(zone, begin, daylight);
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
