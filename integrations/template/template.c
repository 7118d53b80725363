/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration template: entities whose values are computed.
 *
 *     template:
 *       - sensor:
 *           - name: Sum
 *             state: "{{ states('sensor.a') | float(0) + states('sensor.b') | float(0) }}"
 *         binary_sensor:
 *           - name: Much
 *             state: "{{ states('sensor.sum') | float(0) > 10 }}"
 *     switch:
 *       - platform: template
 *         switches:
 *           lamp: {value_template: …, turn_on: …, turn_off: …}
 *
 * Each item of the section becomes a platform entry of its domain. Model: components.template
 */
#include <errno.h>
#include <stdlib.h>

#include <hass/script.h>
#include <hass/vec.h>

#include "parts.h"

/* platforms */

#define KIND(domain, old) &template_##domain,
static const struct template_kind *const kinds[] = { TEMPLATE_PLATFORMS(KIND, KIND, KIND) };
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const struct template_kind *template_kind_get(const char *domain)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i]->domain, domain) == 0)
            return kinds[i];
    return NULL;
}

const struct template_kind *template_kind_of(const struct hass_schema *schema)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i]->schema == schema)
            return kinds[i];
    return NULL;
}

/* the section */

#define ITEMS(domain, old)                                                                         \
    HASS_FIELD(#domain, &hass_type_map, .schema = &template_##domain##_schema, .list = true,       \
               .doc = "Entities of the domain " #domain),
/* With the options of the old style, too: the model's weather has kept them. */
#define EITHER(domain, old)                                                                        \
    HASS_FIELD(#domain, &template_type_legacy, .schema = &template_##domain##_schema,              \
               .list = true, .doc = "Entities of the domain " #domain),
/* Both spellings; never both at once. */
#define EITHER_NAME(plural, singular, doc_)                                                        \
    HASS_FIELD(#plural, &template_type_##plural, .exclusive = #plural, .doc = (doc_)),             \
        HASS_FIELD(#singular, &template_type_##plural, .exclusive = #plural, .doc = (doc_))

static const struct hass_field block_fields[] = {
    HASS_FIELD("unique_id", &hass_type_string, .doc = "Stands before those of its entities"),
    EITHER_NAME(triggers, trigger, "The block's entities are rendered when one fires"),
    EITHER_NAME(conditions, condition, "And only when these hold"),
    EITHER_NAME(actions, action, "And after these have run"),
    HASS_FIELD("variables", &hass_type_template_complex,
               .doc = "What templates of a block with triggers find"),
    TEMPLATE_PLATFORMS(ITEMS, EITHER, ITEMS)
};

/* What has no meaning without triggers. */
static int check_block(const json_t *value, struct hass_error *err)
{
    static const char *const keys[] = { "conditions", "condition", "actions",
                                        "action",     "variables", NULL };

    if (template_block_is(value))
        return 0;
    for (size_t i = 0; keys[i]; i++)
        if (hass_json_get(value, keys[i]))
            return hass_fail(err, HASS_E_INVALID,
                             "'%s' is for blocks with triggers; without them the entities follow "
                             "what their templates look at",
                             keys[i]);
    return 0;
}

static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(block_fields) / sizeof(block_fields[0]),
    .fields = block_fields,
    .list = true,
    .check = check_block,
};

/* platform entries: an item of the section, or entities in the old style */

#define ITEM(domain)                                                                               \
    HASS_FIELD("item", &hass_type_map, .schema = &template_##domain##_schema,                      \
               .exclusive = "style", .doc = "One entity, as below template:")
#define MAPPED(domain, old)                                                                        \
    static const struct hass_field domain##_entity =                                               \
        HASS_FIELD("", &template_type_legacy, .schema = &template_##domain##_schema);              \
    HASS_SCHEMA(domain##_platform, ITEM(domain),                                                   \
                HASS_FIELD(old, &hass_type_map, .item = &domain##_entity, .exclusive = "style",    \
                           .doc = "Entities by the name in their ids"));
#define FLAT(domain, old)                                                                          \
    static int check_##domain(const json_t *value, struct hass_error *err)                         \
    {                                                                                              \
        autojson *item = NULL;                                                                     \
                                                                                                   \
        return hass_json_get(value, "item")                                                        \
                   ? 0                                                                             \
                   : template_legacy_check(&template_##domain, value, &item, err);                 \
    }                                                                                              \
    HASS_SCHEMA_WITH(domain##_platform, (.extra = true, .check = check_##domain), ITEM(domain));
#define NEW(domain, old) HASS_SCHEMA(domain##_platform, ITEM(domain));
TEMPLATE_PLATFORMS(MAPPED, FLAT, NEW)

#define PLATFORM(domain, old) { #domain, &domain##_platform },
static const struct hass_platform_schema platforms[] = {
    TEMPLATE_PLATFORMS(PLATFORM, PLATFORM, PLATFORM){ NULL, NULL },
};

static int check_section(struct hass *hass, const json_t *section,
                         struct hass_config_report *report, struct hass_error *err);

HASS_MANIFEST(.domain = "template", .name = "Template", .version = HASS_VERSION,
              .config = &config_schema, .platforms = platforms, .integration_type = "helper",
              .iot_class = "local_push", .async_check_beyond = check_section);

/* what is wrong with blocks beyond the table */

/* A block as set-up gets it, owned by the caller; NULL when it is none, or the table complains of it. */
static json_t *block_of(const json_t *written)
{
    autojson *list = NULL;

    if (hass_schema_check(&config_schema, written, &list, NULL) < 0 || json_array_size(list) != 1)
        return NULL;
    return json_incref(json_array_get(list, 0));
}

/* The section is a list of blocks, or one of them. */
static const json_t *written_at(const json_t *section, size_t index)
{
    if (json_is_array(section))
        return json_array_get(section, index);
    return index == 0 ? section : NULL;
}

static HASS_COROUTINE int check_written(struct hass *hass, const json_t *written, size_t index,
                                        struct hass_config_report *report, struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    autojson *block = block_of(written);
    autofree char *message = NULL;
    int r = block && template_block_is(block) ? template_block_async_check(hass, block, &own) : 0;

    if (r == -ECANCELED)
        return hass_error_copy(err, &own);
    if (r >= 0)
        return 0;
    if (asprintf(&message, "%zu->%s", index, own.message) < 0)
        abort();
    hass_config_report(report, message, NULL);
    return 0;
}

static int check_section(struct hass *hass, const json_t *section,
                         struct hass_config_report *report, struct hass_error *err)
{
    const json_t *written;
    int r = 0;

    hass__assert_coroutine();
    for (size_t i = 0; r >= 0 && (written = written_at(section, i)); i++)
        r = check_written(hass, written, i, report, err);
    return r;
}

int template_report(struct hass *hass, const json_t *config, const char *name,
                    struct hass_error *err)
{
    const json_t *section = hass_async_config_section(hass, "template"), *written;

    for (size_t i = 0; (written = written_at(section, i)); i++) {
        autojson *block = block_of(written);
        autofree char *message = NULL;
        if (!hass_json_equal(block, config))
            continue;
        if (asprintf(&message, "%zu->%s", i, err->message) < 0)
            abort();
        return hass_async_report_config(hass, "template", message,
                                        "the entities of this block stay as they are", err);
    }
    return hass_error_prefix(err, "%s", name);
}

/* entities of the section */

struct record {
    const struct template_kind *kind;
    json_t *item;
    struct template_block *block; /* or NULL */
    struct hass_entity *entity;   /* NULL: its platform is being set up */
    bool wanted;
};

struct records {
    HASS_VEC(struct record) list;
    HASS_VEC(struct template_block *) blocks;
};

static HASS_CALLBACK void record_fini(struct record *record)
{
    json_decref(record->item);
    template_block_unref(record->block);
    (void)hass_entity_unref(record->entity);
}

static HASS_CALLBACK void end_block(struct template_block *block)
{
    template_block_async_end(block);
    template_block_unref(block);
}

static HASS_CALLBACK void records_destroy(void *object)
{
    struct records *records = object;

    vec_foreach(&records->list, record)
        record_fini(record);
    vec_foreach(&records->blocks, block)
        end_block(*block);
    vec_fini(&records->list);
    vec_fini(&records->blocks);
    free(records);
}

static HASS_CALLBACK struct record *find_record(struct hass *hass, const struct template_kind *kind,
                                                const json_t *item, bool with_entity)
{
    struct records *records = hass_async_get_data(hass, "template");

    if (!records)
        return NULL;
    vec_foreach(&records->list, record) {
        if (record->kind == kind && (record->entity != NULL) == with_entity && !record->wanted &&
            (!with_entity || !record->block) && hass_json_equal(record->item, item))
            return record;
    }
    return NULL;
}

/* An item as its platform gets it: its unique id stands behind that of its block. */
static json_t *item_of(const json_t *block, const json_t *item)
{
    const char *first = hass_json_get_string(block, "unique_id", NULL);
    const char *own = hass_json_get_string(item, "unique_id", NULL);
    json_t *copy = json_copy((json_t *)item);

    if (first && own)
        json_object_set_new(copy, "unique_id", json_sprintf("%s-%s", first, own));
    return copy;
}

/* The items of a block: [[domain, item], …]. */
static json_t *items_of(const json_t *block)
{
    json_t *items = json_array(), *item;
    size_t i;

    for (size_t k = 0; k < KIND_COUNT; k++) {
        json_array_foreach((json_t *)hass_json_get(block, kinds[k]->domain), i, item)
            json_array_append_new(items,
                                  json_pack("[s,o]", kinds[k]->domain, item_of(block, item)));
    }
    return items;
}

static HASS_CALLBACK int load(struct hass *hass, const json_t *pair, struct template_block *block,
                              struct hass_error *err)
{
    struct records *records = hass_async_get_data(hass, "template");
    const struct template_kind *kind =
        template_kind_get(json_string_value(json_array_get(pair, 0)));
    const json_t *item = json_array_get(pair, 1);

    vec_push(&records->list,
             ((struct record){
                 .kind = kind, .item = hass_json_ref(item), .block = template_block_ref(block) }));
    return hass_async_load_platform(hass, kind->domain, "template",
                                    json_pack("{s:O}", "item", item), err);
}

/* Makes the entities of the @index'th block but those that are there. */
static HASS_CALLBACK int load_block(struct hass *hass, const json_t *config, size_t index,
                                    struct hass_error *err)
{
    struct records *records = hass_async_get_data(hass, "template");
    autojson *items = items_of(config);
    struct template_block *block = NULL;
    json_t *pair;
    size_t i;
    int r = 0;

    if (template_block_is(config)) {
        block = template_block_async_create(hass, config, index, err);
        if (!block)
            return err->code;
        vec_push(&records->blocks, block);
    }
    json_array_foreach(items, i, pair) {
        struct record *record =
            block ? NULL
                  : find_record(hass, template_kind_get(json_string_value(json_array_get(pair, 0))),
                                json_array_get(pair, 1), true);
        if (record)
            record->wanted = true;
        else if (r >= 0)
            r = load(hass, pair, block, err);
    }
    return r;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    size_t index;
    json_t *block;
    int r = hass_async_set_data(hass, "template", calloc(1, sizeof(struct records)),
                                records_destroy, err);

    json_array_foreach((json_t *)config, index, block)
        if (r >= 0)
            r = load_block(hass, block, index, err);
    return r;
}

/* reload: blocks with triggers stay as a whole, other entities one by one */

static bool has_block(const json_t *config, const struct template_block *block)
{
    size_t index;
    json_t *member;

    json_array_foreach((json_t *)config, index, member)
        if (template_block_same(block, member))
            return true;
    return false;
}

static HASS_CALLBACK struct template_block *find_block(struct hass *hass, const json_t *config)
{
    struct records *records = hass_async_get_data(hass, "template");

    vec_foreach(&records->blocks, block)
        if (template_block_same(*block, config))
            return *block;
    return NULL;
}

/* The items of all blocks without triggers: [[domain, item], …]. */
static json_t *items_without_triggers(const json_t *section)
{
    json_t *all = json_array(), *block;
    size_t index;

    json_array_foreach((json_t *)section, index, block) {
        autojson *items = template_block_is(block) ? json_array() : items_of(block);
        json_array_extend(all, items);
    }
    return all;
}

static size_t count_written(const json_t *items, const struct template_kind *kind,
                            const json_t *item)
{
    size_t i, count = 0;
    json_t *pair;

    json_array_foreach((json_t *)items, i, pair)
        count += strcmp(json_string_value(json_array_get(pair, 0)), kind->domain) == 0 &&
                 hass_json_equal(json_array_get(pair, 1), item);
    return count;
}

/* Is the @index'th record written down, in a block or among @items? Of equal ones the first stay. */
static bool is_written(const struct records *records, size_t index, const json_t *section,
                       const json_t *items)
{
    const struct record *record = &records->list.data[index];
    size_t before = 0;

    if (record->block)
        return has_block(section, record->block);
    for (size_t i = 0; i < index; i++) {
        const struct record *other = &records->list.data[i];
        before += !other->block && other->kind == record->kind &&
                  hass_json_equal(other->item, record->item);
    }
    return before < count_written(items, record->kind, record->item);
}

/* Ends the entities that are no longer written down, then the blocks. */
static HASS_COROUTINE int remove_unwanted(struct hass *hass, const json_t *section,
                                          struct hass_error *err)
{
    struct records *records = hass_async_get_data(hass, "template");
    autojson *items = items_without_triggers(section);
    int r = 0;

    for (size_t i = records->list.length; i-- > 0;) {
        struct record record = records->list.data[i];
        if (is_written(records, i, section, items))
            continue;
        vec_remove(&records->list, i);
        if (record.entity && r >= 0)
            r = hass_entity_async_remove(record.entity, err);
        record_fini(&record);
    }
    for (size_t i = records->blocks.length; i-- > 0;) {
        struct template_block *block = records->blocks.data[i];
        if (has_block(section, block))
            continue;
        vec_remove(&records->blocks, i);
        end_block(block);
    }
    return r;
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct records *records = hass_async_get_data(hass, "template");
    int r = remove_unwanted(hass, config, err);
    size_t index;
    json_t *block;

    json_array_foreach((json_t *)config, index, block)
        if (r >= 0 && !(template_block_is(block) && find_block(hass, block)))
            r = load_block(hass, block, index, err);
    vec_foreach(&records->list, record)
        record->wanted = false;
    return r;
}

/* platforms */

/* Checks the actions of an item again, now with the kinds of triggers and conditions that integrations give. */
static HASS_COROUTINE int settle_actions(struct hass *hass, const struct hass_schema *schema,
                                         json_t *item, struct hass_error *err)
{
    int r = 0;

    for (uint32_t i = 0; i < schema->count && r >= 0; i++) {
        const struct hass_field *field = &schema->fields[i];
        const json_t *written = hass_json_get(item, field->key);
        json_t *checked = NULL;
        if (!written || field->type != &template_type_actions)
            continue;
        r = hass_script_async_check(hass, written, HASS_KINDS_SET_UP, &checked, err);
        if (r < 0)
            hass_error_prefix(err, "%s", field->key);
        else
            json_object_set_new(item, field->key, checked);
    }
    return r;
}

static int fail_item(const struct template_kind *kind, const json_t *item, struct hass_error *err)
{
    return hass_error_prefix(err, "template %s '%s'", kind->domain,
                             hass_json_get_string(item, "name", kind->default_name));
}

static HASS_COROUTINE int add(struct hass_platform *platform, const struct template_kind *kind,
                              const json_t *item, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    autojson *own = json_deep_copy(item);

    if (settle_actions(hass, kind->schema, own, err) < 0)
        return fail_item(kind, item, err);
    struct record *record = find_record(hass, kind, item, false);
    struct hass_entity *entity =
        template_entity_create(hass, kind, steal(own), record ? record->block : NULL, err);
    if (!entity)
        return fail_item(kind, item, err);
    if (record)
        record->entity = hass_entity_ref(entity);
    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}

/* An entity of the old style is called, and has the id, as it is written down. */
static HASS_COROUTINE int add_named(struct hass_platform *platform,
                                    const struct template_kind *kind, const char *object_id,
                                    const json_t *item, struct hass_error *err)
{
    autojson *named = json_copy((json_t *)item);

    if (!hass_json_get(named, "name"))
        json_object_set_new(named, "name", json_string(object_id));
    json_object_set_new(named, "default_entity_id", json_sprintf("%s.%s", kind->domain, object_id));
    return add(platform, kind, named, err);
}

static HASS_COROUTINE void add_map(struct hass_platform *platform, const struct template_kind *kind,
                                   const json_t *entities)
{
    const char *object_id;
    json_t *item;

    json_object_foreach((json_t *)entities, object_id, item) {
        struct hass_error err = HASS_ERROR_INIT;
        if (add_named(platform, kind, object_id, item, &err) < 0)
            hass_error("%s", err.message);
    }
}

static HASS_COROUTINE int add_flat(struct hass_platform *platform, const struct template_kind *kind,
                                   const json_t *config, struct hass_error *err)
{
    autojson *item = NULL;
    int r = template_legacy_check(kind, config, &item, err);

    return r < 0 ? r : add(platform, kind, item, err);
}

int async_setup_platform(struct hass_platform *platform, const json_t *config,
                         struct hass_error *err)
{
    const struct template_kind *kind = template_kind_get(hass_platform_domain(platform));
    const json_t *item = hass_json_get(config, "item");
    const char *key;
    json_t *member;

    if (item)
        return add(platform, kind, item, err);
    if (kind->flat)
        return add_flat(platform, kind, config, err);
    json_object_foreach((json_t *)config, key, member)
        if (json_is_object(member))
            add_map(platform, kind, member);
    return 0;
}
