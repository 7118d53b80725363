/* SPDX-License-Identifier: Apache-2.0 */
/* Checks until all kinds are known: see the header. */
#include "helpers/kind_search.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "helpers/helpers.h"

void kinds_set_loader(struct hass *hass, const struct kind_loader *loader)
{
    helpers_of(hass)->kind_loader = loader;
}

const void *kind_search_find(struct kind_search *search, enum kind_sort sort, const char *name)
{
    const void *table = NULL;

    if (!search->loader)
        return NULL;
    if (search->kinds == HASS_KINDS_OPEN)
        table = search->loader->find(search->hass, sort, name);
    if (!table && !search->missing) {
        search->sort = sort;
        search->missing = mem_strdup(name);
    }
    return table;
}

void kind_search_names(const struct kind_search *search, enum kind_sort sort,
                       struct kind_names *names)
{
    kinds_names(sort == KIND_TRIGGER ? kinds_of_triggers(search->hass)
                                     : kinds_of_conditions(search->hass),
                names);
    if (search->loader)
        search->loader->names(search->hass, sort, names);
}

/* Brings what is missing; otherwise the next check tells why not. */
static HASS_COROUTINE int bring(struct kind_search *search, struct hass_error *err)
{
    int r = search->loader->bring(search->hass, search->sort, search->missing, search->kinds, err);

    if (r < 0 && r != HASS_E_NOT_FOUND && r != -ECANCELED)
        search->reason = mem_strdup(err->message);
    return r;
}

static HASS_COROUTINE int search_all(struct kind_search *search, kind_check_fn *check,
                                     const json_t *value, json_t **ret_config,
                                     struct hass_error *err)
{
    autofree char *former = NULL;

    for (int brought = 0;;) {
        struct hass_error own = HASS_ERROR_INIT, failure = HASS_ERROR_INIT;
        int r = check(search, value, ret_config, &own);
        if (r >= 0)
            return r;
        if (!search->missing || brought < 0 || (former && strcmp(former, search->missing) == 0))
            return hass_error_copy(err, &own);
        brought = bring(search, &failure);
        if (brought == -ECANCELED)
            return hass_error_copy(err, &failure);
        free(former);
        former = search->missing;
        search->missing = NULL;
    }
}

int kind_search_async_check(struct hass *hass, kind_check_fn *check, const json_t *value,
                            enum hass_kinds kinds, json_t **ret_config, struct hass_error *err)
{
    struct kind_search search = {
        .hass = hass,
        .loader = helpers_of(hass)->kind_loader,
        .kinds = kinds,
    };
    int r = search_all(&search, check, value, ret_config, err);

    free(search.missing);
    free(search.reason);
    return r;
}
