/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts. Most are made for one state and never looked at, so the text of the ULID is made when somebody asks, and ids
 * that were given lie behind the struct.
 */
#include "core/context.h"

#include <sched.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/bus.h>
#include <hass/const.h>
#include <hass/json.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "core/event.h"
#include "core/object.h"
#include "run/runtime.h"

enum text_state {
    TEXT_NONE,
    TEXT_BUSY, /* some thread writes it */
    TEXT_DONE,
};

struct context_names {
    const char *id; /* NULL: the ULID */
    const char *user_id;
    const char *parent_id;
    char bytes[];
};

/* Contexts are const to everybody; their counts and caches are not. */
static struct hass_context *inner(const struct hass_context *context)
{
    return (struct hass_context *)context;
}

void context_init(struct hass_context *context, int64_t time, uint32_t kept)
{
    atomic_init(&context->counts, CONTEXT_LIVE + kept);
    context->origin = NULL;
    atomic_init(&context->origin_held, false);
    context->fired = false;
    atomic_init(&context->encoded, TEXT_NONE);
    context->names = NULL;
    ulid_make(time, &context->ulid);
}

const struct hass_context *context_fresh(int64_t time)
{
    struct hass_context *context = mem_alloc(sizeof(*context));

    context_init(context, time, 0);
    return context;
}

static bool id_fits(const char *id)
{
    return !id || strnlen(id, HASS_MAX_CONTEXT_ID + 1) <= HASS_MAX_CONTEXT_ID;
}

/* Copies @text to *@at, which moves behind it. */
static const char *put_name(char **at, const char *text)
{
    if (!text)
        return NULL;
    char *copy = *at;
    size_t size = strlen(text) + 1;
    memcpy(copy, text, size);
    *at += size;
    return copy;
}

static const struct hass_context *new_named(int64_t time, const char *id, const char *user_id,
                                            const char *parent_id)
{
    if (!id_fits(id) || !id_fits(user_id) || !id_fits(parent_id))
        return NULL;
    if (!id && !user_id && !parent_id)
        return context_fresh(time);

    struct {
        struct hass_context context;
        struct context_names names;
    } *block = mem_alloc(sizeof(*block) + 3 * (HASS_MAX_CONTEXT_ID + 1));
    char *at = block->names.bytes;
    context_init(&block->context, time, 0);
    block->names.id = put_name(&at, id);
    block->names.user_id = put_name(&at, user_id);
    block->names.parent_id = put_name(&at, parent_id);
    block->context.names = &block->names;
    return &block->context;
}

const struct hass_context *hass_context_new(struct hass *hass, const char *user_id,
                                            const char *parent_id)
{
    return new_named(hass_now(hass), NULL, user_id, parent_id);
}

const struct hass_context *hass_context_new_id(const char *id, const char *user_id,
                                               const char *parent_id)
{
    return new_named(0, id, user_id, parent_id);
}

const struct hass_context *hass_context_ref(const struct hass_context *context)
{
    if (context)
        atomic_fetch_add_explicit(&inner(context)->counts, CONTEXT_LIVE, memory_order_relaxed);
    return context;
}

/* Takes @count from the counts; frees the context when nothing is left. Returns the counts before. */
static uint64_t take_off(const struct hass_context *context, uint64_t count)
{
    uint64_t before =
        atomic_fetch_sub_explicit(&inner(context)->counts, count, memory_order_acq_rel);

    if ((before & UINT32_MAX) == (count & UINT32_MAX))
        free(inner(context));
    return before;
}

void context_drop(const struct hass_context *context)
{
    (void)take_off(context, CONTEXT_MEMORY);
}

const struct hass_context *hass_context_unref(const struct hass_context *context)
{
    if (!context)
        return NULL;
    // The loop begins to hold the origin only while it is live itself, so whoever sees none here is not the last.
    if (!atomic_load_explicit(&inner(context)->origin_held, memory_order_relaxed)) {
        (void)take_off(context, CONTEXT_LIVE);
        return NULL;
    }
    uint64_t before = take_off(context, CONTEXT_LIVE - CONTEXT_MEMORY);
    if (before >> 32 == 1 &&
        atomic_exchange_explicit(&inner(context)->origin_held, false, memory_order_acquire))
        hass_event_unref(context->origin);
    (void)take_off(context, CONTEXT_MEMORY);
    return NULL;
}

const char *hass_context_id(const struct hass_context *context)
{
    if (context->names && context->names->id)
        return context->names->id;

    struct hass_context *own = inner(context);
    uint8_t state = atomic_load_explicit(&own->encoded, memory_order_acquire);
    while (state != TEXT_DONE) {
        state = TEXT_NONE;
        if (atomic_compare_exchange_strong_explicit(&own->encoded, &state, TEXT_BUSY,
                                                    memory_order_acquire, memory_order_acquire)) {
            ulid_encode(&own->ulid, own->text);
            atomic_store_explicit(&own->encoded, TEXT_DONE, memory_order_release);
            break;
        }
        if (state == TEXT_BUSY)
            sched_yield(); // for as long as it takes to write 26 characters
    }
    return own->text;
}

const char *hass_context_user_id(const struct hass_context *context)
{
    return context->names ? context->names->user_id : NULL;
}

const char *hass_context_parent_id(const struct hass_context *context)
{
    return context->names ? context->names->parent_id : NULL;
}

bool hass_context_equal(const struct hass_context *a, const struct hass_context *b)
{
    return a == b || (a && b && strcmp(hass_context_id(a), hass_context_id(b)) == 0);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *hass_context_as_json(const struct hass_context *context)
{
    json_t *object = json_object();

    json_object_set_new(object, "id", json_string(hass_context_id(context)));
    json_object_set_new(object, "parent_id", text_or_null(hass_context_parent_id(context)));
    json_object_set_new(object, "user_id", text_or_null(hass_context_user_id(context)));
    return object;
}

static void write_or_null(const char *text, struct hass_buf *buf)
{
    if (text)
        hass_json_write_string(text, strlen(text), buf);
    else
        hass_buf_add(buf, "null", 4);
}

void context_write_json(const struct hass_context *context, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "{\"id\":");
    write_or_null(hass_context_id(context), buf);
    hass_buf_add_string(buf, ",\"parent_id\":");
    write_or_null(hass_context_parent_id(context), buf);
    hass_buf_add_string(buf, ",\"user_id\":");
    write_or_null(hass_context_user_id(context), buf);
    hass_buf_add_char(buf, '}');
}

/* the origin */

const struct hass_event *hass_context_origin_event(const struct hass_context *context)
{
    // Elsewhere the event could go while we look.
    if (!runtime__thread || !context->origin || !count_try_take(&context->origin->refs))
        return NULL;
    return context->origin;
}

/* The context keeps its origin from now on, unless that is on its way to be freed. */
static void hold_origin(struct hass_context *context)
{
    if (!context->origin || atomic_load_explicit(&context->origin_held, memory_order_relaxed) ||
        !count_try_take(&context->origin->refs))
        return;
    atomic_store_explicit(&context->origin_held, true, memory_order_release);
}

void context_fire(const struct hass_context *context, const struct hass_event *event)
{
    if (context->fired) {
        hold_origin(inner(context));
        return;
    }
    inner(context)->fired = true;
    inner(context)->origin = (struct hass_event *)event;
}

void context_delivered(const struct hass_context *context, const struct hass_event *event)
{
    if (context->origin == event && context_is_live(context, 1))
        hold_origin(inner(context));
}

void context_forget(const struct hass_context *context, const struct hass_event *event)
{
    if (context->origin == event)
        inner(context)->origin = NULL;
}
