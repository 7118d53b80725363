/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which registries are read.
 */
#include "registry/load.h"

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

/* Large: read in pieces, without suspending. */
static HASS_COROUTINE int load_devices_and_entities(struct hass *hass, struct hass_error *err)
{
    struct hass_error devices = HASS_ERROR_INIT, entities = HASS_ERROR_INIT;

    if (devices_async_load(hass, &devices) < 0)
        hass_error("The devices cannot be loaded: %s", devices.message);
    if (entities_async_load(hass, &entities) < 0)
        hass_error("The registered entities cannot be loaded: %s", entities.message);
    return 0;
}

int registries_async_load(struct hass *hass, struct hass_error *err)
{
    static load_fn *const loads[] = {
        issues_async_load, labels_async_load,         categories_async_load,   floors_async_load,
        areas_async_load,  load_devices_and_entities, registries_async_expire,
    };
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(loads) / sizeof(loads[0]); i++)
        r = loads[i](hass, err);
    return r;
}
