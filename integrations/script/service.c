/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service that each script is: its data become variables, and it ends when the run does. Its fields describe it to callers; they
 * neither refuse nor fill in anything.
 */
#include <errno.h>
#include <stdlib.h>

#include "parts.h"

static HASS_COROUTINE int run(const struct hass_service_call *call, void *userdata,
                              struct hass_error *err)
{
    struct script *script =
        script_find(hass_service_call_hass(call), hass_service_call_service(call));
    json_t *response = NULL;

    if (!script)
        return hass_fail(err, HASS_E_SERVICE_NOT_FOUND, "script %s is gone",
                         hass_service_call_service(call));
    int r = script_async_run(script, hass_service_call_data(call), hass_service_call_context(call),
                             &response, err);
    if (r >= 0 && hass_service_call_return_response(call))
        return hass_service_call_respond(call, response ? response : json_object());
    json_decref(response);
    return r;
}

int service_add(struct script *script, struct hass_error *err)
{
    const struct hass_service_options options = {
        .size = sizeof(options),
        .supports_response = HASS_RESPONSE_OPTIONAL,
        .description = hass_json_get_string(script->item.config, "description", ""),
        .name = script->item.name,
        .fields = hass_json_get(script->item.config, "fields"),
    };
    int r = hass_services_async_register(script->hass, DOMAIN, script->item.object_id, &options,
                                         HASS_JOB_COROUTINE(run, NULL), err);

    script->has_service = r >= 0;
    return r;
}

void service_remove(struct script *script)
{
    if (script->has_service)
        (void)hass_services_async_remove(script->hass, DOMAIN, script->item.object_id, NULL);
    script->has_service = false;
}
