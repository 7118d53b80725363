/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All registries at once.
 */
#pragma once

#include <hass/area_registry.h>
#include <hass/category_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/issue_registry.h>
#include <hass/label_registry.h>
