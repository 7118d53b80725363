/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what HASS_MANIFEST defined. The ABI number and the sizes have been compared by elf.c before the file was opened;
 * here are the values.
 */
#include "loader/manifest.h"

#include <string.h>

#include <hass/const.h>

static const char *const nothing[] = { NULL };

bool manifest_is_domain(const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length > HASS_MAX_DOMAIN || text[0] == '_' || text[length - 1] == '_' ||
        strstr(text, "__"))
        return false;
    for (const char *c = text; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '_')
            return false;
    return true;
}

static int check_list(const char *const *list, const char *what, struct hass_error *err)
{
    for (; *list; list++)
        if (!manifest_is_domain(*list))
            return hass_fail(err, HASS_E_PLUGIN, "its manifest names '%s' in %s: expected a domain",
                             *list, what);
    return 0;
}

static int check_values(const struct hass_manifest *manifest, const char *domain,
                        struct hass_error *err)
{
    if (!manifest->domain)
        return hass_fail(err, HASS_E_PLUGIN, "its manifest has no .domain: add .domain = \"%s\"",
                         domain);
    if (strcmp(manifest->domain, domain) != 0)
        return hass_fail(err, HASS_E_PLUGIN,
                         "its manifest is for '%s': name the file %s.so, or change .domain",
                         manifest->domain, manifest->domain);
    if (!manifest->version)
        return hass_fail(err, HASS_E_PLUGIN,
                         "its manifest has no .version: add one, such as \"1.0\"");
    int r = check_list(manifest->dependencies, ".dependencies", err);
    return r < 0 ? r : check_list(manifest->after_dependencies, ".after_dependencies", err);
}

int manifest_read(const void *symbol, const char *domain, struct hass_manifest *ret_manifest,
                  struct hass_error *err)
{
    struct hass_manifest manifest = { 0 };
    uint32_t size;

    memcpy(&size, symbol, sizeof(size));
    if (size < offsetof(struct hass_manifest, config) || size > 4096)
        return hass_fail(err, HASS_E_PLUGIN,
                         "its manifest says it has %u bytes: define it with HASS_MANIFEST(…)",
                         size);
    memcpy(&manifest, symbol, size < sizeof(manifest) ? size : sizeof(manifest));
    manifest.size = sizeof(manifest);
    if (manifest.abi != HASS_ABI)
        return hass_fail(err, HASS_E_PLUGIN,
                         "its manifest has ABI %u, this hassd has %u: build it again", manifest.abi,
                         HASS_ABI);
    if (!manifest.dependencies)
        manifest.dependencies = nothing;
    if (!manifest.after_dependencies)
        manifest.after_dependencies = nothing;
    if (!manifest.name)
        manifest.name = manifest.domain;
    int r = check_values(&manifest, domain, err);
    if (r == 0)
        *ret_manifest = manifest;
    return r;
}

bool manifest_find_platform(const struct hass_manifest *manifest, const char *domain,
                            const struct hass_schema **ret_schema)
{
    const struct hass_platform_schema *platform = manifest->platforms;

    for (; platform && platform->domain; platform++) {
        if (strcmp(platform->domain, domain) == 0) {
            *ret_schema = platform->schema;
            return true;
        }
    }
    return false;
}
