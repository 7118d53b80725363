/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl events`: each event of the bus as a line: time, type, and what it says.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "ctl_table.h"
#include "ctl_time.h"

static const char *state_of(const json_t *data, const char *key)
{
    return hass_json_get_string(hass_json_get(data, key), "state", "(none)");
}

/* State changes carry two full states; their texts say enough. */
static void describe(const char *type, const json_t *data, struct hass_buf *line)
{
    if (strcmp(type, "state_changed") == 0)
        hass_buf_printf(line, "%s  %s → %s", hass_json_get_string(data, "entity_id", ""),
                        state_of(data, "old_state"), state_of(data, "new_state"));
    else
        hass_json_write(data, line);
}

static void print_event(const struct ctl *ctl, const json_t *event)
{
    const char *type = hass_json_get_string(event, "event_type", "");
    autobuf line = HASS_BUF_INIT;
    char clock[16];

    ctl_clock_text(hass_json_get_string(event, "time_fired", NULL), clock);
    hass_buf_printf(&line, "%s  %s  ", clock, type);
    describe(type, hass_json_get(event, "data"), &line);
    text_print(hass_buf_string(&line), ctl->width, stdout);
    putchar('\n');
}

int ctl_events(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    json_t *command = json_pack("{s:s}", "type", "subscribe_events");
    int r;

    if (count > 0)
        json_object_set_new(command, "event_type", json_string(args[0]));
    r = ctl_client_call(ctl->client, command, NULL, err);
    while (r >= 0) {
        autojson *event = NULL;
        r = ctl_client_next_event(ctl->client, &event, err);
        if (r < 0)
            break;
        if (ctl->json)
            ctl_print_json_line(event);
        else
            print_event(ctl, event);
        if (ctl_flush() != CTL_OK)
            return CTL_FAILED;
    }
    return r;
}
