/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State trackers. All trackers of a kind share one bus listener, which is there while any of them is. It looks up the
 * entity id (or domain) in a table of lists, so that an event costs as much as those who want it, not as all who listen. A
 * tracker stands on the list of each of its keys; what stands there only forwards to the one registration of the caller.
 */
#include <ctype.h>
#include <string.h>

#include <hass/hass.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "core/state.h"
#include "helpers/helpers.h"

struct state_table {
    enum track_kind kind;
    struct hass_strmap *keys;  /* struct state_key */
    struct state_key *all;     /* that of HASS_MATCH_ALL, or NULL */
    struct hass_sub *listener; /* while there are keys */
};

struct state_key {
    struct helpers *helpers; /* counted */
    enum track_kind kind;
    struct sub_list list;
    char text[]; /* an entity id, a domain, or HASS_MATCH_ALL */
};

/* Which texts of a state pass: all when @texts is NULL. */
struct text_filter {
    char **texts; /* NULL-terminated */
};

struct tracker {
    struct hass *hass;
    struct hass_sub *sub;
    struct text_filter from, to;
    size_t count;
    struct state_place places[];
};

/* the shared listener */

static const char *domain_of(const char *entity_id, char domain[HASS_MAX_DOMAIN + 1])
{
    const char *dot = strchrnul(entity_id, '.');
    size_t length = (size_t)(dot - entity_id);

    if (length > HASS_MAX_DOMAIN)
        length = HASS_MAX_DOMAIN;
    memcpy(domain, entity_id, length);
    domain[length] = '\0';
    return domain;
}

/* Also what state_reported requires of a listener: a filter. */
static bool concerns_kind(const struct hass_event *event, void *userdata)
{
    const struct state_table *table = userdata;
    const struct hass_state *old = NULL, *new = NULL;

    if (!hass_event_states(event, &old, &new))
        return false;
    switch (table->kind) {
    case TRACK_ADDED:
        return !old;
    case TRACK_REMOVED:
        return !new;
    default:
        return true;
    }
}

/* The key of an entity id was hashed when the entity came. */
static struct state_key *find_key(const struct state_table *table, const struct hass_event *event)
{
    const struct hass_state *old = NULL, *new = NULL;
    char domain[HASS_MAX_DOMAIN + 1];

    if (table->kind >= TRACK_ADDED)
        return hass_strmap_get(table->keys, domain_of(hass_event_entity_id(event), domain));
    (void)hass_event_states(event, &old, &new);
    const struct entity_slot *slot = (new ? new : old)->slot;
    return strmap_get_hashed(table->keys, slot->id, slot->length, slot->hash);
}

static HASS_CALLBACK int on_state_event(const struct hass_event *event, void *userdata,
                                        struct hass_error *err)
{
    struct state_table *table = userdata;
    struct hass *hass = hass_event_hass(event);
    struct state_key *key = find_key(table, event);

    if (key)
        sub_list_deliver(hass, &key->list, event);
    if (table->all) // looked at now: who has just been told may have changed it
        sub_list_deliver(hass, &table->all->list, event);
    return 0;
}

static HASS_CALLBACK int listen(struct hass *hass, struct state_table *table,
                                struct hass_error *err)
{
    if (table->listener)
        return 0;
    const char *type =
        table->kind == TRACK_REPORTED ? HASS_EVENT_STATE_REPORTED : HASS_EVENT_STATE_CHANGED;
    struct scope *former = helpers_enter_root(hass);
    int r = hass_bus_async_listen(hass, type, concerns_kind,
                                  HASS_JOB_CALLBACK(on_state_event, table), &table->listener, err);
    scope_leave(former);
    return r;
}

/* the table */

static HASS_CALLBACK struct state_table *table_of(struct helpers *helpers, enum track_kind kind)
{
    if (!helpers->states[kind]) {
        struct state_table *table = mem_zalloc(sizeof(*table));
        table->kind = kind;
        table->keys = hass_strmap_create(NULL);
        helpers->states[kind] = table;
    }
    return helpers->states[kind];
}

void state_table_destroy(struct state_table *table)
{
    if (!table)
        return;
    hass_strmap_destroy(table->keys);
    free(table);
}

static HASS_CALLBACK struct state_key *key_of(struct helpers *helpers, enum track_kind kind,
                                              const char *text)
{
    struct state_table *table = table_of(helpers, kind);
    struct state_key *key = hass_strmap_get(table->keys, text);

    if (key)
        return key;
    size_t size = strlen(text) + 1;
    key = mem_zalloc(sizeof(*key) + size);
    memcpy(key->text, text, size);
    key->helpers = helpers_ref(helpers);
    key->kind = kind;
    hass_strmap_set(table->keys, text, key);
    if (strcmp(text, HASS_MATCH_ALL) == 0)
        table->all = key;
    return key;
}

/* The list has lost an entry: the last one takes the key along, the last key the listener. */
static HASS_CALLBACK void drop_if_unused(struct state_key *key)
{
    struct helpers *helpers = key->helpers;
    struct state_table *table = helpers->states[key->kind];

    if (sub_list_count(&key->list))
        return;
    hass_strmap_remove(table->keys, key->text);
    if (table->all == key)
        table->all = NULL;
    free(key);
    if (!hass_strmap_count(table->keys))
        table->listener = hass_sub_async_remove(table->listener);
    helpers_unref(helpers);
}

/* places */

int state_place_join(struct hass *hass, enum track_kind kind, const char *text, struct hass_job job,
                     struct state_place *ret_place, struct hass_error *err)
{
    struct helpers *helpers = helpers_of(hass);
    struct state_key *key = key_of(helpers, kind, text);
    struct sub_options options = { .job = job };
    struct state_place place = { .key = key };
    struct scope *former = helpers_enter_root(hass);
    int r = sub_list_add(hass, &key->list, HASS_SUBJECT_EVENT, &options, &place.sub, err);

    if (r < 0)
        drop_if_unused(key);
    else
        r = listen(hass, table_of(helpers, kind), err);
    if (r < 0 && place.sub)
        state_place_leave(hass, &place);
    else if (r >= 0)
        *ret_place = place;
    scope_leave(former);
    return r;
}

void state_place_leave(struct hass *hass, struct state_place *place)
{
    struct scope *former = helpers_enter_root(hass);

    hass_sub_async_remove(place->sub);
    drop_if_unused(place->key);
    scope_leave(former);
}

/* trackers */

static void text_filter_init(struct text_filter *filter, const char *const *texts)
{
    size_t count = 0;

    if (!texts)
        return;
    for (; texts[count]; count++) {
        if (!strcmp(texts[count], HASS_MATCH_ALL))
            return;
    }
    filter->texts = mem_calloc(count + 1, sizeof(*filter->texts));
    for (size_t i = 0; i < count; i++)
        filter->texts[i] = mem_strdup(texts[i]);
}

static void text_filter_fini(struct text_filter *filter)
{
    for (char **text = filter->texts; text && *text; text++)
        free(*text);
    free(filter->texts);
}

static bool text_filter_passes(const struct text_filter *filter, const struct hass_state *state)
{
    if (!filter->texts)
        return true;
    for (char **text = filter->texts; state && *text; text++) {
        if (!strcmp(*text, hass_state_state(state)))
            return true;
    }
    return false;
}

static HASS_CALLBACK int forward(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct tracker *tracker = userdata;
    const struct hass_state *old = NULL, *new = NULL;

    (void)hass_event_states(event, &old, &new);
    if (text_filter_passes(&tracker->from, old) && text_filter_passes(&tracker->to, new))
        sub_run(hass_event_hass(event), tracker->sub, event);
    return 0;
}

static void tracker_free(struct tracker *tracker)
{
    text_filter_fini(&tracker->from);
    text_filter_fini(&tracker->to);
    free(tracker);
}

static void tracker_removed(struct hass_sub *sub, void *owner)
{
    struct tracker *tracker = owner;

    hass__assert_loop();
    while (tracker->count)
        state_place_leave(tracker->hass, &tracker->places[--tracker->count]);
    tracker_free(tracker);
}

/* Twice the same text is once. */
static bool stands_on(const struct tracker *tracker, const char *text)
{
    for (size_t i = 0; i < tracker->count; i++) {
        if (!strcmp(tracker->places[i].key->text, text))
            return true;
    }
    return false;
}

static HASS_CALLBACK int join_list(struct hass *hass, enum track_kind kind, struct tracker *tracker,
                                   const char *text, struct hass_error *err)
{
    if (stands_on(tracker, text))
        return 0;
    int r = state_place_join(hass, kind, text, HASS_JOB_CALLBACK(forward, tracker),
                             &tracker->places[tracker->count], err);
    if (r >= 0)
        tracker->count++;
    return r;
}

static HASS_CALLBACK int join_lists(struct hass *hass, enum track_kind kind,
                                    struct tracker *tracker, const char *const *texts, size_t count,
                                    struct hass_error *err)
{
    for (size_t i = 0; i < count; i++) {
        autofree char *text = mem_strdup(texts[i]);
        for (char *c = text; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        int r = join_list(hass, kind, tracker, text, err);
        if (r < 0)
            return r;
    }
    return 0;
}

struct track_options {
    enum track_kind kind;
    const char *const *texts; /* NULL: all */
    const char *const *from, *const *to;
};

static const char *const *texts_or_all(const char *const *texts, size_t *ret_count)
{
    static const char *const all[] = { HASS_MATCH_ALL, NULL };
    size_t count = 0;

    while (texts && texts[count] && strcmp(texts[count], HASS_MATCH_ALL))
        count++;
    bool matches_all = !texts || texts[count];
    *ret_count = matches_all ? 1 : count;
    return matches_all ? all : texts;
}

static HASS_CALLBACK int track(struct hass *hass, const struct track_options *options,
                               struct hass_job job, struct hass_sub **ret_sub,
                               struct hass_error *err)
{
    size_t count;
    const char *const *texts = texts_or_all(options->texts, &count);
    struct tracker *tracker = mem_zalloc(sizeof(*tracker) + count * sizeof(tracker->places[0]));

    tracker->hass = hass;
    text_filter_init(&tracker->from, options->from);
    text_filter_init(&tracker->to, options->to);
    struct tracker_options add = {
        .job = job,
        .subject = HASS_SUBJECT_EVENT,
        .removed = tracker_removed,
        .owner = tracker,
    };
    struct hass_sub *own;
    int r = tracker_add(hass, &add, &own, err);
    if (r < 0) {
        tracker_free(tracker);
        return r;
    }
    tracker->sub = own;
    r = join_lists(hass, options->kind, tracker, texts, count, err);
    if (r < 0) {
        hass_sub_async_remove(own);
        return r;
    }
    tracker_publish(own, ret_sub);
    return 0;
}

int hass_async_track_state_change_event(struct hass *hass, const char *const *entity_ids,
                                        struct hass_job job, struct hass_sub **ret_sub,
                                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_state_change_event", err);
    struct track_options options = { .kind = TRACK_CHANGED, .texts = entity_ids };
    return track(hass, &options, job, ret_sub, err);
}

int hass_async_track_state_report_event(struct hass *hass, const char *const *entity_ids,
                                        struct hass_job job, struct hass_sub **ret_sub,
                                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_state_report_event", err);
    struct track_options options = { .kind = TRACK_REPORTED, .texts = entity_ids };
    return track(hass, &options, job, ret_sub, err);
}

int hass_async_track_state_change(struct hass *hass, const char *const *entity_ids,
                                  const char *const *from, const char *const *to,
                                  struct hass_job job, struct hass_sub **ret_sub,
                                  struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_state_change", err);
    struct track_options options = {
        .kind = TRACK_CHANGED,
        .texts = entity_ids,
        .from = from,
        .to = to,
    };
    return track(hass, &options, job, ret_sub, err);
}

int hass_async_track_state_added_domain(struct hass *hass, const char *const *domains,
                                        struct hass_job job, struct hass_sub **ret_sub,
                                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_state_added_domain", err);
    struct track_options options = { .kind = TRACK_ADDED, .texts = domains };
    return track(hass, &options, job, ret_sub, err);
}

int hass_async_track_state_removed_domain(struct hass *hass, const char *const *domains,
                                          struct hass_job job, struct hass_sub **ret_sub,
                                          struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_state_removed_domain", err);
    struct track_options options = { .kind = TRACK_REMOVED, .texts = domains };
    return track(hass, &options, job, ret_sub, err);
}
