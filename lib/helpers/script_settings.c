/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What automations and scripts have in common as they are written: the keys beside the sequence, how many runs there may be, what is said of
 * one too many, what is kept of them; and how their parts are checked.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/domain.h>
#include <hass/script.h>

#include "base/utf8.h"
#include "helpers/helpers.h"

static const char *const modes[] = {
    [HASS_SCRIPT_SINGLE] = "single",
    [HASS_SCRIPT_RESTART] = "restart",
    [HASS_SCRIPT_QUEUED] = "queued",
    [HASS_SCRIPT_PARALLEL] = "parallel",
    NULL,
};

static const char *const levels[] = { HASS_SCRIPT_LEVELS, NULL };

/* As hass_type_enum, in any case. */
static int check_level(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    autobuf lower = HASS_BUF_INIT;

    if (!json_is_string(value))
        return hass_type_enum.check(field, value, ret_value, err);
    hass_buf_add_string(&lower, json_string_value(value));
    if (lower.length)
        ascii_lower(lower.data);
    autojson *text = json_string(hass_buf_string(&lower));
    return hass_type_enum.check(field, text, ret_value, err);
}

const struct hass_field_type hass_type_log_level = {
    .size = sizeof(struct hass_field_type),
    .name = "a level of the log, or silent",
    .check = check_level,
    .json_type = "string",
};

static const struct hass_field trace_fields[] = {
    HASS_FIELD("stored_traces", &hass_type_int, .min = 0, .max = 1000, .fallback = "5",
               .doc = "Good runs that are remembered"),
};
const struct hass_schema hass_script_trace_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(trace_fields) / sizeof(trace_fields[0]),
    .fields = trace_fields,
};

/* The constant word of @config's text, or the first. */
static int find_word(const char *const *words, const json_t *config, const char *key)
{
    int found = hass_words_find(words, hass_json_get_string(config, key, ""));

    return found < 0 ? 0 : found;
}

void hass_script_settings_read(const json_t *config, struct hass_script_settings *ret_settings)
{
    uint32_t size = ret_settings->size;
    bool has_level = hass_json_get(config, "max_exceeded") != NULL;
    struct hass_script_settings settings = {
        .size = size,
        .mode = (enum hass_script_mode)find_word(modes, config, "mode"),
        .max = (unsigned)hass_json_get_int(config, "max", 10),
        .max_exceeded = has_level ? levels[find_word(levels, config, "max_exceeded")] : "warning",
        .stored_traces =
            (unsigned)hass_json_get_int(hass_json_get(config, "trace"), "stored_traces", 5),
        .drop_at_restart = strcmp(hass_json_get_string(config, "restart", ""), "drop") == 0,
    };

    memcpy(ret_settings, &settings, size < sizeof(settings) ? size : sizeof(settings));
}

const char *hass_script_mode_word(enum hass_script_mode mode)
{
    return mode <= HASS_SCRIPT_PARALLEL ? modes[mode] : modes[HASS_SCRIPT_SINGLE];
}

int hass_script_error_step(struct hass_error *err, const char *step)
{
    struct hass_error inner = *err;
    size_t way = strspn(inner.message, "abcdefghijklmnopqrstuvwxyz0123456789_->");
    bool leads_on = way && inner.message[way] == ':' && inner.message[way + 1] == ' ';

    hass_error_clear(err);
    return hass_fail(err, inner.code, "%s%s%s", step, leads_on ? "->" : ": ", inner.message);
}

/* parts */

static void note_wrong(const struct hass_script_part *part, struct hass_error *err)
{
    hass_script_error_step(err, part->key);
    json_array_append_new(part->wrong, json_string(err->message));
}

/* Each item by itself. Returns -ECANCELED, or 0. */
static HASS_COROUTINE int find_wrong(struct hass *hass, const struct hass_script_part *part,
                                     const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct hass_error err = HASS_ERROR_INIT;
        autojson *unused = NULL;
        char step[24];
        int r = part->check(hass, json_array_get(list, i), part->kinds, &unused, &err);
        if (r == -ECANCELED)
            return r;
        if (r >= 0)
            continue;
        snprintf(step, sizeof(step), "%zu", i);
        hass_script_error_step(&err, step);
        note_wrong(part, &err);
    }
    return 0;
}

int hass_script_async_check_part(struct hass *hass, const struct hass_script_part *part,
                                 const json_t *value, json_t **ret_config, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.script.async_check_part", err);
    struct hass_error own = HASS_ERROR_INIT;
    size_t known = json_array_size(part->wrong);
    int r = part->check(hass, value, part->kinds, ret_config, &own);

    if (r >= 0)
        return r;
    if (r != -ECANCELED && part->wrong && find_wrong(hass, part, value) == -ECANCELED)
        return hass_fail(err, -ECANCELED, "cancelled");
    bool found = json_array_size(part->wrong) > known;
    if (r != -ECANCELED && part->wrong && !found)
        note_wrong(part, &own);
    else if (r != -ECANCELED)
        hass_script_error_step(&own, part->key);
    return hass_error_copy(err, &own);
}
