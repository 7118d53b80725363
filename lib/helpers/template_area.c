/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions about areas, floors, labels and aliases. A place is given by its id, its name or an alias of it; areas and floors also by an entity or
 * device that is there. An entity is where it has been put itself, else where its device is.
 */
#include <string.h>

#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/label_registry.h>

#include "base/casefold.h"
#include "helpers/template_functions.h"

/* names */

static void normalise(const char *name, struct hass_buf *buf)
{
    autobuf folded = HASS_BUF_INIT;

    casefold(name, &folded);
    for (size_t i = 0; i < folded.length; i++)
        if (folded.data[i] != ' ')
            hass_buf_add_char(buf, folded.data[i]);
}

/* Aliases are names: neither case nor blanks count. */
static bool is_alias(const char *const *aliases, const char *name)
{
    autobuf wanted = HASS_BUF_INIT;

    if (!*aliases)
        return false;
    normalise(name, &wanted);
    for (; *aliases; aliases++) {
        autobuf alias = HASS_BUF_INIT;
        normalise(*aliases, &alias);
        if (strcmp(hass_buf_string(&alias), hass_buf_string(&wanted)) == 0)
            return true;
    }
    return false;
}

static HASS_CALLBACK const struct hass_area *area_named(struct hass *hass, const char *name)
{
    const struct hass_area *area = hass_area_registry_async_get_by_name(hass, name);

    for (size_t pos = 0; !area && hass_area_registry_async_next(hass, &pos, &area);)
        area = is_alias(area->aliases, name) ? area : NULL;
    return area;
}

static HASS_CALLBACK const struct hass_floor *floor_named(struct hass *hass, const char *name)
{
    const struct hass_floor *floor = hass_floor_registry_async_get_by_name(hass, name);

    for (size_t pos = 0; !floor && hass_floor_registry_async_next(hass, &pos, &floor);)
        floor = is_alias(floor->aliases, name) ? floor : NULL;
    return floor;
}

/* areas */

static HASS_CALLBACK const struct hass_area *area_by_id(struct hass *hass, const char *area_id)
{
    return area_id ? hass_area_registry_async_get(hass, area_id) : NULL;
}

/* Where an entity or device is. */
static HASS_CALLBACK const struct hass_area *area_around(struct hass *hass, const char *text)
{
    const struct hass_entity_entry *entry = template_entry_of(hass, text);
    const struct hass_device *device;

    if (entry && entry->area_id)
        return area_by_id(hass, entry->area_id);
    device = template_device_of(hass, text);
    return device ? area_by_id(hass, device->area_id) : NULL;
}

static HASS_CALLBACK const struct hass_area *area_meant(struct hass *hass, const char *text)
{
    const struct hass_area *area = hass_area_registry_async_get(hass, text);

    return area ?: area_named(hass, text);
}

static HASS_CALLBACK int areas(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    const struct hass_area *area;
    struct template_list list = { 0 };

    for (size_t pos = 0; hass_area_registry_async_next(template_hass_of(vm), &pos, &area);)
        template_list_add(&vm->heap, &list, template_lent(area->area_id));
    *ret_value = template_list_value(&list);
    return 0;
}

static HASS_CALLBACK int area_id(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);

    if (!text)
        return -1;
    const struct hass_area *area = area_named(hass, text) ?: area_around(hass, text);
    *ret_value = template_lent(area ? area->area_id : NULL);
    return 0;
}

static HASS_CALLBACK int area_name(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);

    if (!text)
        return -1;
    const struct hass_area *area = area_by_id(hass, text) ?: area_around(hass, text);
    *ret_value = template_lent(area ? area->name : NULL);
    return 0;
}

static HASS_CALLBACK void add_entities_of_device(struct tmpl_vm *vm, const char *device_id,
                                                 struct template_list *list)
{
    const struct hass_entity_entry *entry;

    for (size_t pos = 0;
         hass_entity_registry_async_next_of_device(template_hass_of(vm), device_id, &pos, &entry);)
        if (!entry->area_id && !entry->disabled_by)
            template_list_add(&vm->heap, list, template_lent(entry->entity_id));
}

static HASS_CALLBACK void add_entities(struct tmpl_vm *vm, const char *area_id,
                                       struct template_list *list)
{
    struct hass *hass = template_hass_of(vm);
    const struct hass_entity_entry *entry;
    const struct hass_device *device;

    for (size_t pos = 0; hass_entity_registry_async_next_of_area(hass, area_id, &pos, &entry);)
        template_list_add(&vm->heap, list, template_lent(entry->entity_id));
    for (size_t pos = 0; hass_device_registry_async_next_of_area(hass, area_id, &pos, &device);)
        add_entities_of_device(vm, device->id, list);
}

static HASS_CALLBACK int area_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                       struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_area *area = text ? area_meant(template_hass_of(vm), text) : NULL;
    struct template_list list = { 0 };

    if (area)
        add_entities(vm, area->area_id, &list);
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static HASS_CALLBACK int area_devices(struct tmpl_vm *vm, const struct tmpl_call *call,
                                      struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_area *area = text ? area_meant(hass, text) : NULL;
    const struct hass_device *device;
    struct template_list list = { 0 };

    for (size_t pos = 0;
         area && hass_device_registry_async_next_of_area(hass, area->area_id, &pos, &device);)
        template_list_add(&vm->heap, &list, template_lent(device->id));
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static HASS_CALLBACK int area_temperature_sensor(struct tmpl_vm *vm, const struct tmpl_call *call,
                                                 struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_area *area = text ? area_meant(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(area ? area->temperature_entity_id : NULL);
    return text ? 0 : -1;
}

static HASS_CALLBACK int area_humidity_sensor(struct tmpl_vm *vm, const struct tmpl_call *call,
                                              struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_area *area = text ? area_meant(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(area ? area->humidity_entity_id : NULL);
    return text ? 0 : -1;
}

/* floors */

/* The floor of an area, or of what is in one. */
static HASS_CALLBACK const struct hass_floor *floor_around(struct hass *hass, const char *text)
{
    const struct hass_area *area = area_meant(hass, text) ?: area_around(hass, text);

    return area && area->floor_id ? hass_floor_registry_async_get(hass, area->floor_id) : NULL;
}

static HASS_CALLBACK const struct hass_floor *floor_meant(struct hass *hass, const char *text)
{
    return hass_floor_registry_async_get(hass, text) ?: floor_named(hass, text);
}

static HASS_CALLBACK int floors(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    const struct hass_floor *floor;
    struct template_list list = { 0 };

    for (size_t pos = 0; hass_floor_registry_async_next(template_hass_of(vm), &pos, &floor);)
        template_list_add(&vm->heap, &list, template_lent(floor->floor_id));
    *ret_value = template_list_value(&list);
    return 0;
}

static HASS_CALLBACK int floor_id(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);

    if (!text)
        return -1;
    const struct hass_floor *floor = floor_named(hass, text) ?: floor_around(hass, text);
    *ret_value = template_lent(floor ? floor->floor_id : NULL);
    return 0;
}

/* The floor that floor_name and floor_icon are about: one with that id, or around it. */
static HASS_CALLBACK const struct hass_floor *
floor_shown(struct tmpl_vm *vm, const struct tmpl_call *call, bool *ret_good)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);

    *ret_good = text != NULL;
    return text ? hass_floor_registry_async_get(hass, text) ?: floor_around(hass, text) : NULL;
}

static HASS_CALLBACK int floor_name(struct tmpl_vm *vm, const struct tmpl_call *call,
                                    struct tmpl_value *ret_value)
{
    bool good;
    const struct hass_floor *floor = floor_shown(vm, call, &good);

    *ret_value = template_lent(floor ? floor->name : NULL);
    return good ? 0 : -1;
}

static HASS_CALLBACK int floor_icon(struct tmpl_vm *vm, const struct tmpl_call *call,
                                    struct tmpl_value *ret_value)
{
    bool good;
    const struct hass_floor *floor = floor_shown(vm, call, &good);

    *ret_value = template_lent(floor ? floor->icon : NULL);
    return good ? 0 : -1;
}

typedef void add_area_fn(struct tmpl_vm *vm, const char *area_id, struct template_list *list);

static HASS_CALLBACK int for_areas_of_floor(struct tmpl_vm *vm, const struct tmpl_call *call,
                                            add_area_fn *add, struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_floor *floor = text ? floor_meant(hass, text) : NULL;
    const struct hass_area *area;
    struct template_list list = { 0 };

    for (size_t pos = 0; floor && hass_area_registry_async_next(hass, &pos, &area);)
        if (area->floor_id && strcmp(area->floor_id, floor->floor_id) == 0)
            add(vm, area->area_id, &list);
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static HASS_CALLBACK void add_area(struct tmpl_vm *vm, const char *area_id,
                                   struct template_list *list)
{
    template_list_add(&vm->heap, list, template_lent(area_id));
}

static HASS_CALLBACK int floor_areas(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    return for_areas_of_floor(vm, call, add_area, ret_value);
}

static HASS_CALLBACK int floor_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                        struct tmpl_value *ret_value)
{
    return for_areas_of_floor(vm, call, add_entities, ret_value);
}

/* labels */

static HASS_CALLBACK const struct hass_label *label_meant(struct hass *hass, const char *text)
{
    return hass_label_registry_async_get_by_name(hass, text)
               ?: hass_label_registry_async_get(hass, text);
}

static HASS_CALLBACK void add_texts(struct tmpl_vm *vm, const char *const *texts,
                                    struct template_list *list)
{
    for (; *texts; texts++)
        template_list_add(&vm->heap, list, template_lent(*texts));
}

static HASS_CALLBACK void add_all_labels(struct tmpl_vm *vm, struct template_list *list)
{
    const struct hass_label *label;

    for (size_t pos = 0; hass_label_registry_async_next(template_hass_of(vm), &pos, &label);)
        template_list_add(&vm->heap, list, template_lent(label->label_id));
}

/* Those of an entity, a device or an area. */
static HASS_CALLBACK void add_labels_of(struct tmpl_vm *vm, const char *text,
                                        struct template_list *list)
{
    struct hass *hass = template_hass_of(vm);
    const struct hass_entity_entry *entry = template_entry_of(hass, text);
    const struct hass_device *device = hass_device_registry_async_get(hass, text);
    const struct hass_area *area = hass_area_registry_async_get(hass, text);

    if (entry)
        add_texts(vm, entry->labels, list);
    else if (device)
        add_texts(vm, device->labels, list);
    else if (area)
        add_texts(vm, area->labels, list);
}

static HASS_CALLBACK int labels(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    bool all = call->args[0].kind == TMPL_ABSENT || call->args[0].kind == TMPL_NONE;
    const char *text = all ? "" : template_text(vm, &call->args[0]);
    struct template_list list = { 0 };

    if (all)
        add_all_labels(vm, &list);
    else if (text)
        add_labels_of(vm, text, &list);
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static HASS_CALLBACK int label_id(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label =
        text ? hass_label_registry_async_get_by_name(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(label ? label->label_id : NULL);
    return text ? 0 : -1;
}

static HASS_CALLBACK int label_name(struct tmpl_vm *vm, const struct tmpl_call *call,
                                    struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label =
        text ? hass_label_registry_async_get(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(label ? label->name : NULL);
    return text ? 0 : -1;
}

static HASS_CALLBACK int label_description(struct tmpl_vm *vm, const struct tmpl_call *call,
                                           struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label =
        text ? hass_label_registry_async_get(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(label ? label->description : NULL);
    return text ? 0 : -1;
}

static HASS_CALLBACK int label_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                        struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label = text ? label_meant(hass, text) : NULL;
    const struct hass_entity_entry *entry;
    struct template_list list = { 0 };

    for (size_t pos = 0;
         label && hass_entity_registry_async_next_of_label(hass, label->label_id, &pos, &entry);)
        template_list_add(&vm->heap, &list, template_lent(entry->entity_id));
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static HASS_CALLBACK int label_devices(struct tmpl_vm *vm, const struct tmpl_call *call,
                                       struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label = text ? label_meant(hass, text) : NULL;
    const struct hass_device *device;
    struct template_list list = { 0 };

    for (size_t pos = 0;
         label && hass_device_registry_async_next_of_label(hass, label->label_id, &pos, &device);)
        template_list_add(&vm->heap, &list, template_lent(device->id));
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

static bool has_text(const char *const *texts, const char *wanted)
{
    for (; *texts; texts++)
        if (strcmp(*texts, wanted) == 0)
            return true;
    return false;
}

static HASS_CALLBACK int label_areas(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_label *label = text ? label_meant(hass, text) : NULL;
    const struct hass_area *area;
    struct template_list list = { 0 };

    for (size_t pos = 0; label && hass_area_registry_async_next(hass, &pos, &area);)
        if (has_text(area->labels, label->label_id))
            template_list_add(&vm->heap, &list, template_lent(area->area_id));
    *ret_value = template_list_value(&list);
    return text ? 0 : -1;
}

/* Other names of an entity, an area or a floor. */
static HASS_CALLBACK const char *const *aliases_of(struct hass *hass, const char *text)
{
    static const char *const none[] = { NULL };
    const struct hass_entity_entry *entry = template_entry_of(hass, text);
    const struct hass_area *area = area_meant(hass, text);
    const struct hass_floor *floor = floor_meant(hass, text);

    return entry ? entry->aliases : area ? area->aliases : floor ? floor->aliases : none;
}

static HASS_CALLBACK int aliases(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    struct template_list list = { 0 };

    if (!text)
        return -1;
    add_texts(vm, aliases_of(template_hass_of(vm), text), &list);
    *ret_value = template_list_value(&list);
    return 0;
}

#define BOTH    (TMPL_GLOBAL | TMPL_FILTER)
#define REFUSED (TMPL_GLOBAL | TMPL_FILTER | TMPL_NOT_LIMITED)

static const struct tmpl_function table[] = {
    { "areas", areas, "", TMPL_GLOBAL },
    { "area_id", area_id, "lookup_value", REFUSED },
    { "area_name", area_name, "lookup_value", REFUSED },
    { "area_entities", area_entities, "area_id_or_name", BOTH },
    { "area_devices", area_devices, "area_id_or_name", BOTH },
    { "area_temperature_sensor", area_temperature_sensor, "area_id_or_name", BOTH },
    { "area_humidity_sensor", area_humidity_sensor, "area_id_or_name", BOTH },
    { "floors", floors, "", TMPL_GLOBAL },
    { "floor_id", floor_id, "lookup_value", REFUSED },
    { "floor_name", floor_name, "lookup_value", REFUSED },
    { "floor_icon", floor_icon, "lookup_value", REFUSED },
    { "floor_areas", floor_areas, "floor_id_or_name", BOTH },
    { "floor_entities", floor_entities, "floor_id_or_name", BOTH },
    { "labels", labels, "?lookup_value", BOTH },
    { "label_id", label_id, "lookup_value", REFUSED },
    { "label_name", label_name, "lookup_value", REFUSED },
    { "label_description", label_description, "lookup_value", BOTH },
    { "label_areas", label_areas, "label_id_or_name", BOTH },
    { "label_devices", label_devices, "label_id_or_name", BOTH },
    { "label_entities", label_entities, "label_id_or_name", BOTH },
    { "aliases", aliases, "lookup_value", BOTH },
};

const struct tmpl_functions template_area_functions = { table, sizeof(table) / sizeof(*table) };
