/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration websocket_api: the message protocol of clients. It is always set up.
 *
 *     websocket_api:
 *       admin_group: hassd
 *
 * Messages go over the local socket ($RUNTIME_DIRECTORY/hassd.sock, else <config>/.hassd.sock), one JSON text a line; the
 * integration `http` carries them over WebSockets. Who may connect is said by the socket's mode (0660); root, the daemon's
 * own user and members of admin_group (the daemon's group when absent) are administrators, other peers are users.
 */
#include "websocket_api.h"

#include <hass/integration.h>

#include "connection.h"

HASS_SCHEMA(config_schema, HASS_FIELD("admin_group", &hass_type_string, .min = 1, .max = 32,
                                      .doc = "System group whose members administrate the home"));

HASS_MANIFEST(.domain = "websocket_api", .name = "WebSocket API", .version = HASS_VERSION,
              .config = &config_schema, .critical = true);

static void state_destroy(void *object)
{
    struct websocket_state *state = object;

    hass_strmap_destroy(state->commands);
    free(state);
}

struct websocket_state *websocket_state(struct hass *hass)
{
    return hass_async_get_data(hass, "websocket_api");
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct websocket_state *state = calloc(1, sizeof(*state));

    *state = (struct websocket_state){ .hass = hass, .commands = hass_strmap_create(NULL) };
    int r = hass_async_set_data(hass, "websocket_api", state, state_destroy, err);
    if (r >= 0)
        r = commands_register(hass, err);
    if (r >= 0)
        r = entities_register(hass, err);
    if (r >= 0)
        r = templates_register(hass, err);
    if (r >= 0)
        r = automations_register(hass, err);
    if (r >= 0)
        r = daemon_register(hass, err);
    if (r >= 0)
        r = hass_async_provide_api(hass, "websocket_api", &websocket_api, err);
    /* The socket beside a scratch home is the real home's. */
    return r < 0 || hass_is_scratch(hass) ? r : socket_listen(hass, config, err);
}
