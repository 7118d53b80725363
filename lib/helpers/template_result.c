/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a rendered text, and value templates: those that integrations render over what they have received.
 */
#include <string.h>
#include <strings.h>

#include <hass/log.h>

#include "helpers/template_hass.h"
#include "template/json_text.h"

/* conditions */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_yes(const char *text, size_t length)
{
    static const char *const words[] = { "1", "true", "yes", "on", "enable" };

    while (length && is_blank(text[length - 1]))
        length--;
    for (; length && is_blank(*text); text++)
        length--;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0)
            return true;
    return false;
}

bool template_result_as_boolean(const struct tmpl_value *result)
{
    switch (result->kind) {
    case TMPL_BOOL:
    case TMPL_INT:
        return result->integer != 0;
    case TMPL_BIG:
        return true;
    case TMPL_FLOAT:
        return result->number != 0;
    case TMPL_STRING:
        return is_yes(result->text, result->length);
    default:
        return false;
    }
}

/* value templates */

enum { MAX_VARIABLES = 16 };

/* The payload as JSON: what the filter from_json makes of it. False when it is none. */
static bool read_json(struct tmpl_vm *vm, const struct tmpl_value *payload,
                      struct tmpl_value *ret_value)
{
    char problem[128];

    return json_text_read(&vm->heap, payload->text, payload->length, ret_value, problem);
}

static void log_failure(const struct tmpl_template *template, const struct tmpl_value *payload,
                        const struct tmpl_error *error)
{
    hass_error("Error parsing value: %s (value: %.*s, template: %s)", error->message,
               (int)payload->length, payload->text, tmpl_source(template));
}

int template_render_value(struct hass *hass, const struct tmpl_template *template,
                          const struct tmpl_value *payload, const struct template_how *how,
                          bool quiet, struct hass_buf *out, struct tmpl_error *ret_error,
                          struct hass_error *err)
{
    struct tmpl_variable variables[MAX_VARIABLES] = { { "value", *payload } };
    struct template_how with = *how;
    struct hass_error failure = HASS_ERROR_INIT;
    struct tmpl_error error = { 0 };
    struct tmpl_vm *vm = template_values_create();
    size_t start = out->length;

    with.variables = variables;
    with.variable_count = 1;
    if (read_json(vm, payload, &variables[1].value)) {
        variables[1].name = "value_json";
        with.variable_count = 2;
    }
    for (size_t i = 0; i < how->variable_count && with.variable_count < MAX_VARIABLES; i++)
        variables[with.variable_count++] = how->variables[i];
    int r = template_render(hass, template, &with, out, &error, &failure);
    tmpl_vm_destroy(vm);
    if (r == 0)
        return 0;
    out->length = start;
    if (ret_error)
        *ret_error = error;
    if (!tmpl_error_is_template_error(error.class))
        return hass_error_copy(err, &failure);
    if (!quiet)
        log_failure(template, payload, &error);
    return 1;
}
