/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices that the entities belong to: each with an identifier of ours, and the area in which a new one is put.
 */
#include "parts.h"

#define DEFINE_DEVICE(id, name_, area)                                                             \
    const struct hass_device_info demo_##id =                                                      \
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", #id }), .name = (name_),       \
                         .manufacturer = "hassd", .model = "Demo", .suggested_area = (area));
DEVICES(DEFINE_DEVICE)
