/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which registries are read.
 */
#include "registry/load.h"

#include "registry/area.h"
#include "registry/category.h"
#include "registry/floor.h"
#include "registry/issue.h"
#include "registry/label.h"

typedef int load_fn(struct hass *hass, struct hass_error *err);

int registries_async_load(struct hass *hass, struct hass_error *err)
{
    static load_fn *const loads[] = {
        issues_async_load, labels_async_load, categories_async_load,
        floors_async_load, areas_async_load,
    };
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(loads) / sizeof(loads[0]); i++)
        r = loads[i](hass, err);
    return r;
}
