/* SPDX-License-Identifier: Apache-2.0 */
/* Rendering for tests: results and errors as texts. */
#include "support/render.h"

#include <stdlib.h>
#include <string.h>

static struct hass_buf rendered;

static void free_rendered(void)
{
    hass_buf_fini(&rendered);
}

static void begin(void)
{
    static bool once;

    if (!once)
        atexit(free_rendered);
    once = true;
    hass_buf_clear(&rendered);
}

const char *render_with(struct hass *hass, const char *text,
                        const struct hass_template_options *options)
{
    struct hass_template_options as_text = { 0 };
    struct hass_error err = HASS_ERROR_INIT;
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;

    begin();
    HASS_READ(&as_text, options);
    as_text.size = sizeof(as_text);
    as_text.parse = HASS_TEMPLATE_TEXT;
    if (hass_template_new(hass, text, &template, &err) < 0 ||
        hass_template_async_render(template, &as_text, &result, &err) < 0)
        hass_buf_add_string(&rendered, err.message);
    else
        hass_buf_add_string(&rendered, json_string_value(result));
    return hass_buf_string(&rendered);
}

const char *render(struct hass *hass, const char *text)
{
    return render_with(hass, text, NULL);
}

static void add_texts(const json_t *seen, const char *key, const char *word)
{
    const json_t *texts = hass_json_get(seen, key);

    if (json_array_size(texts) && *word)
        hass_buf_printf(&rendered, " %s", word);
    for (size_t i = 0; i < json_array_size(texts); i++)
        hass_buf_printf(&rendered, " %s", json_string_value(json_array_get(texts, i)));
}

const char *looks(struct hass *hass, const char *text)
{
    static const char *const flags[] = { "all_states", "all_states_lifecycle", "has_time",
                                         "is_static" };
    autounref(hass_template) *template = NULL;
    autounref(hass_render_info) *info = NULL;

    begin();
    ck_assert_int_eq(hass_template_new(hass, text, &template, NULL), 0);
    ck_assert_int_eq(hass_template_async_render_to_info(template, NULL, &info, NULL), 0);
    autojson *seen = hass_render_info_as_json(info);
    add_texts(seen, "entities", "");
    add_texts(seen, "domains", "domains");
    add_texts(seen, "domains_lifecycle", "lifecycle");
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (hass_json_get_bool(seen, flags[i], false))
            hass_buf_printf(&rendered, " %s", flags[i]);
    return hass_buf_string(&rendered) + (rendered.length > 0);
}
