/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share: adding a table of commands, and the model's answers.
 */
#pragma once

#include <hass/schema.h>

#include "websocket_api/websocket_api.h"

/* Each adds the commands of one concern. */
int area_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int floor_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int label_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int category_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int device_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int entity_registry_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int config_entries_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int config_flows_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int editor_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int repairs_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;

int commands_add(struct hass *hass, const struct websocket_command *commands, size_t count,
                 struct hass_error *err) HASS_CALLBACK;
#define COMMANDS_ADD(hass, table, err)                                                             \
    commands_add((hass), (table), sizeof(table) / sizeof((table)[0]), (err))

struct hass *commands_hass(const struct websocket_request *request) HASS_CALLBACK;
const json_t *commands_message(const struct websocket_request *request) HASS_CALLBACK;
/** A member that the command's schema requires. Lent. */
const char *commands_text(const struct websocket_request *request, const char *key) HASS_CALLBACK;
/** A copy of the message without @key, which names the row that it is to change; to be given away. */
json_t *commands_changes(const struct websocket_request *request, const char *key) HASS_CALLBACK;
/** Fails as the model does when a registry refuses: "invalid_info" with the reason of @problem. Returns 0. */
int commands_refuse(struct websocket_request *request, const struct hass_error *problem)
    HASS_CALLBACK;
/** Appends @json, which is taken. */
void commands_answer(json_t *json, struct hass_buf *result);
