/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <hass/template.h>: compiled templates, and what their text is made into.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <hass/template.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "helpers/template_hass.h"

struct hass_template {
    struct hass *hass;
    _Atomic uint32_t refs;
    struct tmpl_template *code; /* NULL: it is static */
    char text[];                /* without the blanks around it */
};

/* The text without the blanks around it. */
static const char *trim(const char *text, size_t *length)
{
    while (*length && ascii_is_space(text[*length - 1]))
        (*length)--;
    for (; *length && ascii_is_space(*text); (*length)--)
        text++;
    return text;
}

/* errors */

/* Places are told in the text as it was given: the engine has not seen what is before @trimmed. */
static void move_place(struct hass_template_error *error, const char *text, const char *trimmed)
{
    const char *line_start = text;
    uint32_t lines = 0;

    for (const char *at = text; at < trimmed; at++) {
        if (*at != '\n')
            continue;
        lines++;
        line_start = at + 1;
    }
    if (error->line == 1)
        error->column += (uint32_t)(trimmed - line_start);
    error->line += lines;
}

void template_tell(const struct tmpl_error *from, struct hass_template_error *to)
{
    uint32_t size = to->size;
    struct hass_template_error error = {
        .size = size,
        .line = from->line,
        .column = from->column,
    };

    snprintf(error.name, sizeof(error.name), "%s", from->name);
    snprintf(error.message, sizeof(error.message), "%s: %.480s", tmpl_error_class_name(from->class),
             from->message);
    snprintf(error.hint, sizeof(error.hint), "%s", from->hint);
    memcpy(to, &error, size < sizeof(error) ? size : sizeof(error));
}

static int fail(const struct hass_template_error *error, struct hass_error *err)
{
    return hass_fail(err, HASS_E_TEMPLATE, "line %u, column %u: %s%s%s", error->line, error->column,
                     error->message, *error->hint ? "; " : "", error->hint);
}

/* The @number'th line of @text, from 1. */
static const char *find_line(const char *text, uint32_t number, size_t *ret_length)
{
    for (; number > 1; number--) {
        const char *end = strchr(text, '\n');
        if (!end)
            return NULL;
        text = end + 1;
    }
    *ret_length = strcspn(text, "\r\n");
    return text;
}

void hass_template_error_write(const struct hass_template_error *error, const char *text,
                               struct hass_buf *buf)
{
    size_t length;
    const char *line = error->line && !*error->name ? find_line(text, error->line, &length) : NULL;

    if (*error->name)
        hass_buf_printf(buf, "%s, ", error->name);
    if (error->line)
        hass_buf_printf(buf, "line %u, column %u: ", error->line, error->column);
    hass_buf_add_string(buf, error->message);
    if (line) {
        hass_buf_printf(buf, "\n  %.*s\n  ", (int)length, line);
        for (uint32_t column = 1; column < error->column && length; column++) {
            uint32_t c;
            size_t size = utf8_decode(line, length, &c) ?: 1;
            hass_buf_add_char(buf, *line == '\t' ? '\t' : ' ');
            line += size;
            length -= size;
        }
        hass_buf_add_char(buf, '^');
    }
    if (*error->hint)
        hass_buf_printf(buf, "\n  %s", error->hint);
}

/* compiling */

static int compile(const char *text, size_t length, const char *given,
                   struct tmpl_template **ret_code, struct hass_template_error *ret_error,
                   struct hass_error *err)
{
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;
    struct tmpl_error cause = { 0 };

    *ret_code = NULL;
    if (!tmpl_is_template_text(text, length))
        return 0;
    *ret_code = tmpl_compile(template_env(), text, length, NULL, &cause);
    if (*ret_code)
        return 0;
    template_tell(&cause, &error);
    move_place(&error, given, text);
    if (ret_error)
        memcpy((char *)ret_error + sizeof(ret_error->size), (char *)&error + sizeof(error.size),
               (ret_error->size < sizeof(error) ? ret_error->size : sizeof(error)) -
                   sizeof(error.size));
    return fail(&error, err);
}

int hass_template_check(const char *text, struct hass_template_error *ret_error,
                        struct hass_error *err)
{
    size_t length = strlen(text);
    const char *trimmed = trim(text, &length);
    struct tmpl_template *code;
    int r = compile(trimmed, length, text, &code, ret_error, err);

    tmpl_unref(code);
    return r;
}

int hass_template_new(struct hass *hass, const char *text, struct hass_template **ret_template,
                      struct hass_error *err)
{
    size_t length = strlen(text);
    const char *trimmed = trim(text, &length);
    struct tmpl_template *code;
    int r = compile(trimmed, length, text, &code, NULL, err);

    if (r < 0)
        return r;
    struct hass_template *template = mem_alloc(sizeof(*template) + length + 1);
    *template = (struct hass_template){ .hass = hass, .refs = 1, .code = code };
    memcpy(template->text, trimmed, length);
    template->text[length] = 0;
    *ret_template = template;
    return 0;
}

struct hass_template *hass_template_ref(struct hass_template *template)
{
    atomic_fetch_add_explicit(&template->refs, 1, memory_order_relaxed);
    return template;
}

struct hass_template *hass_template_unref(struct hass_template *template)
{
    if (template && atomic_fetch_sub_explicit(&template->refs, 1, memory_order_acq_rel) == 1) {
        tmpl_unref(template->code);
        free(template);
    }
    return NULL;
}

const char *hass_template_text(const struct hass_template *template)
{
    return template->text;
}

bool hass_template_is_static(const struct hass_template *template)
{
    return !template->code;
}

bool hass_is_template_string(const char *text)
{
    return tmpl_is_template_text(text, strlen(text));
}

const struct tmpl_template *template_code(const struct hass_template *template)
{
    return template->code;
}

/* rendering */

static struct template_how how_of(const struct hass_template_options *options)
{
    return (struct template_how){
        .more = template_variables_dict(options->variables),
        .scope = options->scope,
        .strict = options->strict,
        .limited = options->limited,
        .log = options->log,
        .log_userdata = options->log_userdata,
    };
}

static json_t *text_as_json(const char *text, size_t length)
{
    json_t *json = json_stringn(text, length);

    if (json)
        return json;
    autobuf repaired = HASS_BUF_INIT; // half of a surrogate pair, or a NUL
    utf8_repair(text, length, &repaired);
    return json_stringn(hass_buf_string(&repaired), repaired.length);
}

json_t *template_result_as_json(const char *text, size_t length, bool parse)
{
    struct tmpl_heap heap = { .limit = SIZE_MAX };
    struct tmpl_value value = parse ? tmpl_native(&heap, text, length) : tmpl_none();
    bool is_text = !parse || value.kind == TMPL_STRING || value.flags & TMPL_ELLIPSIS;
    json_t *json = is_text ? NULL : tmpl_to_json(&value);

    arena_fini(&heap.arena);
    return json ? json : text_as_json(text, length);
}

int template_render_as_json(struct hass_template *template,
                            const struct hass_template_options *options, struct template_info *info,
                            json_t **ret_result, struct tmpl_error *ret_error,
                            struct hass_error *err)
{
    struct template_how how = how_of(options);
    autobuf text = HASS_BUF_INIT;
    int r = 0;

    how.info = info;
    if (template->code)
        r = template_render(template->hass, template->code, &how, &text, ret_error, err);
    else
        hass_buf_add_string(&text, template->text);
    if (r == 0)
        *ret_result = template_result_as_json(hass_buf_string(&text), text.length,
                                              options->parse != HASS_TEMPLATE_TEXT);
    return r;
}

int hass_template_async_render(struct hass_template *template,
                               const struct hass_template_options *options, json_t **ret_result,
                               struct hass_error *err)
{
    VERIFY_LOOP(template->hass, "hass.template.async_render", err);
    struct hass_template_options own;

    OPTIONS_READ(&own, options);
    return template_render_as_json(template, &own, NULL, ret_result, NULL, err);
}

struct remote_render {
    struct hass_template *template;
    const struct hass_template_payload *payload; /* of a value template */
    const struct hass_template_options *options;
    json_t *result;
};

static HASS_CALLBACK int render_on_loop(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct remote_render *remote = userdata;

    return hass_template_async_render(remote->template, remote->options, &remote->result, err);
}

int hass_template_render(struct hass_template *template,
                         const struct hass_template_options *options, json_t **ret_result,
                         struct hass_error *err)
{
    struct remote_render remote = { .template = template, .options = options };
    int r = runtime_call(template->hass, "hass.template.render", render_on_loop, &remote, err);

    if (r == 0)
        *ret_result = remote.result;
    return r;
}

bool hass_template_result_as_boolean(const json_t *result)
{
    struct tmpl_heap heap = { .limit = SIZE_MAX };
    bool scalar = !json_is_array(result) && !json_is_object(result);
    struct tmpl_value value = scalar ? tmpl_from_json(&heap, result) : tmpl_none();

    return template_result_as_boolean(&value);
}

/* value templates */

int hass_template_async_render_with_possible_json_value(struct hass_template *template,
                                                        const struct hass_template_payload *payload,
                                                        const struct hass_template_options *options,
                                                        json_t **ret_result, struct hass_error *err)
{
    VERIFY_LOOP(template->hass, "hass.template.async_render_with_possible_json_value", err);
    struct hass_template_payload over;
    struct hass_template_options own;
    autobuf text = HASS_BUF_INIT;
    int r = 0;

    HASS_READ(&over, payload);
    OPTIONS_READ(&own, options);
    struct template_how how = how_of(&own);
    struct tmpl_value value = over.is_bytes ? tmpl_bytes_view(over.data, over.length)
                                            : tmpl_string_view(over.data, over.length);
    if (template->code)
        r = template_render_value(template->hass, template->code, &value, &how,
                                  over.otherwise != NULL, &text, NULL, err);
    else
        hass_buf_add_string(&text, template->text);
    if (r < 0)
        return r;
    if (r == 0)
        *ret_result = template_result_as_json(hass_buf_string(&text), text.length,
                                              own.parse == HASS_TEMPLATE_VALUE);
    else
        *ret_result =
            over.otherwise ? json_deep_copy(over.otherwise) : text_as_json(over.data, over.length);
    return 0;
}

static HASS_CALLBACK int render_value_on_loop(struct hass *hass, void *userdata,
                                              struct hass_error *err)
{
    struct remote_render *remote = userdata;

    return hass_template_async_render_with_possible_json_value(
        remote->template, remote->payload, remote->options, &remote->result, err);
}

int hass_template_render_with_possible_json_value(struct hass_template *template,
                                                  const struct hass_template_payload *payload,
                                                  const struct hass_template_options *options,
                                                  json_t **ret_result, struct hass_error *err)
{
    struct remote_render remote = {
        .template = template,
        .payload = payload,
        .options = options,
    };
    int r = runtime_call(template->hass, "hass.template.render_with_possible_json_value",
                         render_value_on_loop, &remote, err);

    if (r == 0)
        *ret_result = remote.result;
    return r;
}

/* templates within lists and maps */

static HASS_CALLBACK int render_text(struct hass *hass, const char *text, size_t length,
                                     const struct hass_template_options *options,
                                     json_t **ret_result, struct hass_error *err)
{
    struct template_how how = how_of(options);
    struct tmpl_template *code;
    autobuf out = HASS_BUF_INIT;
    int r = template_compile(hass, text, length, &code, NULL, err);

    if (r < 0)
        return r;
    r = template_render(hass, code, &how, &out, NULL, err);
    tmpl_unref(code);
    if (r == 0)
        *ret_result = template_result_as_json(hass_buf_string(&out), out.length,
                                              options->parse != HASS_TEMPLATE_TEXT);
    return r;
}

static HASS_CALLBACK int render_value(struct hass *hass, const json_t *value,
                                      const struct hass_template_options *options,
                                      json_t **ret_result, struct hass_error *err);

static HASS_CALLBACK int render_list(struct hass *hass, const json_t *list,
                                     const struct hass_template_options *options,
                                     json_t **ret_result, struct hass_error *err)
{
    autojson *rendered = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item;
        int r = render_value(hass, json_array_get(list, i), options, &item, err);
        if (r < 0)
            return r;
        json_array_append_new(rendered, item);
    }
    *ret_result = steal(rendered);
    return 0;
}

/* A key is what its template's value prints as. */
static HASS_CALLBACK int render_key(struct hass *hass, const char *key,
                                    const struct hass_template_options *options, char **ret_key,
                                    struct hass_error *err)
{
    struct hass_template_options as_text = *options;
    autojson *rendered = NULL;

    as_text.parse = HASS_TEMPLATE_TEXT;
    if (hass_is_template_string(key)) {
        int r = render_text(hass, key, strlen(key), &as_text, &rendered, err);
        if (r < 0)
            return r;
        key = json_string_value(rendered);
    }
    *ret_key = mem_strdup(key);
    return 0;
}

static HASS_CALLBACK int render_map(struct hass *hass, const json_t *map,
                                    const struct hass_template_options *options,
                                    json_t **ret_result, struct hass_error *err)
{
    autojson *rendered = json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)map, key, value) {
        autofree char *rendered_key = NULL;
        json_t *item;
        int r = render_key(hass, key, options, &rendered_key, err);
        if (r == 0)
            r = render_value(hass, value, options, &item, err);
        if (r < 0)
            return r;
        json_object_set_new(rendered, rendered_key, item);
    }
    *ret_result = steal(rendered);
    return 0;
}

static HASS_CALLBACK int render_value(struct hass *hass, const json_t *value,
                                      const struct hass_template_options *options,
                                      json_t **ret_result, struct hass_error *err)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);

    if (json_is_array(value))
        return render_list(hass, value, options, ret_result, err);
    if (json_is_object(value))
        return render_map(hass, value, options, ret_result, err);
    if (text && tmpl_is_template_text(text, length))
        return render_text(hass, text, length, options, ret_result, err);
    *ret_result = json_deep_copy(value);
    return 0;
}

int hass_template_async_render_complex(struct hass *hass, const json_t *value,
                                       const struct hass_template_options *options,
                                       json_t **ret_result, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.template.async_render_complex", err);
    struct hass_template_options own;

    OPTIONS_READ(&own, options);
    return render_value(hass, value, &own, ret_result, err);
}

/* what a render looked at */

struct hass_render_info {
    struct template_info info;
    json_t *result; /* NULL: it failed */
    struct hass_template_error where;
    struct hass_error err;
};

int hass_template_async_render_to_info(struct hass_template *template,
                                       const struct hass_template_options *options,
                                       struct hass_render_info **ret_info, struct hass_error *err)
{
    VERIFY_LOOP(template->hass, "hass.template.async_render_to_info", err);
    struct hass_render_info *info = mem_zalloc(sizeof(*info));
    struct hass_template_options own;
    struct tmpl_error error = { 0 };

    OPTIONS_READ(&own, options);
    info->err = (struct hass_error)HASS_ERROR_INIT;
    info->where = (struct hass_template_error)HASS_TEMPLATE_ERROR_INIT;
    info->info.is_static = !template->code;
    if (template_render_as_json(template, &own, &info->info, &info->result, &error, &info->err) < 0)
        template_tell(&error, &info->where);
    *ret_info = info;
    return 0;
}

struct hass_render_info *hass_render_info_destroy(struct hass_render_info *info)
{
    if (info) {
        template_info_fini(&info->info);
        json_decref(info->result);
        free(info);
    }
    return NULL;
}

int hass_render_info_result(const struct hass_render_info *info, const json_t **ret_result,
                            struct hass_error *err)
{
    if (!info->result)
        return hass_error_copy(err, &info->err);
    *ret_result = info->result;
    return 0;
}

bool hass_render_info_error(const struct hass_render_info *info,
                            struct hass_template_error *ret_error)
{
    uint32_t size = ret_error->size;

    if (info->result)
        return false;
    memcpy(ret_error, &info->where, size < sizeof(info->where) ? size : sizeof(info->where));
    ret_error->size = size;
    return true;
}

bool hass_render_info_concerns(const struct hass_render_info *info, const char *entity_id,
                               bool appears)
{
    return template_info_concerns(&info->info, entity_id, appears);
}

json_t *hass_render_info_as_json(const struct hass_render_info *info)
{
    return template_info_as_json(&info->info);
}
