/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items made at run time. The file is read leniently: keys of other releases stay, and a row that is no item is kept as it is
 * until somebody mends it.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/dispatcher.h>
#include <hass/log.h>
#include <hass/states.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "data/schema_check.h"
#include "helpers/collection.h"

#define SAVE_DELAY   10.0 /* seconds */
#define NUMBER_SPACE 8    /* of an id, for "_10000" */

/* the file */

/* Shape: {"items": [item with "id"]}. */
static json_t *data_to_store(void *userdata)
{
    const struct collection *collection = userdata;
    json_t *rows = json_array();
    struct collection_item *item;
    const char *id;

    strmap_foreach(collection->items, id, item)
        if (item->stored)
            json_array_append_new(rows, hass_json_ref(item->stored));
    json_array_extend(rows, collection->rest);
    return json_pack("{s:o}", "items", rows);
}

/* What the row says beside its id, checked; keys that are not known may be of another release. */
static json_t *check_row(const struct collection *collection, const json_t *row,
                         struct hass_error *err)
{
    struct hass_schema schema = schema_copy(collection->options.schema);
    autojson *fields = json_copy((json_t *)row);
    json_t *config = NULL;

    schema.size = sizeof(schema);
    schema.extra = true;
    json_object_del(fields, "id");
    (void)hass_schema_check(&schema, fields, &config, err);
    return config;
}

/* Lists the row as an item, or returns why it is none. */
static HASS_CALLBACK int take_row(struct collection *collection, const json_t *row,
                                  struct collection_items *added, struct hass_error *err)
{
    const char *id = hass_json_get_string(row, "id", "");

    if (!*id)
        return hass_fail(err, HASS_E_INVALID, "it has no id");
    if (hass_strmap_get(collection->items, id))
        return hass_fail(err, HASS_E_EXISTS, "another item has this id");
    json_t *config = check_row(collection, row, err);
    if (!config)
        return err->code;
    vec_push(added, collection_add_item(collection, id, false, config, hass_json_ref(row)));
    return 0;
}

static HASS_CALLBACK void take_rows(struct collection *collection, const json_t *rows,
                                    struct collection_items *added)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row) {
        struct hass_error err = HASS_ERROR_INIT;
        if (take_row(collection, row, added, &err) >= 0)
            continue;
        hass_warning("%s: item '%s' of its store is left out: %s", collection->component->domain,
                     hass_json_get_string(row, "id", ""), err.message);
        json_array_append(collection->rest, row);
    }
}

static HASS_COROUTINE int migrate(struct hass *hass, int version, int minor_version, json_t *data,
                                  json_t **ret_data, void *userdata, struct hass_error *err)
{
    const struct collection *collection = userdata;

    return collection->options.async_migrate(hass, version, minor_version, data, ret_data, NULL,
                                             err);
}

static HASS_COROUTINE int open_store(struct collection *collection, json_t **ret_data,
                                     struct hass_error *err)
{
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = collection->component->domain,
        .version = collection->options.version ? collection->options.version : 1,
        .minor_version = collection->options.minor_version,
        .async_migrate = collection->options.async_migrate ? migrate : NULL,
        .userdata = collection,
        .data = data_to_store,
    };
    struct hass_store *store;
    int r = hass_store_async_create(collection->hass, &options, &store, err);

    if (r >= 0)
        r = hass_store_async_load(store, ret_data, err);
    if (r >= 0)
        collection->store = store;
    return r;
}

int collection_async_load(struct collection *collection, struct hass_error *err)
{
    struct collection_items added = { 0 };
    autojson *data = NULL;
    int r = open_store(collection, &data, &collection->failure);

    if (r == -ECANCELED)
        return hass_error_copy(err, &collection->failure);
    if (r < 0) {
        hass_error("%s: what was made at run time is not there: %s", collection->component->domain,
                   error_text(&collection->failure, r));
        return 0;
    }
    take_rows(collection, hass_json_get(data, "items"), &added);
    r = collection_async_add_entities(collection, &added, err);
    vec_fini(&added);
    return r;
}

/* changing */

static int check_usable(const struct collection *collection, struct hass_error *err)
{
    if (collection->store)
        return 0;
    hass_error_copy(err, &collection->failure);
    return hass_error_prefix(err, "items cannot be kept");
}

/* The item as people see it: its id, then its fields. @config is lent. */
static json_t *show(const struct collection *collection, const char *id, const json_t *config)
{
    autojson *fields =
        collection->options.store ? collection->options.store(config) : hass_json_ref(config);
    json_t *shown = json_pack("{s:s}", "id", id);

    json_object_update_missing(shown, fields);
    return shown;
}

static HASS_CALLBACK int check_fields(const struct collection *collection, const char *id,
                                      const json_t *fields, json_t **ret_config,
                                      struct hass_error *err)
{
    autojson *config = NULL;
    int r = hass_schema_check(collection->options.schema, fields, &config, err);

    if (r < 0)
        return r;
    if (!*hass_json_get_string(config, "name", ""))
        return hass_fail(err, HASS_E_INVALID, "required key 'name' is missing");
    if (collection->options.async_check)
        r = collection->options.async_check(collection->hass, id, config, err);
    if (r >= 0)
        *ret_config = steal(config);
    return r;
}

/* The slug of the name, short enough for an entity id, with the first number that is free. */
static char *new_id(const struct collection *collection, const json_t *config)
{
    size_t most = HASS_MAX_ENTITY_ID - strlen(collection->component->domain) - 1 - NUMBER_SPACE;
    autobuf slug = HASS_BUF_INIT;

    hass_slugify(hass_json_get_string(config, "name", ""), "_", &slug);
    const char *base = hass_buf_string(&slug);
    char *id = mem_strndup(base, most);
    for (unsigned number = 2; hass_strmap_get(collection->items, id); number++) {
        free(id);
        id = mem_printf("%.*s_%u", (int)most, base, number);
    }
    return id;
}

/* Tells who listens, and keeps it. @item is taken. */
static HASS_CALLBACK int changed(struct collection *collection, const char *change, const char *id,
                                 json_t *item, struct hass_error *err)
{
    const char *domain = collection->component->domain;
    autofree char *signal = mem_printf("collection_changed.%s", domain);
    autofree char *key = mem_printf("%s_id", domain);

    (void)hass_async_dispatcher_send(
        collection->hass, signal,
        json_pack("[{s:s, s:s, s:o}]", "change_type", change, key, id, "item", item), NULL);
    return hass_store_async_delay_save(collection->store, SAVE_DELAY, err);
}

static HASS_COROUTINE int create_item(struct collection *collection, const json_t *fields,
                                      json_t **ret_item, struct hass_error *err)
{
    json_t *config;
    int r = check_usable(collection, err);

    if (r >= 0 && collection->stored >= COLLECTION_MAX_ITEMS)
        r = hass_fail(err, HASS_E_LIMIT, "%s has %d items, which is all it may have",
                      collection->component->domain, COLLECTION_MAX_ITEMS);
    if (r >= 0)
        r = check_fields(collection, NULL, fields, &config, err);
    if (r < 0)
        return r;
    autofree char *id = new_id(collection, config);
    autojson *shown = show(collection, id, config);
    struct collection_item *item =
        collection_add_item(collection, id, false, config, hass_json_ref(shown));
    const struct collection_items one = { .data = &item, .length = 1 };
    r = collection_async_add_entities(collection, &one, err);
    if (r >= 0 && collection->closed)
        r = hass_fail(err, HASS_E_CLOSED, "%s is not set up any more",
                      collection->component->domain);
    if (r >= 0)
        r = changed(collection, "added", id, hass_json_ref(shown), err);
    if (r >= 0 && ret_item)
        *ret_item = steal(shown);
    return r;
}

int hass_collection_async_create_item(struct hass *hass, const char *domain, json_t *fields,
                                      json_t **ret_item, struct hass_error *err)
{
    autojson *owned = fields;

    VERIFY_COROUTINE(hass, "hass.collection.async_create_item", err);
    struct collection_change change;
    int r = collection_async_begin(hass, domain, &change, err);
    if (r < 0)
        return r;
    r = create_item(change.collection, owned, ret_item, err);
    collection_async_end(&change);
    return r;
}

/* One that was made at run time. */
static int find_item(const struct collection *collection, const char *id,
                     struct collection_item **ret_item, struct hass_error *err)
{
    struct collection_item *item = hass_strmap_get(collection->items, id);

    if (!item || !item->stored)
        return hass_fail(err, HASS_E_NOT_FOUND, "Unable to find %s_id %s",
                         collection->component->domain, id);
    *ret_item = item;
    return check_usable(collection, err);
}

/* What an update leaves: new fields alone, or over those that were there and are known. */
static json_t *merged(const struct collection *collection, const struct collection_item *item,
                      const json_t *fields)
{
    if (!collection->options.merge)
        return hass_json_ref(fields);
    json_t *all = json_object();
    struct hass_field field;
    const char *key;
    json_t *value;
    json_object_foreach(item->stored, key, value)
        if (schema_find_field(collection->options.schema, key, &field))
            json_object_set(all, key, value);
    json_object_update(all, (json_t *)fields);
    return all;
}

static HASS_CALLBACK int update_item(struct collection *collection, const char *id,
                                     const json_t *fields, json_t **ret_item,
                                     struct hass_error *err)
{
    struct collection_item *item;
    json_t *config;
    int r = find_item(collection, id, &item, err);

    if (r < 0)
        return r;
    autojson *all = merged(collection, item, fields);
    r = check_fields(collection, id, all, &config, err);
    if (r < 0)
        return r;
    autojson *shown = show(collection, id, config);
    r = collection_item_change(collection, item, config, hass_json_ref(shown), err);
    if (r >= 0)
        r = changed(collection, "updated", id, hass_json_ref(shown), err);
    if (r >= 0 && ret_item)
        *ret_item = steal(shown);
    return r;
}

int hass_collection_async_update_item(struct hass *hass, const char *domain, const char *id,
                                      json_t *fields, json_t **ret_item, struct hass_error *err)
{
    autojson *owned = fields;

    VERIFY_COROUTINE(hass, "hass.collection.async_update_item", err);
    struct collection_change change;
    int r = collection_async_begin(hass, domain, &change, err);
    if (r < 0)
        return r;
    r = update_item(change.collection, id, owned, ret_item, err);
    collection_async_end(&change);
    return r;
}

static HASS_COROUTINE int delete_item(struct collection *collection, const char *id,
                                      struct hass_error *err)
{
    struct collection_item *item;
    int r = find_item(collection, id, &item, err);

    if (r < 0)
        return r;
    autojson *shown = hass_json_ref(item->stored);
    r = collection_async_remove_item(collection, id, err);
    if (r >= 0 && collection->closed)
        return hass_fail(err, HASS_E_CLOSED, "%s is not set up any more",
                         collection->component->domain);
    int saved = changed(collection, "removed", id, steal(shown), err);
    return r < 0 ? r : saved;
}

int hass_collection_async_delete_item(struct hass *hass, const char *domain, const char *id,
                                      struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.collection.async_delete_item", err);
    struct collection_change change;
    int r = collection_async_begin(hass, domain, &change, err);
    if (r < 0)
        return r;
    r = delete_item(change.collection, id, err);
    collection_async_end(&change);
    return r;
}

/* looking */

json_t *hass_collection_async_as_json(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.collection.async_as_json", NULL);
    const struct collection *collection = collection_find(hass, domain);
    if (!collection)
        return NULL;
    json_t *stored = json_array(), *config = json_array();
    struct collection_item *item;
    const char *id;
    strmap_foreach(collection->items, id, item) {
        if (item->stored)
            json_array_append(stored, item->stored);
        else if (collection->options.lists_sections)
            json_array_append_new(config, show(collection, id, item->config));
    }
    if (collection->options.lists_sections)
        return json_pack("{s:o, s:o}", "storage", stored, "config", config);
    json_decref(config);
    return stored;
}
