/* SPDX-License-Identifier: Apache-2.0 */
/* The platform of scenes that are written down: the domain scene does all, under this integration's name (scene/written.c). */
#include "scene/scene.h"

#include <hass/integration.h>

int async_setup_platform(struct hass_platform *platform, const json_t *config,
                         struct hass_error *err)
{
    const struct scene_written_api *api =
        hass_async_get_api(hass_platform_hass(platform), SCENE_WRITTEN_API);

    return api ? api->async_setup_platform(platform, config, err)
               : hass_fail(err, HASS_E_NOT_READY, "the domain scene is not set up");
}
