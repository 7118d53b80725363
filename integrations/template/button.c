/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template buttons: an action.
 */
#include "button/button.h"

#include "parts.h"

TEMPLATE_SCHEMA(template_button_schema, TEMPLATE_COMMON_FIELDS,
                HASS_FIELD("press", &template_type_actions, .required = true,
                           .doc = "What pressing does"),
                HASS_FIELD("device_class", &hass_type_string, .doc = "identify, restart, update"));

static const struct template_option options[] = { { NULL, NULL } };

static HASS_COROUTINE int press(struct hass_entity *entity, struct hass_error *err)
{
    return template_entity_async_act(template_entity_of(entity), "press", NULL, err);
}

static const struct button_ops ops = BUTTON_OPS(.async_press = press);

const struct template_kind template_button = {
    .domain = "button",
    .default_name = "Template Button",
    .size = sizeof(struct template_entity),
    .schema = &template_button_schema,
    .options = options,
    .ops = &ops,
};
