/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a state is in a template: an object whose fields are read straight from the packed state. One that came from `states` notes
 * that it was read, whatever of it but its id; one that was met while walking over a domain does not, since the domain has been noted.
 * States among the variables (trigger.to_state) are another class.
 */
#include <string.h>

#include <hass/const.h>
#include <hass/context.h>
#include <hass/dt.h>

#include "helpers/template_functions.h"
#include "template/moment.h"

struct state_object {
    struct tmpl_object object;
    const struct hass_state *state;
    struct tmpl_value attributes; /* once they have been asked for */
    bool noted;                   /* reading it is */
};

static const struct tmpl_type live_type, state_type;

static void note(struct tmpl_vm *vm, const struct state_object *object)
{
    if (object->noted)
        template_note(vm, object->state->slot);
}

/* fields */

typedef struct tmpl_value field_fn(struct tmpl_vm *vm, struct state_object *object);

static struct tmpl_value state_text(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_string_view(object->state->text, object->state->length);
}

static struct tmpl_value attributes(struct tmpl_vm *vm, struct state_object *object)
{
    struct tmpl_value value = object->attributes;

    if (value.kind == TMPL_ABSENT)
        value = template_attributes(vm, object->state->attrs);
    if (object->object.type == &live_type) // others may outlive the render, and with it this heap
        object->attributes = value;
    return value;
}

static struct tmpl_value entity_id(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_string_view(object->state->slot->id, object->state->slot->length);
}

static struct tmpl_value domain(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_string_view(object->state->slot->id, object->state->slot->domain_length);
}

static struct tmpl_value object_id(struct tmpl_vm *vm, struct state_object *object)
{
    const struct entity_slot *slot = object->state->slot;
    size_t domain_length = slot->domain_length + 1u;

    return tmpl_string_view(slot->id + domain_length, slot->length - domain_length);
}

static struct tmpl_value name(struct tmpl_vm *vm, struct state_object *object)
{
    struct hass_value value;
    autobuf buf = HASS_BUF_INIT;

    if (attrs_get(object->state->attrs, HASS_ATTR_FRIENDLY_NAME, strlen(HASS_ATTR_FRIENDLY_NAME),
                  &value) &&
        value.type != HASS_VALUE_NONE)
        return template_value(vm, &value);
    hass_state_name(object->state, &buf);
    return tmpl_string_of(&vm->heap, &buf);
}

static struct tmpl_value last_changed(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_moment_in(&vm->heap, object->state->last_changed, NULL);
}

static struct tmpl_value last_updated(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_moment_in(&vm->heap, object->state->last_updated, NULL);
}

static struct tmpl_value last_reported(struct tmpl_vm *vm, struct state_object *object)
{
    return tmpl_moment_in(&vm->heap, hass_state_last_reported(object->state), NULL);
}

static struct tmpl_value seconds(int64_t usec)
{
    return tmpl_float((double)usec / 1e6);
}

static struct tmpl_value last_changed_timestamp(struct tmpl_vm *vm, struct state_object *object)
{
    return seconds(object->state->last_changed);
}

static struct tmpl_value last_updated_timestamp(struct tmpl_vm *vm, struct state_object *object)
{
    return seconds(object->state->last_updated);
}

static struct tmpl_value last_reported_timestamp(struct tmpl_vm *vm, struct state_object *object)
{
    return seconds(hass_state_last_reported(object->state));
}

static HASS_CALLBACK struct tmpl_value state_with_unit(struct tmpl_vm *vm,
                                                       struct state_object *object)
{
    return template_format_state(vm, object->state, true, true);
}

static struct tmpl_value context(struct tmpl_vm *vm, struct state_object *object);
static struct tmpl_value as_dict(struct tmpl_vm *vm, struct state_object *object);

static const struct field {
    const char *name;
    size_t length;
    field_fn *read;
    bool unnoted;  /* reading it is not noted */
    bool computed; /* only what comes from `states` has it */
} fields[] = {
    { "state", 5, state_text },
    { "attributes", 10, attributes },
    { "entity_id", 9, entity_id, .unnoted = true },
    { "name", 4, name },
    { "domain", 6, domain },
    { "object_id", 9, object_id },
    { "last_changed", 12, last_changed },
    { "last_updated", 12, last_updated },
    { "last_reported", 13, last_reported },
    { "context", 7, context },
    { "state_with_unit", 15, state_with_unit, .computed = true },
    { "last_changed_timestamp", 22, last_changed_timestamp },
    { "last_updated_timestamp", 22, last_updated_timestamp },
    { "last_reported_timestamp", 23, last_reported_timestamp },
    { "as_dict", 7, as_dict },
};

static int read_field(struct tmpl_vm *vm, struct tmpl_object *object, const char *field,
                      size_t length, struct tmpl_value *ret_value)
{
    struct state_object *state = (struct state_object *)object;

    for (const struct field *row = fields; row < fields + sizeof(fields) / sizeof(*fields); row++) {
        if (row->length != length || memcmp(row->name, field, length) != 0)
            continue;
        if (row->computed && object->type != &live_type)
            return 0;
        if (!row->unnoted)
            note(vm, state);
        *ret_value = row->read(vm, state);
        return 1;
    }
    return 0;
}

static int read_item(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_value *key,
                     struct tmpl_value *ret_value)
{
    return key->kind == TMPL_STRING ? read_field(vm, object, key->text, key->length, ret_value) : 0;
}

/* context and as_dict */

struct context_object {
    struct tmpl_object object;
    const struct hass_context *context;
};

static struct tmpl_value context_member(const struct hass_context *context, size_t index)
{
    static const char *(*const readers[])(const struct hass_context *context) = {
        hass_context_id, hass_context_user_id, hass_context_parent_id
    };

    return template_lent(readers[index](context));
}

static const char *const context_members[] = { "id", "user_id", "parent_id" };
#define CONTEXT_MEMBERS 3

static int read_context(struct tmpl_vm *vm, struct tmpl_object *object, const char *field,
                        size_t length, struct tmpl_value *ret_value)
{
    const struct context_object *context = (struct context_object *)object;

    for (size_t i = 0; i < CONTEXT_MEMBERS; i++) {
        if (strlen(context_members[i]) != length || memcmp(context_members[i], field, length) != 0)
            continue;
        *ret_value = context_member(context->context, i);
        return 1;
    }
    return 0;
}

static int equal_contexts(struct tmpl_vm *vm, struct tmpl_object *object,
                          const struct tmpl_value *other)
{
    const struct context_object *a = (struct context_object *)object;

    if (other->kind != TMPL_OBJECT || other->object->type != object->type)
        return 0;
    return hass_context_equal(a->context, ((struct context_object *)other->object)->context);
}

static const struct tmpl_type context_type = {
    .name = "Context",
    .qualified = "homeassistant.core.Context",
    .attr = read_context,
    .equal = equal_contexts,
};

struct tmpl_value template_context_value(struct tmpl_heap *heap, const struct hass_context *context)
{
    struct context_object *object = tmpl_alloc(heap, sizeof(*object));

    *object = (struct context_object){ { &context_type }, context };
    return tmpl_object_value(&object->object);
}

const struct hass_context *template_context_of(const struct tmpl_value *value)
{
    if (value->kind != TMPL_OBJECT || value->object->type != &context_type)
        return NULL;
    return ((struct context_object *)value->object)->context;
}

static struct tmpl_value context(struct tmpl_vm *vm, struct state_object *object)
{
    return template_context_value(&vm->heap, object->state->context);
}

static void put(struct tmpl_vm *vm, struct tmpl_dict *dict, const char *key,
                struct tmpl_value value)
{
    tmpl_dict_set_text(&vm->heap, dict, key, strlen(key), value);
}

static void put_time(struct tmpl_vm *vm, struct tmpl_dict *dict, const char *key, int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    put(vm, dict, key, tmpl_string_copy(&vm->heap, text, strlen(text)));
}

struct method_object {
    struct tmpl_object object;
    struct state_object *state;
};

static int call_as_dict(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct state_object *state = ((struct method_object *)object)->state;
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, 7);
    struct tmpl_dict *by = tmpl_dict_new(&vm->heap, CONTEXT_MEMBERS);

    if (call->count || call->named)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "State.as_dict() takes 1 positional argument");
    for (size_t i = 0; i < CONTEXT_MEMBERS; i++)
        put(vm, by, context_members[i], context_member(state->state->context, i));
    put(vm, dict, "entity_id", entity_id(vm, state));
    put(vm, dict, "state", state_text(vm, state));
    put(vm, dict, "attributes", attributes(vm, state));
    put_time(vm, dict, "last_changed", state->state->last_changed);
    put_time(vm, dict, "last_reported", hass_state_last_reported(state->state));
    put_time(vm, dict, "last_updated", state->state->last_updated);
    put(vm, dict, "context", tmpl_dict_value(by));
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

static const struct tmpl_type as_dict_type = { .name = "method", .call = call_as_dict };

static struct tmpl_value as_dict(struct tmpl_vm *vm, struct state_object *object)
{
    struct method_object *method = tmpl_alloc(&vm->heap, sizeof(*method));

    *method = (struct method_object){ { &as_dict_type }, object };
    return tmpl_object_value(&method->object);
}

/* printing and comparing */

static int print_attributes(struct tmpl_vm *vm, const struct attrs *attrs, struct hass_buf *buf)
{
    struct hass_value value;
    const char *key, *separator = "; ";

    for (size_t pos = 0; attrs_next(attrs, &pos, &key, &value); separator = ", ") {
        struct tmpl_value shown = template_attribute(vm, key, strlen(key), &value);
        hass_buf_printf(buf, "%s%s=", separator, key);
        if (tmpl_print(vm, &shown, buf) < 0)
            return -1;
    }
    return 0;
}

static int print_state(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct hass_state *state = ((struct state_object *)object)->state;
    char changed[HASS_DT_TEXT];

    hass_dt_iso(state->last_changed, vm->host.zone, changed);
    hass_buf_printf(buf, "<state %s=%s", state->slot->id, state->text);
    if (print_attributes(vm, state->attrs, buf) < 0)
        return -1;
    hass_buf_printf(buf, " @ %s>", changed);
    return 0;
}

static int print_live(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "<template TemplateState(");
    if (print_state(vm, object, buf) < 0)
        return -1;
    hass_buf_add_string(buf, ")>");
    return 0;
}

static int equal_states(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_value *other)
{
    const struct hass_state *a = ((struct state_object *)object)->state;
    const struct hass_state *b = template_state_of(other);

    note(vm, (struct state_object *)object);
    if (!b)
        return 0;
    note(vm, (struct state_object *)other->object);
    return a == b || (strcmp(a->slot->id, b->slot->id) == 0 && strcmp(a->text, b->text) == 0 &&
                      hass_state_same_attrs(a, b));
}

static const struct tmpl_type live_type = {
    .name = "TemplateState",
    .qualified = "homeassistant.helpers.template.TemplateState",
    .repr = print_live,
    .attr = read_field,
    .item = read_item,
    .equal = equal_states,
};

static const struct tmpl_type state_type = {
    .name = "State",
    .qualified = "homeassistant.core.State",
    .repr = print_state,
    .attr = read_field,
    .equal = equal_states,
};

/* making */

static struct tmpl_value make(struct tmpl_heap *heap, const struct tmpl_type *type,
                              const struct hass_state *state, bool noted)
{
    struct state_object *object = tmpl_alloc(heap, sizeof(*object));

    *object = (struct state_object){ .object = { type }, .state = state, .noted = noted };
    return tmpl_object_value(&object->object);
}

struct tmpl_value template_live_state(struct tmpl_heap *heap, const struct entity_slot *slot)
{
    return make(heap, &live_type, slot->state, true);
}

struct tmpl_value template_walked_state(struct tmpl_heap *heap, const struct entity_slot *slot)
{
    return make(heap, &live_type, slot->state, false);
}

struct tmpl_value template_state_value(struct tmpl_heap *heap, const struct hass_state *state)
{
    return make(heap, &state_type, state, false);
}

void template_note_value(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    if (template_state_of(value))
        note(vm, (struct state_object *)value->object);
}

const struct hass_state *template_state_of(const struct tmpl_value *value)
{
    if (value->kind != TMPL_OBJECT ||
        (value->object->type != &live_type && value->object->type != &state_type))
        return NULL;
    return ((struct state_object *)value->object)->state;
}
