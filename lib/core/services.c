/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service registry: registering, removing, asking. Calling is services_call.c.
 *
 * The loop alone writes; other threads ask under the lock.
 */
#include "core/services.h"

#include <ctype.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/schema.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "data/schema_check.h"

/* one service */

struct service *service_ref(struct service *service)
{
    service->refs++;
    return service;
}

void service_unref(struct service *service)
{
    if (--service->refs)
        return;
    struct scope *former = scope_enter(service->scope);
    job_destroy(&service->job);
    scope_leave(former);
    scope_unref(service->scope);
    free(service->description);
    free(service->shown_name);
    json_decref(service->fields);
    free(service->domain);
    free(service->name);
    free(service->title);
    free(service);
}

static char *lower_copy(const char *text)
{
    char *copy = mem_strdup(text);

    ascii_lower(copy);
    return copy;
}

static void scope_closes(struct scope_member *member);

static struct service *service_new(struct scope *scope, const char *domain, const char *name,
                                   const struct hass_service_options *options,
                                   const struct hass_job *job)
{
    struct service *service = mem_alloc(sizeof(*service));

    *service = (struct service){
        .member = { .close = scope_closes },
        .scope = scope_ref(scope),
        .hass = scope->runtime->hass,
        .refs = 1,
        .job = *job,
        .schema = options->schema,
        .supports_response = options->supports_response,
        .admin = options->admin,
        .description = options->description ? mem_strdup(options->description) : NULL,
        .shown_name = options->name ? mem_strdup(options->name) : NULL,
        .fields = json_deep_copy(options->fields),
        .domain = lower_copy(domain),
        .name = lower_copy(name),
    };
    service->title = mem_printf("%s.%s", service->domain, service->name);
    return service;
}

/* the table */

static struct service *find_exact(const struct services *services, const char *domain,
                                  const char *name)
{
    const struct hass_strmap *names = hass_strmap_get(services->domains, domain);

    return names ? hass_strmap_get(names, name) : NULL;
}

struct service *services_find(const struct services *services, const char *domain, const char *name)
{
    struct service *service = find_exact(services, domain, name);

    if (service)
        return service;
    autofree char *lower_domain = lower_copy(domain);
    autofree char *lower_name = lower_copy(name);
    return find_exact(services, lower_domain, lower_name);
}

/* Puts @service, whose reference the table takes; gives back what it replaces. */
static struct service *put(struct services *services, struct service *service)
{
    lock_take(&services->lock);
    struct hass_strmap *names = hass_strmap_get(services->domains, service->domain);
    if (!names) {
        names = hass_strmap_create(NULL);
        hass_strmap_set(services->domains, service->domain, names);
    }
    struct service *former = hass_strmap_get(names, service->name);
    hass_strmap_set(names, service->name, service);
    lock_drop(&services->lock);
    return former;
}

static void take_out(struct services *services, const struct service *service)
{
    lock_take(&services->lock);
    struct hass_strmap *names = hass_strmap_get(services->domains, service->domain);
    hass_strmap_remove(names, service->name);
    if (hass_strmap_count(names) == 0)
        hass_strmap_remove(services->domains, service->domain);
    lock_drop(&services->lock);
}

static void destroy_names(void *names)
{
    hass_strmap_destroy(names);
}

void services_init(struct hass *hass)
{
    hass->services.domains = hass_strmap_create(destroy_names);
    runtime_set_subject(hass, HASS_SUBJECT_SERVICE, &service_call_subject_ops);
}

static HASS_CALLBACK void forget_all(const struct hass_strmap *names)
{
    const char *name;
    struct service *service;

    strmap_foreach(names, name, service) {
        scope_remove(&service->member);
        service_unref(service);
    }
}

void services_fini(struct hass *hass)
{
    const char *domain;
    const struct hass_strmap *names;

    strmap_foreach(hass->services.domains, domain, names)
        forget_all(names);
    hass->services.domains = hass_strmap_destroy(hass->services.domains);
}

/* registering */

static HASS_CALLBACK void fire(struct hass *hass, const char *type, const struct service *service)
{
    if (hass->runtime->shut || !bus_has_listeners(hass, type))
        return;
    json_t *data = json_pack("{s:s, s:s}", "domain", service->domain, "service", service->name);
    struct hass_error err = HASS_ERROR_INIT;
    if (bus_fire(hass, type, data, &(struct event_options){ 0 }, &err) < 0)
        hass_warning("%s of %s was not fired: %s", type, service->title, err.message);
}

static int check_name(const char *what, const char *name, struct hass_error *err)
{
    size_t length = strnlen(name, HASS_MAX_DOMAIN + 1);

    if (length == 0 || length > HASS_MAX_DOMAIN)
        return hass_fail(err, HASS_E_INVALID, "%s of a service has 1 to %d characters, got '%.70s'",
                         what, HASS_MAX_DOMAIN, name);
    return 0;
}

static int check_register(const char *domain, const char *name, const struct hass_job *job,
                          struct hass_error *err)
{
    int r = check_name("the domain", domain, err);

    if (r == 0)
        r = check_name("the name", name, err);
    if (r == 0 && job->subject != HASS_SUBJECT_SERVICE)
        r = hass_fail(err, HASS_E_INVALID, "the handler of %s.%s does not take a service call",
                      domain, name);
    return r;
}

int hass_services_async_register(struct hass *hass, const char *domain, const char *service,
                                 const struct hass_service_options *options, struct hass_job job,
                                 struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.services.async_register", err);
    struct hass_service_options given;
    struct scope *scope = scope_of_caller(hass);
    int r = check_register(domain, service, &job, err);

    OPTIONS_READ(&given, options);
    if (r == 0)
        r = scope_check_open(scope, err);
    if (r < 0) {
        job_destroy(&job);
        return r;
    }
    struct service *added = service_new(scope, domain, service, &given, &job);
    scope_add(scope, &added->member);
    struct service *former = put(&hass->services, added);
    if (former) {
        scope_remove(&former->member);
        service_unref(former);
    }
    fire(hass, HASS_EVENT_SERVICE_REGISTERED, added);
    return 0;
}

/* @service is in the table. */
static HASS_CALLBACK void unregister(struct service *service)
{
    struct hass *hass = service->hass;

    scope_remove(&service->member);
    take_out(&hass->services, service);
    fire(hass, HASS_EVENT_SERVICE_REMOVED, service);
    service_unref(service);
}

static void scope_closes(struct scope_member *member)
{
    hass__assert_loop();
    unregister(list_entry(member, struct service, member));
}

int hass_services_async_remove(struct hass *hass, const char *domain, const char *service,
                               struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.services.async_remove", err);
    struct service *found = services_find(&hass->services, domain, service);

    if (!found) {
        hass_warning("unable to remove unknown service %s.%s", domain, service);
        return hass_fail(err, HASS_E_NOT_FOUND, "unknown service %s.%s", domain, service);
    }
    unregister(found);
    return 0;
}

/* from other threads */

struct remote {
    char *domain;
    char *name;
    struct hass_service_options options;
    struct hass_job job;
};

static struct remote *remote_new(const char *domain, const char *name)
{
    struct remote *remote = mem_zalloc(sizeof(*remote));

    remote->domain = mem_strdup(domain);
    remote->name = mem_strdup(name);
    return remote;
}

static void destroy_remote(void *arg)
{
    struct remote *remote = arg;

    job_destroy(&remote->job);
    free((char *)remote->options.description);
    free((char *)remote->options.name);
    json_decref((json_t *)remote->options.fields);
    free(remote->domain);
    free(remote->name);
    free(remote);
}

static HASS_CALLBACK int register_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remote *remote = arg;
    struct hass_job job = remote->job;

    remote->job = (struct hass_job){ 0 };
    return hass_services_async_register(hass, remote->domain, remote->name, &remote->options, job,
                                        err);
}

int hass_services_register(struct hass *hass, const char *domain, const char *service,
                           const struct hass_service_options *options, struct hass_job job,
                           struct hass_error *err)
{
    int r = check_register(domain, service, &job, err);

    if (r < 0) {
        job_destroy(&job);
        return r;
    }
    struct remote *remote = remote_new(domain, service);
    OPTIONS_READ(&remote->options, options);
    remote->options.size = sizeof(remote->options);
    if (remote->options.description)
        remote->options.description = mem_strdup(remote->options.description);
    if (remote->options.name)
        remote->options.name = mem_strdup(remote->options.name);
    remote->options.fields = json_deep_copy(remote->options.fields);
    remote->job = job;
    return runtime_post(hass, "hass.services.register", register_posted, remote, destroy_remote,
                        err);
}

static HASS_CALLBACK int remove_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    const struct remote *remote = arg;

    // What is unknown has been warned about: nobody waits for the error.
    (void)hass_services_async_remove(hass, remote->domain, remote->name, NULL);
    return 0;
}

int hass_services_remove(struct hass *hass, const char *domain, const char *service,
                         struct hass_error *err)
{
    return runtime_post(hass, "hass.services.remove", remove_posted, remote_new(domain, service),
                        destroy_remote, err);
}

/* asking */

bool hass_services_async_has(struct hass *hass, const char *domain, const char *service)
{
    VERIFY_LOOP_OR(hass, "hass.services.async_has", false);
    return services_find(&hass->services, domain, service) != NULL;
}

bool hass_services_has(struct hass *hass, const char *domain, const char *service)
{
    lock_take(&hass->services.lock);
    bool found = services_find(&hass->services, domain, service) != NULL;
    lock_drop(&hass->services.lock);
    return found;
}

enum hass_supports_response
hass_services_async_supports_response(struct hass *hass, const char *domain, const char *service)
{
    VERIFY_LOOP_OR(hass, "hass.services.async_supports_response", HASS_RESPONSE_NONE);
    const struct service *found = services_find(&hass->services, domain, service);

    return found ? found->supports_response : HASS_RESPONSE_NONE;
}

bool hass_services_async_is_admin(struct hass *hass, const char *domain, const char *service)
{
    VERIFY_LOOP_OR(hass, "hass.services.async_is_admin", false);
    const struct service *found = services_find(&hass->services, domain, service);

    return found && found->admin;
}

/* "turn_on" reads "Turn on". */
static json_t *readable_name(const char *name)
{
    autofree char *text = mem_strdup(name);

    for (char *c = text; *c; c++)
        if (*c == '_')
            *c = ' ';
    text[0] = (char)toupper((unsigned char)text[0]);
    return json_string(text);
}

/* A service that takes entities shows them as its target, not among its fields; one of entities wants its domain's. */
static void describe_target(const struct service *service, json_t *fields, json_t *description)
{
    static const char *const keys[] = { HASS_ATTR_ENTITY_ID, "device_id", "area_id",
                                        "floor_id",          "label_id",  "metadata" };
    struct hass_field field;

    if (!service->schema || !schema_find_field(service->schema, HASS_ATTR_ENTITY_ID, &field) ||
        field.type != &hass_type_entity_ids)
        return;
    bool of_entities = schema_find_field(service->schema, "label_id", &field);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        json_object_del(fields, keys[i]);
    json_object_set_new(description, "target",
                        of_entities
                            ? json_pack("{s:[{s:[s]}]}", "entity", "domain", service->domain)
                            : json_pack("{s:[{}]}", "entity"));
}

static json_t *describe_fields(const struct service *service)
{
    if (service->fields)
        return json_deep_copy(service->fields);
    return service->schema ? hass_schema_describe(service->schema) : json_object();
}

static json_t *describe(const struct service *service)
{
    json_t *description = json_object();
    json_t *fields = describe_fields(service);

    json_object_set_new(description, "name",
                        service->shown_name ? json_string(service->shown_name)
                                            : readable_name(service->name));
    json_object_set_new(description, "description",
                        json_string(service->description ? service->description : ""));
    describe_target(service, fields, description);
    json_object_set_new(description, "fields", fields);
    if (service->supports_response != HASS_RESPONSE_NONE)
        json_object_set_new(
            description, "response",
            json_pack("{s:b}", "optional", service->supports_response == HASS_RESPONSE_OPTIONAL));
    return description;
}

static json_t *describe_domain(const struct hass_strmap *names)
{
    json_t *described = json_object();
    const char *name;
    const struct service *service;

    strmap_foreach(names, name, service)
        json_object_set_new(described, name, describe(service));
    return described;
}

json_t *hass_services_async_describe(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.services.async_describe", NULL);
    json_t *all = json_object();
    const char *domain;
    const struct hass_strmap *names;

    strmap_foreach(hass->services.domains, domain, names)
        json_object_set_new(all, domain, describe_domain(names));
    return all;
}

static HASS_CALLBACK int describe_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    *(json_t **)arg = hass_services_async_describe(hass);
    return 0;
}

json_t *hass_services_describe(struct hass *hass)
{
    json_t *all = NULL;

    (void)runtime_call(hass, "hass.services.describe", describe_on_loop, &all, NULL);
    return all;
}
