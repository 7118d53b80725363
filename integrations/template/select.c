/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template selects: a list of options, and which of them is chosen.
 */
#include "select/select.h"

#include <stdlib.h>

#include <hass/buf.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_select_schema, TEMPLATE_COMMON_FIELDS,
                TEMPLATE_FIELD("state", "The option that is chosen"),
                HASS_FIELD("options", &template_type_template, .required = true,
                           .doc = "A list of options"),
                HASS_FIELD("select_option", &template_type_actions, .required = true,
                           .doc = "Gets option"),
                HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is what it was told at once"));

struct choice {
    struct template_entity item;
    json_t *texts; /* what options points into */
    const char **options;
    char *chosen;
};

static void choose(struct choice *choice, const char *option)
{
    char *fresh = option ? strdup(option) : NULL;

    free(choice->chosen);
    choice->chosen = fresh;
}

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    autobuf text = HASS_BUF_INIT;

    template_entity_judge(item, result);
    hass_value_write_text(template_value(result), &text);
    choose((struct choice *)item, template_is_unknown(result) ? NULL : hass_buf_string(&text));
}

static HASS_CALLBACK void set_options(struct template_entity *item, const json_t *result)
{
    struct choice *choice = (struct choice *)item;

    if (!template_is_unknown(result) && !json_is_array(result))
        template_entity_complain(item, "options", result, "a list");
    template_texts(result, &choice->texts, &choice->options);
}

static const struct template_option options[] = {
    { "options", set_options },
    { "state", set_state },
    { NULL, NULL },
};

static const char *const *options_of(struct hass_entity *entity)
{
    static const char *const none[] = { NULL };
    const struct choice *choice = template_entity_of(entity);

    return choice->options ? (const char *const *)choice->options : none;
}

static const char *current_option(struct hass_entity *entity)
{
    const struct choice *choice = template_entity_of(entity);

    return choice->chosen;
}

static HASS_COROUTINE int select_option(struct hass_entity *entity, const char *option,
                                        struct hass_error *err)
{
    struct choice *choice = template_entity_of(entity);
    autofree char *chosen = strdup(option);
    int r = template_entity_async_act(&choice->item, "select_option",
                                      json_pack("{s:s}", "option", chosen), err);

    if (r >= 0 && choice->item.optimistic)
        choose(choice, chosen);
    return r;
}

static const struct select_ops ops =
    SELECT_OPS(.options = options_of, .current_option = current_option,
               .async_select_option = select_option);

static void fini(struct template_entity *item)
{
    struct choice *choice = (struct choice *)item;

    json_decref(choice->texts);
    free(choice->options);
    free(choice->chosen);
}

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        choose((struct choice *)item, state);
}

const struct template_kind template_select = {
    .domain = "select",
    .default_name = "Template Select",
    .size = sizeof(struct choice),
    .schema = &template_select_schema,
    .options = options,
    .ops = &ops,
    .fini = fini,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
