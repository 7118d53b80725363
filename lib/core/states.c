/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine: setting, removing, reserving. Finding and listing is states_table.c.
 */
#include "core/states.h"

#include <string.h>

#include <hass/loop.h>

#include "base/utf8.h"
#include "core/core.h"
#include "core/states_table.h"
#include "run/clock.h"

/* A set under way. */
struct change {
    struct hass *hass;
    struct entity_slot *slot; /* NULL: a new entity */
    const char *id;           /* lower case */
    size_t id_length;
    const char *text;
    size_t length;
    struct hass_set_options options;
};

/* The machine is to have what the change says; what was there before is given back, a reference. */
static const struct hass_state *put_state(struct change *change, const struct hass_state *state)
{
    struct states *states = &change->hass->states;

    lock_take(&states->lock);
    const struct hass_state *old = change->slot->state;
    change->slot->state = state;
    change->slot->attrs = state->attrs;
    if (!old)
        table_show(states, change->slot);
    lock_drop(&states->lock);
    return old;
}

/*
 * When a state was reported again. Nobody waits for it to the microsecond unless somebody listens, and reading the clock
 * would be a third of all the work; so it is the time of the kernel's last tick.
 */
static int64_t report_time(const struct change *change, const struct hass_state *state, bool heard)
{
    if (change->options.timestamp)
        return change->options.timestamp;
    if (heard)
        return hass_now(change->hass);
    int64_t tick = clock_wall_coarse(change->hass->runtime->clock);
    return tick > state->last_updated ? tick : state->last_updated;
}

/* Nothing changed: the state has only been reported again. */
static HASS_CALLBACK void report(struct change *change, const struct hass_state *state)
{
    const struct hass_context *given = change->options.context;
    bool heard = sub_list_count(&change->hass->bus.state_reported->listeners) > 0;
    int64_t now = report_time(change, state, heard);
    int64_t before = hass_state_last_reported(state);

    atomic_store_explicit(&((struct hass_state *)state)->last_reported, now, memory_order_relaxed);
    if (heard)
        bus_fire_state_reported(change->hass, state, before, now,
                                given ? hass_context_ref(given) : context_fresh(now));
}

static HASS_CALLBACK void replace(struct change *change, const struct attrs *attrs, bool same_text)
{
    const struct hass_state *old = change->slot->state;
    int64_t now = change->options.timestamp ? change->options.timestamp : hass_now(change->hass);
    const struct hass_context *given = change->options.context;
    bool keeps = old && same_text && !change->options.force_update;
    const struct hass_state *state = state_new(&(struct state_values){
        .slot = change->slot,
        .attrs = attrs,
        .text = change->text,
        .length = change->length,
        .last_changed = keeps ? old->last_changed : now,
        .last_updated = now,
        .context = given,
    });

    old = put_state(change, state);
    // A fresh context is live until its event has been delivered.
    bus_fire_state_changed(change->hass, old, state, now,
                           given ? hass_context_ref(given) : state->context);
    hass_state_unref(old);
}

/* The rest of the checks: what a new state object must be. */
static int check_new(const struct change *change, struct hass_error *err)
{
    if (!change->slot && !hass_valid_entity_id(change->id))
        return hass_fail(err, HASS_E_INVALID_ENTITY_ID,
                         "invalid entity id '%.80s': wanted domain.object_id of a-z, 0-9 and _",
                         change->id);
    if (!state_text_fits(change->text, change->length))
        return hass_fail(err, HASS_E_INVALID_STATE,
                         "state of %s has more than %d characters: '%.60s…'", change->id,
                         HASS_MAX_STATE, change->text);
    if (!utf8_valid(change->text, change->length))
        return hass_fail(err, HASS_E_INVALID_STATE, "state of %s is not UTF-8", change->id);
    return 0;
}

/* Writes a state that differs, or may differ, from the present one. Finishes @writer. */
static HASS_CALLBACK int apply_difference(struct change *change, struct hass_attrs_writer *writer,
                                          bool same_text, struct hass_error *err)
{
    int r = same_text ? 0 : check_new(change, err);

    if (r < 0) {
        attrs_writer_fini(writer);
        return r;
    }
    const struct hass_state *old = change->slot ? change->slot->state : NULL;
    const struct attrs *attrs = attrs_writer_finish(writer);
    if (same_text && attrs == old->attrs && !change->options.force_update) {
        attrs_unref(attrs); // another order or notation, but equal
        report(change, old);
        return 0;
    }
    if (!change->slot)
        change->slot = table_add(change->hass, change->id, change->id_length);
    replace(change, attrs, same_text);
    return 0;
}

/* Finishes @writer, too. */
static HASS_CALLBACK int apply(struct change *change, struct hass_attrs_writer *writer,
                               struct hass_error *err)
{
    const struct hass_state *old = change->slot ? change->slot->state : NULL;
    bool same_text = old && old->length == change->length &&
                     memcmp(old->text, change->text, change->length) == 0;
    int r = bus_check_room(change->hass, err);

    if (r == 0 && (!same_text || change->options.force_update || !attrs_writer_unchanged(writer)))
        return apply_difference(change, writer, same_text, err);
    attrs_writer_fini(writer);
    if (r == 0)
        report(change, old);
    return r;
}

/* With many entities the present state is not in the cache: all of it is asked for at once. */
static void prefetch(const struct entity_slot *slot)
{
    const char *attrs = (const char *)slot->attrs;

    __builtin_prefetch(slot->state);
    for (int line = 0; attrs && line < 4; line++)
        __builtin_prefetch(attrs + line * 64);
}

/* Finds the entity of a set; @lower has room for a lower-case copy of the id. */
static HASS_CALLBACK void begin(struct change *change, const char *entity_id, const char *text,
                                char lower[HASS_MAX_ENTITY_ID + 2])
{
    change->slot = table_find_any_case(&change->hass->states, entity_id, lower, &change->id);
    if (change->slot)
        prefetch(change->slot);
    change->id_length = strlen(change->id);
    change->text = text;
    change->length = strlen(text);
}

/* True for a write that an earlier one has barred. */
static HASS_CALLBACK bool is_barred(struct hass *hass, const struct change *change)
{
    struct hass_strmap **held = &hass->states.held;

    if (!change->options.hold)
        return *held && hass_strmap_get(*held, change->id);
    if (!*held)
        *held = hass_strmap_create(NULL);
    hass_strmap_set(*held, change->id, hass);
    return false;
}

int hass_states_async_write(struct hass *hass, const char *entity_id, const char *state,
                            hass_attrs_fn *write, const void *userdata,
                            const struct hass_set_options *options, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.states.async_write", err);
    char lower[HASS_MAX_ENTITY_ID + 2];
    struct hass_attrs_writer writer;
    struct change change = { .hass = hass };

    OPTIONS_READ(&change.options, options);
    begin(&change, entity_id, state, lower);
    if (is_barred(hass, &change))
        return 0;
    const struct hass_state *old = change.slot ? change.slot->state : NULL;
    attrs_writer_init(&writer, old ? old->attrs : NULL);
    if (write)
        write(&writer, userdata);
    return apply(&change, &writer, err);
}

static void write_object(struct hass_attrs_writer *writer, const void *userdata)
{
    hass_attrs_set_all(writer, userdata);
}

int hass_states_async_set(struct hass *hass, const char *entity_id, const char *state,
                          json_t *attributes, const struct hass_set_options *options,
                          struct hass_error *err)
{
    autojson *taken = attributes;

    VERIFY_LOOP(hass, "hass.states.async_set", err);
    if (taken && !json_is_object(taken))
        return hass_fail(err, HASS_E_INVALID, "attributes of %s are not a map", entity_id);
    return hass_states_async_write(hass, entity_id, state, write_object, taken, options, err);
}

int hass_states_async_remove(struct hass *hass, const char *entity_id,
                             const struct hass_context *context, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.states.async_remove", err);
    char lower[HASS_MAX_ENTITY_ID + 2];
    const char *id;
    struct entity_slot *slot = table_find_any_case(&hass->states, entity_id, lower, &id);

    if (!slot)
        return 0;
    if (slot->state) {
        int r = bus_check_room(hass, err);
        if (r < 0)
            return r;
    }
    const struct hass_state *old = table_remove(&hass->states, slot);
    if (!old)
        return 0;
    int64_t now = hass_now(hass);
    bus_fire_state_changed(hass, old, NULL, now,
                           context ? hass_context_ref(context) : context_fresh(now));
    hass_state_unref(old);
    return 1;
}

int hass_states_async_reserve(struct hass *hass, const char *entity_id, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.states.async_reserve", err);
    char lower[HASS_MAX_ENTITY_ID + 2];
    const char *id;

    if (table_find_any_case(&hass->states, entity_id, lower, &id))
        return hass_fail(err, HASS_E_EXISTS, "entity id %s is taken", entity_id);
    if (!hass_valid_entity_id(id))
        return hass_fail(err, HASS_E_INVALID_ENTITY_ID, "invalid entity id '%.80s'", entity_id);
    table_add(hass, id, strlen(id));
    return 0;
}

/* from other threads */

struct remote_set {
    const char *entity_id;
    const char *state;
    json_t *attributes;
    const struct hass_set_options *options;
    const struct hass_context *context;
};

static HASS_CALLBACK int set_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remote_set *set = arg;

    return hass_states_async_set(hass, set->entity_id, set->state, steal(set->attributes),
                                 set->options, err);
}

int hass_states_set(struct hass *hass, const char *entity_id, const char *state, json_t *attributes,
                    const struct hass_set_options *options, struct hass_error *err)
{
    struct remote_set set = {
        .entity_id = entity_id,
        .state = state,
        .attributes = attributes,
        .options = options,
    };
    int r = runtime_call(hass, "hass.states.set", set_on_loop, &set, err);

    json_decref(set.attributes); // when it never ran
    return r;
}

static HASS_CALLBACK int remove_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    const struct remote_set *set = arg;

    return hass_states_async_remove(hass, set->entity_id, set->context, err);
}

int hass_states_remove(struct hass *hass, const char *entity_id, const struct hass_context *context,
                       struct hass_error *err)
{
    struct remote_set set = { .entity_id = entity_id, .context = context };

    return runtime_call(hass, "hass.states.remove", remove_on_loop, &set, err);
}
