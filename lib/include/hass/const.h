/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names and limits of the model.
 */
#pragma once

#define HASS_VERSION       "0.1.0"
/** What clients are told: the release of the model whose protocol this is. */
#define HASS_MODEL_VERSION "2024.1.0"

#define HASS_MATCH_ALL "*"

#define HASS_EVENT_CALL_SERVICE       "call_service"
#define HASS_EVENT_COMPONENT_LOADED   "component_loaded"
#define HASS_EVENT_CORE_CONFIG_UPDATE "core_config_updated"
#define HASS_EVENT_LOGGING_CHANGED    "logging_changed"
#define HASS_EVENT_START              "homeassistant_start"
#define HASS_EVENT_STARTED            "homeassistant_started"
#define HASS_EVENT_STOP               "homeassistant_stop"
#define HASS_EVENT_FINAL_WRITE        "homeassistant_final_write"
#define HASS_EVENT_CLOSE              "homeassistant_close"
#define HASS_EVENT_SERVICE_REGISTERED "service_registered"
#define HASS_EVENT_SERVICE_REMOVED    "service_removed"
#define HASS_EVENT_STATE_CHANGED      "state_changed"
#define HASS_EVENT_STATE_REPORTED     "state_reported"

#define HASS_STATE_ON          "on"
#define HASS_STATE_OFF         "off"
#define HASS_STATE_UNKNOWN     "unknown"
#define HASS_STATE_UNAVAILABLE "unavailable"

#define HASS_ATTR_ASSUMED_STATE       "assumed_state"
#define HASS_ATTR_ATTRIBUTION         "attribution"
#define HASS_ATTR_DEVICE_CLASS        "device_class"
#define HASS_ATTR_EDITABLE            "editable"
#define HASS_ATTR_ENTITY_ID           "entity_id"
#define HASS_ATTR_ENTITY_PICTURE      "entity_picture"
#define HASS_ATTR_FRIENDLY_NAME       "friendly_name"
#define HASS_ATTR_ICON                "icon"
#define HASS_ATTR_RESTORED            "restored"
#define HASS_ATTR_STATE_CLASS         "state_class"
#define HASS_ATTR_SUPPORTED_FEATURES  "supported_features"
#define HASS_ATTR_UNIT_OF_MEASUREMENT "unit_of_measurement"

#define HASS_MAX_EVENT_TYPE 64
#define HASS_MAX_ORIGIN     32
#define HASS_MAX_CONTEXT_ID 36
#define HASS_MAX_DOMAIN     64
#define HASS_MAX_ENTITY_ID  255
#define HASS_MAX_STATE      255

#define HASS_EXIT_RESTART 100
