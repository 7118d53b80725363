/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components. The entries of a domain's section become platforms, each in a task of its own: an integration may well depend
 * on the domain it adds entities to, so nobody waits for platforms while the domain is being set up.
 */
#include "entity/component.h"

#include <errno.h>
#include <string.h>

#include <hass/hass.h>
#include <hass/vec.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/platform.h"

#define DEFAULT_SCAN_INTERVAL 15.0 /* seconds */

struct hass_component *component_ref(struct hass_component *component)
{
    component->refs++;
    return component;
}

void component_unref(struct hass_component *component)
{
    if (--component->refs)
        return;
    json_decref(component->entries);
    scope_unref(component->scope);
    free(component);
}

/* The domain goes, and with it what stands in its list. */
static HASS_CALLBACK void component_close(struct hass_component *component)
{
    struct hass_platform *platform;

    component->closed = true;
    while ((platform = list_first(&component->platforms, struct hass_platform, link)) != NULL)
        platform_close(platform);
    hass_strmap_remove(entity_layer(component->hass)->components, component->domain);
    scope_remove(&component->member);
    component_unref(component);
}

static void component_scope_closes(struct scope_member *member)
{
    hass__assert_loop();
    component_close(list_entry(member, struct hass_component, member));
}

/* entries */

/* One entry being turned into a platform. */
struct entry {
    struct hass_component *component;
    char *name;
    json_t *config;
    struct hass_list link; /* in component->begun until there is a platform, or will be none */
};

static void entry_destroy(void *object)
{
    struct entry *entry = object;

    list_remove(&entry->link);
    component_unref(entry->component);
    json_decref(entry->config);
    free(entry->name);
    free(entry);
}

static HASS_COROUTINE int set_up_entry(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct entry *entry = userdata;
    const struct platform_loader *loader = entity_layer(hass)->loader;
    struct hass_component *component = entry->component;
    struct hass_error own = HASS_ERROR_INIT;
    struct platform_source source = { 0 };
    /* The domain's set-up, which has just made the component, goes on first: the platform may depend on it. */
    int r = hass_async_sleep(hass, 0, &own);

    if (r >= 0)
        r = loader->prepare(hass, component->domain, entry->name, entry->config, &source, &own);
    if (r < 0) {
        if (r != HASS_E_INVALID && r != -ECANCELED) /* an invalid entry has been reported */
            hass_error("Platform %s.%s cannot be set up: %s", entry->name, component->domain,
                       error_text(&own, r));
        return 0;
    }
    if (component->closed) {
        loader->release(&source);
        return 0;
    }
    struct hass_platform *platform = platform_new(component, entry->name, &source);
    platform->entry = hass_json_ref(entry->config);
    list_remove(&entry->link);
    r = platform_async_setup(platform, &own);
    return r == -ETIMEDOUT || r == -ECANCELED ? 0 : hass_error_copy(err, &own);
}

int component_async_set_up_platform(struct hass_component *component, const char *name,
                                    const struct platform_source *source, struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    int r = platform_async_setup(platform_new(component, name, source), &own);

    return r == -ETIMEDOUT ? 0 : hass_error_copy(err, &own);
}

int component_start_entry(struct hass_component *component, const char *name, const json_t *config,
                          struct hass_error *err)
{
    struct hass *hass = component->hass;

    if (!entity_layer(hass)->loader)
        return hass_fail(err, HASS_E_NOT_FOUND, "nobody loads platform %s.%s", name,
                         component->domain);
    struct entry *entry = mem_zalloc(sizeof(*entry));
    *entry = (struct entry){
        .component = component_ref(component),
        .name = mem_strdup(name),
        .config = hass_json_ref(config),
    };
    list_append(&component->begun, &entry->link);
    struct scope *former = scope_enter(component->scope);
    int r = hass_async_create_task(
        hass, HASS_JOB_COROUTINE(set_up_entry, entry, .destroy = entry_destroy), NULL, err);
    scope_leave(former);
    return r;
}

/* The section's entries that name a platform: a list, or a single one. */
static json_t *platform_entries(const json_t *config)
{
    json_t *entries = json_array();
    size_t count = json_is_array(config) ? json_array_size(config) : 1;

    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_is_array(config) ? json_array_get(config, i) : config;
        if (hass_json_get_string(entry, "platform", NULL))
            json_array_append_new(entries, hass_json_ref(entry));
    }
    return entries;
}

/* True while an entry of a section or a request is on the way to be a platform, or is one. */
static bool is_in_use(const struct hass_component *component, const json_t *config)
{
    list_foreach(&component->begun, struct entry, entry, link) {
        if (entry->config == config)
            return true;
    }
    list_foreach(&component->platforms, struct hass_platform, platform, link) {
        if (platform->entry == config)
            return true;
    }
    return false;
}

static HASS_CALLBACK void start_logged(struct hass_component *component, const char *name,
                                       const json_t *config)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (is_in_use(component, config))
        return;
    if (component_start_entry(component, name, config, &err) < 0)
        hass_error("Platform %s.%s cannot be set up: %s", name, component->domain, err.message);
}

/* @name: of one integration only, or NULL. */
static HASS_CALLBACK void start_entries(struct hass_component *component, const char *name)
{
    size_t i;
    json_t *config;

    json_array_foreach(component->entries, i, config) {
        const char *platform = hass_json_get_string(config, "platform", "");
        if (!name || !strcmp(platform, name))
            start_logged(component, platform, config);
    }
}

static HASS_CALLBACK void start_requests(struct hass_component *component, const char *name)
{
    struct entity_layer *layer = entity_layer(component->hass);

    list_foreach(&layer->requests, struct load_request, request, link) {
        if (!strcmp(request->domain, component->domain) && (!name || !strcmp(request->name, name)))
            start_logged(component, request->name, request->config);
    }
}

/* creating */

static struct hass_component *
component_new(struct hass *hass, const struct hass_component_options *options, const json_t *config)
{
    size_t size = strlen(options->domain) + 1;
    struct hass_component *component = mem_zalloc(sizeof(*component) + size);

    *component = (struct hass_component){
        .hass = hass,
        .refs = 1,
        .scope = scope_ref(scope_of_caller(hass)),
        .member.close = component_scope_closes,
        .ops = options->ops,
        .scan_interval =
            options->scan_interval > 0 ? options->scan_interval : DEFAULT_SCAN_INTERVAL,
        .entries = platform_entries(config),
    };
    memcpy(component->domain, options->domain, size);
    list_init(&component->begun);
    list_init(&component->platforms);
    return component;
}

int hass_component_async_create(struct hass *hass, const struct hass_component_options *options,
                                const json_t *config, struct hass_component **ret_component,
                                struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.component.async_create", err);
    struct hass_component_options known;
    OPTIONS_READ(&known, options);
    struct entity_layer *layer = entity_layer(hass);
    int r = scope_check_open(scope_of_caller(hass), err);
    if (r < 0)
        return r;
    if (hass_strmap_get(layer->components, known.domain))
        return hass_fail(err, HASS_E_EXISTS, "domain %s has a component already", known.domain);
    struct hass_component *component = component_new(hass, &known, config);
    hass_strmap_set(layer->components, component->domain, component);
    scope_add(component->scope, &component->member);
    if (ret_component)
        *ret_component = component;
    start_entries(component, NULL);
    start_requests(component, NULL);
    return 0;
}

/* entities */

void component_entities(struct hass_component *component, struct entity_list *list)
{
    list_foreach(&component->platforms, struct hass_platform, platform, link)
        platform_entities(platform, list);
}

struct hass_entity *hass_component_async_get_entity(struct hass_component *component,
                                                    const char *entity_id)
{
    VERIFY_LOOP_OR(component->hass, "hass.component.async_get_entity", NULL);
    struct hass_entity *entity =
        hass_strmap_get(entity_layer(component->hass)->entities, entity_id);
    return entity && platform_component(entity->platform) == component ? entity : NULL;
}

struct hass_platform *component_own(struct hass_component *component)
{
    if (!component->own)
        component->own = platform_new(component, component->domain, NULL);
    return component->own;
}

int hass_component_async_add_entities(struct hass_component *component,
                                      struct hass_entity *const entities[], size_t count,
                                      struct hass_error *err)
{
    VERIFY_COROUTINE(component->hass, "hass.component.async_add_entities", err);
    return platform_async_add(component_own(component), entities, count, false, err);
}

/* when integrations come and go */

/* By reference: removing one may change the list. */
struct platform_row {
    struct hass_platform **data;
    size_t length, capacity;
};

/* Those of integration @name, or of @entry when that is given. */
static bool is_meant(const struct hass_platform *platform, const char *name,
                     const struct hass_entry *entry)
{
    if (entry)
        return platform->source.entry == entry;
    return !strcmp(platform->domain, name) || !strcmp(platform->name, name);
}

static HASS_CALLBACK void collect_platforms(struct hass *hass, const char *name,
                                            const struct hass_entry *entry,
                                            struct platform_row *row)
{
    struct hass_component *component;
    const char *domain;

    strmap_foreach(entity_layer(hass)->components, domain, component) {
        list_foreach(&component->platforms, struct hass_platform, platform, link) {
            if (is_meant(platform, name, entry))
                vec_push(row, platform_ref(platform));
        }
    }
}

static HASS_COROUTINE int remove_platforms(struct hass *hass, const char *name,
                                           const struct hass_entry *entry, struct hass_error *err)
{
    struct platform_row row = { 0 };
    int result = 0;

    collect_platforms(hass, name, entry, &row);
    for (size_t i = 0; i < row.length; i++) {
        int r = platform_async_remove(row.data[i], err);
        if (r < 0 && result >= 0)
            result = r;
        platform_unref(row.data[i]);
    }
    vec_fini(&row);
    return result;
}

int components_async_remove_platforms(struct hass *hass, const char *name, struct hass_error *err)
{
    return remove_platforms(hass, name, NULL, err);
}

int components_async_remove_entry_platforms(struct hass *hass, const struct hass_entry *entry,
                                            struct hass_error *err)
{
    return remove_platforms(hass, NULL, entry, err);
}

int components_async_restore_platforms(struct hass *hass, const char *name, struct hass_error *err)
{
    struct hass_component *component;
    const char *domain;

    strmap_foreach(entity_layer(hass)->components, domain, component) {
        start_entries(component, name);
        start_requests(component, name);
    }
    return 0;
}

/* platforms that integrations ask for */

struct load_call {
    struct hass *hass;
    char *domain;
    char *name;
    json_t *config;
};

static void load_call_destroy(void *object)
{
    struct load_call *call = object;

    free(call->domain);
    free(call->name);
    json_decref(call->config);
    free(call);
}

/* What the entry would be in the domain's section. */
static json_t *entry_of(const char *name, const json_t *config)
{
    json_t *entry = json_is_object(config) ? json_copy((json_t *)config) : json_object();

    json_object_set_new(entry, "platform", json_string(name));
    return entry;
}

static struct load_call *load_call_new(struct hass *hass, const char *domain, const char *name,
                                       json_t *config)
{
    autojson *owned = config;
    struct load_call *call = mem_alloc(sizeof(*call));

    *call = (struct load_call){
        .hass = hass,
        .domain = mem_strdup(domain),
        .name = mem_strdup(name),
        .config = entry_of(name, owned),
    };
    return call;
}

/* A component that comes later, now or after a reload, finds the request by itself. */
static HASS_COROUTINE int load_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct load_call *call = userdata;
    struct entity_layer *layer = entity_layer(hass);
    struct hass_component *component = hass_strmap_get(layer->components, call->domain);
    struct load_request *request =
        load_request_add(layer, call->domain, call->name, hass_json_ref(call->config));

    if (component)
        return component_start_entry(component, request->name, request->config, err);
    if (!layer->loader)
        return hass_fail(err, HASS_E_NOT_FOUND, "nobody sets up domain %s", call->domain);
    return layer->loader->setup_domain(hass, call->domain, err);
}

int hass_async_load_platform(struct hass *hass, const char *domain, const char *name,
                             json_t *config, struct hass_error *err)
{
    autojson *owned = config;

    VERIFY_LOOP(hass, "hass.async_load_platform", err);
    struct load_call *call = load_call_new(hass, domain, name, steal(owned));
    return hass_async_create_task(
        hass, HASS_JOB_COROUTINE(load_task, call, .destroy = load_call_destroy), NULL, err);
}

static HASS_CALLBACK int load_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct load_call *call = arg;

    return hass_async_load_platform(hass, call->domain, call->name, steal(call->config), err);
}

int hass_load_platform(struct hass *hass, const char *domain, const char *name, json_t *config,
                       struct hass_error *err)
{
    return runtime_post(hass, "hass.load_platform", load_on_loop,
                        load_call_new(hass, domain, name, config), load_call_destroy, err);
}
