/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for its `for:` to pass. A few words each, with references to the two states and the context: what templates see of it is made
 * when it fires. Beside the timer, due on the monotonic clock, stands the wall time for the journal.
 */
#include <string.h>

#include "base/mem.h"
#include "helpers/trigger.h"
#include "run/clock.h"

#define PATIENCE                                                                                   \
    INT64_C(600000000) /* for entities that are not back after a restart when time has come */

static struct runtime *runtime(const struct hass_trigger *trigger)
{
    return runtime_of(trigger->owner->hass);
}

struct hass_trigger_change trigger_pending_change(const struct pending *pending)
{
    return (struct hass_trigger_change){
        .size = sizeof(struct hass_trigger_change),
        .key = pending->key,
        .entity_id = pending->by_time ? NULL : pending->key,
        .from = pending->from,
        .to = pending->to,
        .context = pending->context,
        .seconds = pending->seconds,
    };
}

static void pending_free(struct pending *pending)
{
    hass_state_unref(pending->from);
    hass_state_unref(pending->to);
    hass_context_unref(pending->context);
    free(pending);
}

void trigger_pending_end(struct pending *pending)
{
    timer_cancel(&pending->timer);
    list_remove(&pending->link);
    trigger_journal_touch(pending->trigger->owner);
    pending_free(pending);
}

/* firing */

static HASS_CALLBACK void fire_pending(struct pending *pending)
{
    struct hass_trigger *trigger = pending->trigger;
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_trigger_change change = trigger_pending_change(pending);

    /* First it is none any more: what it sets off may end the trigger, and must not find it pending. */
    timer_cancel(&pending->timer);
    list_remove(&pending->link);
    trigger_journal_touch(trigger->owner);
    if (trigger_fire_change(trigger, &change, &err) < 0)
        hass_error("%s: %s", trigger->owner->name, err.message);
    pending_free(pending);
}

static void on_timer(struct timer *timer)
{
    struct pending *pending = list_entry(timer, struct pending, timer);

    hass__assert_loop();
    if (!pending->unresolved) {
        fire_pending(pending);
        return;
    }
    if (pending->overdue) {
        hass_trigger_async_nearly(pending->trigger, "%s has not come back since the restart",
                                  pending->key);
        trigger_pending_end(pending);
        return;
    }
    struct runtime *run = runtime(pending->trigger);
    pending->overdue = true;
    timer_set(run->timers, timer, clock_monotonic(run->clock) + PATIENCE);
}

/* arming */

struct pending *trigger_pending_add(struct hass_trigger *trigger,
                                    const struct hass_trigger_change *change, int64_t left)
{
    const char *key = change->key ? change->key : change->entity_id ? change->entity_id : "";
    size_t size = strlen(key) + 1;
    struct pending *pending = mem_zalloc(sizeof(*pending) + size);
    struct runtime *run = runtime(trigger);

    timer_init(&pending->timer, on_timer);
    pending->trigger = trigger;
    pending->from = change->from ? hass_state_ref(change->from) : NULL;
    pending->to = change->to ? hass_state_ref(change->to) : NULL;
    pending->context = change->context ? hass_context_ref(change->context) : NULL;
    pending->due = clock_wall_coarse(run->clock) + left;
    pending->seconds = change->seconds;
    pending->by_time = !change->entity_id;
    memcpy(pending->key, key, size);
    list_append(&trigger->pending, &pending->link);
    timer_set(run->timers, &pending->timer, clock_monotonic(run->clock) + left);
    trigger_journal_touch(trigger->owner);
    return pending;
}

static bool has_key(const struct pending *pending, const char *key)
{
    return !key || strcmp(pending->key, key) == 0;
}

size_t hass_trigger_async_armed(const struct hass_trigger *trigger, const char *key)
{
    size_t count = 0;

    VERIFY_LOOP_OR(trigger->owner->hass, "hass.trigger.async_armed", 0);
    list_foreach(&trigger->pending, struct pending, pending, link)
        count += has_key(pending, key);
    return count;
}

int hass_trigger_async_change(struct hass_trigger *trigger, const struct hass_trigger_change *given,
                              struct hass_error *err)
{
    struct hass_trigger_change change;

    VERIFY_LOOP(trigger->owner->hass, "hass.trigger.async_change", err);
    HASS_READ(&change, given);
    if (!trigger->attached)
        return 0;
    if (!(change.seconds > 0))
        return trigger_fire_change(trigger, &change, err);
    if (!list_empty(&trigger->pending) &&
        hass_trigger_async_armed(trigger, change.key ? change.key : change.entity_id) >=
            TRIGGER_MAX_PENDING)
        return hass_fail(err, HASS_E_LIMIT, "%d changes of %s wait for their `for:` already",
                         TRIGGER_MAX_PENDING, change.entity_id ? change.entity_id : "it");
    (void)trigger_pending_add(trigger, &change, clock_from_seconds(change.seconds));
    return 0;
}

/* ending */

/* "light.kitchen stayed for 12 s of 30 s, then became 'off'" */
static HASS_CALLBACK void tell_early(struct pending *pending, const struct hass_state *now)
{
    struct hass_trigger *trigger = pending->trigger;
    double left = (double)(pending->timer.when - clock_monotonic(runtime(trigger)->clock)) / 1e6;
    double passed = pending->seconds - (left > 0 ? left : 0);
    const char *subject = *pending->key ? pending->key : "it";

    if (!trigger->owner->nearly)
        return;
    if (!now)
        hass_trigger_async_nearly(trigger, "%s lasted %.3g s of %.10g s, then it was removed",
                                  subject, passed, pending->seconds);
    else
        hass_trigger_async_nearly(trigger, "%s lasted %.3g s of %.10g s, then it became '%s'",
                                  subject, passed, pending->seconds, hass_state_state(now));
}

static bool is_unclear(const struct hass_state *now)
{
    return !now || strcmp(hass_state_state(now), "unavailable") == 0 ||
           strcmp(hass_state_state(now), "unknown") == 0;
}

static HASS_CALLBACK bool holds(const struct pending *pending, const struct hass_state *now)
{
    struct hass_trigger *trigger = pending->trigger;
    struct hass_trigger_change change = trigger_pending_change(pending);

    return trigger->kind.async_holds && trigger->kind.async_holds(trigger, &change, now);
}

void trigger_pending_resolve(struct pending *pending, const struct hass_state *now)
{
    bool good = holds(pending, now);

    if (!good && !pending->by_time && is_unclear(now))
        return; // its entity is not back yet
    pending->unresolved = false;
    if (!good) {
        tell_early(pending, now);
        trigger_pending_end(pending);
    } else if (pending->overdue) {
        timer_set(runtime(pending->trigger)->timers, &pending->timer, 0); // at the next turn
    }
}

size_t hass_trigger_async_recheck(struct hass_trigger *trigger, const char *key,
                                  const struct hass_state *now)
{
    VERIFY_LOOP_OR(trigger->owner->hass, "hass.trigger.async_recheck", 0);
    size_t before = hass_trigger_async_armed(trigger, key);

    list_foreach(&trigger->pending, struct pending, pending, link) {
        if (!has_key(pending, key))
            continue;
        if (pending->unresolved) {
            trigger_pending_resolve(pending, now);
        } else if (!holds(pending, now)) {
            tell_early(pending, now);
            trigger_pending_end(pending);
        }
    }
    return before - hass_trigger_async_armed(trigger, key);
}

size_t hass_trigger_async_disarm(struct hass_trigger *trigger, const char *key, const char *reason)
{
    size_t ended = 0;

    VERIFY_LOOP_OR(trigger->owner->hass, "hass.trigger.async_disarm", 0);
    list_foreach(&trigger->pending, struct pending, pending, link) {
        if (!has_key(pending, key))
            continue;
        if (reason)
            hass_trigger_async_nearly(trigger, "%s", reason);
        trigger_pending_end(pending);
        ended++;
    }
    return ended;
}

json_t *hass_triggers_async_pending(const struct hass_triggers *triggers)
{
    if (triggers)
        VERIFY_LOOP_OR(triggers->hass, "hass.triggers.async_pending", NULL);
    json_t *list = json_array();
    for (size_t i = 0; triggers && i < triggers->count; i++) {
        list_foreach(&triggers->items[i].pending, struct pending, pending, link)
            json_array_append_new(list, json_pack("{s:I,s:s,s:I}", "index", (json_int_t)i, "key",
                                                  pending->key, "due", (json_int_t)pending->due));
    }
    return list;
}
