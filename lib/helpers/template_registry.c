/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions about devices, registered entities, config entries and issues. None of them is noted: the registries change seldom, and the
 * model does not render again for them either.
 */
#include <stddef.h>
#include <string.h>

#include <hass/entity_registry.h>
#include <hass/issue_registry.h>
#include <hass/json.h>
#include <hass/platform.h>

#include "base/strmap_hash.h"
#include "entity/entity.h"
#include "entity/name.h"
#include "helpers/template_functions.h"
#include "registry/device.h"
#include "registry/entry.h"
#include "template/moment.h"

/* devices */

static bool is_entity_id(const char *text)
{
    return strchr(text, '.') != NULL;
}

const struct hass_entity_entry *template_entry_of(struct hass *hass, const char *text)
{
    return is_entity_id(text) ? hass_entity_registry_async_get(hass, text) : NULL;
}

const struct hass_device *template_device_of(struct hass *hass, const char *text)
{
    const struct hass_entity_entry *entry = template_entry_of(hass, text);

    if (entry)
        return entry->device_id ? hass_device_registry_async_get(hass, entry->device_id) : NULL;
    return hass_device_registry_async_get(hass, text);
}

static const char *shown_name(const struct hass_device *device)
{
    return device->name_by_user && *device->name_by_user ? device->name_by_user : device->name;
}

static HASS_CALLBACK int device_id(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    struct hass *hass = template_hass_of(vm);
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_entity_entry *entry = text ? template_entry_of(hass, text) : NULL;
    const struct hass_device *device;

    if (!text)
        return -1;
    *ret_value = template_lent(entry ? entry->device_id : NULL);
    if (entry)
        return 0;
    for (size_t pos = 0; hass_device_registry_async_next(hass, &pos, &device);) {
        const char *name = shown_name(device);
        if (!name || strcmp(name, text) != 0)
            continue;
        *ret_value = template_lent(device->id);
        return 0;
    }
    return 0;
}

static HASS_CALLBACK int device_name(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_device *device = text ? template_device_of(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(device ? shown_name(device) : NULL);
    return text ? 0 : -1;
}

static HASS_CALLBACK int device_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                         struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_entity_entry *entry;
    struct template_list list = { 0 };

    if (!text)
        return -1;
    for (size_t pos = 0;
         hass_entity_registry_async_next_of_device(template_hass_of(vm), text, &pos, &entry);)
        if (!entry->disabled_by)
            template_list_add(&vm->heap, &list, template_lent(entry->entity_id));
    *ret_value = template_list_value(&list);
    return 0;
}

/* a member of a device's row: lists are sets, pairs are tuples */

static HASS_CALLBACK struct tmpl_value set_of_texts(struct tmpl_vm *vm, const char *const *texts)
{
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, 4);

    for (; *texts; texts++)
        tmpl_dict_set_text(&vm->heap, set, *texts, strlen(*texts), tmpl_none());
    return tmpl_set_value(set);
}

static HASS_CALLBACK struct tmpl_value set_of_pairs(struct tmpl_vm *vm,
                                                    const struct hass_device_pair *pairs)
{
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, 4);

    for (; pairs->first; pairs++) {
        struct tmpl_value *pair = tmpl_alloc(&vm->heap, 2 * sizeof(*pair));
        pair[0] = template_lent(pairs->first);
        pair[1] = template_lent(pairs->second);
        (void)tmpl_dict_set(vm, set, tmpl_tuple_view(pair, 2), tmpl_none());
    }
    return tmpl_set_value(set);
}

static HASS_CALLBACK struct tmpl_value member_value(struct tmpl_vm *vm,
                                                    const struct row_field *field, const void *row)
{
    const void *at = (const char *)row + field->offset;

    switch (field->kind) {
    case ROW_TEXT:
        return template_lent(*(const char *const *)at);
    case ROW_TEXTS:
        return set_of_texts(vm, *(const char *const *const *)at);
    case ROW_PAIRS:
    case ROW_TREE:
        return set_of_pairs(vm, *(const struct hass_device_pair *const *)at);
    case ROW_WORD:
        return template_lent(field->words[*(const unsigned *)at]);
    case ROW_FLAG:
        return tmpl_bool(*(const bool *)at);
    case ROW_TIME:
        return tmpl_moment_in(&vm->heap, *(const int64_t *)at, NULL);
    default:
        return tmpl_none();
    }
}

static const struct row_field *find_field(const struct row_type *type, const char *key)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->fields[i].uses & DEVICE_SHOWN && strcmp(type->fields[i].key, key) == 0)
            return &type->fields[i];
    return NULL;
}

static HASS_CALLBACK int read_device(struct tmpl_vm *vm, const struct tmpl_call *call,
                                     struct tmpl_value *ret_value)
{
    if (call->args[0].kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TEMPLATE_ERROR, "Must provide a device or entity ID");
    const char *text = template_text(vm, &call->args[0]);
    const char *key = template_text(vm, &call->args[1]);
    if (!key)
        return -1;
    const struct hass_device *device = template_device_of(template_hass_of(vm), text);
    const struct row_field *field = find_field(&device_type, key);
    *ret_value = tmpl_none();
    if (device && field) // the getter lends a part of the row
        *ret_value =
            member_value(vm, field, (const char *)device - offsetof(struct device_values, device));
    return 0;
}

static HASS_CALLBACK int is_device_attr(struct tmpl_vm *vm, const struct tmpl_call *call,
                                        struct tmpl_value *ret_value)
{
    struct tmpl_value value;
    int r = read_device(vm, call, &value);

    if (r == 0)
        r = tmpl_equal(vm, &value, &call->args[2]);
    *ret_value = tmpl_bool(r > 0);
    return r < 0 ? -1 : 0;
}

/* entities */

static HASS_CALLBACK int is_hidden_entity(struct tmpl_vm *vm, const struct tmpl_call *call,
                                          struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_entity_entry *entry =
        text ? hass_entity_registry_async_get(template_hass_of(vm), text) : NULL;

    *ret_value = tmpl_bool(entry && entry->hidden_by);
    return text ? 0 : -1;
}

/* What its user calls an entity, else its own name; without its device's, which stands before it in the state's. */
static HASS_CALLBACK const char *own_name(struct hass *hass, const char *entity_id)
{
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, entity_id);
    const struct hass_entity *entity = hass_async_get_entity(hass, entity_id);
    const char *name = entry && entry->name ? entry->name : entity ? entity_name(entity) : NULL;

    return name || !entry ? name : entry->original_name;
}

static HASS_CALLBACK int entity_name_of(struct tmpl_vm *vm, const struct tmpl_call *call,
                                        struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);

    if (!text)
        return -1;
    const char *name = own_name(template_hass_of(vm), text);
    *ret_value = template_lent(name);
    if (name)
        return 0;
    const struct entity_slot *slot = template_find(vm, text, strlen(text));
    if (!slot)
        return 0;
    struct tmpl_value state = template_live_state(&vm->heap, slot);
    return tmpl_get_attr(vm, &state, "name", 4, ret_value);
}

/* What its user has shown to voice assistants. */
static bool is_exposed(const struct hass_entity_entry *entry)
{
    autojson *options = NULL;

    if (!strstr(entry->options, "should_expose") ||
        hass_json_parse(entry->options, strlen(entry->options), SIZE_MAX, &options, NULL) < 0)
        return false;
    return hass_json_get_bool(hass_json_get(options, "conversation"), "should_expose", false);
}

static HASS_CALLBACK int assist_exposed_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                                 struct tmpl_value *ret_value)
{
    const struct hass_entity_entry *entry;
    struct template_list list = { 0 };

    for (size_t pos = 0; hass_entity_registry_async_next(template_hass_of(vm), &pos, &entry);)
        if (is_exposed(entry))
            template_list_add(&vm->heap, &list, template_lent(entry->entity_id));
    *ret_value = template_list_value(&list);
    return 0;
}

const char *template_source_of(struct hass *hass, const char *entity_id)
{
    const struct hass_entity *entity = hass_async_get_entity(hass, entity_id);
    const struct hass_entity_entry *entry;

    if (entity && entity->platform)
        return hass_platform_name(entity->platform);
    entry = hass_entity_registry_async_get(hass, entity_id);
    return entry ? entry->platform : NULL;
}

/* config entries */

/* The entities of all entries with that title. False when there is no such entry. */
static HASS_CALLBACK bool add_by_title(struct tmpl_vm *vm, const char *title,
                                       struct template_list *list)
{
    struct hass *hass = template_hass_of(vm);
    const struct hass_entity_entry *row;
    struct hass_entry *entry;
    bool found = false;

    for (size_t pos = 0; hass_entries_async_next(hass, &pos, &entry);) {
        if (strcmp(entry->title, title) != 0)
            continue;
        found = true;
        for (size_t at = 0; hass_entity_registry_async_next_of_entry(hass, entry->id, &at, &row);)
            template_list_add(&vm->heap, list, template_lent(row->entity_id));
    }
    return found;
}

/* Those of an integration: registered ones, then those that are only there. */
static HASS_CALLBACK void add_by_domain(struct tmpl_vm *vm, const char *domain,
                                        struct template_list *list)
{
    struct hass *hass = template_hass_of(vm);
    const struct hass_entity_entry *row;

    for (size_t pos = 0; hass_entity_registry_async_next(hass, &pos, &row);)
        if (!row->disabled_by && strcmp(row->platform, domain) == 0)
            template_list_add(&vm->heap, list, template_lent(row->entity_id));
    list_foreach(&hass->states.all, struct entity_slot, slot, link) {
        const struct hass_entity *entity = hass_async_get_entity(hass, slot->id);
        if (entity && !entity->entry && entity->platform &&
            strcmp(hass_platform_name(entity->platform), domain) == 0)
            template_list_add(&vm->heap, list, tmpl_string_view(slot->id, slot->length));
    }
}

static HASS_CALLBACK int integration_entities(struct tmpl_vm *vm, const struct tmpl_call *call,
                                              struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    struct template_list list = { 0 };

    if (!text)
        return -1;
    if (*text && !add_by_title(vm, text, &list))
        add_by_domain(vm, text, &list);
    *ret_value = template_list_value(&list);
    return 0;
}

static HASS_CALLBACK int config_entry_id(struct tmpl_vm *vm, const struct tmpl_call *call,
                                         struct tmpl_value *ret_value)
{
    const char *text = template_text(vm, &call->args[0]);
    const struct hass_entity_entry *entry =
        text ? hass_entity_registry_async_get(template_hass_of(vm), text) : NULL;

    *ret_value = template_lent(entry ? entry->config_entry_id : NULL);
    return text ? 0 : -1;
}

static struct tmpl_value entry_domain(const struct hass_entry *entry)
{
    return template_lent(entry->domain);
}

static struct tmpl_value entry_title(const struct hass_entry *entry)
{
    return template_lent(entry->title);
}

static struct tmpl_value entry_state(const struct hass_entry *entry)
{
    return template_lent(hass_entry_state_name(entry->state));
}

static struct tmpl_value entry_source(const struct hass_entry *entry)
{
    return template_lent(entry->source);
}

static struct tmpl_value entry_disabled_by(const struct hass_entry *entry)
{
    return template_lent(entry->disabled_by == HASS_ENTRY_DISABLED_BY_USER ? "user" : NULL);
}

static struct tmpl_value entry_polling(const struct hass_entry *entry)
{
    return tmpl_bool(entry->pref_disable_polling);
}

static const struct {
    const char *name;
    struct tmpl_value (*read)(const struct hass_entry *entry);
} entry_members[] = {
    { "domain", entry_domain },
    { "title", entry_title },
    { "state", entry_state },
    { "source", entry_source },
    { "disabled_by", entry_disabled_by },
    { "pref_disable_polling", entry_polling },
};
#define ENTRY_MEMBERS (sizeof(entry_members) / sizeof(*entry_members))

static HASS_CALLBACK int config_entry_attr(struct tmpl_vm *vm, const struct tmpl_call *call,
                                           struct tmpl_value *ret_value)
{
    if (call->args[0].kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TEMPLATE_ERROR, "Must provide a config entry ID");
    const char *id = template_text(vm, &call->args[0]);
    const char *member = template_text(vm, &call->args[1]);
    const struct hass_entry *entry = hass_entries_async_get(template_hass_of(vm), id);
    if (!member)
        return -1;
    for (size_t i = 0; i < ENTRY_MEMBERS; i++) {
        if (strcmp(entry_members[i].name, member) != 0)
            continue;
        *ret_value = entry ? entry_members[i].read(entry) : tmpl_none();
        return 0;
    }
    return tmpl_raise(vm, TMPL_TEMPLATE_ERROR,
                      "Invalid config entry attribute '%s': domain, title, state, source, "
                      "disabled_by or pref_disable_polling are known",
                      member);
}

/* issues */

static HASS_CALLBACK struct tmpl_value issue_value(struct tmpl_vm *vm,
                                                   const struct hass_issue *issue)
{
    autojson *json = hass_issue_as_json(issue);

    return template_from_json(vm, json);
}

static HASS_CALLBACK int issues(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, 4);
    const struct hass_issue *issue;

    for (size_t pos = 0; hass_issue_async_next(template_hass_of(vm), &pos, &issue);) {
        struct tmpl_value *key = tmpl_alloc(&vm->heap, 2 * sizeof(*key));
        if (!issue->active)
            continue;
        key[0] = template_lent(issue->domain);
        key[1] = template_lent(issue->issue_id);
        if (tmpl_dict_set(vm, dict, tmpl_tuple_view(key, 2), issue_value(vm, issue)) < 0)
            return -1;
    }
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

static HASS_CALLBACK int issue(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    const char *domain = template_text(vm, &call->args[0]);
    const char *id = domain ? template_text(vm, &call->args[1]) : NULL;
    const struct hass_issue *found =
        id ? hass_issue_async_get(template_hass_of(vm), domain, id) : NULL;

    *ret_value = found && found->active ? issue_value(vm, found) : tmpl_none();
    return id ? 0 : -1;
}

static const struct tmpl_function table[] = {
    { "device_entities", device_entities, "device_id", TMPL_GLOBAL | TMPL_FILTER },
    { "device_id", device_id, "entity_id", TMPL_GLOBAL | TMPL_FILTER | TMPL_NOT_LIMITED },
    { "device_name", device_name, "lookup_value", TMPL_GLOBAL | TMPL_FILTER | TMPL_NOT_LIMITED },
    { "device_attr", read_device, "device_or_entity_id attr_name", TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "device_attr", read_device, "device_or_entity_id attr_name",
      TMPL_FILTER | TMPL_ABSENT_LIMITED },
    { "is_device_attr", is_device_attr, "device_or_entity_id attr_name attr_value",
      TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "is_device_attr", is_device_attr, "device_or_entity_id attr_name attr_value",
      TMPL_TEST | TMPL_ABSENT_LIMITED },
    { "is_hidden_entity", is_hidden_entity, "entity_id", TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "is_hidden_entity", is_hidden_entity, "entity_id", TMPL_TEST | TMPL_ABSENT_LIMITED },
    { "entity_name", entity_name_of, "entity_id", TMPL_GLOBAL | TMPL_FILTER | TMPL_NOT_LIMITED },
    { "assist_exposed_entities", assist_exposed_entities, "", TMPL_GLOBAL },
    { "integration_entities", integration_entities, "entry_name", TMPL_GLOBAL | TMPL_FILTER },
    { "config_entry_id", config_entry_id, "entity_id", TMPL_GLOBAL | TMPL_FILTER },
    { "config_entry_attr", config_entry_attr, "config_entry_id attr_name",
      TMPL_GLOBAL | TMPL_FILTER },
    { "issues", issues, "", TMPL_GLOBAL },
    { "issue", issue, "domain issue_id", TMPL_GLOBAL | TMPL_FILTER },
};

const struct tmpl_functions template_registry_functions = { table, sizeof(table) / sizeof(*table) };
