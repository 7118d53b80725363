/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of template functions share. All run inside of a render on the loop thread; nothing they look at changes
 * meanwhile, so that texts and states are lent to values.
 */
#pragma once

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "core/core.h"
#include "helpers/template_hass.h"

/* A render under way: the userdata of the engine's host. */
struct template_run {
    struct hass *hass;
    struct template_info *info; /* or NULL */
    const struct tmpl_template *template;
    const struct template_how *how;
};

static inline struct template_run *template_run_of(const struct tmpl_vm *vm)
{
    return vm->host.userdata;
}

static inline struct hass *template_hass_of(const struct tmpl_vm *vm)
{
    return template_run_of(vm)->hass;
}

/* --- tables, one a file ---------------------------------------------------------------------------- */

extern const struct tmpl_functions template_state_functions;    /* template_states.c */
extern const struct tmpl_functions template_area_functions;     /* template_area.c */
extern const struct tmpl_functions template_registry_functions; /* template_registry.c */
extern const struct tmpl_functions template_location_functions; /* template_location.c */

/** The global `states`. */
struct tmpl_value template_all_states(void);

/* --- states --------------------------------------------------------------------------------------- */

/** A state as `states` gives it: reading it is noted. */
struct tmpl_value template_live_state(struct tmpl_heap *heap, const struct entity_slot *slot);
/** The same of one met while walking over a domain, which has been noted as a whole. */
struct tmpl_value template_walked_state(struct tmpl_heap *heap, const struct entity_slot *slot);
/** Attributes as a dict. */
struct tmpl_value template_attributes(struct tmpl_vm *vm, const struct attrs *attrs);
/** A packed value; lists and maps are read from their JSON text. */
struct tmpl_value template_value(struct tmpl_vm *vm, const struct hass_value *value);
/* The same for an attribute of that name: some are times, last_triggered among them. */
struct tmpl_value template_attribute(struct tmpl_vm *vm, const char *key, size_t length,
                                     const struct hass_value *value);

/** A value of its own, in the heap. */
struct tmpl_value template_from_json(struct tmpl_vm *vm, const json_t *json);

/** The entity's place in the machine, by the exact id, then in lower case. One without a state is noted as missing: NULL. */
struct entity_slot *template_find(struct tmpl_vm *vm, const char *id, size_t length);
/** Notes that the state of @slot was read. */
void template_note(struct tmpl_vm *vm, const struct entity_slot *slot);
/** The same of a state object, unless it is of those that are not noted. */
void template_note_value(struct tmpl_vm *vm, const struct tmpl_value *value);
void template_note_id(struct tmpl_vm *vm, const char *id, size_t length);

/** "21.5 °C": with the digits that the user has chosen, where it is a sensor's, and the unit. */
struct tmpl_value template_format_state(struct tmpl_vm *vm, const struct hass_state *state,
                                        bool rounded, bool with_unit) HASS_CALLBACK;
/** The row of the registered entity that @text names, or NULL. */
const struct hass_entity_entry *template_entry_of(struct hass *hass, const char *text)
    HASS_CALLBACK;
/** The device with that id, or that of the entity with that id; or NULL. */
const struct hass_device *template_device_of(struct hass *hass, const char *text) HASS_CALLBACK;
/** The integration that provides an entity, or NULL. */
const char *template_source_of(struct hass *hass, const char *entity_id) HASS_CALLBACK;

/* --- arguments -------------------------------------------------------------------------------------- */

/** The argument as a NUL-terminated text in the heap: str(value) of what is none, as the model does for ids. */
const char *template_text(struct tmpl_vm *vm, const struct tmpl_value *value);
/** A text that lives as long as the render: lent. NULL becomes none. */
static inline struct tmpl_value template_lent(const char *text)
{
    return text ? tmpl_string_static(text) : tmpl_none();
}

/** Grows while a function finds values for its list. */
struct template_list {
    struct tmpl_value *items;
    size_t count;
    size_t capacity;
};
void template_list_add(struct tmpl_heap *heap, struct template_list *list, struct tmpl_value value);
static inline struct tmpl_value template_list_value(const struct template_list *list)
{
    return tmpl_list_view(list->items, list->count);
}
