/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain blocking client of the daemon's local socket: the messages of the WebSocket API, one JSON message a line, without
 * the authentication phase; the server begins with {"type": "auth_ok", "ha_version": …}.
 */
#pragma once

#include <hass/error.h>

struct client;

/**
 * Connects to @socket, else to the daemon of configuration folder @config, else to the first daemon that answers at the usual
 * places. Fails with a message that says what to do.
 */
int ctl_client_connect(const char *socket, const char *config, struct client **ret_client,
                       struct hass_error *err);
struct client *ctl_client_close(struct client *client);

#define CTL_MAX_MESSAGE ((size_t)512 * 1024 * 1024) /* bytes: get_states of a million entities */

/** Sets another limit for messages of the daemon than CTL_MAX_MESSAGE. */
void ctl_client_limit(struct client *client, size_t bytes);

/** Where the daemon was found. */
const char *ctl_client_socket(const struct client *client);

/**
 * Sends a command, an object without id, taken, and waits for its result. Events that come meanwhile are dropped: what is
 * asked for after a subscription includes them.
 *
 * Returns: 0 with @ret_result (may be NULL) owned by the caller, or an error with the daemon's message.
 */
int ctl_client_call(struct client *client, json_t *command, json_t **ret_result,
                    struct hass_error *err);

/** Waits for the next event of any subscription; @ret_event is its "event", owned by the caller. */
int ctl_client_next_event(struct client *client, json_t **ret_event, struct hass_error *err);
