/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What integrations say of their sections, with the place where it stands: the message begins with the way to it (data/way).
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/script.h>
#include <hass/template.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "data/way.h"
#include "loader/loader.h"
#include "loader/settings.h"

struct mark settings_mark(const struct config_file *file, const char *domain, const char *path)
{
    autofree char *text = mem_printf("%s: ", path);
    autobuf gone = HASS_BUF_INIT;
    struct way way = {
        .marks = config_file_marks(file, domain, NULL),
        .at = settings_section(file, domain),
        .mark = settings_section_mark(file, domain, false),
        .rest = text,
    };

    way_go(&way, &gone);
    return way.mark;
}

/* the place within */

static bool point_into_template(struct way *way, struct hass_template_error *error)
{
    const char *text = json_string_value(way->at);

    if (!text || !hass_is_template_string(text) || hass_template_check(text, error, NULL) == 0 ||
        !error->line)
        return false;
    way->mark = yaml_mark_within(way->mark, text, error->line, error->column);
    return true;
}

void hass_config_report(struct hass_config_report *report, const char *message,
                        const char *consequence)
{
    const struct config_file *file = report->file;
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;
    struct way way = {
        .marks = config_file_marks(file, report->domain, NULL),
        .at = settings_section(file, report->domain),
        .mark = settings_section_mark(file, report->domain, false),
        .rest = message,
    };

    autobuf path = HASS_BUF_INIT;
    hass_buf_add_string(&path, report->domain);
    way_go(&way, &path);
    autofree char *text = mem_strdup(way.rest);
    const char *hint = way_take_hint(text);
    if (point_into_template(&way, &error))
        hint = *error.hint ? error.hint : NULL;
    else
        way_point_to_key(&way);
    struct diagnostic_about about = { .mark = way.mark,
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

int hass_async_report_item(struct hass *hass, const char *domain, struct hass_config_report *report,
                           const char *step, const json_t *messages, const char *consequence,
                           struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_report_item", err);
    int r = 0;

    for (size_t i = 0; i < json_array_size(messages) && r >= 0; i++) {
        struct hass_error one = HASS_ERROR_INIT;
        const char *result = i == 0 ? consequence : NULL;
        hass_fail(&one, HASS_E_INVALID, "%s", json_string_value(json_array_get(messages, i)));
        if (step)
            hass_script_error_step(&one, step);
        if (report)
            hass_config_report(report, one.message, result);
        else
            r = hass_async_report_config(hass, domain, one.message, result, err);
    }
    return r;
}
