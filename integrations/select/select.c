/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain select: one of several options is chosen. Services select_option, select_first, select_last, select_next,
 * select_previous.
 *
 * Configuration: a list of platforms (`select: [{platform: …}]`); the domain has no options of its own.
 */
#include "select.h"

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "select", .name = "Select", .version = HASS_VERSION);

static const struct select_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static const char *const *options_of(struct hass_entity *entity)
{
    return ops_of(entity)->options(entity);
}

/* The place of what is selected, or -1. */
static int selected(struct hass_entity *entity)
{
    return hass_words_find(options_of(entity), ops_of(entity)->current_option(entity));
}

static struct hass_value state(struct hass_entity *entity)
{
    int place = selected(entity);

    return place < 0 ? HASS_NONE : hass_value_string(options_of(entity)[place]);
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_words(writer, "options", options_of(entity));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
};

/* services */

HASS_ENTITY_OP(choose, struct select_ops, select_option, const char *)

static HASS_COROUTINE int select_option(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    const char *option = hass_json_get_string(hass_service_call_data(call), "option", "");

    int r = hass_validate_word(options_of(entity), option, "option", "not_valid_option", err);

    return r < 0 ? r : choose(entity, call, option, err);
}

static int count_options(struct hass_entity *entity)
{
    const char *const *options = options_of(entity);
    int count = 0;

    while (options[count])
        count++;
    return count;
}

/* The option @offset places behind the selected one; behind the first when none is selected. */
static HASS_COROUTINE int move(struct hass_entity *entity, const struct hass_service_call *call,
                               int offset, struct hass_error *err)
{
    bool cycle = hass_json_get_bool(hass_service_call_data(call), "cycle", true);
    int count = count_options(entity), place = selected(entity);

    if (!count)
        return 0;
    place = (place < 0 ? 0 : place) + offset;
    if (!cycle && (place < 0 || place >= count))
        return 0;
    return choose(entity, call, options_of(entity)[(place + count) % count], err);
}

static HASS_COROUTINE int select_next(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    return move(entity, call, 1, err);
}

static HASS_COROUTINE int select_previous(struct hass_entity *entity,
                                          const struct hass_service_call *call,
                                          struct hass_error *err)
{
    return move(entity, call, -1, err);
}

static HASS_COROUTINE int select_first(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    return count_options(entity) ? choose(entity, call, options_of(entity)[0], err) : 0;
}

static HASS_COROUTINE int select_last(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    int count = count_options(entity);

    return count ? choose(entity, call, options_of(entity)[count - 1], err) : 0;
}

HASS_SCHEMA(option_schema,
            HASS_FIELD("option", &hass_type_string, .required = true, .doc = "What is selected"));
HASS_SCHEMA(cycle_schema, HASS_FIELD("cycle", &hass_type_bool, .fallback = "true",
                                     .doc = "Whether the last option is followed by the first"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("select_option", "Selects an option", .schema = &option_schema,
                        .async_handler = select_option),
    HASS_ENTITY_SERVICE("select_first", "Selects the first option", .async_handler = select_first),
    HASS_ENTITY_SERVICE("select_last", "Selects the last option", .async_handler = select_last),
    HASS_ENTITY_SERVICE("select_next", "Selects the next option", .schema = &cycle_schema,
                        .async_handler = select_next),
    HASS_ENTITY_SERVICE("select_previous", "Selects the previous option", .schema = &cycle_schema,
                        .async_handler = select_previous),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "select",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
