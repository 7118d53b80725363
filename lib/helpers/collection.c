/* SPDX-License-Identifier: Apache-2.0 */
/* Collections: their life, and the items of the section. */
#include "helpers/collection.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/log.h>
#include <hass/states.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/helpers.h"

struct collection *collection_find(struct hass *hass, const char *domain)
{
    return hass_strmap_get(helpers_of(hass)->collections, domain);
}

void collection_unref(struct collection *collection)
{
    if (--collection->refs)
        return;
    hass_strmap_destroy(collection->items);
    hass_mutex_destroy(collection->lock);
    json_decref(collection->rest);
    component_unref(collection->component);
    free(collection);
}

/* The store is a member of the same scope, added later: it has ended already. */
static void scope_closes(struct scope_member *member)
{
    struct collection *collection = list_entry(member, struct collection, member);
    struct collection_item *item;
    const char *id;

    hass__assert_loop();
    collection->closed = true;
    collection->store = NULL;
    strmap_foreach(collection->items, id, item)
        item->entity = hass_entity_unref(item->entity);
    hass_strmap_remove(helpers_of(collection->hass)->collections, collection->component->domain);
    scope_remove(member);
    collection_unref(collection);
}

int collection_async_begin(struct hass *hass, const char *domain, struct collection_change *change,
                           struct hass_error *err)
{
    struct collection *collection = collection_find(hass, domain);

    if (!collection)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no collection %s", domain);
    collection->refs++;
    *change = (struct collection_change){ .collection = collection };
    int r = hass_mutex_async_lock(collection->lock, err);
    if (r < 0) {
        collection_unref(collection);
        return r;
    }
    change->former = scope_enter(collection->component->scope);
    if (!collection->closed)
        return 0;
    collection_async_end(change);
    return hass_fail(err, HASS_E_CLOSED, "%s is not set up any more", domain);
}

void collection_async_end(struct collection_change *change)
{
    scope_leave(change->former);
    hass_mutex_async_unlock(change->collection->lock);
    collection_unref(change->collection);
}

/* the section */

/* What the section asks for: configurations, lent, by id. */
static void want(struct hass_strmap *wanted, const char *domain, const char *id,
                 const json_t *config)
{
    if (hass_strmap_get(wanted, id))
        hass_warning("%s: the id '%s' is used twice; the second item is left out", domain, id);
    else
        hass_strmap_set(wanted, id, (void *)config);
}

static void want_of_list(struct hass_strmap *wanted, const char *domain, const json_t *config)
{
    const char *id = hass_json_get_string(config, "id", NULL);
    autobuf slug = HASS_BUF_INIT;

    if (!id)
        hass_slugify(hass_json_get_string(config, "name", ""), "_", &slug);
    want(wanted, domain, id ? id : hass_buf_string(&slug), config);
}

static struct hass_strmap *read_section(const char *domain, const json_t *config)
{
    struct hass_strmap *wanted = hass_strmap_create(NULL);
    const char *id;
    json_t *item;
    size_t i;

    json_array_foreach(config, i, item)
        want_of_list(wanted, domain, item);
    json_object_foreach((json_t *)config, id, item)
        want(wanted, domain, id, item);
    return wanted;
}

/* Those of the former section that this one lacks. */
static HASS_COROUTINE int remove_unwanted(struct collection *collection,
                                          const struct hass_strmap *wanted, struct hass_error *err)
{
    HASS_VEC(const char *) gone = { 0 };
    struct collection_item *item;
    const char *id;
    int result = 0;

    strmap_foreach(collection->items, id, item)
        if (!item->item.editable && !hass_strmap_get(wanted, id))
            vec_push(&gone, item->id);
    vec_foreach(&gone, name) {
        int r = collection_async_remove_item(collection, *name, err);
        if (r < 0 && result >= 0)
            result = r;
    }
    vec_fini(&gone);
    return result;
}

static HASS_CALLBACK int change_item(struct collection *collection, struct collection_item *item,
                                     const json_t *config, struct hass_error *err)
{
    if (item->item.editable) {
        hass_warning("%s: the id '%s' is used by an item made at run time; that of the "
                     "configuration is left out",
                     collection->component->domain, item->id);
        return 0;
    }
    if (hass_json_equal(item->config, config))
        return 0;
    return collection_item_change(collection, item, hass_json_ref(config), NULL, err);
}

static HASS_COROUTINE int take_section(struct collection *collection, const json_t *config,
                                       struct hass_error *err)
{
    struct hass_strmap *wanted = read_section(collection->component->domain, config);
    struct collection_items added = { 0 };
    const char *id;
    const json_t *one;
    int r = remove_unwanted(collection, wanted, err);

    strmap_foreach(wanted, id, one) {
        struct collection_item *item = hass_strmap_get(collection->items, id);
        if (item)
            r = r < 0 ? r : change_item(collection, item, one, err);
        else /* a map's keys name the entities; in a list the names do */
            vec_push(&added, collection_add_item(collection, id, json_is_object(config),
                                                 hass_json_ref(one), NULL));
    }
    hass_strmap_destroy(wanted);
    if (r >= 0)
        r = collection_async_add_entities(collection, &added, err);
    vec_fini(&added);
    return r;
}

int hass_collection_async_reload(struct hass *hass, const char *domain, const json_t *config,
                                 struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.collection.async_reload", err);
    struct collection_change change;
    int r = collection_async_begin(hass, domain, &change, err);
    if (r < 0)
        return r;
    r = take_section(change.collection, config, err);
    collection_async_end(&change);
    return r;
}

/* making one */

static HASS_CALLBACK struct collection *
collection_new(struct hass_component *component, const struct hass_collection_options *options)
{
    struct hass *hass = component->hass;
    struct collection *collection = mem_zalloc(sizeof(*collection));

    *collection = (struct collection){
        .hass = hass,
        .refs = 1,
        .member = { .close = scope_closes },
        .component = component_ref(component),
        .options = *options,
        .lock = hass_mutex_create(hass),
        .items = hass_strmap_create(collection_item_unref),
        .failure = HASS_ERROR_INIT,
        .rest = json_array(),
    };
    hass_strmap_set(helpers_of(hass)->collections, component->domain, collection);
    scope_add(component->scope, &collection->member);
    return collection;
}

static HASS_COROUTINE int make_component(struct hass *hass,
                                         const struct hass_collection_options *options,
                                         struct hass_component **ret_component,
                                         struct hass_error *err)
{
    const struct hass_component_options component = {
        .size = sizeof(component),
        .domain = options->domain,
    };
    int r = hass_component_async_create(hass, &component, NULL, ret_component, err);

    return r < 0 ? r
                 : hass_component_async_register_services(*ret_component, options->services,
                                                          options->service_count, err);
}

int hass_collection_async_create(struct hass *hass, const struct hass_collection_options *options,
                                 const json_t *config, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.collection.async_create", err);
    struct hass_collection_options known;
    struct hass_component *component;
    struct collection_change change;
    OPTIONS_READ(&known, options);
    int r = make_component(hass, &known, &component, err);
    if (r < 0)
        return r;
    collection_new(component, &known);
    r = collection_async_begin(hass, known.domain, &change, err);
    if (r < 0)
        return r;
    r = take_section(change.collection, config, err);
    if (r >= 0)
        r = collection_async_load(change.collection, err);
    collection_async_end(&change);
    return r;
}

bool hass_collection_async_has(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.collection.async_has", false);
    return collection_find(hass, domain) != NULL;
}
