/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What integrations say of their sections, with the place where it stands: the message begins with the way to it, which is gone
 * along as far as the file has it. A way may name a key by its newer spelling, and an item of a list where the file has a single
 * value; what the file does not have is passed over.
 */
#include <ctype.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/template.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "loader/loader.h"
#include "loader/settings.h"

/* the way */

struct walk {
    const struct yaml_marks *marks;
    const json_t *at; /* the value come to */
    struct mark mark; /* its place, or that of the nearest above it */
    const char *rest; /* of the message */
    bool moved;
};

/* Keys that have two spellings. */
static const char *const spellings[][2] = {
    { "triggers", "trigger" },   { "conditions", "condition" }, { "actions", "action" },
    { "trigger", "platform" },   { "action", "service" },       { "action", "service_template" },
    { "data", "data_template" },
};

/* Bytes of the step before "->" or ": ", of which @key is known to be the beginning; 0: it is no step. */
static bool is_step(const char *rest, size_t length)
{
    return strncmp(rest + length, "->", 2) == 0 || strncmp(rest + length, ": ", 2) == 0;
}

/* The longest key of the map that comes next; "" is none. */
static const char *find_key(const json_t *map, const char *rest, size_t *ret_length)
{
    const char *key, *found = NULL;
    json_t *value;

    json_object_foreach((json_t *)map, key, value) {
        size_t length = strlen(key);
        if (length > *ret_length && strncmp(rest, key, length) == 0 && is_step(rest, length)) {
            *ret_length = length;
            found = key;
        }
    }
    return found;
}

static const char *find_spelling(const json_t *map, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        for (size_t side = 0; side < 2; side++)
            if (strlen(spellings[i][side]) == length &&
                strncmp(spellings[i][side], word, length) == 0 &&
                hass_json_get(map, spellings[i][!side]))
                return spellings[i][!side];
    return NULL;
}

static void go_to(struct walk *walk, const json_t *value, struct mark mark)
{
    walk->at = value;
    if (mark.source)
        walk->mark = mark;
}

/* A step that the file has, by its own spelling or the other one; else one that is passed over, when it looks like one. */
static size_t step(struct walk *walk)
{
    size_t length = 0;
    const char *key = find_key(walk->at, walk->rest, &length);
    size_t word = strspn(walk->rest, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (!key && word && is_step(walk->rest, word)) {
        length = word;
        key = find_spelling(walk->at, walk->rest, word);
    }
    if (key) {
        go_to(walk, hass_json_get(walk->at, key), yaml_marks_member(walk->marks, walk->at, key));
        return length;
    }
    if (!length)
        return 0;
    size_t index = strtoul(walk->rest, NULL, 10);
    if (json_is_array(walk->at) && strspn(walk->rest, "0123456789") == length &&
        index < json_array_size(walk->at)) {
        go_to(walk, json_array_get(walk->at, index), yaml_marks_item(walk->marks, walk->at, index));
        return length;
    }
    return walk->moved || walk->rest[length] == '-' ? length : 0;
}

/* Goes a step and notes it. @strict: none is passed over, since the way has ended once already. False: there is none. */
static bool go_step(struct walk *walk, bool strict, struct hass_buf *path)
{
    const char *from = walk->rest;
    size_t known = 0;

    if (strict && !find_key(walk->at, from, &known))
        return false;
    size_t length = step(walk);
    if (!length)
        return false;
    hass_buf_printf(path, "->%.*s", (int)length, from);
    walk->rest += length + 2;
    walk->moved = true;
    return true;
}

/* "0->choose: 1: conditions: …" is good, too: who adds a step puts it before what is there. */
static void go(struct walk *walk, struct hass_buf *path)
{
    bool strict = false;

    while (go_step(walk, strict, path))
        strict = walk->rest[-2] == ':';
}

struct mark settings_mark(const struct config_file *file, const char *domain, const char *path)
{
    autofree char *way = mem_printf("%s: ", path);
    autobuf gone = HASS_BUF_INIT;
    struct walk walk = {
        .marks = file->marks,
        .at = settings_section(file, domain),
        .mark = yaml_marks_find(file->marks, file->sections, domain),
        .rest = way,
    };

    go(&walk, &gone);
    return walk.mark;
}

/* the place within */

/* What the engine of field tables says of a key points to the key. */
static void point_to_key(struct walk *walk)
{
    static const char *const begins[] = { "unknown key '", "' and '", NULL };

    for (size_t i = 0; begins[i] && json_is_object(walk->at); i++) {
        const char *word = strstr(walk->rest, begins[i]);
        if (!word || (i == 0 && word != walk->rest))
            continue;
        word += strlen(begins[i]);
        autofree char *key = mem_strndup(word, strcspn(word, "'"));
        struct mark mark = yaml_marks_key(walk->marks, walk->at, key);
        if (mark.source)
            walk->mark = mark;
        return;
    }
}

static bool point_into_template(struct walk *walk, struct hass_template_error *error)
{
    const char *text = json_string_value(walk->at);

    if (!text || !hass_is_template_string(text) || hass_template_check(text, error, NULL) == 0 ||
        !error->line)
        return false;
    walk->mark = yaml_mark_within(walk->mark, text, error->line, error->column);
    return true;
}

/* "…; did you mean 'x'?": the hint, which is cut off @message; NULL: there is none. */
static char *take_hint(char *message)
{
    static const char *const begins[] = { "; did you mean ", "; known keys are ", NULL };

    for (size_t i = 0; begins[i]; i++) {
        char *found = strstr(message, begins[i]);
        if (found) {
            *found = '\0';
            return found + 2;
        }
    }
    return NULL;
}

void hass_config_report(struct hass_config_report *report, const char *message,
                        const char *consequence)
{
    const struct config_file *file = report->file;
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;
    struct walk walk = {
        .marks = file->marks,
        .at = settings_section(file, report->domain),
        .mark = yaml_marks_find(file->marks, file->sections, report->domain),
        .rest = message,
    };

    autobuf path = HASS_BUF_INIT;
    hass_buf_add_string(&path, report->domain);
    go(&walk, &path);
    autofree char *text = mem_strdup(walk.rest);
    const char *hint = take_hint(text);
    if (point_into_template(&walk, &error))
        hint = *error.hint ? error.hint : NULL;
    else
        point_to_key(&walk);
    struct diagnostic_about about = { .mark = walk.mark,
                                      .path = hass_buf_string(&path),
                                      .hint = hint };
    diagnostics_add(report->diagnostics, DIAGNOSTIC_ERROR, &about, "%s%s%s",
                    *error.message ? error.message : text, consequence ? ": " : "",
                    consequence ? consequence : "");
}

int hass_async_report_config(struct hass *hass, const char *domain, const char *message,
                             const char *consequence, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_report_config", err);
    struct loader *loader = loader_of(hass);
    const struct integration *integration = integration_find(loader, domain);
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;

    if (!integration)
        return hass_fail(err, HASS_E_NOT_FOUND, "integration %s is not set up", domain);
    struct hass_config_report report = {
        .file = integration->taking ? integration->taking : loader->settings,
        .domain = integration->domain,
        .diagnostics = &diagnostics,
    };
    hass_config_report(&report, message, consequence);
    settings_log(&diagnostics);
    diagnostics_fini(&diagnostics);
    return 0;
}
