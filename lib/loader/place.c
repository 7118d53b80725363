/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration in use as it is written, and where: for who explains what he does to those who wrote it.
 */
#include <hass/cleanup.h>

#include "base/mem.h"
#include "loader/loader.h"

const json_t *hass_async_config_section(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.async_config_section", NULL);
    return settings_section(loader_of(hass)->settings, domain);
}

bool hass_async_config_place(struct hass *hass, const char *domain, const char *path,
                             struct hass_buf *place)
{
    VERIFY_LOOP_OR(hass, "hass.async_config_place", false);
    const struct config_file *settings = loader_of(hass)->settings;
    if (!hass_json_get(settings->sections, domain))
        return false;
    struct mark mark = settings_mark(settings, domain, path);

    if (!mark.source || mark.line == 0)
        return false;
    hass_buf_printf(place, "%s:%u", mark.source->name, mark.line);
    return true;
}
