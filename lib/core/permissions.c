/* SPDX-License-Identifier: Apache-2.0 */
/* What users may do, as the layer that knows them says. */
#include "core/permissions.h"

#include "core/core.h"

void permissions_set(struct hass *hass, const struct permissions *permissions)
{
    hass->permissions = permissions;
}

int permissions_standing(struct hass *hass, const struct hass_context *context,
                         enum user_standing *ret_standing, struct hass_error *err)
{
    const char *user_id = context ? hass_context_user_id(context) : NULL;
    enum user_standing standing = USER_ADMIN;

    if (user_id)
        standing = hass->permissions ? hass->permissions->standing(hass, user_id) : USER_UNKNOWN;
    if (standing == USER_UNKNOWN)
        return hass_fail(err, HASS_E_UNKNOWN_USER, "user %s is not known", user_id);
    *ret_standing = standing;
    return 0;
}

int permissions_check_admin(struct hass *hass, const struct hass_context *context, const char *what,
                            struct hass_error *err)
{
    enum user_standing standing = USER_UNKNOWN;
    int r = permissions_standing(hass, context, &standing, err);

    if (r < 0 || standing == USER_ADMIN)
        return r;
    return hass_fail(err, HASS_E_UNAUTHORIZED, "%s is for administrators", what);
}

bool permissions_allow(struct hass *hass, const struct hass_context *context, const char *entity_id,
                       enum user_right right)
{
    return hass->permissions->allows(hass, hass_context_user_id(context), entity_id, right);
}
