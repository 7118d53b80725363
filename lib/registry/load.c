/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which registries are read.
 */
#include "registry/load.h"

#include <errno.h>

#include <hass/log.h>

#include "registry/area.h"
#include "registry/category.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/expiry.h"
#include "registry/floor.h"
#include "registry/issue.h"
#include "registry/label.h"

typedef int load_fn(struct hass *hass, struct hass_error *err);

/* A file that cannot be read leaves the others. */
static HASS_COROUTINE int load_rows(struct hass *hass, load_fn *load, const char *what,
                                    struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    int r = load(hass, &failure);

    if (r == -ECANCELED)
        return hass_error_copy(err, &failure);
    if (r < 0)
        hass_error("The %s cannot be loaded: %s", what, failure.message);
    return 0;
}

static HASS_COROUTINE int load_devices(struct hass *hass, struct hass_error *err)
{
    return load_rows(hass, devices_async_load, "devices", err);
}

static HASS_COROUTINE int load_entities(struct hass *hass, struct hass_error *err)
{
    return load_rows(hass, entities_async_load, "registered entities", err);
}

int registries_async_load(struct hass *hass, struct hass_error *err)
{
    static load_fn *const loads[] = {
        issues_async_load, labels_async_load, categories_async_load, floors_async_load,
        areas_async_load,  load_devices,      load_entities,         registries_async_expire,
    };
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(loads) / sizeof(loads[0]); i++)
        r = loads[i](hass, err);
    return r;
}
