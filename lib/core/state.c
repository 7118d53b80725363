/* SPDX-License-Identifier: Apache-2.0 */
/*
 * States: made by the machine, read by anybody. A state without a given context has its own in front of it in the same
 * block, which the context, counted by the state, outlives.
 */
#include "core/state.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/dt.h>
#include <hass/json.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/object.h"

/* The JSON text of a state, made once. */
struct state_text {
    int64_t last_reported; /* as it stands in the text */
    uint32_t length;
    uint32_t reported_at; /* where that begins */
    uint32_t reported_length;
    char text[];
};

/* A state with a context of its own. */
struct own_block {
    struct hass_context context; /* first: it frees the block */
    struct hass_state state;
};

static struct hass_state *inner(const struct hass_state *state)
{
    return (struct hass_state *)state;
}

bool state_text_fits(const char *text, size_t length)
{
    return length <= HASS_MAX_STATE || utf8_count(text, length) <= HASS_MAX_STATE;
}

struct hass_state *state_new(const struct state_values *values)
{
    struct hass_state *state;
    const struct hass_context *context = values->context;

    if (context) {
        state = mem_alloc(sizeof(*state) + values->length + 1);
        context_keep(context);
    } else {
        struct own_block *block = mem_alloc(sizeof(*block) + values->length + 1);
        context_init(&block->context, values->last_updated, CONTEXT_MEMORY);
        context = &block->context;
        state = &block->state;
    }
    *state = (struct hass_state){
        .refs = 1,
        .length = (uint16_t)values->length,
        .slot = values->slot,
        .attrs = values->attrs,
        .context = context,
        .last_changed = values->last_changed,
        .last_updated = values->last_updated,
        .last_reported = values->last_updated,
    };
    count_take(&state->slot->refs);
    memcpy(state->text, values->text, values->length);
    state->text[values->length] = '\0';
    return state;
}

static void destroy(void *object)
{
    struct hass_state *state = object;
    const struct hass_context *context = state->context;
    bool own = (const void *)context == (const char *)state - offsetof(struct own_block, state);

    attrs_unref(state->attrs);
    free(atomic_load_explicit(&state->json, memory_order_relaxed));
    entity_slot_unref(state->slot);
    if (!own)
        free(state);
    context_drop(context);
}

const struct hass_state *hass_state_ref(const struct hass_state *state)
{
    if (state)
        count_take(&inner(state)->refs);
    return state;
}

const struct hass_state *hass_state_unref(const struct hass_state *state)
{
    if (state && count_drop(&inner(state)->refs))
        object_free(state->slot->hass, inner(state), destroy);
    return NULL;
}

void entity_slot_unref(struct entity_slot *slot)
{
    if (count_drop(&slot->refs))
        free(slot);
}

/* reading */

const char *hass_state_entity_id(const struct hass_state *state)
{
    return state->slot->id;
}

const char *hass_state_object_id(const struct hass_state *state)
{
    return state->slot->id + state->slot->domain_length + 1;
}

void hass_state_domain(const struct hass_state *state, char domain[65])
{
    memcpy(domain, state->slot->id, state->slot->domain_length);
    domain[state->slot->domain_length] = '\0';
}

const char *hass_state_state(const struct hass_state *state)
{
    return state->text;
}

int64_t hass_state_last_changed(const struct hass_state *state)
{
    return state->last_changed;
}

int64_t hass_state_last_updated(const struct hass_state *state)
{
    return state->last_updated;
}

int64_t hass_state_last_reported(const struct hass_state *state)
{
    return atomic_load_explicit(&inner(state)->last_reported, memory_order_relaxed);
}

const struct hass_context *hass_state_context(const struct hass_state *state)
{
    return state->context;
}

bool hass_state_attr(const struct hass_state *state, const char *key, struct hass_value *ret_value)
{
    return attrs_get(state->attrs, key, strlen(key), ret_value);
}

bool hass_state_next_attr(const struct hass_state *state, size_t *pos, const char **ret_key,
                          struct hass_value *ret_value)
{
    return attrs_next(state->attrs, pos, ret_key, ret_value);
}

bool hass_state_same_attrs(const struct hass_state *a, const struct hass_state *b)
{
    return attrs_equal(a->attrs, b->attrs);
}

json_t *hass_state_attributes(const struct hass_state *state)
{
    return attrs_as_json(state->attrs);
}

void hass_state_name(const struct hass_state *state, struct hass_buf *buf)
{
    struct hass_value name;

    if (hass_state_attr(state, HASS_ATTR_FRIENDLY_NAME, &name) && name.type != HASS_VALUE_NONE) {
        hass_value_write_text(name, buf);
        return;
    }
    size_t start = buf->length;
    hass_buf_add_string(buf, hass_state_object_id(state));
    for (char *c = buf->data + start; *c; c++)
        if (*c == '_')
            *c = ' ';
}

/* JSON */

void state_write_time(int64_t time, struct hass_buf *buf)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    hass_buf_add_string(buf, text);
}

/* The three times are mostly one: it is made once. */
static void write_times(const struct hass_state *state, struct state_text *head,
                        struct hass_buf *buf)
{
    char changed[HASS_DT_TEXT], updated[HASS_DT_TEXT], reported[HASS_DT_TEXT];
    const char *changed_text = changed, *reported_text = reported;

    hass_dt_iso(state->last_updated, NULL, updated);
    if (state->last_changed == state->last_updated)
        changed_text = updated;
    else
        hass_dt_iso(state->last_changed, NULL, changed);
    if (head->last_reported == state->last_updated)
        reported_text = updated;
    else
        hass_dt_iso(head->last_reported, NULL, reported);

    hass_buf_add_string(buf, ",\"last_changed\":\"");
    hass_buf_add_string(buf, changed_text);
    hass_buf_add_string(buf, "\",\"last_reported\":\"");
    head->reported_at = (uint32_t)(buf->length - offsetof(struct state_text, text));
    head->reported_length = (uint32_t)strlen(reported_text);
    hass_buf_add(buf, reported_text, head->reported_length);
    hass_buf_add_string(buf, "\",\"last_updated\":\"");
    hass_buf_add_string(buf, updated);
}

static struct state_text *build_text(const struct hass_state *state)
{
    struct hass_buf buf = HASS_BUF_INIT;
    struct state_text head = { .last_reported = hass_state_last_reported(state) };

    hass_buf_reserve(&buf, sizeof(head) + 512);
    hass_buf_add(&buf, &head, offsetof(struct state_text, text));
    hass_buf_add_string(&buf, "{\"entity_id\":\"");
    hass_buf_add(&buf, state->slot->id, state->slot->length);
    hass_buf_add_string(&buf, "\",\"state\":");
    hass_json_write_string(state->text, state->length, &buf);
    hass_buf_add_string(&buf, ",\"attributes\":");
    attrs_write_json(state->attrs, &buf);
    write_times(state, &head, &buf);
    hass_buf_add_string(&buf, "\",\"context\":");
    context_write_json(state->context, &buf);
    hass_buf_add_char(&buf, '}');

    // The buffer, cut to size, is the text.
    head.length = (uint32_t)(buf.length - offsetof(struct state_text, text));
    memcpy(buf.data, &head, offsetof(struct state_text, text));
    return mem_realloc(buf.data, buf.length);
}

static const struct state_text *text_of(const struct hass_state *state)
{
    struct state_text *text = atomic_load_explicit(&inner(state)->json, memory_order_acquire);

    if (text)
        return text;
    struct state_text *built = build_text(state);
    if (atomic_compare_exchange_strong_explicit(&inner(state)->json, &text, built,
                                                memory_order_acq_rel, memory_order_acquire))
        return built;
    free(built); // another thread was first
    return text;
}

void hass_state_write_json(const struct hass_state *state, struct hass_buf *buf)
{
    const struct state_text *text = text_of(state);
    int64_t last_reported = hass_state_last_reported(state);

    if (last_reported == text->last_reported) {
        hass_buf_add(buf, text->text, text->length);
        return;
    }
    uint32_t after = text->reported_at + text->reported_length;
    hass_buf_add(buf, text->text, text->reported_at);
    state_write_time(last_reported, buf);
    hass_buf_add(buf, text->text + after, text->length - after);
}

json_t *state_time_as_json(int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    return json_string(text);
}

json_t *hass_state_as_json(const struct hass_state *state)
{
    json_t *object = json_object();

    json_object_set_new(object, "entity_id", json_string(state->slot->id));
    json_object_set_new(object, "state", json_string(state->text));
    json_object_set_new(object, "attributes", hass_state_attributes(state));
    json_object_set_new(object, "last_changed", state_time_as_json(state->last_changed));
    json_object_set_new(object, "last_reported",
                        state_time_as_json(hass_state_last_reported(state)));
    json_object_set_new(object, "last_updated", state_time_as_json(state->last_updated));
    json_object_set_new(object, "context", hass_context_as_json(state->context));
    return object;
}

static void write_seconds(int64_t time, struct hass_buf *buf)
{
    hass_json_write_number((double)time / HASS_USEC_PER_SEC, buf);
}

void hass_state_write_compressed(const struct hass_state *state, struct hass_buf *buf)
{
    const struct hass_context *context = state->context;

    hass_buf_add_string(buf, "{\"s\":");
    hass_json_write_string(state->text, state->length, buf);
    hass_buf_add_string(buf, ",\"a\":");
    attrs_write_json(state->attrs, buf);
    hass_buf_add_string(buf, ",\"c\":");
    if (hass_context_user_id(context) || hass_context_parent_id(context)) {
        context_write_json(context, buf);
    } else {
        const char *id = hass_context_id(context);
        hass_json_write_string(id, strlen(id), buf);
    }
    hass_buf_add_string(buf, ",\"lc\":");
    write_seconds(state->last_changed, buf);
    if (state->last_updated != state->last_changed) {
        hass_buf_add_string(buf, ",\"lu\":");
        write_seconds(state->last_updated, buf);
    }
    hass_buf_add_char(buf, '}');
}
