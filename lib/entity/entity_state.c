/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an entity's state: the text and the attributes, in the model's order, straight into the state machine. Nothing is
 * cached; the machine finds out what has not changed.
 */
#include <hass/buf.h>
#include <hass/const.h>
#include <hass/context.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "entity/component.h"
#include "entity/entity.h"
#include "entity/platform.h"

#define SLOW_STATE     (400 * INT64_C(1000)) /* microseconds */
#define CONTEXT_MEMORY (5 * INT64_C(1000000))

struct write {
    struct hass_entity *entity;
    const struct hass_domain_ops *domain; /* or NULL */
    struct scope *domain_scope;
    bool available;
};

typedef void attributes_fn(struct hass_entity *entity, struct hass_attrs_writer *writer);
typedef const char *text_fn(struct hass_entity *entity);

#define DOMAIN_OP(write, member) ((write)->domain ? OPS_MEMBER((write)->domain, member) : NULL)

static HASS_CALLBACK void state_text(const struct write *write, struct hass_buf *text)
{
    struct hass_entity *entity = write->entity;
    struct hass_value (*from_domain)(struct hass_entity *) = DOMAIN_OP(write, state);
    struct hass_value (*from_entity)(struct hass_entity *) = ENTITY_OP(entity, state);
    struct hass_value value = HASS_NONE;
    struct op_call call;

    if (!write->available) {
        hass_buf_add_string(text, HASS_STATE_UNAVAILABLE);
        return;
    }
    op_begin(entity->hass, &call, from_domain ? write->domain_scope : entity->scope, "state");
    if (from_domain)
        value = from_domain(entity);
    else if (from_entity)
        value = from_entity(entity);
    hass_value_write_text(value, text);
    op_end(entity->hass, &call);
}

/* attributes */

static HASS_CALLBACK void call_attributes(const struct write *write, attributes_fn *fn,
                                          struct scope *scope, const char *name,
                                          struct hass_attrs_writer *writer)
{
    struct op_call call;

    if (!fn)
        return;
    op_begin(write->entity->hass, &call, scope, name);
    fn(write->entity, writer);
    op_end(write->entity->hass, &call);
}

static HASS_CALLBACK const char *domain_text(const struct write *write, text_fn *fn,
                                             const char *fallback)
{
    struct op_call call;

    if (!fn)
        return fallback;
    op_begin(write->entity->hass, &call, write->domain_scope, "attributes");
    const char *text = fn(write->entity);
    op_end(write->entity->hass, &call);
    return text;
}

static void set_text(struct hass_attrs_writer *writer, const char *key, const char *text)
{
    if (text)
        hass_attrs_set_string(writer, key, text);
}

static HASS_CALLBACK void write_own_attributes(const struct write *write,
                                               struct hass_attrs_writer *writer)
{
    struct hass_entity *entity = write->entity;

    call_attributes(write, DOMAIN_OP(write, capability_attributes), write->domain_scope,
                    "capability_attributes", writer);
    call_attributes(write, ENTITY_OP(entity, capability_attributes), entity->scope,
                    "capability_attributes", writer);
    if (!write->available)
        return;
    call_attributes(write, DOMAIN_OP(write, state_attributes), write->domain_scope,
                    "state_attributes", writer);
    call_attributes(write, ENTITY_OP(entity, state_attributes), entity->scope, "state_attributes",
                    writer);
    call_attributes(write, ENTITY_OP(entity, extra_state_attributes), entity->scope,
                    "extra_state_attributes", writer);
}

static HASS_CALLBACK void write_described_attributes(const struct write *write,
                                                     struct hass_attrs_writer *writer)
{
    struct hass_entity *entity = write->entity;

    set_text(writer, HASS_ATTR_UNIT_OF_MEASUREMENT,
             domain_text(write, DOMAIN_OP(write, unit_of_measurement),
                         ENTITY_DESC(entity, unit_of_measurement)));
    if (ENTITY_DESC(entity, assumed_state))
        hass_attrs_set(writer, HASS_ATTR_ASSUMED_STATE, HASS_BOOL(true));
    set_text(writer, HASS_ATTR_ATTRIBUTION, ENTITY_DESC(entity, attribution));
    set_text(writer, HASS_ATTR_DEVICE_CLASS,
             domain_text(write, DOMAIN_OP(write, device_class), ENTITY_DESC(entity, device_class)));
    set_text(writer, HASS_ATTR_ENTITY_PICTURE, ENTITY_DESC(entity, entity_picture));
    set_text(writer, HASS_ATTR_ICON, ENTITY_DESC(entity, icon));
    set_text(writer, HASS_ATTR_FRIENDLY_NAME, ENTITY_DESC(entity, name));
    if (ENTITY_DESC(entity, has_supported_features) ||
        (write->domain && OPS_MEMBER(write->domain, has_supported_features)))
        hass_attrs_set(writer, HASS_ATTR_SUPPORTED_FEATURES,
                       HASS_INT(ENTITY_DESC(entity, supported_features)));
}

static void write_attributes(struct hass_attrs_writer *writer, const void *userdata)
{
    const struct write *write = userdata;

    hass__assert_loop();
    write_own_attributes(write, writer);
    write_described_attributes(write, writer);
}

/* writing */

/* What set it may be long forgotten by the time something else changes. */
static HASS_CALLBACK void forget_old_context(struct hass_entity *entity)
{
    if (entity->context && hass_monotonic(entity->hass) - entity->context_set > CONTEXT_MEMORY)
        (void)hass_entity_async_set_context(entity, NULL, NULL);
}

static HASS_CALLBACK int write_state(const struct write *write, struct hass_error *err)
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
                                    write_attributes, write, &options, &own);
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

int hass_entity_async_write_ha_state(struct hass_entity *entity, struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_write_ha_state", err);
    if (entity->phase == ENTITY_REMOVED)
        return 0;
    if (!entity->entity_id)
        return hass_fail(err, HASS_E_NO_ENTITY_ID, "no entity id specified for %s",
                         entity_label(entity));
    int64_t began = hass_monotonic(entity->hass);
    struct hass_component *component = platform_component(entity->platform);
    forget_old_context(entity);
    struct write write = {
        .entity = entity,
        .domain = component ? component_ops(component) : NULL,
        .domain_scope = component ? component_scope(component) : NULL,
        .available = hass_entity_async_available(entity),
    };
    int r = write_state(&write, err);
    report_slow(entity, hass_monotonic(entity->hass) - began);
    return r;
}
