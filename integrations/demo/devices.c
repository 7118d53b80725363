/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices that the entities belong to: each with an identifier of ours, and the area in which a new one is put.
 */
#include <string.h>

#include "parts.h"

#define DEFINE_DEVICE(id, name_, area)                                                             \
    const struct hass_device_info demo_##id =                                                      \
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", #id }), .name = (name_),       \
                         .manufacturer = "hassd", .model = "Demo", .suggested_area = (area));
DEVICES(DEFINE_DEVICE)

#define ID_OF(id, name, area) #id,

/* Its user may remove what is none of them any more; the others would come back. */
int async_remove_config_entry_device(struct hass *hass, struct hass_entry *entry,
                                     const struct hass_device *device, struct hass_error *err)
{
    static const char *const ids[] = { DEVICES(ID_OF) };

    for (const struct hass_device_pair *pair = device->identifiers; pair->first; pair++)
        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
            if (!strcmp(pair->first, "demo") && !strcmp(pair->second, ids[i]))
                return 0;
    return 1;
}
