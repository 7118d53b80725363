/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of notifiers: no entity, but a service notify.<name>, which passes on what it is told to several others, each with
 * data of its own.
 *
 *     notify:
 *       - platform: group
 *         name: Everybody
 *         services:
 *           - action: mobile_app_ann
 *             data: {data: {ttl: 0}}
 *           - action: tv
 */
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/task.h>

#include "group.h"

static const char *service_name(const json_t *member)
{
    const char *name = hass_json_get_string(member, "action", NULL);

    return name ? name : hass_json_get_string(member, "service", "");
}

static int check_member(const json_t *member, struct hass_error *err)
{
    const char *name = service_name(member);

    return *name ? 0
                 : hass_fail(err, HASS_E_INVALID, "expected action: the name of a notify service");
}

HASS_SCHEMA_WITH(member_schema, (.check = check_member),
                 HASS_FIELD("action", &hass_type_slug, .exclusive = "action",
                            .doc = "A service of notify, without notify."),
                 HASS_FIELD("service", &hass_type_slug, .exclusive = "action",
                            .doc = "The same, as it was called before"),
                 HASS_FIELD("data", &hass_type_map, .doc = "What is told besides"));
#define MEMBERS(key)                                                                               \
    HASS_FIELD(key, &hass_type_map, .schema = &member_schema, .list = true, .min = 1, .max = 1000, \
               .exclusive = "services", .doc = "Who is told")

static int check_group(const json_t *config, struct hass_error *err)
{
    if (hass_json_get(config, "services") || hass_json_get(config, "actions"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "required key 'services' is missing");
}

static const struct hass_field fields[] = {
    HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .max = 64,
               .doc = "Of the service, as a slug"),
    MEMBERS("services"),
    MEMBERS("actions"),
};
const struct hass_schema group_notify_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
    .check = check_group,
};

/* Puts @more where @data has nothing, in depth. */
static void add_missing(json_t *data, const json_t *more)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)more, key, value) {
        json_t *has = json_object_get(data, key);
        if (!has)
            json_object_set_new(data, key, json_deep_copy(value));
        else if (json_is_object(has) && json_is_object(value))
            add_missing(has, value);
    }
}

/* One call on its way. */
struct message {
    const struct hass_service_call *call;
    char *service;
    json_t *data;
};

static void message_destroy(void *object)
{
    struct message *message = object;

    hass_service_call_unref(message->call);
    json_decref(message->data);
    free(message->service);
    free(message);
}

static HASS_COROUTINE int pass_on(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct message *message = userdata;
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_service_call_context(message->call),
    };

    return hass_services_async_call(hass, "notify", message->service, steal(message->data),
                                    &options, NULL, err);
}

static HASS_CALLBACK struct hass_task *start(const struct hass_service_call *call,
                                             const json_t *member, struct hass_error *err)
{
    struct message *message = calloc(1, sizeof(*message));
    struct hass_task *task = NULL;

    message->call = hass_service_call_ref(call);
    message->service = strdup(service_name(member));
    message->data = json_deep_copy(hass_service_call_data(call));
    add_missing(message->data, hass_json_get(member, "data"));
    (void)hass_async_create_task(hass_service_call_hass(call),
                                 HASS_JOB_COROUTINE(pass_on, message, .destroy = message_destroy),
                                 &task, err);
    return task;
}

/* All are told at once; the first failure is told when all have ended. */
static HASS_COROUTINE int on_notify(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    autojson *members = hass_json_ref(userdata);
    size_t count = json_array_size(members);
    autofree struct hass_task **tasks = calloc(count + 1, sizeof(struct hass_task *));
    int result = 0;

    for (size_t i = 0; i < count; i++)
        tasks[i] = start(call, json_array_get(members, i), err);
    for (size_t i = 0; i < count; i++) {
        int r = tasks[i] ? hass_async_await_task(tasks[i], HASS_FOREVER, err) : HASS_E_LIMIT;
        result = result < 0 ? result : r;
        hass_task_unref(tasks[i]);
    }
    return result;
}

static void members_destroy(void *members)
{
    json_decref(members);
}

int group_add_notify(struct hass *hass, const json_t *config, struct hass_error *err)
{
    static const struct hass_service_options options = {
        .size = sizeof(options),
        .description = "Tells several others",
    };
    const json_t *members = hass_json_get(config, "services");
    autobuf name = HASS_BUF_INIT;

    hass_slugify(hass_json_get_string(config, "name", ""), "_", &name);
    members = members ? members : hass_json_get(config, "actions");
    return hass_services_async_register(
        hass, "notify", hass_buf_string(&name), &options,
        HASS_JOB_COROUTINE(on_notify, hass_json_ref(members), .destroy = members_destroy), err);
}
