/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recorded template: compiled, rendered with its variables in its mode, compared.
 */
#include <string.h>

#include "support/test.h"
#include "vectors/templates.h"

/* What is around the text of a template does not count. */
static const char *trim(const char *text, size_t *length)
{
    static const char blanks[] = " \t\n\v\f\r";

    while (*length && strchr(blanks, text[*length - 1]))
        (*length)--;
    for (; *length && strchr(blanks, *text); (*length)--)
        text++;
    return text;
}

static HASS_CALLBACK bool compile(struct template_stage *stage)
{
    const json_t *source = hass_json_get(stage->vector, "template");

    return template_compile(stage->hass, json_string_value(source), json_string_length(source),
                            &stage->template, &stage->error, NULL) == 0;
}

/* A text without tags is never rendered. */
static bool is_static(struct template_stage *stage, const char **ret_text, size_t *ret_length)
{
    const json_t *source = hass_json_get(stage->vector, "template");

    *ret_length = json_string_length(source);
    *ret_text = trim(json_string_value(source), ret_length);
    return !tmpl_is_template_text(*ret_text, *ret_length);
}

static HASS_CALLBACK const struct tmpl_dict *variables_of(struct template_stage *stage)
{
    const json_t *variables = hass_json_get(stage->vector, "variables");

    return variables ? template_stage_value(stage, variables).dict : NULL;
}

static HASS_CALLBACK bool render_value(struct template_stage *stage, const struct template_how *how)
{
    const json_t *error_value = hass_json_get(stage->vector, "error_value");
    struct tmpl_value payload = template_stage_value(stage, hass_json_get(stage->vector, "value"));
    int r = template_render_value(stage->hass, stage->template, &payload, how, error_value != NULL,
                                  &stage->text, &stage->error, NULL);

    if (r == 1) {
        stage->result = error_value ? template_stage_value(stage, error_value) : payload;
        if (stage->result.kind == TMPL_STRING)
            hass_buf_add(&stage->text, stage->result.text, stage->result.length);
    }
    return r >= 0;
}

static HASS_CALLBACK bool render(struct template_stage *stage)
{
    bool value = strcmp(hass_json_get_string(stage->vector, "mode", "render"), "value") == 0;
    const struct template_how how = {
        .more = variables_of(stage),
        .info = &stage->info,
        .strict = hass_json_get_bool(stage->vector, "strict", false),
        .limited = hass_json_get_bool(stage->vector, "limited", false),
    };
    const char *text;
    size_t length;

    if (is_static(stage, &text, &length)) {
        hass_buf_add(&stage->text, text, length);
        stage->info.is_static = true;
        return true;
    }
    if (value)
        return render_value(stage, &how);
    return template_render(stage->hass, stage->template, &how, &stage->text, &stage->error, NULL) ==
           0;
}

enum verdict template_case(const json_t *vector, struct hass_buf *why)
{
    autojson *ours = template_deviation(hass_json_get_string(vector, "id", ""));
    struct template_stage stage;

    template_stage_begin(&stage, vector);
    stage.expected = ours ? ours : hass_json_get(vector, "expected");
    bool compiled = compile(&stage);
    bool passed = template_stage_compare(&stage, compiled, compiled && render(&stage), why);
    template_stage_end(&stage);
    if (!passed)
        return VERDICT_FAILED;
    if (!ours)
        return VERDICT_PASSED;
    hass_buf_add_string(why, "on purpose (README.md)");
    return VERDICT_DEVIATES;
}
