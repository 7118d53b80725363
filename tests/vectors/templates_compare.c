/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a template has given beside what was recorded: text, native value, condition, error, dependencies, lines of the log.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"
#include "vectors/templates.h"

static bool differs(struct hass_buf *why, const char *what, const json_t *expected,
                    const json_t *got)
{
    hass_buf_printf(why, "%s: expected ", what);
    hass_json_write(expected, why);
    hass_buf_add_string(why, ", got ");
    hass_json_write(got, why);
    return false;
}

static json_t *text_as_json(const struct hass_buf *text)
{
    struct tmpl_value value = tmpl_string_view(hass_buf_string(text), text->length);

    return tagged_write(&value);
}

/* errors */

static json_t *error_as_json(const struct tmpl_error *error)
{
    autofree char *text = mem_printf("%s: %s", tmpl_error_class_name(error->class), error->message);

    return json_string(text);
}

static bool compare_error(struct template_stage *stage, const json_t *error, bool compiled,
                          struct hass_buf *why)
{
    const char *phase = hass_json_get_string(error, "phase", "render");
    const char *contains = hass_json_get_string(error, "contains", "");
    autojson *got = error_as_json(&stage->error);
    const char *text = json_string_value(got) ?: "(no text)";

    if (compiled == (strcmp(phase, "compile") == 0)) {
        hass_buf_printf(why, "expected to fail in phase %s, got: %s", phase, text);
        return false;
    }
    if (strcmp(hass_json_get_string(error, "compare", "any"), "any") == 0 || strstr(text, contains))
        return true;
    hass_buf_printf(why, "expected an error with \"%s\", got: %s", contains, text);
    return false;
}

/* results */

static const char *native_type(const struct tmpl_value *value)
{
    if (value->kind == TMPL_NONE)
        return value->flags & TMPL_ELLIPSIS ? "ellipsis" : "none";
    return tmpl_class_name(value);
}

/* The value of the text, unless the household has turned that off. */
static struct tmpl_value native_of(struct template_stage *stage)
{
    const char *text = hass_buf_string(&stage->text);

    if (hass_json_get_bool(stage->vector, "legacy_templates", false))
        return tmpl_string_view(text, stage->text.length);
    return tmpl_native(&stage->values->heap, text, stage->text.length);
}

static bool compare_native(struct template_stage *stage, const struct tagged_tolerance *tolerance,
                           struct hass_buf *why)
{
    const json_t *type = hass_json_get(stage->expected, "native_type");
    const json_t *expected = hass_json_get(stage->expected, "native");
    const json_t *boolean = hass_json_get(stage->expected, "boolean");
    struct tmpl_value native = native_of(stage);

    if (type && strcmp(json_string_value(type), native_type(&native)) != 0) {
        hass_buf_printf(why, "native_type: expected %s, got %s", json_string_value(type),
                        native_type(&native));
        return false;
    }
    autojson *got = tagged_write(&native);
    if (expected && !tagged_equal(expected, got, tolerance))
        return differs(why, "native", expected, got);
    if (!boolean || json_is_true(boolean) == template_result_as_boolean(&native))
        return true;
    hass_buf_printf(why, "boolean: expected %s",
                    json_is_true(boolean) ? "true, got false" : "false, got true");
    return false;
}

/* Equal, or numbers that are near. */
static bool same_text(const json_t *expected, const json_t *got,
                      const struct tagged_tolerance *tolerance)
{
    if (json_equal(expected, got))
        return true;
    return tolerance->number > 0 && json_is_string(got) &&
           fabs(strtod(json_string_value(expected), NULL) - strtod(json_string_value(got), NULL)) <=
               tolerance->number;
}

static bool compare_result(struct template_stage *stage, struct hass_buf *why)
{
    const json_t *text = hass_json_get(stage->expected, "text");
    const json_t *value = hass_json_get(stage->expected, "value");
    const struct tagged_tolerance tolerance = {
        .number = hass_json_get_number(stage->expected, "tolerance", 0),
    };
    autojson *got = value ? tagged_write(&stage->result) : text_as_json(&stage->text);

    if (value)
        return tagged_equal(value, got, &tolerance) || differs(why, "value", value, got);
    if (!same_text(text, got, &tolerance))
        return differs(why, "text", text, got);
    return !hass_json_get(stage->expected, "native_type") || compare_native(stage, &tolerance, why);
}

/* dependencies */

static void remove_texts(json_t *list, const json_t *texts)
{
    for (size_t i = json_array_size(list); i-- > 0;)
        for (size_t j = 0; j < json_array_size(texts); j++)
            if (json_equal(json_array_get(list, i), json_array_get(texts, j))) {
                json_array_remove(list, i);
                break;
            }
}

/* The reference counts a domain whenever a filter asks whether it is true: where it is walked over that says nothing. */
static void allow_counting(json_t *info)
{
    remove_texts(json_object_get(info, "domains_lifecycle"), hass_json_get(info, "domains"));
    if (hass_json_get_bool(info, "all_states", false))
        json_object_set_new(info, "all_states_lifecycle", json_true());
}

static bool compare_info(struct template_stage *stage, struct hass_buf *why)
{
    const json_t *recorded = hass_json_get(stage->expected, "info");
    autojson *expected = json_deep_copy(recorded ?: hass_json_get(stage->vector, "info"));
    autojson *got = template_info_as_json(&stage->info);

    if (!expected)
        return true;
    allow_counting(expected);
    allow_counting(got);
    return hass_json_equal(expected, got) || differs(why, "info", expected, got);
}

/* the log */

static bool is_about_variable(const char *message)
{
    return strncmp(message, "Template variable", 17) == 0;
}

/* A line as our log shows it, up to where the template begins: line ends are not the same there. */
static char *line_of(const json_t *log)
{
    const char *message = hass_json_get_string(log, "message", "");
    const char *end = strstr(message, " when rendering '");
    int length = end ? (int)(end - message) : (int)strlen(message);
    bool error = strcmp(hass_json_get_string(log, "level", ""), "error") == 0;

    return mem_printf("%s [core] %.*s", error ? "ERROR" : "WARNING", length, message);
}

static size_t count_same(const json_t *logs, const char *wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(logs); i++) {
        autofree char *line = line_of(json_array_get(logs, i));
        count += strcmp(line, wanted) == 0;
    }
    return count;
}

static bool compare_logs(const struct template_stage *stage, struct hass_buf *why)
{
    const json_t *recorded = hass_json_get(stage->expected, "logs");
    const json_t *logs = recorded ?: hass_json_get(stage->vector, "logs");
    size_t wanted = 0, got = logs_matching(test_logs(), "[core] Template variable");

    if (strcmp(hass_json_get_string(stage->vector, "oracle", ""), "spec") == 0)
        return true; // nobody has recorded any
    for (size_t i = 0; i < json_array_size(logs); i++) {
        const json_t *log = json_array_get(logs, i);
        autofree char *line = line_of(log);
        if (!is_about_variable(hass_json_get_string(log, "message", "")))
            continue;
        wanted++;
        if (logs_matching(test_logs(), line) == count_same(logs, line))
            continue;
        const char *other = logs_find(test_logs(), "Template variable");
        hass_buf_printf(why, "log: expected %zu times \"%s\", got %zu times; first is \"%s\"",
                        count_same(logs, line), line, logs_matching(test_logs(), line),
                        other ?: "(none)");
        return false;
    }
    if (wanted == got)
        return true;
    hass_buf_printf(why, "log: expected %zu lines about variables, got %zu: \"%s\"", wanted, got,
                    logs_find(test_logs(), "Template variable"));
    return false;
}

bool template_stage_compare(struct template_stage *stage, bool compiled, bool rendered,
                            struct hass_buf *why)
{
    const json_t *error = hass_json_get(stage->expected, "error");

    if (error && !rendered)
        return compare_error(stage, error, compiled, why) && compare_info(stage, why) &&
               compare_logs(stage, why);
    if (error) {
        autojson *got = text_as_json(&stage->text);
        return differs(why, "expected an error", hass_json_get(error, "contains"), got);
    }
    if (!rendered) {
        autojson *got = error_as_json(&stage->error);
        return differs(why, compiled ? "rendering" : "compiling",
                       hass_json_get(stage->expected, "text"), got);
    }
    return compare_result(stage, why) && compare_info(stage, why) && compare_logs(stage, why);
}
