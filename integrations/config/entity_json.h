/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the entity registry as clients get them, written as text: a home may have tens of thousands.
 */
#pragma once

#include <hass/buf.h>
#include <hass/entity_registry.h>

/** As config/entity_registry/list has it; @extended: as get has it. */
void entity_json_write(const struct hass_entity_entry *entry, bool extended, struct hass_buf *buf);
/** As config/entity_registry/list_for_display has it, in short keys; what is not set is left out. */
void entity_json_write_display(const struct hass_entity_entry *entry, struct hass_buf *buf);
