/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups and places: expand, closest, distance. What is asked for here is not known beforehand, so that every entity that is looked into is
 * noted by itself. What cannot be used is warned of, and the answer is none.
 */
#include <math.h>
#include <string.h>

#include <hass/const.h>
#include <hass/location.h>
#include <hass/log.h>

#include "base/mem.h"
#include "helpers/template_functions.h"

/* groups */

struct expansion {
    struct template_list found;     /* state objects */
    const struct hass_state **seen; /* members and groups */
    size_t seen_count, seen_capacity;
};

static bool was_seen(const struct expansion *expansion, const struct hass_state *state)
{
    for (size_t i = 0; i < expansion->seen_count; i++)
        if (expansion->seen[i] == state)
            return true;
    return false;
}

static void see(struct tmpl_heap *heap, struct expansion *expansion, const struct hass_state *state)
{
    if (expansion->seen_count == expansion->seen_capacity) {
        size_t capacity = expansion->seen_capacity ? expansion->seen_capacity * 2 : 16;
        const struct hass_state **seen = tmpl_alloc(heap, capacity * sizeof(*seen));
        if (expansion->seen_count)
            memcpy(seen, expansion->seen, expansion->seen_count * sizeof(*seen));
        expansion->seen = seen;
        expansion->seen_capacity = capacity;
    }
    expansion->seen[expansion->seen_count++] = state;
}

static bool is_in_domain(const struct hass_state *state, const char *domain)
{
    size_t length = strlen(domain);

    return state->slot->domain_length == length && memcmp(state->slot->id, domain, length) == 0;
}

/* The attribute that lists what is in a group or zone; NULL for other entities. */
static HASS_CALLBACK const char *members_attribute(struct hass *hass,
                                                   const struct hass_state *state)
{
    const char *source;

    if (is_in_domain(state, "group"))
        return HASS_ATTR_ENTITY_ID;
    if (is_in_domain(state, "zone"))
        return "persons";
    source = template_source_of(hass, state->slot->id);
    return source && strcmp(source, "group") == 0 ? HASS_ATTR_ENTITY_ID : NULL;
}

static HASS_CALLBACK int expand_value(struct tmpl_vm *vm, struct expansion *expansion,
                                      const struct tmpl_value *value);

static HASS_CALLBACK int expand_items(struct tmpl_vm *vm, struct expansion *expansion,
                                      const struct tmpl_value *value)
{
    const struct tmpl_value *items;
    size_t count;

    if (tmpl_iterate(vm, value, &items, &count) < 0 || tmpl_spend(vm, count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (expand_value(vm, expansion, &items[i]) < 0)
            return -1;
    return 0;
}

static HASS_CALLBACK int expand_state(struct tmpl_vm *vm, struct expansion *expansion,
                                      const struct hass_state *state,
                                      const struct tmpl_value *value)
{
    const char *attribute = members_attribute(template_hass_of(vm), state);
    struct hass_value members;

    if (attribute)
        template_note_value(vm, value); // one that was met in its domain is noted with that
    if (was_seen(expansion, state))
        return 0;
    see(&vm->heap, expansion, state);
    if (!attribute) {
        template_note(vm, state->slot);
        template_list_add(&vm->heap, &expansion->found, *value);
        return 0;
    }
    if (!hass_state_attr(state, attribute, &members) || members.type != HASS_VALUE_JSON)
        return 0;
    struct tmpl_value list = template_value(vm, &members);
    return expand_items(vm, expansion, &list);
}

static HASS_CALLBACK int expand_value(struct tmpl_vm *vm, struct expansion *expansion,
                                      const struct tmpl_value *value)
{
    const struct hass_state *state = template_state_of(value);

    if (state)
        return expand_state(vm, expansion, state, value);
    if (value->kind == TMPL_STRING) {
        const struct entity_slot *slot = template_find(vm, value->text, value->length);
        if (!slot)
            return 0;
        struct tmpl_value live = template_live_state(&vm->heap, slot);
        return expand_state(vm, expansion, slot->state, &live);
    }
    return tmpl_is_iterable(value) ? expand_items(vm, expansion, value) : 0;
}

static HASS_CALLBACK int expand(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    struct expansion expansion = { 0 };

    for (unsigned i = 0; i < call->count; i++)
        if (expand_value(vm, &expansion, &call->args[i]) < 0)
            return -1;
    *ret_value = template_list_value(&expansion.found);
    return 0;
}

/* places */

struct place {
    double latitude, longitude;
};

/* A place is given by numbers with a fraction, as the model has it: integers are something else. */
static bool read_degrees(const struct hass_state *state, const char *key, double *ret_degrees)
{
    struct hass_value value;

    if (!hass_state_attr(state, key, &value) || value.type != HASS_VALUE_DOUBLE)
        return false;
    *ret_degrees = value.number;
    return true;
}

static bool place_of(const struct hass_state *state, struct place *ret_place)
{
    return read_degrees(state, "latitude", &ret_place->latitude) &&
           read_degrees(state, "longitude", &ret_place->longitude);
}

static struct place home_of(const struct hass *hass)
{
    return (struct place){ hass->config.home.latitude, hass->config.home.longitude };
}

/* As float(value): numbers and texts of numbers. */
static bool to_degrees(const struct tmpl_value *value, double *ret_degrees)
{
    if (value->kind == TMPL_FLOAT)
        *ret_degrees = value->number;
    else if (value->kind == TMPL_INT || value->kind == TMPL_BOOL)
        *ret_degrees = (double)value->integer;
    else
        return value->kind == TMPL_STRING &&
               tmpl_parse_float(value->text, value->length, ret_degrees);
    return true;
}

static bool to_place(const struct tmpl_value *latitude, const struct tmpl_value *longitude,
                     struct place *ret_place)
{
    return to_degrees(latitude, &ret_place->latitude) &&
           to_degrees(longitude, &ret_place->longitude);
}

/* A state object, or that of the entity which a text names; noted. NULL when there is none. */
static HASS_CALLBACK const struct hass_state *resolve(struct tmpl_vm *vm,
                                                      const struct tmpl_value *value)
{
    const struct hass_state *state = template_state_of(value);

    if (!state && value->kind == TMPL_STRING) {
        const struct entity_slot *slot = template_find(vm, value->text, value->length);
        state = slot ? slot->state : NULL;
    }
    if (state)
        template_note(vm, state->slot);
    return state;
}

static int complain(struct tmpl_vm *vm, const char *what, const struct tmpl_value *first,
                    const struct tmpl_value *second, struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;

    if (tmpl_print(vm, first, &text) < 0)
        return -1;
    if (second) {
        hass_buf_add_string(&text, ", ");
        if (tmpl_print(vm, second, &text) < 0)
            return -1;
    }
    hass_warning("%s%s", what, hass_buf_string(&text));
    *ret_value = tmpl_none();
    return 0;
}

/* As complain about what a state is: it is shown as `states` shows it. */
static int complain_of_state(struct tmpl_vm *vm, const char *what, const struct hass_state *state,
                             struct tmpl_value *ret_value)
{
    struct tmpl_value shown = template_live_state(&vm->heap, state->slot);

    return complain(vm, what, &shown, NULL, ret_value);
}

/* closest */

static HASS_CALLBACK int closest_to(struct tmpl_vm *vm, struct place from,
                                    const struct tmpl_value *entities, struct tmpl_value *ret_value)
{
    struct expansion expansion = { 0 };
    double best = INFINITY;

    if (expand_value(vm, &expansion, entities) < 0)
        return -1;
    *ret_value = tmpl_none();
    for (size_t i = 0; i < expansion.found.count; i++) {
        const struct tmpl_value *item = &expansion.found.items[i];
        struct place place;
        if (!place_of(template_state_of(item), &place))
            continue;
        double distance =
            hass_location_distance(from.latitude, from.longitude, place.latitude, place.longitude);
        if (distance >= best)
            continue;
        best = distance;
        *ret_value = *item;
    }
    return 0;
}

/* @args: entities; a point and entities; or two coordinates and entities. */
static HASS_CALLBACK int find_closest(struct tmpl_vm *vm, const struct tmpl_value *args,
                                      unsigned count, struct tmpl_value *ret_value)
{
    struct place place = home_of(template_hass_of(vm));

    if (count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "closest expected entities, got none");
    if (count == 2) {
        const struct hass_state *point = resolve(vm, &args[0]);
        if (!point)
            return complain(vm, "Closest:Unable to find state ", &args[0], NULL, ret_value);
        if (!place_of(point, &place))
            return complain_of_state(vm, "Closest:State does not contain valid location: ", point,
                                     ret_value);
    }
    if (count > 2 && !to_place(&args[0], &args[1], &place))
        return complain(vm, "Closest:Received invalid coordinates: ", &args[0], &args[1],
                        ret_value);
    return closest_to(vm, place, &args[count > 2 ? 2 : count - 1], ret_value);
}

static HASS_CALLBACK int closest(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    return find_closest(vm, call->args, call->count, ret_value);
}

/* The entities come first. */
static HASS_CALLBACK int closest_filter(struct tmpl_vm *vm, const struct tmpl_call *call,
                                        struct tmpl_value *ret_value)
{
    struct tmpl_value *args = tmpl_alloc(&vm->heap, call->count * sizeof(*args));

    memcpy(args, call->args + 1, (call->count - 1) * sizeof(*args));
    args[call->count - 1] = call->args[0];
    return find_closest(vm, args, call->count, ret_value);
}

/* distance */

static bool is_entity_id(const struct tmpl_value *value)
{
    if (value->length > HASS_MAX_ENTITY_ID)
        return false;
    autofree char *text = mem_strndup(value->text, value->length);
    return strlen(text) == value->length && hass_valid_entity_id(text);
}

/* Reads one place from @args at *at: a state, or two numbers. 1; 0 with a warning; -1 when an error was raised. */
static HASS_CALLBACK int read_place(struct tmpl_vm *vm, const struct tmpl_call *call, unsigned *at,
                                    struct place *ret_place, struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[(*at)++];
    const struct hass_state *state =
        value->kind != TMPL_STRING || is_entity_id(value) ? resolve(vm, value) : NULL;

    if (state) {
        if (place_of(state, ret_place))
            return 1;
        return complain_of_state(vm, "Distance:State does not contain valid location: ", state,
                                 ret_value);
    }
    if (*at == call->count)
        return complain(vm, "Distance:Expected latitude and longitude, got ", value, NULL,
                        ret_value);
    const struct tmpl_value *second = &call->args[(*at)++];
    if (to_place(value, second, ret_place))
        return 1;
    return complain(vm, "Distance:Unable to process latitude and longitude: ", value, second,
                    ret_value);
}

/* Metres in the home's unit of distance. */
static struct tmpl_value in_units(const struct hass *hass, double metres)
{
    bool metric = strcmp(hass->config.home.unit_system, "us_customary") != 0;

    return isnan(metres) ? tmpl_none() : tmpl_float(metres / (metric ? 1000 : 1609.344));
}

static HASS_CALLBACK int distance(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    const struct hass *hass = template_hass_of(vm);
    struct place places[2] = { { 0 }, home_of(hass) };
    unsigned count = 0;

    if (call->count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "distance expected a place, got none");
    for (unsigned at = 0; at < call->count; count++) {
        struct place place;
        int r = read_place(vm, call, &at, &place, ret_value);
        if (r <= 0)
            return r;
        if (count < 2)
            places[count] = place;
    }
    *ret_value = in_units(hass, hass_location_distance(places[0].latitude, places[0].longitude,
                                                       places[1].latitude, places[1].longitude));
    return 0;
}

static const struct tmpl_function table[] = {
    { "expand", expand, "*", TMPL_GLOBAL | TMPL_FILTER | TMPL_NOT_LIMITED },
    { "closest", closest, "*", TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "closest", closest_filter, "*", TMPL_FILTER | TMPL_NOT_LIMITED },
    { "distance", distance, "*", TMPL_GLOBAL | TMPL_NOT_LIMITED },
};

const struct tmpl_functions template_location_functions = { table, sizeof(table) / sizeof(*table) };
