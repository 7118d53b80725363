/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an entity's state: the text and the attributes, in the model's order, straight into the state machine, which finds
 * out what has not changed. Capabilities come first: as long as they are those of the state before, the registry has them, too.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/context.h>
#include <hass/entity_registry.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "core/attrs.h"
#include "entity/entity.h"
#include "entity/name.h"
#include "run/clock.h"

#define SLOW_STATE     (400 * INT64_C(1000)) /* microseconds */
#define CONTEXT_MEMORY (5 * INT64_C(1000000))

struct write {
    struct hass_entity *entity;
    bool available;
    bool same_capabilities;   /* out: as when the registry last had them */
    uint32_t capabilities;    /* out: how many */
    const char *device_class; /* out: the integration's */
};

typedef void attributes_fn(struct hass_entity *entity, struct hass_attrs_writer *writer);
typedef const char *text_fn(struct hass_entity *entity);

static struct scope *domain_scope(const struct hass_entity *entity)
{
    return entity->component ? component_scope(entity->component) : entity->scope;
}

static HASS_CALLBACK void state_text(const struct write *write, struct hass_buf *text)
{
    struct hass_entity *entity = write->entity;
    struct hass_value (*from_domain)(struct hass_entity *) = DOMAIN_OP(entity, state);
    struct hass_value (*from_entity)(struct hass_entity *) = ENTITY_OP(entity, state);
    struct hass_value value = HASS_NONE;
    struct op_call call;

    if (!write->available) {
        hass_buf_add_string(text, HASS_STATE_UNAVAILABLE);
        return;
    }
    op_begin(entity->hass, &call, from_domain ? domain_scope(entity) : entity->scope, "state");
    if (from_domain)
        value = from_domain(entity);
    else if (from_entity)
        value = from_entity(entity);
    hass_value_write_text(value, text);
    op_end(entity->hass, &call);
}

/* attributes */

static HASS_CALLBACK void call_attributes(struct hass_entity *entity, attributes_fn *fn,
                                          struct scope *scope, const char *name,
                                          struct hass_attrs_writer *writer)
{
    struct op_call call;

    if (!fn)
        return;
    op_begin(entity->hass, &call, scope, name);
    fn(entity, writer);
    op_end(entity->hass, &call);
}

static HASS_CALLBACK const char *domain_text(struct hass_entity *entity, text_fn *fn,
                                             const char *fallback)
{
    struct op_call call;

    if (!fn)
        return fallback;
    op_begin(entity->hass, &call, domain_scope(entity), "attributes");
    const char *text = fn(entity);
    op_end(entity->hass, &call);
    return text;
}

const char *entity_device_class(struct hass_entity *entity)
{
    return domain_text(entity, DOMAIN_OP(entity, device_class), ENTITY_DESC(entity, device_class));
}

const char *entity_unit(struct hass_entity *entity)
{
    return domain_text(entity, DOMAIN_OP(entity, unit_of_measurement),
                       ENTITY_DESC(entity, unit_of_measurement));
}

static void set_text(struct hass_attrs_writer *writer, const char *key, const char *text)
{
    if (text)
        hass_attrs_set_string(writer, key, text);
}

static HASS_CALLBACK void write_capabilities(struct hass_entity *entity,
                                             struct hass_attrs_writer *writer)
{
    call_attributes(entity, DOMAIN_OP(entity, capability_attributes), domain_scope(entity),
                    "capability_attributes", writer);
    call_attributes(entity, ENTITY_OP(entity, capability_attributes), entity->scope,
                    "capability_attributes", writer);
}

static HASS_CALLBACK void write_own_attributes(struct hass_entity *entity,
                                               struct hass_attrs_writer *writer)
{
    call_attributes(entity, DOMAIN_OP(entity, state_attributes), domain_scope(entity),
                    "state_attributes", writer);
    call_attributes(entity, ENTITY_OP(entity, state_attributes), entity->scope, "state_attributes",
                    writer);
    call_attributes(entity, ENTITY_OP(entity, extra_state_attributes), entity->scope,
                    "extra_state_attributes", writer);
}

const char entity_unknown_class[] = "";

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What its user has set comes first. */
static HASS_CALLBACK void write_described_attributes(struct write *write,
                                                     struct hass_attrs_writer *writer)
{
    static const struct hass_entity_entry nothing = { 0 };
    struct hass_entity *entity = write->entity;
    const struct hass_entity_entry *entry = entity->overridden ? entity->entry : &nothing;
    const char *device_class = entity_device_class(entity);

    write->device_class = device_class;
    set_text(writer, HASS_ATTR_UNIT_OF_MEASUREMENT, entity_unit(entity));
    if (ENTITY_DESC(entity, assumed_state))
        hass_attrs_set(writer, HASS_ATTR_ASSUMED_STATE, HASS_BOOL(true));
    set_text(writer, HASS_ATTR_ATTRIBUTION, ENTITY_DESC(entity, attribution));
    set_text(writer, HASS_ATTR_DEVICE_CLASS,
             entry->device_class ? entry->device_class : device_class);
    set_text(writer, HASS_ATTR_ENTITY_PICTURE, ENTITY_DESC(entity, entity_picture));
    set_text(writer, HASS_ATTR_ICON, entry->icon ? entry->icon : ENTITY_DESC(entity, icon));
    set_text(writer, HASS_ATTR_FRIENDLY_NAME, entity_friendly_name(entity));
    if (ENTITY_DESC(entity, has_supported_features) || DOMAIN_OP(entity, has_supported_features))
        hass_attrs_set(writer, HASS_ATTR_SUPPORTED_FEATURES,
                       HASS_INT(ENTITY_DESC(entity, supported_features)));
}

static void write_attributes(struct hass_attrs_writer *writer, const void *userdata)
{
    struct write *write = *(struct write *const *)userdata;
    struct hass_entity *entity = write->entity;

    hass__assert_loop();
    write_capabilities(entity, writer);
    write->capabilities = writer->count;
    write->same_capabilities = !writer->differs && writer->count == entity->known_capabilities;
    if (write->available)
        write_own_attributes(entity, writer);
    write_described_attributes(write, writer);
}

/* the registry */

char *entity_capabilities(struct hass_entity *entity)
{
    struct hass_attrs_writer writer;
    autobuf text = HASS_BUF_INIT;

    attrs_writer_init(&writer, NULL);
    write_capabilities(entity, &writer);
    if (!writer.count) {
        attrs_writer_fini(&writer);
        return NULL;
    }
    const struct attrs *attrs = attrs_writer_finish(&writer);
    attrs_write_json(attrs, &text);
    attrs_unref(attrs);
    return mem_strdup(hass_buf_string(&text));
}

/* The registry's text may be of a file that others have written. */
static bool same_json(const char *a, const char *b)
{
    autojson *left = NULL, *right = NULL;

    if (same_text(a, b) || !a || !b)
        return same_text(a, b);
    return hass_json_parse(a, strlen(a), SIZE_MAX, &left, NULL) == 0 &&
           hass_json_parse(b, strlen(b), SIZE_MAX, &right, NULL) == 0 &&
           hass_json_equal(left, right);
}

static void add_capabilities(const struct hass_entity_entry *entry, const char *text,
                             json_t *changes)
{
    json_t *capabilities = NULL;

    if (same_json(text, entry->capabilities))
        return;
    if (text)
        (void)hass_json_parse(text, strlen(text), SIZE_MAX, &capabilities, NULL);
    json_object_set_new(changes, "capabilities", capabilities ? capabilities : json_null());
}

static HASS_CALLBACK json_t *differences(const struct write *write)
{
    struct hass_entity *entity = write->entity;
    const struct hass_entity_entry *entry = entity->entry;
    uint32_t features = ENTITY_DESC(entity, supported_features);
    json_t *changes = json_object();

    if (!write->same_capabilities && (write->capabilities || entry->capabilities)) {
        autofree char *text = entity_capabilities(entity);
        add_capabilities(entry, text, changes);
    }
    if (!same_text(write->device_class, entry->original_device_class))
        json_object_set_new(changes, "original_device_class", json_pack("s?", write->device_class));
    if (features != entry->supported_features)
        json_object_set_new(changes, "supported_features", json_integer(features));
    return changes;
}

/* Clients choose by what an entity can do, also while it is not there. */
static HASS_CALLBACK void tell_registry(const struct write *write)
{
    struct hass_entity *entity = write->entity;
    struct hass_error err = HASS_ERROR_INIT;

    if (entity->unsyncable ||
        (write->same_capabilities && write->device_class == entity->known_class &&
         ENTITY_DESC(entity, supported_features) == entity->known_features))
        return;
    autojson *changes = differences(write);
    entity->known_capabilities = write->capabilities;
    if (!json_object_size(changes)) {
        entity->known_class = write->device_class;
        return;
    }
    entity->syncing = true;
    int r = hass_entity_registry_async_update(entity->hass, entity->entity_id, steal(changes), NULL,
                                              &err);
    entity->syncing = false;
    if (r < 0) {
        entity->unsyncable = true;
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id,
                        "The registry does not take what %s can do: %s", entity->entity_id,
                        err.message);
    }
}

/* writing */

/* What set it may be long forgotten by the time something else changes. */
static HASS_CALLBACK void forget_old_context(struct hass_entity *entity)
{
    if (entity->context && hass_monotonic(entity->hass) - entity->context_set > CONTEXT_MEMORY)
        (void)hass_entity_async_set_context(entity, NULL, NULL);
}

static HASS_CALLBACK int write_state(struct write *write, struct hass_error *err)
{
    struct hass_entity *entity = write->entity;
    struct hass_set_options options = {
        .size = sizeof(options),
        .force_update = ENTITY_DESC(entity, force_update),
        .context = entity->context,
    };
    struct hass_error own = HASS_ERROR_INIT;
    autobuf text = HASS_BUF_INIT;

    state_text(write, &text);
    int r = hass_states_async_write(entity->hass, entity->entity_id, hass_buf_string(&text),
                                    write_attributes, &write, &options, &own);
    if (r == HASS_E_INVALID_STATE) {
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "%s is %s: %s", entity->entity_id,
                        HASS_STATE_UNKNOWN, own.message);
        return hass_states_async_set(entity->hass, entity->entity_id, HASS_STATE_UNKNOWN, NULL,
                                     &options, err);
    }
    hass_error_copy(err, &own);
    return r;
}

static void report_slow(struct hass_entity *entity, int64_t usec)
{
    if (usec <= SLOW_STATE || entity->slow_reported)
        return;
    entity->slow_reported = true;
    hass_entity_log(HASS_LOG_WARNING, entity->entity_id,
                    "Updating state for %s took %.3f seconds; integration %s is slow",
                    entity->entity_id, (double)usec / 1e6, scope_name(entity->scope));
}

/* True when it is to be written at all. */
static HASS_CALLBACK bool is_enabled(struct hass_entity *entity)
{
    if (!entity->overridden || entity->entry->disabled_by == HASS_ENTITY_ENABLED)
        return true;
    if (!entity->disabled_reported)
        hass_entity_log(HASS_LOG_WARNING, entity->entity_id,
                        "Entity %s is written while it is disabled; that is an error of "
                        "integration %s",
                        entity_label(entity), scope_name(entity->scope));
    entity->disabled_reported = true;
    return false;
}

int hass_entity_async_write_ha_state(struct hass_entity *entity, struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_write_ha_state", err);
    if (entity->phase == ENTITY_REMOVED || !is_enabled(entity))
        return 0;
    if (!entity->entity_id)
        return hass_fail(err, HASS_E_NO_ENTITY_ID, "no entity id specified for %s",
                         entity_label(entity));
    const struct clock *clock = runtime_of(entity->hass)->clock;
    int64_t began = clock_monotonic_coarse(clock);
    forget_old_context(entity);
    struct write write = {
        .entity = entity,
        .available = hass_entity_async_available(entity),
    };
    int r = write_state(&write, err);
    if (r >= 0 && entity->entry)
        tell_registry(&write);
    report_slow(entity, clock_monotonic_coarse(clock) - began);
    return r;
}
