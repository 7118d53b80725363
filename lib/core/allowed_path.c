/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files services may write. The folder is resolved first, so that neither ".." nor a link leads out of those allowed.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/json.h>

#include "base/mem.h"
#include "core/core.h"

/* Takes NULL for both. */
static bool is_below(const char *folder, const char *top)
{
    size_t length = top ? strlen(top) : 0;

    return folder && length && !strncmp(folder, top, length) &&
           (!folder[length] || folder[length] == '/' || top[length - 1] == '/');
}

/* Without links; NULL when it does not exist. */
static char *resolve(const char *folder)
{
    return realpath(folder, NULL);
}

static bool is_in(const char *folder, const char *allowed)
{
    autofree char *top = resolve(allowed);

    return is_below(folder, top);
}

static bool is_listed(struct hass *hass, const char *folder)
{
    size_t i;
    json_t *item;

    lock_take(&hass->config.lock);
    autojson *folders = json_deep_copy(hass->config.folders);
    lock_drop(&hass->config.lock);
    json_array_foreach(folders, i, item) {
        if (is_in(folder, json_string_value(item)))
            return true;
    }
    return false;
}

bool hass_config_allows_path(struct hass *hass, const char *path)
{
    static const char *const own[] = { "www", "media" };
    const char *slash = strrchr(path, '/');

    if (path[0] != '/' || !slash[1] || !strcmp(slash, "/.."))
        return false;
    autofree char *parent = mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    autofree char *folder = resolve(parent);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        autofree char *allowed = hass_config_path(hass, own[i]);
        if (is_in(folder, allowed))
            return true;
    }
    return is_listed(hass, folder);
}
