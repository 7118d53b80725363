/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling somebody all about a template: what it gives, what it depends on, how long it takes, and, where it does not do what was meant,
 * what to write instead. The remarks are about what goes wrong most often: a state that is not there, and a state that is a text.
 */
#include <string.h>

#include <hass/loop.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/template_hass.h"

enum {
    RENDERS = 200,      /* of which the time is taken, at most */
    RENDER_USEC = 2000, /* after which it is enough */
};

/* what to write instead */

static const struct {
    const char *message; /* has this in it */
    const char *also;    /* and this, unless NULL */
    const char *remark;
} remarks[] = {
    { "None' has no attribute", NULL,
      "there is no such entity: states('light.kitchen') is 'unknown' then, instead of failing" },
    { "not supported between instances of", "'str'",
      "a state is a text: write states('sensor.power') | float(0) to compare it with a number" },
    { "unsupported operand type", "'str'",
      "a state is a text: write states('sensor.power') | float(0) to calculate with it" },
    { "multiply sequence by non-int", NULL,
      "a state is a text: write states('sensor.power') | float(0) to calculate with it" },
    { "can only concatenate str", NULL,
      "a state is a text: write | float(0) to add numbers, or ~ to join texts" },
    { "but no default was specified", NULL,
      "what is no number needs a value to take instead: | float(0)" },
    { "is undefined", NULL,
      "a name that is not there: a text needs quotes, and | default('x') stands in for it" },
    { "division by zero", NULL, "guard it: {{ a / b if b != 0 else 0 }}" },
};

static const char *remark_on(const char *message)
{
    for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
        if (strstr(message, remarks[i].message) &&
            (!remarks[i].also || strstr(message, remarks[i].also)))
            return remarks[i].remark;
    return "";
}

/* parts of the answer */

static void set_error(json_t *answer, struct hass_template_error *error, const char *text)
{
    autobuf shown = HASS_BUF_INIT;

    if (!*error->hint)
        snprintf(error->hint, sizeof(error->hint), "%s", remark_on(error->message));
    hass_template_error_write(error, text, &shown);
    json_object_set_new(answer, "error", json_string(error->message));
    json_object_set_new(answer, "text", json_string(hass_buf_string(&shown)));
}

static const char *type_of(const json_t *result)
{
    switch (json_typeof(result)) {
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number";
    case JSON_ARRAY:
        return "a list";
    case JSON_OBJECT:
        return "a map";
    case JSON_NULL:
        return "none";
    default:
        return "true or false";
    }
}

/* Each once. */
static void add_warning(enum hass_log_level level, const char *message, void *userdata)
{
    json_t *warnings = userdata;
    const char *remark = remark_on(message);
    autofree char *line = *remark ? mem_printf("%s; %s", message, remark) : mem_strdup(message);

    for (size_t i = 0; i < json_array_size(warnings); i++)
        if (!strcmp(json_string_value(json_array_get(warnings, i)), line))
            return;
    if (level < HASS_LOG_ERROR) // an error is told as such
        json_array_append_new(warnings, json_string(line));
}

static void say_nothing(enum hass_log_level level, const char *message, void *userdata)
{
}

/* Microseconds of one render: often enough that the clock can tell. */
static HASS_CALLBACK double take_time(struct hass *hass, struct hass_template *template,
                                      const struct hass_template_options *options)
{
    struct hass_template_options quiet = *options;
    int64_t start = hass_monotonic(hass), spent = 0;
    unsigned done = 0;

    quiet.log = say_nothing;
    while (done < RENDERS && spent < RENDER_USEC) {
        autojson *result = NULL;
        (void)template_render_as_json(template, &quiet, NULL, &result, NULL, NULL);
        done++;
        spent = hass_monotonic(hass) - start;
    }
    return (double)spent / done;
}

static void set_code(json_t *answer, const struct hass_template *template)
{
    const struct tmpl_template *code = template_code(template);
    autobuf text = HASS_BUF_INIT;

    if (code)
        tmpl_disassemble(code, &text);
    json_object_set_new(answer, "bytes", json_integer(code ? (json_int_t)tmpl_size(code) : 0));
    json_object_set_new(answer, "code", json_string(hass_buf_string(&text)));
}

static HASS_CALLBACK void explain(struct hass *hass, struct hass_template *template,
                                  const char *text, const struct hass_template_options *options,
                                  json_t *answer)
{
    struct hass_template_options own = *options;
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;
    struct hass_render_info *info = NULL;
    const json_t *result;

    own.log = add_warning;
    own.log_userdata = json_array();
    json_object_set_new(answer, "warnings", own.log_userdata);
    if (hass_template_async_render_to_info(template, &own, &info, NULL) < 0)
        return;
    if (hass_render_info_error(info, &error)) {
        set_error(answer, &error, text);
    } else if (hass_render_info_result(info, &result, NULL) == 0) {
        json_object_set(answer, "result", (json_t *)result);
        json_object_set_new(answer, "type", json_string(type_of(result)));
    }
    json_object_set_new(answer, "looked_at", hass_render_info_as_json(info));
    hass_render_info_destroy(info);
    json_object_set_new(answer, "usec", json_real(take_time(hass, template, &own)));
    set_code(answer, template);
}

json_t *hass_template_async_explain(struct hass *hass, const char *text,
                                    const struct hass_template_options *options)
{
    VERIFY_LOOP_OR(hass, "hass.template.async_explain", NULL);
    autounref(hass_template) *template = NULL;
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;
    struct hass_template_options own;
    json_t *answer = json_object();

    OPTIONS_READ(&own, options);
    if (hass_template_check(text, &error, NULL) < 0)
        set_error(answer, &error, text);
    else if (hass_template_new(hass, text, &template, NULL) == 0)
        explain(hass, template, text, &own, answer);
    return answer;
}
