/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds of triggers and conditions that integrations give: registered when one has been set up, from the lists in its manifest; and found
 * by name for who uses one that nobody has registered (helpers/kind_search). The name says whose it is, but for a few.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <hass/cleanup.h>
#include <hass/condition.h>
#include <hass/executor.h>
#include <hass/trigger.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "helpers/kind_search.h"
#include "loader/loader.h"
#include "loader/manifest.h"

/* Kinds that are called otherwise than who gives them. */
static const struct {
    const char *kind, *domain;
} others[] = {
    { "device", "device_automation" },
    { "geo_location", "zone" },
};
#define DOTTED         "purpose" /* gives what has a dot, unless the integration before the dot does */
#define MAX_CANDIDATES 2

/* the lists of a manifest */

static const void *kind_at(const struct hass_manifest *manifest, enum kind_sort sort, size_t index,
                           const char **ret_name)
{
    const struct hass_trigger_kind *const *triggers = manifest->triggers;
    const struct hass_condition_kind *const *conditions = manifest->conditions;

    if (sort == KIND_TRIGGER && triggers && triggers[index]) {
        *ret_name = triggers[index]->name;
        return triggers[index];
    }
    if (sort == KIND_CONDITION && conditions && conditions[index]) {
        *ret_name = conditions[index]->name;
        return conditions[index];
    }
    return NULL;
}

static const void *kind_of(const struct integration *integration, enum kind_sort sort,
                           const char *name)
{
    const void *table;
    const char *own;

    if (!integration || !integration->plugin)
        return NULL;
    for (size_t i = 0; (table = kind_at(&integration->plugin->manifest, sort, i, &own)); i++)
        if (strcmp(own, name) == 0)
            return table;
    return NULL;
}

int kinds_async_register(struct integration *integration, struct hass_error *err)
{
    const struct hass_manifest *manifest = &integration->plugin->manifest;
    struct hass *hass = integration->loader->hass;
    struct scope *former = scope_enter(integration_scope(integration));
    int r = 0;

    for (size_t i = 0; manifest->triggers && manifest->triggers[i] && r >= 0; i++)
        r = hass_trigger_async_register(hass, manifest->triggers[i], err);
    for (size_t i = 0; manifest->conditions && manifest->conditions[i] && r >= 0; i++)
        r = hass_condition_async_register(hass, manifest->conditions[i], err);
    scope_leave(former);
    return r;
}

/* whose a name is */

struct candidates {
    char *domains[MAX_CANDIDATES];
    size_t count;
};

static void candidates_fini(struct candidates *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->domains[i]);
}

static struct candidates candidates_of(const char *name)
{
    struct candidates all = { 0 };
    size_t length = strcspn(name, ".");
    const char *domain = NULL;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i].kind, name) == 0)
            domain = others[i].domain;
    all.domains[all.count++] = domain ? mem_strdup(domain) : mem_strndup(name, length);
    if (name[length])
        all.domains[all.count++] = mem_strdup(DOTTED);
    return all;
}

/* looking, in the pool */

/* Both the pool and the waiter hold it. */
struct folder_look {
    _Atomic int refs;
    HASS_VEC(char *) folders;
    struct candidates candidates;
    bool there[MAX_CANDIDATES];
    char *nearest; /* to the first; or NULL */
};

static void look_unref(void *object)
{
    struct folder_look *look = object;

    if (--look->refs > 0)
        return;
    vec_foreach(&look->folders, folder)
        free(*folder);
    vec_fini(&look->folders);
    candidates_fini(&look->candidates);
    free(look->nearest);
    free(look);
}

/* Appends the domains that have a file in @folder. */
static void add_domains(const char *folder, struct kind_names *domains)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char *domain = plugin_domain_of_path(entry->d_name);
        if (domain)
            vec_push(domains, domain);
    }
    closedir(dir);
}

static HASS_BLOCKING int look_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct folder_look *look = userdata;
    struct kind_names domains = { 0 };

    vec_foreach(&look->folders, folder)
        add_domains(*folder, &domains);
    vec_foreach(&domains, domain)
        for (size_t i = 0; i < look->candidates.count; i++)
            look->there[i] |= strcmp(look->candidates.domains[i], *domain) == 0;
    vec_push(&domains, NULL);
    const char *nearest =
        hass_nearest_word(look->candidates.domains[0], (const char *const *)domains.data);
    look->nearest = nearest ? mem_strdup(nearest) : NULL;
    kind_names_fini(&domains);
    return 0;
}

static HASS_COROUTINE int look_for(struct loader *loader, const char *name,
                                   struct folder_look **ret_look, struct hass_error *err)
{
    struct folder_look *look = mem_zalloc(sizeof(*look));

    look->refs = 2; /* the pool's and ours */
    look->candidates = candidates_of(name);
    vec_foreach(&loader->folders, folder)
        vec_push(&look->folders, mem_strdup(*folder));
    *ret_look = look;
    return hass_async_run_in_executor(loader->hass,
                                      HASS_JOB_EXECUTOR(look_in_pool, look, .destroy = look_unref,
                                                        .name = "look for a kind of trigger"),
                                      err);
}

/* bringing one */

static HASS_COROUTINE int open_candidate(struct loader *loader, const char *domain,
                                         struct hass_error *err)
{
    struct integration *integration = integration_get(loader, domain);

    return integration ? integration_async_open(integration, err)
                       : hass_fail(err, HASS_E_NOT_FOUND, "there is no integration '%s'", domain);
}

static HASS_COROUTINE int set_up(struct loader *loader, const char *domain, enum hass_kinds kinds,
                                 struct hass_error *err)
{
    int r = kinds == HASS_KINDS_SET_UP ? hass_async_setup_component(loader->hass, domain, err) : 0;

    return r < 0 ? hass_error_prefix(err, "%s, which gives it, is not set up", domain) : 0;
}

/* The first candidate that gives it; else HASS_E_NOT_FOUND, or why the file of one cannot be opened. */
static HASS_COROUTINE int try_candidates(struct loader *loader, const struct folder_look *look,
                                         enum kind_sort sort, const char *name,
                                         enum hass_kinds kinds, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;

    for (size_t i = 0; i < look->candidates.count; i++) {
        const char *domain = look->candidates.domains[i];
        if (!look->there[i])
            continue;
        if (open_candidate(loader, domain, &failure) == -ECANCELED)
            return hass_error_copy(err, &failure);
        if (kind_of(integration_find(loader, domain), sort, name))
            return set_up(loader, domain, kinds, err);
    }
    if (failure.code)
        return hass_error_copy(err, &failure);
    return hass_fail(err, HASS_E_NOT_FOUND, "no integration gives '%s'", name);
}

static int bring(struct hass *hass, enum kind_sort sort, const char *name, enum hass_kinds kinds,
                 struct hass_error *err)
{
    struct loader *loader = loader_of(hass);
    struct folder_look *look;

    hass__assert_coroutine();
    int r = look_for(loader, name, &look, err);
    if (r >= 0)
        r = try_candidates(loader, look, sort, name, kinds, err);
    if (r == HASS_E_NOT_FOUND && look->nearest &&
        open_candidate(loader, look->nearest, NULL) == -ECANCELED)
        r = -ECANCELED;
    look_unref(look);
    return r;
}

/* what is known without */

static const void *find(struct hass *hass, enum kind_sort sort, const char *name)
{
    struct candidates candidates = candidates_of(name);
    const void *table = NULL;

    for (size_t i = 0; i < candidates.count && !table; i++)
        table = kind_of(integration_find(loader_of(hass), candidates.domains[i]), sort, name);
    candidates_fini(&candidates);
    return table;
}

static void add_names(struct hass *hass, enum kind_sort sort, struct kind_names *names)
{
    struct integration *integration;
    const char *domain, *name;

    strmap_foreach(loader_of(hass)->integrations, domain, integration) {
        for (size_t i = 0;
             integration->plugin && kind_at(&integration->plugin->manifest, sort, i, &name); i++)
            vec_push(names, mem_strdup(name));
    }
}

void kinds_init(struct hass *hass)
{
    static const struct kind_loader table = { .find = find, .names = add_names, .bring = bring };

    kinds_set_loader(hass, &table);
}
