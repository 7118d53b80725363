/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of config flows: one flow and one entry for each device or account, what is found and what is ignored; and what
 * is done when a flow of any kind has ended well.
 */
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/entry_operation.h"
#include "registry/flow.h"
#include "registry/flow_discovery.h"
#include "registry/flow_issues.h"

/* The unique id of a flow of something found that has none: one of the integration at a time. */
#define DEFAULT_UNIQUE_ID "default_discovery_flow"
#define DISCOVERY_KEYS    10 /* of a kind that an entry remembers */

static const char *unique_id_of(const struct hass_flow *flow)
{
    return hass_json_get_string(flow->context, "unique_id", NULL);
}

static bool source_is(const struct hass_flow *flow, const char *source)
{
    return !strcmp(flow_source(flow), source);
}

/* Another flow of the same integration with that member of its context, or NULL. */
static HASS_CALLBACK struct hass_flow *find_other(const struct hass_flow *flow, const char *key,
                                                  const char *value)
{
    const char *id;
    struct hass_flow *other;

    strmap_foreach(flows_of(flow->hass), id, other)
        if (other != flow && other->kind == HASS_FLOW_CONFIG &&
            !strcmp(other->handler, flow->handler) &&
            !strcmp(hass_json_get_string(other->context, key, ""), value))
            return other;
    return NULL;
}

/* beginning */

static HASS_CALLBACK bool has_entry(struct hass *hass, const char *domain)
{
    struct hass_entry **row = entries_of_domain(hass, domain);
    bool found = false;

    for (struct hass_entry **entry = row; *entry; entry++)
        found = found || strcmp((*entry)->source, "ignore");
    entries_row_free(row);
    return found;
}

static HASS_CALLBACK bool is_full(const struct hass_flow *flow)
{
    const struct hass_manifest *manifest =
        entries_of(flow->hass)->loader->manifest(flow->hass, flow->domain);

    return manifest && manifest->single_config_entry && !flow->entry &&
           has_entry(flow->hass, flow->domain);
}

/* There is one dialogue for each entry that wants to authenticate or be configured anew. */
static HASS_CALLBACK bool is_second_of_entry(const struct hass_flow *flow)
{
    const char *id;
    const struct hass_flow *other;

    if (!flow->entry)
        return false;
    strmap_foreach(flows_of(flow->hass), id, other)
        if (other != flow && other->entry == flow->entry &&
            !strcmp(flow_source(other), flow_source(flow)))
            return true;
    return false;
}

int flow_check_start(struct hass_flow *flow, struct hass_error *err)
{
    if (flow->kind != HASS_FLOW_CONFIG)
        return 0;
    if (is_full(flow))
        (void)hass_flow_async_abort(flow, "single_instance_allowed", NULL, NULL);
    else if (is_second_of_entry(flow))
        (void)hass_flow_async_abort(flow, "already_in_progress", NULL, NULL);
    return flow->next.type == FLOW_ABORT ? 1 : 0;
}

void flow_begun(struct hass_flow *flow)
{
    if (flow_source_is_discovery(flow_source(flow))) {
        if (!unique_id_of(flow)) {
            if (find_other(flow, "unique_id", DEFAULT_UNIQUE_ID)) {
                flow_end(flow);
                return;
            }
            json_object_set_new(flow->context, "unique_id", json_string(DEFAULT_UNIQUE_ID));
        }
        flow_discovery_tell(flow->hass);
    }
    if (flow->entry && source_is(flow, "reauth"))
        flow_raise_reauth(flow->entry);
    flow->told = true;
    flow_tell(flow, "added");
}

void flows_end_of_entry(const struct hass_entry *entry)
{
    const char *id;
    struct hass_flow *flow;

    strmap_foreach(flows_of(entry->hass), id, flow)
        if (flow->entry == entry)
            flow_end(flow);
}

/* what steps say */

int hass_flow_async_set_title_placeholders(struct hass_flow *flow, json_t *placeholders,
                                           struct hass_error *err)
{
    autojson *given = placeholders;

    VERIFY_LOOP(flow->hass, "hass.flow.async_set_title_placeholders", err);
    if (!json_is_object(given))
        return hass_fail(err, HASS_E_INVALID, "title placeholders are an object");
    json_object_set(flow->context, "title_placeholders", given);
    return 0;
}

int hass_flow_async_set_unique_id(struct hass_flow *flow, const char *unique_id,
                                  struct hass_error *err)
{
    VERIFY_LOOP(flow->hass, "hass.flow.async_set_unique_id", err);
    size_t length = strlen(unique_id);
    if (length == 0 || length > ENTRY_MAX_TEXT)
        return hass_fail(err, HASS_E_INVALID, "a unique id has 1 to %d bytes, got %zu",
                         ENTRY_MAX_TEXT, length);
    const struct hass_flow *other = find_other(flow, "unique_id", unique_id);
    if (other && !source_is(flow, "user") && !flow->entry)
        return hass_flow_async_abort(flow, "already_in_progress", NULL, err);
    if (other && source_is(other, "user") && !flow->entry)
        return hass_flow_async_abort(flow, "already_in_progress", NULL, err);
    json_object_set_new(flow->context, "unique_id", json_string(unique_id));
    return 0;
}

/* {"data": @old with @updates}; both are lent. */
static json_t *data_with(const json_t *old, const json_t *updates)
{
    json_t *data = json_copy((json_t *)old);

    json_object_update(data, (json_t *)updates);
    return json_pack("{s:o}", "data", data);
}

/* Puts @updates (lent) into the entry's data. Returns 1 when that changed something. */
static HASS_CALLBACK int update_data(struct hass_entry *entry, const json_t *updates,
                                     struct hass_error *err)
{
    return hass_entry_async_update(entry, data_with(entry->data, updates), err);
}

static HASS_CALLBACK int update_part(struct hass_entry *entry, const json_t *part,
                                     const json_t *updates, struct hass_error *err)
{
    autofree char *id = mem_strdup(hass_json_get_string(part, "subentry_id", ""));

    return hass_entry_async_update_subentry(entry, id,
                                            data_with(hass_json_get(part, "data"), updates), err);
}

/* The part of the entry with the flow's unique id, but for the one that the flow is about; or NULL. */
static HASS_CALLBACK const json_t *find_part(const struct hass_flow *flow, const char *unique_id)
{
    const json_t *own = hass_flow_async_subentry(flow);
    size_t i;
    const json_t *part;

    json_array_foreach(flow->entry->subentries, i, part)
        if (part != own && !strcmp(hass_json_get_string(part, "unique_id", ""), unique_id))
            return part;
    return NULL;
}

static HASS_CALLBACK int abort_if_part_is_there(struct hass_flow *flow, const json_t *updates,
                                                struct hass_error *err)
{
    const char *unique_id = unique_id_of(flow);
    const json_t *part = unique_id ? find_part(flow, unique_id) : NULL;

    if (!part)
        return 0;
    if (updates && update_part(flow->entry, part, updates, NULL) == 1 &&
        flow->entry->state == HASS_ENTRY_LOADED)
        (void)hass_entries_async_schedule_reload(flow->hass, flow->entry->id, NULL);
    return hass_flow_async_abort(flow, "already_configured", NULL, err);
}

int hass_flow_async_abort_if_configured(struct hass_flow *flow, json_t *updates,
                                        struct hass_error *err)
{
    autojson *given = updates;

    VERIFY_LOOP(flow->hass, "hass.flow.async_abort_if_configured", err);
    if (flow->kind == HASS_FLOW_SUBENTRY)
        return abort_if_part_is_there(flow, given, err);
    const char *unique_id = unique_id_of(flow);
    struct hass_entry *entry =
        unique_id ? entries_find_unique_id(flow->hass, flow->domain, unique_id) : NULL;
    if (!entry)
        return 0;
    bool ignored = !strcmp(entry->source, "ignore");
    if (ignored && source_is(flow, "user"))
        return 0;
    bool changed = given && !ignored && update_data(entry, given, NULL) == 1;
    bool found_again = flow_source_is_discovery(flow_source(flow));
    if ((changed && entry->state == HASS_ENTRY_LOADED) ||
        ((changed || found_again) && entry->state == HASS_ENTRY_SETUP_RETRY))
        (void)hass_entries_async_schedule_reload(flow->hass, entry->id, NULL);
    return hass_flow_async_abort(flow, "already_configured", NULL, err);
}

int hass_flow_async_abort_if_mismatch(struct hass_flow *flow, struct hass_error *err)
{
    VERIFY_LOOP(flow->hass, "hass.flow.async_abort_if_mismatch", err);
    const char *own = flow->entry ? flow->entry->unique_id : NULL;
    const char *unique_id = unique_id_of(flow);
    if (flow->kind == HASS_FLOW_SUBENTRY)
        own = hass_json_get_string(hass_flow_async_subentry(flow), "unique_id", NULL);
    if (own && unique_id && strcmp(own, unique_id))
        return hass_flow_async_abort(flow, "unique_id_mismatch", NULL, err);
    return 0;
}

int hass_flow_async_update_and_abort(struct hass_flow *flow, json_t *updates,
                                     struct hass_error *err)
{
    autojson *given = updates;

    VERIFY_LOOP(flow->hass, "hass.flow.async_update_and_abort", err);
    if (!flow->entry)
        return hass_fail(err, HASS_E_INVALID, "the flow is about no entry");
    const json_t *part = hass_flow_async_subentry(flow);
    if (flow->kind == HASS_FLOW_SUBENTRY && !part)
        return hass_fail(err, HASS_E_INVALID, "the flow is about no subentry that is there");
    int r = 0;
    if (given)
        r = part ? update_part(flow->entry, part, given, err)
                 : update_data(flow->entry, given, err);
    if (r < 0)
        return r;
    (void)hass_entries_async_schedule_reload(flow->hass, flow->entry->id, NULL);
    return hass_flow_async_abort(
        flow, source_is(flow, "reauth") ? "reauth_successful" : "reconfigure_successful", NULL,
        err);
}

/* the end */

static HASS_CALLBACK void remember_discovery(struct hass_entry *entry, const json_t *context)
{
    const json_t *key = hass_json_get(context, "discovery_key");
    const char *domain = hass_json_get_string(key, "domain", NULL);

    if (!domain)
        return;
    json_t *keys = json_deep_copy(entry->discovery_keys);
    json_t *list = json_object_get(keys, domain);
    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(keys, domain, list);
    }
    json_array_append(list, (json_t *)key);
    while (json_array_size(list) > DISCOVERY_KEYS)
        json_array_remove(list, 0);
    entry_set_json(entry, &entry->discovery_keys, keys);
}

/* Of the flow's answer, or for @source "ignore". The reference is the caller's. */
static HASS_CALLBACK struct hass_entry *make_entry(const struct hass_flow *flow, const char *source,
                                                   const char *title)
{
    const struct hass_manifest *manifest =
        entries_of(flow->hass)->loader->manifest(flow->hass, flow->domain);
    struct hass_entry *entry = entry_new(flow->hass, flow->domain, source, NULL);
    const char *unique_id = unique_id_of(flow);

    if (manifest && manifest->entry_version)
        entry->version = manifest->entry_version;
    if (manifest && manifest->entry_minor_version)
        entry->minor_version = manifest->entry_minor_version;
    entry_set_text(&entry->title, title);
    if (unique_id && strcmp(unique_id, DEFAULT_UNIQUE_ID))
        entry_set_text(&entry->unique_id, unique_id);
    remember_discovery(entry, flow->context);
    return entry;
}

/* The others that are about the same thing have nothing left to ask. */
static HASS_CALLBACK void end_others(const struct hass_flow *flow)
{
    const char *unique_id = unique_id_of(flow);
    struct hass_flow *other;

    while (unique_id && (other = find_other(flow, "unique_id", unique_id)) != NULL)
        flow_end(other);
    if ((other = find_other(flow, "unique_id", DEFAULT_UNIQUE_ID)) != NULL)
        flow_end(other);
}

/* An entry with the same unique id gives way: flows should abort instead. */
static HASS_COROUTINE void remove_former(const struct hass_entry *entry)
{
    struct hass_entry *former =
        entry->unique_id ? entries_find_unique_id(entry->hass, entry->domain, entry->unique_id)
                         : NULL;

    if (!former)
        return;
    if (strcmp(former->source, "ignore"))
        hass_warning("%s has made an entry with the unique id of another, which it replaces: a "
                     "flow should call hass_flow_async_abort_if_configured",
                     entry->domain);
    autofree char *id = mem_strdup(former->id);
    (void)hass_entries_async_remove(entry->hass, id, NULL);
}

static HASS_COROUTINE int finish_config(struct hass_flow *flow, struct hass_entry **ret_entry,
                                        struct hass_error *err)
{
    autounref(hass_entry) *entry = NULL;

    if (is_full(flow)) {
        (void)hass_flow_async_abort(flow, "single_instance_allowed", NULL, NULL);
        flow_advance(flow);
        return 0;
    }
    entry = make_entry(flow, flow_source(flow), flow->now.title);
    entry_set_json(entry, &entry->data, hass_json_ref(flow->now.data));
    entry_set_json(entry, &entry->options, hass_json_ref(flow->now.options));
    end_others(flow);
    remove_former(entry);
    int r = entries_async_add(entry, err);
    if (r < 0)
        return r;
    /* Whether it can be set up is told by its state. */
    (void)hass_entries_async_setup(flow->hass, entry->id, NULL);
    *ret_entry = steal(entry);
    return 0;
}

const struct hass_flow_handler *flow_find_subentry_flow(const struct hass_manifest *manifest,
                                                        const char *type)
{
    const struct hass_subentry_flow *flow = manifest->subentry_flows;

    for (; flow && flow->type; flow++)
        if (!strcmp(flow->type, type))
            return flow->flow;
    return NULL;
}

static HASS_CALLBACK int finish_subentry(struct hass_flow *flow, struct hass_error *err)
{
    if (!source_is(flow, "user"))
        return hass_fail(err, HASS_E_INVALID,
                         "a flow that reconfigures a subentry makes none: end it by "
                         "hass_flow_async_update_and_abort");
    struct hass_error problem = HASS_ERROR_INIT;
    int r = hass_entry_async_add_subentry(flow->entry,
                                          json_pack("{s:O, s:s, s:s?, s:O}", "subentry_type",
                                                    hass_json_get(flow->context, "subentry_type"),
                                                    "title", flow->now.title, "unique_id",
                                                    unique_id_of(flow), "data", flow->now.data),
                                          NULL, &problem);
    if (r != HASS_E_EXISTS)
        return r < 0 ? hass_error_copy(err, &problem) : r;
    hass_error_clear(&problem);
    (void)hass_flow_async_abort(flow, "already_configured", NULL, NULL);
    flow_advance(flow);
    return 0;
}

int flow_finish(struct hass_flow *flow, struct hass_entry **ret_entry, struct hass_error *err)
{
    if (flow->kind == HASS_FLOW_CONFIG)
        return finish_config(flow, ret_entry, err);
    if (flow->kind == HASS_FLOW_REPAIR)
        return flow_finish_repair(flow, err);
    if (flow->kind == HASS_FLOW_SUBENTRY)
        return finish_subentry(flow, err);
    int r =
        hass_entry_async_update(flow->entry, json_pack("{s:O}", "options", flow->now.data), err);
    if (r < 0)
        return r;
    *ret_entry = hass_entry_ref(flow->entry);
    return 0;
}

int hass_flows_async_ignore(struct hass *hass, const char *flow_id, const char *title,
                            struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.flows.async_ignore", err);
    struct hass_flow *flow = hass_strmap_get(flows_of(hass), flow_id);
    if (!flow || flow->kind != HASS_FLOW_CONFIG)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no flow %s", flow_id);
    if (!unique_id_of(flow))
        return hass_fail(err, HASS_E_INVALID, "the flow has no unique id by which to ignore it");
    autounref(hass_entry) *entry = make_entry(flow, "ignore", title);
    flow_end(flow);
    if (entry->unique_id && entries_find_unique_id(hass, entry->domain, entry->unique_id))
        return 0;
    return entries_async_add(entry, err);
}
