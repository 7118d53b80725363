/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an integration tells the household on the page of every frontend, until somebody dismisses it.
 *
 * The table is offered as the API "persistent_notification" (hass_async_get_api) for as long as the integration is set up,
 * which it is before any section is. Who wants to follow connects to the signal (<hass/dispatcher.h>).
 *
 * Model: components.persistent_notification
 */
#pragma once

#include <hass/hass.h>

/**
 * The signal, sent after each change.
 *
 * Shape: {"update_type": str, "notifications": {id: {"notification_id": str, "title": str | null, "message": str,
 *        "created_at": ISO 8601 in UTC}}}: those that are concerned. Of the model's types "added" (a new one, or one in
 *        place of another of the same id) and "removed" are sent; "current" is what a client's subscription begins with, and
 *        "updated" is known to triggers but, as in the model, never sent.
 */
#define PERSISTENT_NOTIFICATION_SIGNAL "persistent_notifications_updated"

/** Functions: loop thread, never suspend. */
struct persistent_notification_api {
    uint32_t size;
    /**
     * Shows a notification, in place of one of the same id. A NULL @title is none; a NULL @notification_id is one that is
     * made up.
     *
     * Returns: 0, HASS_E_INVALID when a text is too long or not UTF-8, HASS_E_LIMIT when too much is shown already.
     */
    int (*create)(struct hass *hass, const char *message, const char *title,
                  const char *notification_id, struct hass_error *err);
    /** Takes one back; 0 also when there is none of that id. */
    int (*dismiss)(struct hass *hass, const char *notification_id, struct hass_error *err);
};
