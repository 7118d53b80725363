/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of websocket_api, over the local socket or, as any user, through the table that the integration offers to
 * transports. In messages ' stands for ".
 */
#pragma once

#include "support/test.h"

struct client;

/** Connects to <config>/.hassd.sock. */
struct client *client_connect(struct hass *hass) HASS_CALLBACK;
/** Opens a connection of a user, who may control everything, by the table "websocket_api"; @user_id may be NULL. */
struct client *client_open(struct hass *hass, const char *user_id, bool admin) HASS_CALLBACK;
struct hass *client_hass(const struct client *client);
/** Ends it; at exit those that are left. */
void client_close(struct client *client) HASS_CALLBACK;

/** Sends text as it is: on a socket bytes, line ends included, else one message. Returns what the connection said: 0 or an error. */
int client_send_text(struct client *client, const char *text, size_t length) HASS_CALLBACK;
/** Sends a message in which ' stands for ". */
void client_send(struct client *client, const char *message) HASS_CALLBACK;
/** Sends a message without an id ("{'type': 'ping'}"), gives it the next one, and returns that. */
int64_t client_command(struct client *client, const char *message) HASS_CALLBACK;
/** Lends the next message from the daemon, until the one after it is asked for; NULL when none is there. Lets the loop settle. */
const json_t *client_next(struct client *client) HASS_CALLBACK;
/** client_command, then its answer: everything before it must have been taken. Lent. */
const json_t *client_ask(struct client *client, const char *message) HASS_CALLBACK;
/** The code of the error in an answer; fails the test unless it is one. */
const char *client_error(const json_t *answer);
/** True once the daemon has closed the connection. */
bool client_is_closed(struct client *client) HASS_CALLBACK;
