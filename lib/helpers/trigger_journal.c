/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers over a restart: what waits for its `for:`, and when time triggers of those who want missed times are due next. A trigger is known
 * again by its place in the list and a fingerprint of its configuration: one that has been edited begins anew.
 *
 * Shape, below the owner's key: "for": [{"at": "0:<fingerprint>", "key", "due", "seconds", "from", "to", "context"}],
 * "due": {"0:<fingerprint>": {what: microseconds}}.
 */
#include <inttypes.h>
#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"
#include "core/context.h"
#include "core/state.h"
#include "helpers/helpers.h"
#include "helpers/journal.h"
#include "helpers/trigger.h"
#include "run/clock.h"

/* fingerprints */

/* Source: G. Fowler, L. Noll, K.-P. Vo, FNV-1a. */
static uint64_t fingerprint(const json_t *config)
{
    autofree char *text = json_dumps(config, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *c = text; c && *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    return hash;
}

static char *place_of(const struct hass_trigger *trigger)
{
    return mem_printf("%zu:%016" PRIx64, trigger->index, fingerprint(trigger->written));
}

/* writing */

/* After a step of the wall clock the due times are others. */
static void follow_clock(struct pending *pending, const struct clock *clock)
{
    int64_t due = clock_wall(clock) + (pending->timer.when - clock_monotonic(clock));

    if (timer_is_set(&pending->timer) && llabs(due - pending->due) > HASS_USEC_PER_SEC)
        pending->due = due;
}

static json_t *state_or_null(const struct hass_state *state)
{
    return state ? hass_state_as_json(state) : json_null();
}

static void save_pending(const struct hass_trigger *trigger, const struct clock *clock,
                         json_t *rows)
{
    if (list_empty(&trigger->pending))
        return;
    autofree char *place = place_of(trigger);
    list_foreach(&trigger->pending, struct pending, pending, link) {
        follow_clock(pending, clock);
        json_t *context = pending->context ? hass_context_as_json(pending->context) : json_null();
        json_array_append_new(
            rows, json_pack("{s:s,s:s,s:I,s:f,s:b,s:o,s:o,s:o}", "at", place, "key", pending->key,
                            "due", (json_int_t)pending->due, "seconds", pending->seconds, "time",
                            (int)pending->by_time, "from", state_or_null(pending->from), "to",
                            state_or_null(pending->to), "context", context));
    }
}

static void collect_for(struct hass *hass, json_t *section, void *userdata)
{
    hass__assert_loop();
    list_foreach(&trigger_owners(hass)->list, struct hass_triggers, owner, link) {
        if (!owner->journal)
            continue;
        autojson *rows = json_array();
        for (size_t i = 0; i < owner->count; i++)
            save_pending(&owner->items[i], runtime_of(hass)->clock, rows);
        if (json_array_size(rows))
            json_object_set(section, owner->journal, rows);
    }
}

static void collect_due(struct hass *hass, json_t *section, void *userdata)
{
    hass__assert_loop();
    list_foreach(&trigger_owners(hass)->list, struct hass_triggers, owner, link) {
        autojson *all = json_object();
        for (size_t i = 0; i < owner->count; i++) {
            if (!json_object_size(owner->items[i].due))
                continue;
            autofree char *place = place_of(&owner->items[i]);
            json_object_set_new(all, place, json_deep_copy(owner->items[i].due));
        }
        if (json_object_size(all))
            json_object_set(section, owner->journal, all);
    }
}

void trigger_journal_touch(struct hass_triggers *triggers)
{
    if (triggers->journal)
        journal_touch(triggers->hass);
}

/* reading */

void trigger_journal_claim(struct hass_triggers *triggers)
{
    struct trigger_owners *owners = trigger_owners(triggers->hass);
    struct hass *hass = triggers->hass;

    if (!triggers->journal)
        return;
    if (!owners->journaled) {
        journal_add_source(hass, JOURNAL_SECTION_FOR, collect_for, NULL);
        journal_add_source(hass, JOURNAL_SECTION_DUE, collect_due, NULL);
        owners->journaled = true;
    }
    triggers->former_for = journal_claim(hass, JOURNAL_SECTION_FOR, triggers->journal);
    triggers->former_due = journal_claim(hass, JOURNAL_SECTION_DUE, triggers->journal);
}

static const struct hass_state *read_state(struct hass *hass, const json_t *json)
{
    const struct hass_state *state = NULL;

    if (json_is_object(json) && state_read(hass, json, &state, NULL) < 0)
        return NULL;
    return state;
}

static const struct hass_context *read_context(const json_t *json)
{
    const char *id = hass_json_get_string(json, "id", NULL);

    return id ? hass_context_new_id(id, hass_json_get_string(json, "user_id", NULL),
                                    hass_json_get_string(json, "parent_id", NULL))
              : NULL;
}

static HASS_CALLBACK void resume_row(struct hass_trigger *trigger, const json_t *row)
{
    struct hass *hass = trigger->owner->hass;
    const char *key = hass_json_get_string(row, "key", NULL);
    bool by_time = hass_json_get_bool(row, "time", false);
    autounref(hass_state) const *from = read_state(hass, hass_json_get(row, "from"));
    autounref(hass_state) const *to = read_state(hass, hass_json_get(row, "to"));
    autounref(hass_context) const *context = read_context(hass_json_get(row, "context"));

    if (!key || !trigger->kind.async_holds ||
        (hass_json_get(row, "to") && !from && !to && !by_time))
        return;
    int64_t left = hass_json_get_int(row, "due", 0) - hass_now(hass);
    struct pending *pending = trigger_pending_add(
        trigger,
        HASS_TRIGGER_CHANGE(.key = key, .entity_id = by_time ? NULL : key, .from = from, .to = to,
                            .context = context, .seconds = hass_json_get_number(row, "seconds", 0)),
        left > 0 ? left : 0);
    pending->unresolved = true;
    trigger_pending_resolve(pending, by_time ? NULL : hass_states_async_get(hass, key));
}

static HASS_CALLBACK void resume_all(struct hass_triggers *triggers, const json_t *rows)
{
    for (size_t i = 0; i < triggers->count && !triggers->detached; i++) {
        struct hass_trigger *trigger = &triggers->items[i];
        if (!trigger->attached)
            continue;
        autofree char *place = place_of(trigger);
        for (size_t j = 0; j < json_array_size(rows) && trigger->attached; j++) {
            const json_t *row = json_array_get(rows, j);
            if (strcmp(hass_json_get_string(row, "at", ""), place) == 0)
                resume_row(trigger, row);
        }
    }
}

void trigger_journal_resume(struct hass_triggers *triggers)
{
    autojson *rows = steal(triggers->former_for);

    json_decref(steal(triggers->former_due));
    if (json_array_size(rows)) {
        resume_all(triggers, rows);
        trigger_journal_touch(triggers);
    }
}

/* times */

static int64_t former_due(const struct hass_trigger *trigger, const char *what)
{
    if (!trigger->owner->former_due)
        return 0;
    autofree char *place = place_of(trigger);
    return hass_json_get_int(hass_json_get(trigger->owner->former_due, place), what, 0);
}

int64_t trigger_note_due(struct hass_trigger *trigger, const char *what, int64_t due)
{
    struct hass_triggers *owner = trigger->owner;

    if (!owner->run_missed)
        return 0;
    int64_t former = former_due(trigger, what);
    if (due != hass_json_get_int(trigger->due, what, 0)) {
        if (!trigger->due)
            trigger->due = json_object();
        if (due)
            json_object_set_new(trigger->due, what, json_integer(due));
        else
            json_object_del(trigger->due, what);
        trigger_journal_touch(owner);
    }
    return former && former < hass_now(owner->hass) ? former : 0;
}
