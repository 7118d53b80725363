/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls and refusals in words.
 */
#include <stdio.h>
#include <string.h>

#include "timeline.h"

/* A value within braces: texts without quotes where they cannot be mistaken. */
static void add_value(const json_t *value, struct hass_buf *text)
{
    const char *string = json_string_value(value);

    if (string && *string && !strpbrk(string, ",{}[]:\"\n"))
        hass_buf_add_string(text, string);
    else
        hass_json_write(value, text);
}

static void add_ids(const json_t *ids, struct hass_buf *text)
{
    if (!json_is_array(ids)) {
        hass_buf_add_char(text, ' ');
        add_value(ids, text);
        return;
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        hass_buf_add_string(text, i ? ", " : " ");
        add_value(json_array_get(ids, i), text);
    }
}

void timeline_call_text(const char *service, const json_t *data, struct hass_buf *text)
{
    const json_t *ids = hass_json_get(data, "entity_id");
    bool any = false;
    const char *key;
    json_t *value;

    hass_buf_add_string(text, service);
    if (ids)
        add_ids(ids, text);
    json_object_foreach((json_t *)data, key, value) {
        if (value == ids)
            continue;
        hass_buf_printf(text, "%s%s: ", any ? ", " : " {", key);
        add_value(value, text);
        any = true;
    }
    if (any)
        hass_buf_add_char(text, '}');
}

static const struct {
    const char *reason, *text;
} reasons[] = {
    { "failed_conditions", "a condition was not met" },
    { "failed_single", "it was still running (mode single)" },
    { "failed_max_runs", "as many were running as its mode allows" },
    { "not_triggered", "its trigger did not last" },
    { "disallowed_recursion_detected", "it would have started itself" },
    { "error", "there was an error" },
};

static void add_details(const json_t *details, struct hass_buf *text)
{
    const char *reason = hass_json_get_string(details, "reason", NULL);
    const char *error = hass_json_get_string(details, "error", NULL);
    bool any = false;
    const char *key;
    json_t *value;

    if (reason || error) {
        hass_buf_printf(text, ": %s", reason ? reason : error);
        return;
    }
    json_object_foreach((json_t *)details, key, value) {
        if (strcmp(key, "result") == 0 || strcmp(key, "params") == 0)
            continue;
        hass_buf_printf(text, "%s%s ", any ? ", " : ": ", key);
        add_value(value, text);
        any = true;
    }
}

void timeline_stop_text(const json_t *attempt, struct hass_buf *text)
{
    const char *reason = hass_json_get_string(attempt, "reason", "");
    const char *path = hass_json_get_string(attempt, "path", NULL);
    const char *words = reason;

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(reasons[i].reason, reason) == 0)
            words = reasons[i].text;
    hass_buf_add_string(text, words);
    if (path && strncmp(path, "mode", 4) != 0)
        hass_buf_printf(text, ", %s", path);
    if (strcmp(reason, "failed_single") != 0)
        add_details(hass_json_get(attempt, "details"), text);
}
