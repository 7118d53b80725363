/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking what was entered: a form by its schema, all fields at once, and by the choices that it offered; a menu by its
 * options.
 */
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "data/schema_check.h"
#include "registry/flow.h"

#define FIELD "input" /* the path of the whole, to be cut off */

/* "input->rooms->0" is about the field rooms, "input" about the whole. */
static char *field_of_path(const char *path)
{
    const char *name = path ? strstr(path, "->") : NULL;

    if (!name)
        return mem_strdup("base");
    name += 2;
    const char *end = strstr(name, "->");
    return end ? mem_strndup(name, (size_t)(end - name)) : mem_strdup(name);
}

static json_t *errors_of_diagnostics(const struct diagnostics *diagnostics)
{
    json_t *errors = json_object();

    vec_foreach(&diagnostics->list, diagnostic) {
        if (diagnostic->severity != DIAGNOSTIC_ERROR)
            continue;
        autofree char *field = field_of_path(diagnostic->path);
        if (!json_object_get(errors, field))
            json_object_set_new(errors, field, json_string(diagnostic->message));
    }
    return errors;
}

static bool is_offered(const json_t *offer, const json_t *value)
{
    const char *text = json_string_value(value);

    return text && hass_json_get(offer, text);
}

static json_t *refuse_choices(const json_t *choices, const json_t *input)
{
    const char *field;
    json_t *offer;
    json_t *errors = json_object();

    json_object_foreach((json_t *)choices, field, offer) {
        const json_t *value = hass_json_get(input, field);
        bool good = !value || is_offered(offer, value);
        if (json_is_array(value)) {
            good = true;
            for (size_t i = 0; i < json_array_size(value); i++)
                good = good && is_offered(offer, json_array_get(value, i));
        }
        if (!good)
            json_object_set_new(errors, field, json_string("expected one of what is offered"));
    }
    return errors;
}

static int check_form(const struct flow_answer *form, const json_t *input, json_t **ret_checked,
                      json_t **ret_errors)
{
    static const struct hass_schema empty = { .size = sizeof(empty) };
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    json_t *checked = NULL;
    int r = schema_check_marked(form->schema ? form->schema : &empty, input, NULL, FIELD,
                                &diagnostics, &checked);
    autojson *errors = r < 0 || diagnostics.errors ? errors_of_diagnostics(&diagnostics)
                                                   : refuse_choices(form->choices, checked);

    diagnostics_fini(&diagnostics);
    if (r >= 0 && json_object_size(errors) == 0) {
        *ret_checked = checked;
        return 0;
    }
    json_decref(checked);
    *ret_errors = steal(errors);
    return 1;
}

static int check_menu(const struct flow_answer *menu, const json_t *input, json_t **ret_checked,
                      json_t **ret_errors)
{
    const char *chosen = hass_json_get_string(input, "next_step_id", NULL);
    const json_t *options = hass_json_get(menu->result, "menu_options");

    for (size_t i = 0; chosen && i < json_array_size(options); i++) {
        if (!strcmp(json_string_value(json_array_get(options, i)), chosen)) {
            *ret_checked = hass_json_ref(input);
            return 0;
        }
    }
    *ret_errors = json_pack("{s:s}", "next_step_id", "expected one of the options");
    return 1;
}

int flow_check_input(const struct hass_flow *flow, const json_t *input, json_t **ret_checked,
                     json_t **ret_errors)
{
    switch (flow->now.type) {
    case FLOW_FORM:
        return check_form(&flow->now, input, ret_checked, ret_errors);
    case FLOW_MENU:
        return check_menu(&flow->now, input, ret_checked, ret_errors);
    default:
        *ret_checked = hass_json_ref(input);
        return 0;
    }
}
