/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which integrations can be added by dialogue. Their files say by their tables whether they have config entries at all; only
 * those are opened, and their manifests have the rest.
 */
#include <dirent.h>
#include <string.h>

#include <hass/cleanup.h>
#include <hass/executor.h>

#include "base/mem.h"
#include "loader/loader.h"

#define OPEN_LIMIT 30.0 /* seconds */

/* What goes to the pool and comes back; the waiter may be gone by then, so both hold it. */
struct search {
    _Atomic int refs;
    HASS_VEC(char *) folders;
    json_t *domains; /* {domain: true} */
};

static void search_unref(void *object)
{
    struct search *search = object;

    if (--search->refs > 0)
        return;
    vec_foreach(&search->folders, folder)
        free(*folder);
    vec_fini(&search->folders);
    json_decref(search->domains);
    free(search);
}

/* A file that is none of ours, or damaged, is nobody's handler. */
static bool has_entries(const char *path)
{
    autofree void *data = NULL;
    struct elf_info info;
    size_t size;

    return plugin_read(path, &data, &size, NULL) == 0 && elf_look(data, size, &info, NULL) == 0 &&
           info.entries & (ELF_ASYNC_SETUP_ENTRY | ELF_SETUP_ENTRY);
}

/* The first folder that has a file of the name wins, as it does in opening. */
static void search_folder(const char *folder, json_t *seen, json_t *domains)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        autofree char *domain = plugin_domain_of_path(entry->d_name);
        if (!domain || json_object_get(seen, domain))
            continue;
        autofree char *path = mem_printf("%s/%s", folder, entry->d_name);
        json_object_set_new(seen, domain, json_true());
        if (has_entries(path))
            json_object_set_new(domains, domain, json_true());
    }
    closedir(dir);
}

static HASS_BLOCKING int search_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct search *search = userdata;
    autojson *seen = json_object();

    vec_foreach(&search->folders, folder)
        search_folder(*folder, seen, search->domains);
    return 0;
}

static bool is_meant(const struct hass_manifest *manifest, const json_t *types)
{
    const char *type = manifest->integration_type ? manifest->integration_type : "hub";

    if (!manifest->config_flow)
        return false;
    for (size_t i = 0; i < json_array_size(types); i++)
        if (!strcmp(json_string_value(json_array_get(types, i)) ?: "", type))
            return true;
    return json_array_size(types) == 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The domains among @found that are meant, in alphabetical order. */
static HASS_CALLBACK json_t *list_meant(const struct loader *loader, const json_t *found,
                                        const json_t *types)
{
    HASS_VEC(const char *) names = { 0 };
    json_t *list = json_array();
    const char *domain;
    json_t *unused;

    json_object_foreach((json_t *)found, domain, unused) {
        const struct integration *integration = integration_find(loader, domain);
        if (integration && integration->plugin && is_meant(&integration->plugin->manifest, types))
            vec_push(&names, domain);
    }
    if (names.length)
        qsort(names.data, names.length, sizeof(*names.data), compare);
    vec_foreach(&names, name)
        json_array_append_new(list, json_string(*name));
    vec_fini(&names);
    return list;
}

int hass_async_flow_handlers(struct hass *hass, const json_t *types, json_t **ret_domains,
                             struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_flow_handlers", err);
    struct loader *loader = loader_of(hass);
    struct search *search = mem_zalloc(sizeof(*search));

    search->refs = 2; /* the pool's and ours */
    search->domains = json_object();
    vec_foreach(&loader->folders, folder)
        vec_push(&search->folders, mem_strdup(*folder));
    int r = hass_async_run_in_executor(hass,
                                       HASS_JOB_EXECUTOR(search_in_pool, search,
                                                         .destroy = search_unref,
                                                         .name = "search for dialogues"),
                                       err);
    if (r >= 0) {
        loader_async_open_all(loader, search->domains, OPEN_LIMIT);
        *ret_domains = list_meant(loader, search->domains, types);
    }
    search_unref(search);
    return r < 0 ? r : 0;
}
