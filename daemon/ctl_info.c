/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl info` and `hassctl reload`: the daemon itself.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "ctl_table.h"
#include "ctl_time.h"

static void print_value(const char *key, const json_t *value)
{
    autobuf text = HASS_BUF_INIT;
    char duration[32];

    if (strcmp(key, "uptime") == 0) {
        ctl_duration_text(json_number_value(value), duration);
        hass_buf_add_string(&text, duration);
    } else if (json_is_string(value)) {
        hass_buf_add_string(&text, json_string_value(value));
    } else {
        hass_json_write(value, &text);
    }
    printf("%-14s ", key);
    text_print(hass_buf_string(&text), 0, stdout);
    putchar('\n');
}

static void print_integrations(const struct ctl *ctl, const json_t *integrations)
{
    static const struct table_column columns[] = {
        { "INTEGRATION", 0 }, { "VERSION", 0 }, { "STATE", 0 }, { "FILE", 0 }
    };
    struct table *table = table_create(columns, 4);

    for (size_t i = 0; i < json_array_size(integrations); i++) {
        const json_t *item = json_array_get(integrations, i);
        table_add(table, (const char *[]){ hass_json_get_string(item, "domain", ""),
                                           hass_json_get_string(item, "version", ""),
                                           hass_json_get_string(item, "state", ""),
                                           hass_json_get_string(item, "file", "") });
    }
    putchar('\n');
    table_print(table, ctl->width, ctl->color, stdout);
    table_destroy(table);
}

int ctl_info(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *info = NULL;
    const char *key;
    json_t *value;
    int r = ctl_client_call(ctl->client, json_pack("{s:s}", "type", "hassd/info"), &info, err);

    if (r < 0)
        return r;
    if (ctl->json) {
        ctl_print_json(info);
        return CTL_OK;
    }
    json_object_foreach(info, key, value) {
        if (!json_is_array(value) && !json_is_object(value))
            print_value(key, value);
    }
    printf("%-14s %s\n", "socket", ctl_client_socket(ctl->client));
    print_integrations(ctl, hass_json_get(info, "integrations"));
    return CTL_OK;
}

int ctl_reload(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *result = NULL;
    json_t *command = json_pack("{s:s}", "type", "hassd/reload");
    int r;

    if (count > 0)
        json_object_set_new(command, "domain", json_string(args[0]));
    r = ctl_client_call(ctl->client, command, &result, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(result);
    else
        printf("Loaded %s again.\n", count > 0 ? args[0] : "the configuration");
    return CTL_OK;
}
