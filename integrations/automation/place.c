/* SPDX-License-Identifier: Apache-2.0 */
/* Where the steps that traces name stand in the files of the configuration. */
#include <hass/buf.h>

#include "parts.h"

/* "action/0/choose/1" below @root of the section is "3->action->0->choose->1" of it. */
json_t *place_of_step(struct hass *hass, const char *domain, const char *root, const char *step)
{
    autobuf path = HASS_BUF_INIT, place = HASS_BUF_INIT;

    hass_buf_add_string(&path, root);
    while (step && *step) {
        size_t length = strcspn(step, "/");
        hass_buf_printf(&path, "%s%.*s", path.length ? "->" : "", (int)length, step);
        step += length + (step[length] == '/');
    }
    return hass_async_config_place(hass, domain, hass_buf_string(&path), &place)
               ? json_string(hass_buf_string(&place))
               : json_null();
}

json_t *place_in_automation(const struct automation *automation, const char *step)
{
    char root[24] = "";

    if (json_is_array(hass_async_config_section(automation->hass, DOMAIN)))
        snprintf(root, sizeof(root), "%zu", automation->item.index);
    return place_of_step(automation->hass, DOMAIN, root, step);
}
