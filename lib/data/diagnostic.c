/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics and their two forms, for people and for programs. A diagnostic owns all its texts, so that it outlives the
 * files it talks about.
 */
#include "data/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Of a long source line only this many bytes around the column are shown. */
#define SHOWN_BYTES 160

const char *source_line(const struct source *source, uint32_t line, size_t *ret_length)
{
    const char *text = source->text, *end = source->text + source->size;

    for (uint32_t i = 1; i < line && text; i++) {
        text = memchr(text, '\n', (size_t)(end - text));
        text = text ? text + 1 : NULL;
    }
    if (!text || line == 0)
        return NULL;
    const char *line_end = memchr(text, '\n', (size_t)(end - text));
    size_t length = (size_t)((line_end ? line_end : end) - text);
    if (length > 0 && text[length - 1] == '\r')
        length--;
    *ret_length = length;
    return text;
}

/* The line's text, fit for a terminal: control characters become blanks. Cut behind the column when it is long. */
static char *copy_source_line(const struct mark *mark)
{
    size_t length;
    const char *line = source_line(mark->source, mark->line, &length);

    if (!line || mark->column > SHOWN_BYTES || !utf8_valid(line, length))
        return NULL;
    if (length > SHOWN_BYTES + mark->column)
        length = utf8_cut(line, length, SHOWN_BYTES + mark->column);
    char *copy = mem_alloc(length + 1);
    for (size_t i = 0; i < length; i++)
        copy[i] = (unsigned char)line[i] < 0x20 || line[i] == 0x7F ? ' ' : line[i];
    copy[length] = 0;
    return copy;
}

static char *copy_text(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

void diagnostics_add(struct diagnostics *diagnostics, enum diagnostic_severity severity,
                     const struct diagnostic_about *about, const char *format, ...)
{
    *(severity == DIAGNOSTIC_ERROR ? &diagnostics->errors : &diagnostics->warnings) += 1;
    if (diagnostics->list.length == DIAGNOSTICS_MAX) {
        diagnostics->omitted++;
        return;
    }
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);

    const struct mark *mark = &about->mark;
    bool shown = mark->source && mark->line && !mark->source->secret && !about->hide_source;
    vec_push(&diagnostics->list, ((struct diagnostic){
                                     .severity = severity,
                                     .line = mark->line,
                                     .column = mark->column,
                                     .file = copy_text(mark->source ? mark->source->name : NULL),
                                     .path = copy_text(about->path),
                                     .message = mem_strdup(message),
                                     .hint = copy_text(about->hint),
                                     .source_line = shown ? copy_source_line(mark) : NULL,
                                 }));
}

static void free_texts(struct diagnostic *diagnostic)
{
    free(diagnostic->file);
    free(diagnostic->path);
    free(diagnostic->message);
    free(diagnostic->hint);
    free(diagnostic->source_line);
}

void diagnostics_fini(struct diagnostics *diagnostics)
{
    diagnostics_return_to(diagnostics, &(struct diagnostics_checkpoint){ 0 });
    vec_fini(&diagnostics->list);
}

struct diagnostics_checkpoint diagnostics_checkpoint(const struct diagnostics *diagnostics)
{
    return (struct diagnostics_checkpoint){
        .length = diagnostics->list.length,
        .errors = diagnostics->errors,
        .warnings = diagnostics->warnings,
        .omitted = diagnostics->omitted,
    };
}

void diagnostics_return_to(struct diagnostics *diagnostics,
                           const struct diagnostics_checkpoint *checkpoint)
{
    while (diagnostics->list.length > checkpoint->length)
        free_texts(&vec_pop(&diagnostics->list));
    diagnostics->errors = checkpoint->errors;
    diagnostics->warnings = checkpoint->warnings;
    diagnostics->omitted = checkpoint->omitted;
}

static void format_source(const struct diagnostic *diagnostic, struct hass_buf *buf)
{
    hass_buf_printf(buf, "%5u | %s\n", diagnostic->line, diagnostic->source_line);
    if (diagnostic->column == 0)
        return;
    hass_buf_printf(buf, "      | %*s^\n", (int)diagnostic->column - 1, "");
}

void diagnostic_format(const struct diagnostic *diagnostic, struct hass_buf *buf)
{
    if (diagnostic->file)
        hass_buf_printf(buf, "%s:", diagnostic->file);
    if (diagnostic->line)
        hass_buf_printf(buf, "%u:%u:", diagnostic->line, diagnostic->column);
    hass_buf_printf(buf, "%s%s: %s\n", diagnostic->file ? " " : "",
                    diagnostic->severity == DIAGNOSTIC_ERROR ? "error" : "warning",
                    diagnostic->message);
    if (diagnostic->source_line)
        format_source(diagnostic, buf);
    if (diagnostic->path && *diagnostic->path)
        hass_buf_printf(buf, "   at: %s\n", diagnostic->path);
    if (diagnostic->hint)
        hass_buf_printf(buf, "   hint: %s\n", diagnostic->hint);
}

void diagnostics_format(const struct diagnostics *diagnostics, struct hass_buf *buf)
{
    vec_foreach(&diagnostics->list, diagnostic)
        diagnostic_format(diagnostic, buf);
    if (diagnostics->omitted)
        hass_buf_printf(buf, "%zu more are not shown\n", diagnostics->omitted);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *number_or_null(uint32_t number)
{
    return number ? json_integer(number) : json_null();
}

json_t *diagnostic_as_json(const struct diagnostic *diagnostic)
{
    json_t *json = json_object();
    bool error = diagnostic->severity == DIAGNOSTIC_ERROR;

    json_object_set_new(json, "severity", json_string(error ? "error" : "warning"));
    json_object_set_new(json, "file", text_or_null(diagnostic->file));
    json_object_set_new(json, "line", number_or_null(diagnostic->line));
    json_object_set_new(json, "column", number_or_null(diagnostic->column));
    json_object_set_new(json, "path", text_or_null(diagnostic->path));
    json_object_set_new(json, "message", text_or_null(diagnostic->message));
    json_object_set_new(json, "hint", text_or_null(diagnostic->hint));
    return json;
}

json_t *diagnostics_as_json(const struct diagnostics *diagnostics)
{
    json_t *json = json_array();

    vec_foreach(&diagnostics->list, diagnostic)
        json_array_append_new(json, diagnostic_as_json(diagnostic));
    return json;
}
