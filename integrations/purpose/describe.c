/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands trigger_platforms/subscribe and condition_platforms/subscribe: what the editor needs to know of each name, once; nothing of it
 * changes afterwards.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/dispatcher.h>
#include <hass/integration.h>

#include "purpose.h"
#include "websocket_api/websocket_api.h"

/* Entities whom the editor offers as the target. */
static json_t *target_of(const struct purpose *row)
{
    json_t *entities = json_array();

    for (size_t i = 0; i < PURPOSE_SOURCES && row->of[i].domain; i++) {
        json_t *one = json_pack("{s:[s]}", "domain", row->of[i].domain);
        if (row->of[i].device_class)
            json_object_set_new(one, "device_class", json_pack("[s]", row->of[i].device_class));
        json_array_append_new(entities, one);
    }
    json_t *target = json_pack("{so}", "entity", entities);
    if (row->secondary)
        json_object_set_new(target, "primary_entities_only", json_false());
    return target;
}

static void add_duration(json_t *fields)
{
    json_object_set_new(
        fields, "for",
        json_pack("{sbsss{s{}}}", "required", 1, "default", "00:00:00", "selector", "duration"));
}

static void add_behavior(json_t *fields, const char *otherwise, const char *mode)
{
    json_object_set_new(fields, "behavior",
                        json_pack("{sbsss{s{ss}}}", "required", 1, "default", otherwise, "selector",
                                  "automation_behavior", "mode", mode));
}

static void add_threshold(json_t *fields, const char *mode)
{
    json_object_set_new(
        fields, "threshold",
        json_pack("{sbs{s{ss}}}", "required", 1, "selector", "numeric_threshold", "mode", mode));
}

/* How the editor asks for an option. */
static json_t *selector_of(const char *option)
{
    if (strcmp(option, "zone") == 0)
        return json_pack("{s{sssb}}", "entity", "domain", "zone", "multiple", 1);
    if (strcmp(option, "value") == 0)
        return json_pack("{s{}}", "text");
    return json_pack("{s{sb}}", "state", "multiple", 1);
}

static void add_option(json_t *fields, const struct purpose *row)
{
    if (row->option)
        json_object_set_new(fields, row->option,
                            json_pack("{sbso}", "required", row->how == PURPOSE_ENTERS, "selector",
                                      selector_of(row->option)));
}

static json_t *describe_trigger(const struct purpose *row)
{
    json_t *fields = json_object();

    if (row->how == PURPOSE_ENTERS || row->how == PURPOSE_NUMBER_CROSSED) {
        add_behavior(fields, "each", "trigger");
        add_duration(fields);
    }
    if (row->how == PURPOSE_NUMBER_CROSSED || row->how == PURPOSE_NUMBER_CHANGED)
        add_threshold(fields, row->how == PURPOSE_NUMBER_CROSSED ? "crossed" : "changed");
    add_option(fields, row);
    return json_pack("{soso}", "target", target_of(row), "fields", fields);
}

static json_t *describe_condition(const struct purpose *row)
{
    json_t *fields = json_object();

    add_behavior(fields, "any", "condition");
    add_duration(fields);
    if (row->how == PURPOSE_NUMBER_CROSSED)
        add_threshold(fields, "is");
    add_option(fields, row);
    return json_pack("{soso}", "target", target_of(row), "fields", fields);
}

/* the commands */

struct platforms {
    purpose_at_fn *at;
    json_t *(*describe)(const struct purpose *row);
};

static const struct platforms triggers = { purpose_trigger_at, describe_trigger };
static const struct platforms conditions = { purpose_condition_at, describe_condition };

static HASS_CALLBACK int on_nothing(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const struct platforms *platforms = api->command(request)->userdata;
    autojson *all = json_object();
    autobuf event = HASS_BUF_INIT;
    const struct purpose *row;
    struct hass_sub *sub = NULL;
    int r = hass_async_dispatcher_connect(api->hass(request), "purpose_platforms",
                                          HASS_JOB_CALLBACK(on_nothing, NULL), &sub, err);

    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r < 0)
        return r;
    for (size_t i = 0; (row = platforms->at(i)); i++)
        json_object_set_new(all, row->name, platforms->describe(row));
    hass_json_write(all, &event);
    api->answer(request, "null");
    api->send_event(api->connection(request), api->id(request), hass_buf_string(&event),
                    event.length);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("trigger_platforms/subscribe", subscribe, .userdata = (void *)&triggers),
    WEBSOCKET_COMMAND("condition_platforms/subscribe", subscribe, .userdata = (void *)&conditions),
};

int purpose_commands_add(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = api ? 0 : hass_fail(err, HASS_E_NOT_READY, "websocket_api is not set up");

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r >= 0; i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
