/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the core's cases: states, events, services, slugs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/schema.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "support/test.h"
#include "vectors/vectors.h"

static const char *text_of(const json_t *step, const char *key)
{
    return hass_json_get_string(step, key, "");
}

static json_t *ref_of(const json_t *step, const char *key)
{
    return hass_json_ref(hass_json_get(step, key));
}

char *python_text(const json_t *value)
{
    struct hass_buf buf = HASS_BUF_INIT;

    if (json_is_string(value))
        return mem_strdup(json_string_value(value));
    if (json_is_boolean(value))
        return mem_strdup(json_is_true(value) ? "True" : "False");
    if (!value || json_is_null(value))
        return mem_strdup("None");
    hass_json_write(value, &buf);
    return buf.data;
}

/* states */

static HASS_CALLBACK int advance(struct stage *stage, const json_t *step, json_t **ret_value,
                                 struct hass_error *err)
{
    test_advance(stage->hass, hass_json_get_number(step, "seconds", 0));
    return 0;
}

static HASS_CALLBACK int state_set(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    struct hass_set_options options = {
        .size = sizeof(options),
        .force_update = hass_json_get_bool(step, "force_update", false),
    };
    autofree char *text = python_text(hass_json_get(step, "state"));

    return hass_states_async_set(stage->hass, text_of(step, "entity_id"), text,
                                 ref_of(step, "attributes"), &options, err);
}

static HASS_CALLBACK int state_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    int status = hass_states_async_remove(stage->hass, text_of(step, "entity_id"), NULL, err);

    *ret_value = json_boolean(status == 1);
    return status;
}

static HASS_CALLBACK const struct hass_state *get(struct stage *stage, const json_t *step)
{
    return hass_states_async_get(stage->hass, text_of(step, "entity_id"));
}

static HASS_CALLBACK int state_get(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    *ret_value = state_record(stage, get(stage, step));
    return 0;
}

static HASS_CALLBACK int state_is(struct stage *stage, const json_t *step, json_t **ret_value,
                                  struct hass_error *err)
{
    *ret_value = json_boolean(
        hass_states_is_state(stage->hass, text_of(step, "entity_id"), text_of(step, "state")));
    return 0;
}

static HASS_CALLBACK int state_name(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    const struct hass_state *state = get(stage, step);
    struct hass_buf name = HASS_BUF_INIT;
    char domain[65];

    if (!state)
        return hass_fail(err, HASS_E_NOT_FOUND, "no state");
    hass_state_name(state, &name);
    hass_state_domain(state, domain);
    *ret_value = json_pack("{s:s, s:s, s:s}", "name", hass_buf_string(&name), "domain", domain,
                           "object_id", hass_state_object_id(state));
    hass_buf_fini(&name);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Appends the ids of @domain's states (NULL: all). */
static HASS_CALLBACK void add_ids(struct hass *hass, const char *domain, json_t *ids)
{
    struct hass_state_list list;

    hass_states_async_all(hass, domain, &list, NULL);
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(ids, json_string(hass_state_entity_id(list.items[i])));
    hass_state_list_fini(&list);
}

static json_t *sorted(json_t *texts)
{
    size_t count = json_array_size(texts);
    const char **items = mem_calloc(count + 1, sizeof(*items));
    json_t *result = json_array();

    for (size_t i = 0; i < count; i++)
        items[i] = json_string_value(json_array_get(texts, i));
    qsort(items, count, sizeof(*items), by_text);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(result, json_string(items[i]));
    free(items);
    json_decref(texts);
    return result;
}

static HASS_CALLBACK json_t *ids_of(struct stage *stage, const json_t *domain)
{
    json_t *ids = json_array();

    if (!json_is_array(domain))
        add_ids(stage->hass, json_string_value(domain), ids);
    for (size_t i = 0; i < json_array_size(domain); i++)
        add_ids(stage->hass, json_string_value(json_array_get(domain, i)), ids);
    return sorted(ids);
}

static HASS_CALLBACK int state_ids(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    *ret_value = ids_of(stage, hass_json_get(step, "domain"));
    return 0;
}

static HASS_CALLBACK int state_count(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    const json_t *domain = hass_json_get(step, "domain");
    autojson *ids = json_is_array(domain) ? ids_of(stage, domain) : NULL;
    size_t count = ids ? json_array_size(ids)
                       : hass_states_async_count(stage->hass, json_string_value(domain));

    *ret_value = json_integer((json_int_t)count);
    return 0;
}

static HASS_CALLBACK int state_available(struct stage *stage, const json_t *step,
                                         json_t **ret_value, struct hass_error *err)
{
    *ret_value = json_boolean(hass_states_async_available(stage->hass, text_of(step, "entity_id")));
    return 0;
}

static HASS_CALLBACK int state_reserve(struct stage *stage, const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    return hass_states_async_reserve(stage->hass, text_of(step, "entity_id"), err);
}

/* events */

struct stage_listener {
    struct stage *stage;
    const json_t *step; /* kept by the stage */
    struct hass_sub *sub;
};

/* A state in the data of a delivered event: what a listener would look at. */
static json_t *delivered_state(const struct hass_state *state)
{
    if (!state)
        return json_null();
    return json_pack("{s:s, s:s, s:o}", "entity_id", hass_state_entity_id(state), "state",
                     hass_state_state(state), "attributes", hass_state_attributes(state));
}

static json_t *delivered_data(const struct hass_event *event)
{
    const struct hass_state *old, *new;

    if (!hass_event_states(event, &old, &new))
        return hass_json_ref(hass_event_data(event));
    return json_pack("{s:s, s:o, s:o}", "entity_id", hass_event_entity_id(event), "old_state",
                     delivered_state(old), "new_state", delivered_state(new));
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct stage_listener *listener = userdata;
    const json_t *then = hass_json_get(listener->step, "then");
    autojson *value = NULL;

    json_array_append_new(listener->stage->delivered,
                          json_pack("{s:s, s:s, s:o}", "delivered_to",
                                    text_of(listener->step, "id"), "type", hass_event_type(event),
                                    "data", delivered_data(event)));
    return then ? stage_run(listener->stage, then, &value, err) : 0;
}

static HASS_CALLBACK bool passes(const struct hass_event *event, void *userdata)
{
    const struct stage_listener *listener = userdata;
    const json_t *filter = hass_json_get(listener->step, "filter");
    const json_t *wanted = hass_json_get(filter, "equals");
    const json_t *got = hass_json_get(hass_event_data(event), text_of(filter, "key"));
    autojson *null = json_null();

    return hass_json_equal(got ? got : null, wanted ? wanted : null);
}

static HASS_CALLBACK int listen_to(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    struct stage_listener *listener = mem_zalloc(sizeof(*listener));
    const char *type = text_of(step, "type");

    *listener = (struct stage_listener){ .stage = stage, .step = step };
    json_array_append(stage->kept, (json_t *)step);
    hass_strmap_set(stage->listeners, text_of(step, "id"), listener);
    if (hass_json_get_bool(step, "once", false))
        return hass_bus_async_listen_once(stage->hass, type, HASS_JOB_CALLBACK(on_event, listener),
                                          &listener->sub, err);
    return hass_bus_async_listen(stage->hass, type, hass_json_get(step, "filter") ? passes : NULL,
                                 HASS_JOB_CALLBACK(on_event, listener), &listener->sub, err);
}

static HASS_CALLBACK int unlisten(struct stage *stage, const json_t *step, json_t **ret_value,
                                  struct hass_error *err)
{
    struct stage_listener *listener = hass_strmap_get(stage->listeners, text_of(step, "id"));

    if (listener)
        listener->sub = hass_sub_async_remove(listener->sub);
    return 0;
}

static HASS_CALLBACK int event_fire(struct stage *stage, const json_t *step, json_t **ret_value,
                                    struct hass_error *err)
{
    return hass_bus_async_fire(stage->hass, text_of(step, "type"), ref_of(step, "data"), NULL, err);
}

static HASS_CALLBACK int listeners(struct stage *stage, const json_t *step, json_t **ret_value,
                                   struct hass_error *err)
{
    const json_t *types = hass_json_get(step, "types");
    autojson *all = hass_bus_async_listeners(stage->hass);

    *ret_value = json_object();
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));
        if (hass_json_get(all, type))
            json_object_set(*ret_value, type, json_object_get(all, type));
    }
    return 0;
}

/* services */

/* A registered service; owned by its registration. */
struct stage_service {
    struct stage *stage;
    json_t *step;
    struct hass_schema schema;
    struct hass_field *fields;
    char **defaults;
};

static void free_service(void *object)
{
    struct stage_service *service = object;

    for (uint32_t i = 0; i < service->schema.count; i++)
        free(service->defaults[i]);
    free(service->defaults);
    free(service->fields);
    json_decref(service->step);
    free(service);
}

static int check_bool(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    if (!json_is_boolean(value))
        return hass_fail(err, HASS_E_INVALID, "expected a boolean");
    *ret_value = hass_json_ref(value);
    return 0;
}

/* The cases verify booleans and convert nothing to them. */
static const struct hass_field_type strict_bool = {
    .size = sizeof(strict_bool),
    .name = "boolean",
    .check = check_bool,
};

static const struct hass_field_type *field_type(const char *name)
{
    if (strcmp(name, "int") == 0)
        return &hass_type_int;
    return strcmp(name, "bool") == 0 ? &strict_bool : &hass_type_string;
}

static char *default_text(const json_t *value)
{
    struct hass_buf buf = HASS_BUF_INIT;

    if (!value)
        return NULL;
    hass_json_write(value, &buf);
    return buf.data;
}

static void build_schema(struct stage_service *service, const json_t *schema)
{
    const char *key;
    json_t *field;
    uint32_t count = (uint32_t)json_object_size(schema), at = 0;

    service->fields = mem_calloc(count + 1, sizeof(*service->fields));
    service->defaults = mem_calloc(count + 1, sizeof(*service->defaults));
    json_object_foreach((json_t *)schema, key, field) {
        service->defaults[at] = default_text(hass_json_get(field, "default"));
        service->fields[at] = (struct hass_field){
            .size = sizeof(struct hass_field),
            .key = key,
            .type = field_type(text_of(field, "type")),
            .required = hass_json_get_bool(field, "required", false),
            .fallback = service->defaults[at],
        };
        at++;
    }
    service->schema = (struct hass_schema){ .size = sizeof(service->schema),
                                            .count = count,
                                            .fields = service->fields };
}

static HASS_CALLBACK int handle(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    const struct stage_service *service = userdata;
    const char *tag = hass_json_get_string(service->step, "tag", text_of(service->step, "service"));
    bool respond = hass_service_call_return_response(call);

    json_array_append_new(service->stage->handled,
                          json_pack("{s:s, s:O, s:b}", "handled_by", tag, "data",
                                    hass_service_call_data(call), "return_response", respond));
    if (hass_json_get(service->step, "fail"))
        return hass_fail(err, HASS_E_GENERAL, "failed on purpose");
    if (respond && hass_json_get(service->step, "returns"))
        return hass_service_call_respond(call, ref_of(service->step, "returns"));
    return 0;
}

static enum hass_supports_response supports(const char *word)
{
    if (strcmp(word, "only") == 0)
        return HASS_RESPONSE_ONLY;
    return strcmp(word, "optional") == 0 ? HASS_RESPONSE_OPTIONAL : HASS_RESPONSE_NONE;
}

static HASS_CALLBACK int service_register(struct stage *stage, const json_t *step,
                                          json_t **ret_value, struct hass_error *err)
{
    struct stage_service *service = mem_zalloc(sizeof(*service));
    const json_t *schema = hass_json_get(step, "schema");

    service->stage = stage;
    service->step = hass_json_ref(step);
    if (schema)
        build_schema(service, schema);
    struct hass_service_options options = {
        .size = sizeof(options),
        .schema = schema ? &service->schema : NULL,
        .supports_response = supports(text_of(step, "response")),
    };
    return hass_services_async_register(
        stage->hass, text_of(step, "domain"), text_of(step, "service"), &options,
        HASS_JOB_CALLBACK(handle, service, .destroy = free_service), err);
}

static HASS_CALLBACK int service_remove(struct stage *stage, const json_t *step, json_t **ret_value,
                                        struct hass_error *err)
{
    // Unknown is a warning for the model, and an error of ours besides.
    (void)hass_services_async_remove(stage->hass, text_of(step, "domain"), text_of(step, "service"),
                                     NULL);
    return 0;
}

static HASS_CALLBACK int service_has(struct stage *stage, const json_t *step, json_t **ret_value,
                                     struct hass_error *err)
{
    *ret_value = json_boolean(
        hass_services_async_has(stage->hass, text_of(step, "domain"), text_of(step, "service")));
    return 0;
}

static json_t *keys_of(const json_t *object)
{
    json_t *keys = json_array();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
        json_array_append_new(keys, json_string(key));
    return sorted(keys);
}

static HASS_CALLBACK int service_list(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    const json_t *domains = hass_json_get(step, "domains");
    autojson *all = hass_services_async_describe(stage->hass);

    *ret_value = json_object();
    for (size_t i = 0; i < json_array_size(domains); i++) {
        const char *domain = json_string_value(json_array_get(domains, i));
        if (hass_json_get(all, domain))
            json_object_set_new(*ret_value, domain, keys_of(hass_json_get(all, domain)));
    }
    return 0;
}

struct stage_call {
    const json_t *step;
    json_t *response;
};

static HASS_COROUTINE int run_call(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct stage_call *call = userdata;
    struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = hass_json_get_bool(call->step, "blocking", true),
        .return_response = hass_json_get_bool(call->step, "return_response", false),
        .target = ref_of(call->step, "target"),
    };

    return hass_services_async_call(hass, text_of(call->step, "domain"),
                                    text_of(call->step, "service"), ref_of(call->step, "data"),
                                    &options, &call->response, err);
}

static HASS_CALLBACK int service_call(struct stage *stage, const json_t *step, json_t **ret_value,
                                      struct hass_error *err)
{
    struct stage_call call = { .step = step };
    int status = test_run_coroutine(stage->hass, run_call, &call);

    *ret_value = call.response;
    return status;
}

/* names */

static HASS_CALLBACK int slugify(struct stage *stage, const json_t *step, json_t **ret_value,
                                 struct hass_error *err)
{
    struct hass_buf slug = HASS_BUF_INIT;

    hass_slugify(text_of(step, "text"), hass_json_get_string(step, "separator", "_"), &slug);
    *ret_value = json_string(hass_buf_string(&slug));
    hass_buf_fini(&slug);
    return 0;
}

static HASS_CALLBACK int valid_entity_id(struct stage *stage, const json_t *step,
                                         json_t **ret_value, struct hass_error *err)
{
    *ret_value = json_boolean(hass_valid_entity_id(text_of(step, "entity_id")));
    return 0;
}

const struct operation core_operations[] = {
    { "advance", advance },
    { "state_set", state_set },
    { "state_remove", state_remove },
    { "state_get", state_get },
    { "state_is", state_is },
    { "state_name", state_name },
    { "state_ids", state_ids },
    { "state_count", state_count },
    { "state_available", state_available },
    { "state_reserve", state_reserve },
    { "listen", listen_to },
    { "unlisten", unlisten },
    { "event_fire", event_fire },
    { "listeners", listeners },
    { "service_register", service_register },
    { "service_remove", service_remove },
    { "service_has", service_has },
    { "service_list", service_list },
    { "service_call", service_call },
    { "slugify", slugify },
    { "valid_entity_id", valid_entity_id },
    { NULL, NULL },
};
