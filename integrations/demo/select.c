/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programme of a dishwasher: one of a few words, kept as its place in the list.
 */
#include "select/select.h"

#include <hass/domain.h>

#include "parts.h"

struct values {
    int place;
};

static const char *const programmes[] = { "eco", "auto", "intensive", "quick", NULL };

static const char *const *options(struct hass_entity *entity)
{
    return programmes;
}

static HASS_CALLBACK const char *current_option(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return programmes[values->place];
}

static HASS_COROUTINE int select_option(struct hass_entity *entity, const char *option,
                                        struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->place = hass_words_find(programmes, option);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct select_ops select_ops =
    SELECT_OPS(.options = options, .current_option = current_option,
               .async_select_option = select_option);
static const struct hass_entity_description programme =
    HASS_ENTITY_DESCRIPTION(.name = "Dishwasher Programme", .unique_id = "select_1",
                            .device_info = &demo_dishwasher, .icon = "mdi:dishwasher");

int demo_add_select(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &programme, &select_ops, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
