/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl call` and `hassctl fire`: what makes something happen.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

#define JSON_LIMIT ((size_t)16 * 1024 * 1024) /* of a value on the command line */

static json_t *parse_value(const char *text)
{
    json_t *value = NULL;

    if (hass_json_parse(text, strlen(text), JSON_LIMIT, &value, NULL) >= 0)
        return value;
    return json_string(text);
}

json_t *ctl_pairs(int count, char *args[])
{
    autojson *object = json_object();

    for (int i = 0; i < count; i++) {
        const char *equals = strchr(args[i], '=');
        autobuf key = HASS_BUF_INIT;
        if (!equals || equals == args[i]) {
            ctl_usage_error("'%s' is not KEY=VALUE", args[i]);
            return NULL;
        }
        hass_buf_add(&key, args[i], (size_t)(equals - args[i]));
        json_object_set_new(object, hass_buf_string(&key), parse_value(equals + 1));
    }
    return steal(object);
}

static int send_call(struct ctl *ctl, const char *domain, const char *service, json_t *data,
                     json_t **ret_result, struct hass_error *err)
{
    json_t *command = json_pack("{s:s, s:s, s:s, s:o}", "type", "call_service", "domain", domain,
                                "service", service, "service_data", data);

    if (ctl->response)
        json_object_set_new(command, "return_response", json_true());
    return ctl_client_call(ctl->client, command, ret_result, err);
}

int ctl_call(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    const char *dot = strchr(args[0], '.');
    autobuf domain = HASS_BUF_INIT;
    autojson *result = NULL;
    json_t *data;
    int r;

    if (!dot || dot == args[0] || !dot[1])
        return ctl_usage_error("'%s' is not DOMAIN.SERVICE", args[0]);
    data = ctl_pairs(count - 1, args + 1);
    if (!data)
        return CTL_USAGE;
    hass_buf_add(&domain, args[0], (size_t)(dot - args[0]));
    r = send_call(ctl, hass_buf_string(&domain), dot + 1, data, &result, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(result);
    else if (ctl->response)
        ctl_print_json(hass_json_get(result, "response"));
    else
        printf("Called %s.\n", args[0]);
    return CTL_OK;
}

int ctl_fire(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *result = NULL;
    json_t *data = ctl_pairs(count - 1, args + 1);
    int r;

    if (!data)
        return CTL_USAGE;
    r = ctl_client_call(ctl->client,
                        json_pack("{s:s, s:s, s:o}", "type", "fire_event", "event_type", args[0],
                                  "event_data", data),
                        &result, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(result);
    else
        printf("Fired %s.\n", args[0]);
    return CTL_OK;
}
