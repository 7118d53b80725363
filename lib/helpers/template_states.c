/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `states`, its domains, and the functions about states. `states.light` is an object that knows its name; only walking over it or counting it
 * looks at the machine, and that is what is noted.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/const.h>
#include <hass/entity_registry.h>
#include <hass/translation.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "base/utf8.h"
#include "core/states_table.h"
#include "helpers/template_functions.h"

/* looking up */

void template_note_id(struct tmpl_vm *vm, const char *id, size_t length)
{
    struct template_info *info = template_run_of(vm)->info;

    if (info && length <= HASS_MAX_ENTITY_ID)
        template_names_add(&info->entities, &info->arena, id, length, strmap_hash(id, length));
}

void template_note(struct tmpl_vm *vm, const struct entity_slot *slot)
{
    struct template_info *info = template_run_of(vm)->info;

    if (info)
        template_names_add(&info->entities, &info->arena, slot->id, slot->length, slot->hash);
}

static void lower_case(const char *text, size_t length, char lower[HASS_MAX_ENTITY_ID + 1])
{
    for (size_t i = 0; i < length; i++)
        lower[i] = ascii_to_lower(text[i]);
}

struct entity_slot *template_find(struct tmpl_vm *vm, const char *id, size_t length)
{
    const struct states *states = &template_hass_of(vm)->states;
    struct entity_slot *slot = table_find(states, id, length);
    char lower[HASS_MAX_ENTITY_ID + 1];

    if (!slot && length <= HASS_MAX_ENTITY_ID) {
        lower_case(id, length, lower);
        id = lower;
        slot = table_find(states, id, length);
    }
    if (slot && slot->state)
        return slot;
    template_note_id(vm, id, length);
    return NULL;
}

/* The state of the entity that an argument names, noted; NULL: there is none, or an error was raised. */
static HASS_CALLBACK const struct hass_state *look_up(struct tmpl_vm *vm,
                                                      const struct tmpl_value *id)
{
    if (id->kind == TMPL_UNDEFINED) {
        tmpl_raise_logged(vm, id);
        return NULL;
    }
    if (id->kind != TMPL_STRING) {
        tmpl_raise(vm, TMPL_TYPE_ERROR, "%s got %s, expected an entity id", vm->function,
                   tmpl_class_name(id));
        return NULL;
    }
    const struct entity_slot *slot = template_find(vm, id->text, id->length);
    if (!slot)
        return NULL;
    template_note(vm, slot);
    return slot->state;
}

/* 0, or -1 when look_up has raised. */
static int raised(const struct tmpl_value *id)
{
    return id->kind == TMPL_STRING ? 0 : -1;
}

/* a state with its digits and unit */

/* The digits that a sensor is shown with: its user's choice, else its integration's; -1: all there are. */
static HASS_CALLBACK int display_precision(struct hass *hass, const char *entity_id)
{
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, entity_id);
    autojson *options = NULL;

    if (!entry || !strstr(entry->options, "display_precision") ||
        hass_json_parse(entry->options, strlen(entry->options), SIZE_MAX, &options, NULL) < 0)
        return -1;
    const json_t *sensor = hass_json_get(options, "sensor");
    const json_t *chosen = hass_json_get(sensor, "display_precision");
    if (!json_is_integer(chosen))
        chosen = hass_json_get(sensor, "suggested_display_precision");
    return json_is_integer(chosen) ? (int)json_integer_value(chosen) : -1;
}

static bool is_sensor(const struct hass_state *state)
{
    return state->slot->domain_length == 6 && memcmp(state->slot->id, "sensor", 6) == 0;
}

/* As `f"{number:z.{digits}f}"`: what is rounded to zero has no sign. */
static void print_rounded(double number, int digits, struct hass_buf *buf)
{
    size_t start = buf->length;

    hass_buf_printf(buf, "%.*f", digits, number);
    if (buf->data[start] != '-' || strpbrk(buf->data + start, "123456789"))
        return;
    autofree char *unsigned_text = mem_strdup(buf->data + start + 1);
    buf->length = start;
    hass_buf_add_string(buf, unsigned_text);
}

static HASS_CALLBACK void print_state_text(struct tmpl_vm *vm, const struct hass_state *state,
                                           bool rounded, struct hass_buf *buf)
{
    int digits =
        rounded && is_sensor(state) ? display_precision(template_hass_of(vm), state->slot->id) : -1;
    double number;

    if (digits >= 0 && digits <= 100 && tmpl_parse_float(state->text, state->length, &number) &&
        isfinite(number))
        print_rounded(number, digits, buf);
    else
        hass_buf_add(buf, state->text, state->length);
}

struct tmpl_value template_format_state(struct tmpl_vm *vm, const struct hass_state *state,
                                        bool rounded, bool with_unit)
{
    autobuf buf = HASS_BUF_INIT;
    struct hass_value unit;

    print_state_text(vm, state, rounded, &buf);
    if (with_unit && hass_state_attr(state, HASS_ATTR_UNIT_OF_MEASUREMENT, &unit) &&
        unit.type != HASS_VALUE_NONE) {
        hass_buf_add_char(&buf, ' ');
        hass_value_write_text(unit, &buf);
    }
    return tmpl_string_of(&vm->heap, &buf);
}

/* functions about one state */

static HASS_CALLBACK int states_call(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    const struct hass_state *state = look_up(vm, &call->args[0]);
    int with_unit = call->args[2].kind == TMPL_ABSENT ? 0 : tmpl_truth(vm, &call->args[2]);
    int rounded = call->args[1].kind == TMPL_ABSENT ? with_unit : tmpl_truth(vm, &call->args[1]);

    if (raised(&call->args[0]) < 0 || with_unit < 0 || rounded < 0)
        return -1;
    if (!state)
        *ret_value = tmpl_string_static(HASS_STATE_UNKNOWN);
    else if (rounded || with_unit)
        *ret_value = template_format_state(vm, state, rounded, with_unit);
    else
        *ret_value = tmpl_string_view(state->text, state->length);
    return 0;
}

static HASS_CALLBACK int is_state(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    const struct tmpl_value *wanted = &call->args[1];
    const struct hass_state *state = look_up(vm, &call->args[0]);
    int holds = 0;

    if (raised(&call->args[0]) < 0)
        return -1;
    if (state) {
        struct tmpl_value text = tmpl_string_view(state->text, state->length);
        holds = wanted->kind == TMPL_LIST ? tmpl_compare(vm, TMPL_IN, &text, wanted)
                                          : tmpl_equal(vm, &text, wanted);
    }
    *ret_value = tmpl_bool(holds > 0);
    return holds < 0 ? -1 : 0;
}

/* True and the attribute that the second argument names. */
static HASS_CALLBACK bool look_up_attribute(struct tmpl_vm *vm, const struct tmpl_call *call,
                                            struct tmpl_value *ret_value)
{
    const struct hass_state *state = look_up(vm, &call->args[0]);
    const struct tmpl_value *key = &call->args[1];
    struct hass_value value;

    if (!state || key->kind != TMPL_STRING ||
        !attrs_get(state->attrs, key->text, key->length, &value))
        return false;
    *ret_value = template_attribute(vm, key->text, key->length, &value);
    return true;
}

static HASS_CALLBACK int state_attr(struct tmpl_vm *vm, const struct tmpl_call *call,
                                    struct tmpl_value *ret_value)
{
    if (!look_up_attribute(vm, call, ret_value))
        *ret_value = tmpl_none();
    return raised(&call->args[0]);
}

static HASS_CALLBACK int is_state_attr(struct tmpl_vm *vm, const struct tmpl_call *call,
                                       struct tmpl_value *ret_value)
{
    struct tmpl_value value;
    int holds = look_up_attribute(vm, call, &value) ? tmpl_equal(vm, &value, &call->args[2]) : 0;

    *ret_value = tmpl_bool(holds > 0);
    return holds < 0 ? -1 : raised(&call->args[0]);
}

static bool has_no_value(const char *text)
{
    return strcmp(text, HASS_STATE_UNKNOWN) == 0 || strcmp(text, HASS_STATE_UNAVAILABLE) == 0;
}

static HASS_CALLBACK int has_value(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    const struct hass_state *state = look_up(vm, &call->args[0]);

    *ret_value = tmpl_bool(state && !has_no_value(state->text));
    return raised(&call->args[0]);
}

/* translations */

/* The text of a state or of an attribute's value: of its integration's translation key, its device class, its domain; else NULL. */
static HASS_CALLBACK const char *translate(struct hass *hass, const struct hass_state *state,
                                           const char *attribute, const char *value)
{
    const char *id = state->slot->id;
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, id);
    autofree char *domain = mem_strndup(id, state->slot->domain_length);
    autofree char *what = attribute ? mem_printf("state_attributes.%s.state.%s", attribute, value)
                                    : mem_printf("state.%s", value);
    const char *text = NULL;
    struct hass_value class;

    if (entry && entry->translation_key) {
        autofree char *key = mem_printf("entity.%s.%s.%s", domain, entry->translation_key, what);
        text = hass_async_translation(hass, entry->platform, key);
    }
    if (!text && hass_state_attr(state, HASS_ATTR_DEVICE_CLASS, &class) &&
        class.type == HASS_VALUE_STRING) {
        autofree char *key = mem_printf("entity_component.%s.%s", class.text.data, what);
        text = hass_async_translation(hass, domain, key);
    }
    if (!text) {
        autofree char *key = mem_printf("entity_component._.%s", what);
        text = hass_async_translation(hass, domain, key);
    }
    return text;
}

static HASS_CALLBACK int state_translated(struct tmpl_vm *vm, const struct tmpl_call *call,
                                          struct tmpl_value *ret_value)
{
    const struct hass_state *state = look_up(vm, &call->args[0]);

    if (!state) {
        *ret_value = tmpl_string_static(HASS_STATE_UNKNOWN);
        return raised(&call->args[0]);
    }
    const char *text = has_no_value(state->text)
                           ? NULL
                           : translate(template_hass_of(vm), state, NULL, state->text);
    *ret_value = tmpl_string_static(text ? text : state->text);
    return 0;
}

static HASS_CALLBACK int state_attr_translated(struct tmpl_vm *vm, const struct tmpl_call *call,
                                               struct tmpl_value *ret_value)
{
    int r = state_attr(vm, call, ret_value);

    if (r < 0 || ret_value->kind != TMPL_STRING)
        return r;
    const struct entity_slot *slot = template_find(vm, call->args[0].text, call->args[0].length);
    const char *attribute = template_text(vm, &call->args[1]);
    const char *value = template_text(vm, ret_value);
    const char *text = translate(template_hass_of(vm), slot->state, attribute, value);
    if (text)
        *ret_value = tmpl_string_static(text);
    return 0;
}

/* walking and counting */

struct domain_object {
    struct tmpl_object object;
    const char *name;
    size_t length;
};

static HASS_CALLBACK const struct states_domain *find_domain(struct tmpl_vm *vm,
                                                             const struct domain_object *domain)
{
    return hass_strmap_get_n(template_hass_of(vm)->states.domains, domain->name, domain->length);
}

static HASS_CALLBACK void note_domain(struct tmpl_vm *vm, const struct domain_object *domain,
                                      bool walked)
{
    struct template_info *info = template_run_of(vm)->info;

    if (info)
        template_names_add(walked ? &info->domains : &info->lifecycles, &info->arena, domain->name,
                           domain->length, strmap_hash(domain->name, domain->length));
}

static HASS_CALLBACK int reserve_states(struct tmpl_vm *vm, size_t count,
                                        struct tmpl_value **ret_items)
{
    size_t size = count * (sizeof(struct tmpl_value) + 48); // about what an object takes

    if (tmpl_spend(vm, count) < 0 || tmpl_reserve(vm, size) < 0)
        return -1;
    *ret_items = tmpl_alloc(&vm->heap, (count + 1) * sizeof(**ret_items));
    return 0;
}

static HASS_CALLBACK int walk_domain(struct tmpl_vm *vm, struct tmpl_object *object,
                                     const struct tmpl_value **ret_items, size_t *ret_count)
{
    const struct domain_object *domain = (struct domain_object *)object;
    const struct states_domain *found = find_domain(vm, domain);
    struct tmpl_value *items;
    size_t count = 0;

    note_domain(vm, domain, true);
    if (reserve_states(vm, found ? found->count : 0, &items) < 0)
        return -1;
    if (found)
        list_foreach(&found->slots, struct entity_slot, slot, domain_link)
            items[count++] = template_walked_state(&vm->heap, slot);
    *ret_items = items;
    *ret_count = count;
    return 0;
}

static HASS_CALLBACK int count_domain(struct tmpl_vm *vm, struct tmpl_object *object,
                                      int64_t *ret_length)
{
    const struct domain_object *domain = (struct domain_object *)object;
    const struct states_domain *found = find_domain(vm, domain);

    note_domain(vm, domain, false);
    *ret_length = found ? (int64_t)found->count : 0;
    return 0;
}

static HASS_CALLBACK bool is_any_domain(struct tmpl_vm *vm, struct tmpl_object *object)
{
    int64_t length;

    return count_domain(vm, object, &length) == 0 && length;
}

static HASS_CALLBACK int walk_all(struct tmpl_vm *vm, struct tmpl_object *object,
                                  const struct tmpl_value **ret_items, size_t *ret_count)
{
    const struct states *states = &template_hass_of(vm)->states;
    struct tmpl_value *items;
    size_t count = 0;

    if (template_run_of(vm)->info)
        template_run_of(vm)->info->all_states = true;
    if (reserve_states(vm, states->count, &items) < 0)
        return -1;
    list_foreach(&states->all, struct entity_slot, slot, link)
        items[count++] = template_walked_state(&vm->heap, slot);
    *ret_items = items;
    *ret_count = count;
    return 0;
}

static HASS_CALLBACK int count_all(struct tmpl_vm *vm, struct tmpl_object *object,
                                   int64_t *ret_length)
{
    if (template_run_of(vm)->info)
        template_run_of(vm)->info->all_lifecycles = true;
    *ret_length = (int64_t)template_hass_of(vm)->states.count;
    return 0;
}

static HASS_CALLBACK bool is_any(struct tmpl_vm *vm, struct tmpl_object *object)
{
    int64_t length;

    return count_all(vm, object, &length) == 0 && length;
}

/* states.light, states.light.kitchen */

static bool is_part_of_id(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '_' ? i == 0 || i == length - 1 || text[i - 1] == '_'
                     : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return length > 0;
}

/* The length is checked first: the text goes into a buffer of that size. */
static bool is_entity_id(const char *id, size_t length)
{
    char text[HASS_MAX_ENTITY_ID + 1];

    if (length > HASS_MAX_ENTITY_ID || memchr(id, 0, length))
        return false;
    memcpy(text, id, length);
    text[length] = 0;
    return hass_valid_entity_id(text);
}

static HASS_CALLBACK int get_state(struct tmpl_vm *vm, const char *id, size_t length,
                                   struct tmpl_value *ret_value)
{
    const struct entity_slot *slot = template_find(vm, id, length);

    if (!slot && !is_entity_id(id, length))
        return tmpl_raise(vm, TMPL_TEMPLATE_ERROR, "Invalid entity ID '%.*s'", (int)length, id);
    *ret_value = slot ? template_live_state(&vm->heap, slot) : tmpl_none();
    return 1;
}

static HASS_CALLBACK int read_domain(struct tmpl_vm *vm, struct tmpl_object *object,
                                     const char *name, size_t length, struct tmpl_value *ret_value)
{
    const struct domain_object *domain = (struct domain_object *)object;
    char id[HASS_MAX_ENTITY_ID + 2];

    if (domain->length + 1 + length > HASS_MAX_ENTITY_ID) {
        *ret_value = tmpl_none();
        return 1;
    }
    memcpy(id, domain->name, domain->length);
    id[domain->length] = '.';
    memcpy(id + domain->length + 1, name, length);
    return get_state(vm, id, domain->length + 1 + length, ret_value);
}

static HASS_CALLBACK int domain_item(struct tmpl_vm *vm, struct tmpl_object *object,
                                     const struct tmpl_value *key, struct tmpl_value *ret_value)
{
    return key->kind == TMPL_STRING ? read_domain(vm, object, key->text, key->length, ret_value)
                                    : 0;
}

static HASS_CALLBACK int print_domain(struct tmpl_vm *vm, struct tmpl_object *object,
                                      struct hass_buf *buf)
{
    const struct domain_object *domain = (struct domain_object *)object;

    hass_buf_printf(buf, "<template DomainStates('%.*s')>", (int)domain->length, domain->name);
    return 0;
}

static HASS_CALLBACK int equal_domains(struct tmpl_vm *vm, struct tmpl_object *object,
                                       const struct tmpl_value *other)
{
    const struct domain_object *a = (struct domain_object *)object;

    if (other->kind != TMPL_OBJECT || other->object->type != object->type)
        return 0;
    const struct domain_object *b = (struct domain_object *)other->object;
    return a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

static const struct tmpl_type domain_type = {
    .name = "DomainStates",
    .qualified = "homeassistant.helpers.template.DomainStates",
    .repr = print_domain,
    .truth = is_any_domain,
    .length = count_domain,
    .attr = read_domain,
    .item = domain_item,
    .iterate = walk_domain,
    .equal = equal_domains,
    .sequence = true,
};

static HASS_CALLBACK int read_all(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                                  size_t length, struct tmpl_value *ret_value)
{
    if (vm->limited) {
        autofree char *text =
            mem_printf("'function object' has no attribute '%.*s'", (int)length, name);
        struct tmpl_value copy = tmpl_string_copy(&vm->heap, text, strlen(text) + 1);
        *ret_value = tmpl_undefined_text(&vm->heap, copy.text, false);
        return 1;
    }
    if (memchr(name, '.', length))
        return get_state(vm, name, length, ret_value);
    if (length > HASS_MAX_DOMAIN || !is_part_of_id(name, length))
        return tmpl_raise(vm, TMPL_TEMPLATE_ERROR, "Invalid domain name '%.*s'", (int)length, name);
    struct domain_object *domain = tmpl_alloc(&vm->heap, sizeof(*domain));
    *domain = (struct domain_object){ { &domain_type }, name, length };
    *ret_value = tmpl_object_value(&domain->object);
    return 1;
}

static HASS_CALLBACK int all_item(struct tmpl_vm *vm, struct tmpl_object *object,
                                  const struct tmpl_value *key, struct tmpl_value *ret_value)
{
    return key->kind == TMPL_STRING ? read_all(vm, object, key->text, key->length, ret_value) : 0;
}

static HASS_CALLBACK int print_all(struct tmpl_vm *vm, struct tmpl_object *object,
                                   struct hass_buf *buf)
{
    hass_buf_add_string(buf, "<template AllStates>");
    return 0;
}

static const struct tmpl_function states_function = { "states", states_call,
                                                      "entity_id ?rounded with_unit",
                                                      TMPL_GLOBAL | TMPL_UNDEFINED_OK };

static HASS_CALLBACK int call_all(struct tmpl_vm *vm, struct tmpl_object *object,
                                  const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    if (vm->limited)
        return tmpl_raise(vm, TMPL_TEMPLATE_ERROR,
                          "Use of 'states' is not supported in limited templates");
    return tmpl_call_function(vm, &states_function, call, ret_value);
}

static const struct tmpl_type all_type = {
    .name = "AllStates",
    .qualified = "homeassistant.helpers.template.AllStates",
    .repr = print_all,
    .truth = is_any,
    .length = count_all,
    .attr = read_all,
    .item = all_item,
    .iterate = walk_all,
    .call = call_all,
    .sequence = true,
};

struct tmpl_value template_all_states(void)
{
    static struct tmpl_object all = { &all_type };

    return tmpl_object_value(&all);
}

/* What an undefined id means they say themselves. */
#define REFUSED (TMPL_NOT_LIMITED | TMPL_UNDEFINED_OK)
#define ABSENT  (TMPL_ABSENT_LIMITED | TMPL_UNDEFINED_OK)

static const struct tmpl_function table[] = {
    { "states", states_call, "entity_id ?rounded with_unit", TMPL_FILTER | ABSENT },
    { "is_state", is_state, "entity_id state", TMPL_GLOBAL | REFUSED },
    { "is_state", is_state, "entity_id state", TMPL_TEST | ABSENT },
    { "state_attr", state_attr, "entity_id name", TMPL_GLOBAL | REFUSED },
    { "state_attr", state_attr, "entity_id name", TMPL_FILTER | ABSENT },
    { "is_state_attr", is_state_attr, "entity_id name value", TMPL_GLOBAL | REFUSED },
    { "is_state_attr", is_state_attr, "entity_id name value", TMPL_TEST | ABSENT },
    { "has_value", has_value, "entity_id", TMPL_GLOBAL | TMPL_FILTER | REFUSED },
    { "has_value", has_value, "entity_id", TMPL_TEST | ABSENT },
    { "state_translated", state_translated, "entity_id", TMPL_GLOBAL | REFUSED },
    { "state_translated", state_translated, "entity_id", TMPL_FILTER | ABSENT },
    { "state_attr_translated", state_attr_translated, "entity_id attribute",
      TMPL_GLOBAL | REFUSED },
    { "state_attr_translated", state_attr_translated, "entity_id attribute", TMPL_FILTER | ABSENT },
};

const struct tmpl_functions template_state_functions = { table, sizeof(table) / sizeof(*table) };
