/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core must know of users: whether a caller is one, an administrator, and what he may do to an entity. The layer that
 * keeps users sets the table; without one nobody is a known user. Who calls without a user id may do everything.
 *
 * Model: auth.permissions
 */
#pragma once

#include <hass/error.h>
#include <hass/thread_safety.h>

enum user_standing {
    USER_UNKNOWN = 0,
    USER_LIMITED, /* asks `allows` for each entity */
    USER_ADMIN,   /* or owner */
};

enum user_right {
    RIGHT_READ,
    RIGHT_CONTROL,
    RIGHT_EDIT,
};

struct permissions {
    enum user_standing (*standing)(struct hass *hass, const char *user_id);
    bool (*allows)(struct hass *hass, const char *user_id, const char *entity_id,
                   enum user_right right);
};

/** @permissions live as long as @hass; NULL: no user is known. */
void permissions_set(struct hass *hass, const struct permissions *permissions) HASS_CALLBACK;

/** Who acts in @context (may be NULL); HASS_E_UNKNOWN_USER for a user id that nobody has. */
int permissions_standing(struct hass *hass, const struct hass_context *context,
                         enum user_standing *ret_standing, struct hass_error *err) HASS_CALLBACK;
/** 0 for administrators, else HASS_E_UNKNOWN_USER or HASS_E_UNAUTHORIZED: "@what is for administrators". */
int permissions_check_admin(struct hass *hass, const struct hass_context *context, const char *what,
                            struct hass_error *err) HASS_CALLBACK;
/** Of a user that is USER_LIMITED. */
bool permissions_allow(struct hass *hass, const struct hass_context *context, const char *entity_id,
                       enum user_right right) HASS_CALLBACK;
