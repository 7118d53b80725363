/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions that look at the run: `template` renders to "true" or is false; `trigger` asks which one has fired. */
#include <string.h>
#include <strings.h>

#include "helpers/condition.h"

/* template */

HASS_SCHEMA(template_schema, HASS_FIELD("value_template", &hass_type_template, .required = true,
                                        .doc = "What must render to true"));

static void destroy_template(void *data)
{
    hass_template_unref(data);
}

static HASS_CALLBACK int prepare_template(struct hass *hass, const json_t *config, void **ret_data,
                                          struct hass_error *err)
{
    const char *text = hass_json_get_string(config, "value_template", "");
    struct hass_template *template = NULL;
    int r = hass_template_new(hass, text, &template, err);

    *ret_data = template;
    return r;
}

static HASS_CALLBACK void add_entities(struct hass_trace *trace,
                                       const struct hass_render_info *info)
{
    autojson *looked_at = hass_render_info_as_json(info);

    hass_trace_async_detail(trace, NULL, "entities",
                            hass_json_ref(json_object_get(looked_at, "entities")));
}

/* Renders to a text; what it looked at becomes a detail. */
static HASS_CALLBACK int render(struct hass_template *template, struct hass_variables *variables,
                                struct hass_trace *trace, json_t **ret_text, struct hass_error *err)
{
    autounref(hass_render_info) *info = NULL;
    const struct hass_template_options *options =
        HASS_TEMPLATE_OPTIONS(.scope = variables, .parse = HASS_TEMPLATE_TEXT);
    const json_t *text;

    if (!trace)
        return hass_template_async_render(template, options, ret_text, err);
    int r = hass_template_async_render_to_info(template, options, &info, err);
    if (r == 0)
        r = hass_render_info_result(info, &text, err);
    if (r < 0)
        return r;
    add_entities(trace, info);
    *ret_text = hass_json_ref(text);
    return 0;
}

static HASS_CALLBACK int test_template(struct hass *hass, const json_t *config, void *data,
                                       struct hass_variables *variables, struct hass_trace *trace,
                                       struct hass_error *err)
{
    autojson *text = NULL;
    int r = render(data, variables, trace, &text, err);

    if (r < 0)
        return r;
    return json_is_string(text) && strcasecmp(json_string_value(text), "true") == 0;
}

const struct hass_condition_kind condition_template =
    HASS_CONDITION_KIND(.name = "template", .schema = &template_schema,
                        .async_prepare = prepare_template, .destroy = destroy_template,
                        .async_test = test_template);

/* trigger */

HASS_SCHEMA(trigger_schema, HASS_FIELD("id", &hass_type_string, .required = true, .list = true,
                                       .doc = "Ids of triggers, of which one must have fired"));

static HASS_CALLBACK int test_trigger(struct hass *hass, const json_t *config, void *data,
                                      struct hass_variables *variables, struct hass_trace *trace,
                                      struct hass_error *err)
{
    const json_t *wanted = json_object_get(config, "id");
    const char *id = variables ? hass_variables_get_text(variables, "trigger", "id") : NULL;

    for (size_t i = 0; id && i < json_array_size(wanted); i++) {
        if (strcmp(id, json_string_value(json_array_get(wanted, i))) == 0)
            return 1;
    }
    return 0;
}

const struct hass_condition_kind condition_trigger =
    HASS_CONDITION_KIND(.name = "trigger", .schema = &trigger_schema, .async_test = test_trigger);
