/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows as clients see them.
 */
#include "registry/flow.h"

json_t *flow_summary(const struct hass_flow *flow)
{
    json_t *json = json_object();

    json_object_set_new(json, "flow_id", json_string(flow->id));
    json_object_set_new(json, "handler", flow_handler(flow));
    json_object_set_new(json, "context", json_deep_copy(flow->context));
    if (flow->now.step_id)
        json_object_set_new(json, "step_id", json_string(flow->now.step_id));
    return json;
}

static HASS_CALLBACK void add_created(const struct hass_entry *entry, json_t *json)
{
    json_object_set_new(json, "version", json_integer(entry ? entry->version : 1));
    json_object_set_new(json, "minor_version", json_integer(entry ? entry->minor_version : 1));
    json_object_set_new(json, "result", entry ? hass_entry_async_as_json(entry) : json_null());
    json_object_set_new(json, "options", entry ? hass_json_ref(entry->options) : json_object());
    json_object_set_new(json, "subentries", json_array());
}

/* A part has no JSON of its own: that it is there is said. */
static void add_part(const struct hass_flow *flow, json_t *json)
{
    const json_t *unique_id = hass_json_get(flow->context, "unique_id");

    json_object_set_new(json, "unique_id", unique_id ? hass_json_ref(unique_id) : json_null());
    json_object_set_new(json, "result", json_true());
}

json_t *flow_result(const struct hass_flow *flow, const struct hass_entry *entry)
{
    json_t *json = json_copy(flow->now.result);

    json_object_set_new(json, "flow_id", json_string(flow->id));
    json_object_set_new(json, "handler", flow_handler(flow));
    if (flow->now.type == FLOW_CREATE_ENTRY && flow->kind == HASS_FLOW_SUBENTRY)
        add_part(flow, json);
    else if (flow->now.type == FLOW_CREATE_ENTRY)
        add_created(entry, json);
    return json;
}
