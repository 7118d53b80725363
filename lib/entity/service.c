/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entity services: a call is split by its target. One entity is called directly, several at once within their platform's
 * limit; whatever polls is updated afterwards. Handlers run in the scope of the entity's integration: they are about to call
 * its ops.
 */
#include <errno.h>
#include <string.h>

#include <hass/schema.h>
#include <hass/services.h>
#include <hass/task.h>

#include "base/mem.h"
#include "core/core.h"
#include "data/schema_check.h"
#include "entity/entity.h"
#include "entity/meant.h"
#include "entity/platform.h"
#include "entity/target.h"
#include "run/executor.h"

struct entity_service {
    unsigned refs;                    /* the registration's, and of invocations */
    struct hass_component *component; /* counted */
    hass_entity_service_fn *async_handler;
    hass_entity_worker_fn *handler;
    uint32_t *feature_sets; /* all bits of at least one are needed; ends with 0 */
    bool responds;
    int (*check)(const json_t *value, struct hass_error *err); /* of the service's own schema */
    struct hass_schema schema;                                 /* its fields behind the target's */
    char *name;
};

/* the schema */

static const struct hass_field target_fields[] = {
    HASS_FIELD("entity_id", &hass_type_entity_ids, .doc = "Entities the service is meant for"),
    HASS_FIELD("device_id", &target_type_ids, .doc = "Devices it is meant for"),
    HASS_FIELD("area_id", &target_type_ids, .doc = "Areas it is meant for"),
    HASS_FIELD("floor_id", &target_type_ids, .doc = "Floors it is meant for"),
    HASS_FIELD("label_id", &target_type_ids, .doc = "Labels it is meant for"),
    HASS_FIELD("metadata", &hass_type_any, .doc = "What a user interface keeps with the call"),
};
#define TARGET_FIELDS (sizeof(target_fields) / sizeof(target_fields[0]))

static int check_target(const json_t *value, struct hass_error *err)
{
    for (size_t i = 0; i < TARGET_KINDS; i++) {
        if (hass_json_get(value, target_keys[i]))
            return 0;
    }
    return hass_fail(err, HASS_E_INVALID,
                     "must contain at least one of entity_id, device_id, area_id, floor_id, "
                     "label_id");
}

static struct hass_schema make_schema(const struct hass_schema *own)
{
    uint32_t own_count = own->count;
    struct hass_field *fields = mem_calloc(TARGET_FIELDS + own_count, sizeof(*fields));

    memcpy(fields, target_fields, sizeof(target_fields));
    for (uint32_t i = 0; i < own_count; i++) {
        fields[TARGET_FIELDS + i] = schema_field_at(own, i);
        fields[TARGET_FIELDS + i].size = sizeof(*fields);
    }
    return (struct hass_schema){
        .size = sizeof(struct hass_schema),
        .count = TARGET_FIELDS + own_count,
        .fields = fields,
        .extra = own->extra,
        .check = check_target,
    };
}

/* one entity */

static void entity_service_unref(void *object)
{
    struct entity_service *service = object;

    if (--service->refs)
        return;
    component_unref(service->component);
    free((void *)service->schema.fields);
    free(service->feature_sets);
    free(service->name);
    free(service);
}

/* One call under way, shared by the coroutines that work on it. */
struct invocation {
    unsigned refs;
    struct entity_service *service;       /* counted */
    const struct hass_service_call *call; /* counted */
    json_t *response; /* {entity_id: answer or null}; NULL: nobody is to answer */
    bool limited;     /* keep to the platforms' limits */
};

static struct invocation *invocation_new(struct entity_service *service,
                                         const struct hass_service_call *call)
{
    struct invocation *invocation = mem_zalloc(sizeof(*invocation));

    *invocation = (struct invocation){
        .refs = 1,
        .service = service,
        .call = hass_service_call_ref(call),
    };
    service->refs++;
    return invocation;
}

static struct invocation *invocation_ref(struct invocation *invocation)
{
    invocation->refs++;
    return invocation;
}

static void invocation_unref(void *object)
{
    struct invocation *invocation = object;

    if (--invocation->refs)
        return;
    hass_service_call_unref(invocation->call);
    json_decref(invocation->response);
    entity_service_unref(invocation->service);
    free(invocation);
}

struct pool_call {
    struct hass_entity *entity;
    const struct hass_service_call *call;
    hass_entity_worker_fn *handler;
};

static void pool_call_destroy(void *object)
{
    struct pool_call *pool = object;

    hass_entity_unref(pool->entity);
    hass_service_call_unref(pool->call);
    free(pool);
}

static int pool_call_run(struct hass_worker *worker, void *arg, struct hass_error *err)
{
    struct pool_call *pool = arg;

    return pool->handler(worker, pool->entity, pool->call, err);
}

static HASS_COROUTINE int call_on_pool(struct hass_entity *entity, hass_entity_worker_fn *handler,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    autounref(hass_future) *future = NULL;
    struct pool_call *pool = mem_alloc(sizeof(*pool));

    *pool = (struct pool_call){
        .entity = hass_entity_ref(entity),
        .call = hass_service_call_ref(call),
        .handler = handler,
    };
    int r = executor_submit(entity->hass, entity->scope, entity_label(entity), pool_call_run, pool,
                            pool_call_destroy, JOB_TRACKED, &future, err);
    return r < 0 ? r : hass_async_await(future, HASS_FOREVER, err);
}

static HASS_COROUTINE int call_handler(struct hass_entity *entity,
                                       const struct entity_service *service,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    if (!service->async_handler)
        return call_on_pool(entity, service->handler, call, err);
    struct scope *former = scope_enter(entity->scope);
    int r = service->async_handler(entity, call, err);
    scope_leave(former);
    return r;
}

/* The handler is given a call of the entity's own, so that several can answer. */
static HASS_COROUTINE int call_for_answer(struct hass_entity *entity,
                                          const struct invocation *invocation,
                                          struct hass_error *err)
{
    autofree char *entity_id = mem_strdup(entity->entity_id);
    autounref(hass_service_call) const *part = service_call_part(invocation->call);
    int r = call_handler(entity, invocation->service, part, err);
    json_t *answer = service_call_response(part);

    if (answer)
        json_object_set(invocation->response, entity_id, answer);
    return r;
}

static HASS_COROUTINE int call_service(struct hass_entity *entity,
                                       const struct invocation *invocation, struct hass_error *err)
{
    if (invocation->response)
        return call_for_answer(entity, invocation, err);
    return call_handler(entity, invocation->service, invocation->call, err);
}

static HASS_COROUTINE int call_entity(struct hass_entity *entity, void *userdata,
                                      struct hass_error *err)
{
    const struct invocation *invocation = userdata;
    struct hass_platform *platform = entity->platform;

    if (!platform) /* removed since the call began */
        return 0;
    (void)hass_entity_async_set_context(entity, hass_service_call_context(invocation->call), NULL);
    if (!invocation->limited)
        return call_service(entity, invocation, err);
    platform_ref(platform);
    int r = platform_async_acquire(platform, err);
    if (r >= 0) {
        r = call_service(entity, invocation, err);
        platform_release(platform);
    }
    platform_unref(platform);
    return r;
}

/* which entities */

static bool has_features(const struct hass_entity *entity, const uint32_t *sets)
{
    uint32_t features = ENTITY_DESC(entity, supported_features);
    bool found = !*sets;

    for (; *sets && !found; sets++)
        found = (features & *sets) == *sets;
    return found;
}

/* Leaves those out that are not available; an entity that was named must be able to do it. */
static HASS_CALLBACK int choose(const struct entity_service *service, const struct meant *meant,
                                struct entity_list *list, struct hass_error *err)
{
    for (size_t i = 0; i < meant->entities.length; i++) {
        struct hass_entity *entity = meant->entities.data[i];
        if (!hass_entity_async_available(entity))
            continue;
        if (has_features(entity, service->feature_sets))
            entity_list_add(list, entity);
        else if (i < meant->named)
            return hass_fail_key(err, HASS_E_UNSUPPORTED, "service_not_supported",
                                 "entity %s does not support action %s.%s", entity->entity_id,
                                 service->component->domain, service->name);
    }
    return 0;
}

static HASS_COROUTINE int refresh(struct hass_entity *entity, void *userdata,
                                  struct hass_error *err)
{
    const struct invocation *invocation = userdata;

    /* The call may have taken longer than an entity remembers. */
    (void)hass_entity_async_set_context(entity, hass_service_call_context(invocation->call), NULL);
    return hass_entity_async_update_ha_state(entity, true, err);
}

static HASS_COROUTINE int refresh_polled(const struct entity_list *entities,
                                         struct invocation *invocation, struct hass_error *err)
{
    auto_entity_list polled = { 0 };

    for (size_t i = 0; i < entities->length; i++) {
        if (ENTITY_DESC(entities->data[i], should_poll))
            entity_list_add(&polled, entities->data[i]);
    }
    return entities_async_map(hass_service_call_hass(invocation->call), polled.data, polled.length,
                              ENTITY_MAP_CONCURRENCY, HASS_FOREVER, refresh,
                              invocation_ref(invocation), invocation_unref, err);
}

static HASS_COROUTINE int call_entities(const struct entity_list *entities,
                                        struct invocation *invocation, struct hass_error *err)
{
    int r;

    if (entities->length == 1) {
        r = call_entity(entities->data[0], invocation, err);
    } else {
        invocation->limited = true;
        r = entities_async_map(hass_service_call_hass(invocation->call), entities->data,
                               entities->length, ENTITY_MAP_CONCURRENCY, HASS_FOREVER, call_entity,
                               invocation_ref(invocation), invocation_unref, err);
    }
    return r < 0 ? r : refresh_polled(entities, invocation, err);
}

static json_t *without_answers(const struct entity_list *entities)
{
    json_t *response = json_object();

    for (size_t i = 0; i < entities->length; i++)
        json_object_set_new(response, entities->data[i]->entity_id, json_null());
    return response;
}

static HASS_COROUTINE int invoke(struct entity_service *service,
                                 const struct hass_service_call *call,
                                 const struct entity_list *entities, struct hass_error *err)
{
    struct invocation *invocation = invocation_new(service, call);

    if (service->responds)
        invocation->response = without_answers(entities);
    int r = call_entities(entities, invocation, err);
    if (r >= 0 && invocation->response)
        r = hass_service_call_respond(call, json_incref(invocation->response));
    invocation_unref(invocation);
    return r;
}

static HASS_CALLBACK int find_and_choose(const struct entity_service *service,
                                         const struct hass_service_call *call,
                                         struct entity_list *list, struct hass_error *err)
{
    struct meant meant = { 0 };
    int r = meant_find(service->component, call, &meant, err);

    if (r == 0)
        r = choose(service, &meant, list, err);
    meant_fini(&meant);
    return r;
}

static HASS_COROUTINE int handle_call(const struct hass_service_call *call, void *userdata,
                                      struct hass_error *err)
{
    struct entity_service *service = userdata;
    auto_entity_list entities = { 0 };
    int r = service->check ? service->check(hass_service_call_data(call), err) : 0;

    if (r == 0)
        r = find_and_choose(service, call, &entities, err);
    if (r < 0)
        return r;
    if (entities.length)
        return invoke(service, call, &entities, err);
    if (hass_service_call_return_response(call))
        return hass_fail(err, HASS_E_GENERAL,
                         "service call requested response data but did not match any entities");
    return 0;
}

/* registering */

static uint32_t *join_features(const struct hass_entity_service_options *options)
{
    static const uint32_t none[] = { 0 };
    const uint32_t *sets = options->feature_sets ? options->feature_sets : none;
    size_t count = 0;

    while (sets[count])
        count++;
    uint32_t *joined = mem_calloc(count + 2, sizeof(*joined));
    joined[0] = options->required_features;
    for (size_t i = 0; i < count; i++)
        joined[i] = sets[i] | options->required_features;
    return joined;
}

int hass_component_async_register_service(struct hass_component *component, const char *name,
                                          const struct hass_entity_service_options *options,
                                          struct hass_error *err)
{
    VERIFY_LOOP(component->hass, "hass.component.async_register_service", err);
    struct hass_entity_service_options known;
    OPTIONS_READ(&known, options);
    if (!known.async_handler == !known.handler)
        return hass_fail(err, HASS_E_INVALID, "service %s.%s needs one handler", component->domain,
                         name);
    struct hass_schema own = known.schema ? schema_copy(known.schema) : (struct hass_schema){ 0 };
    struct entity_service *service = mem_zalloc(sizeof(*service));
    *service = (struct entity_service){
        .refs = 1,
        .component = component_ref(component),
        .async_handler = known.async_handler,
        .handler = known.handler,
        .feature_sets = join_features(&known),
        .responds = known.supports_response != HASS_RESPONSE_NONE,
        .check = own.check,
        .schema = make_schema(&own),
        .name = mem_strdup(name),
    };
    struct hass_service_options registration = {
        .size = sizeof(registration),
        .schema = &service->schema,
        .supports_response = known.supports_response,
        .description = known.description,
    };
    struct hass_job job = HASS_JOB_COROUTINE(handle_call, service, .destroy = entity_service_unref);
    struct scope *former = scope_enter(component->scope);
    int r = hass_services_async_register(component->hass, component->domain, name, &registration,
                                         job, err);
    scope_leave(former);
    return r;
}

/* A plugin's rows may be shorter or longer than ours. */
static const struct hass_entity_service_row *row_at(const struct hass_entity_service_row *rows,
                                                    size_t index)
{
    size_t stride = offsetof(struct hass_entity_service_row, options) + rows->options.size;

    return (const void *)((const char *)rows + index * stride);
}

int hass_component_async_register_services(struct hass_component *component,
                                           const struct hass_entity_service_row *rows, size_t count,
                                           struct hass_error *err)
{
    VERIFY_LOOP(component->hass, "hass.component.async_register_services", err);
    int r = 0;

    for (size_t i = 0; r >= 0 && i < count; i++) {
        const struct hass_entity_service_row *row = row_at(rows, i);
        r = hass_component_async_register_service(component, row->name, &row->options, err);
    }
    return r;
}

int hass_domain_async_setup(struct hass *hass, const json_t *config,
                            const struct hass_component_options *options,
                            const struct hass_entity_service_row *rows, size_t count,
                            struct hass_error *err)
{
    struct hass_component *component;

    VERIFY_COROUTINE(hass, "hass.domain.async_setup", err);
    int r = hass_component_async_create(hass, options, config, &component, err);
    return r < 0 ? r : hass_component_async_register_services(component, rows, count, err);
}
