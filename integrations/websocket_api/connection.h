/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections, requests and the table of commands, inside this integration. See websocket_api.h for the functions' meaning.
 */
#pragma once

#include <hass/list.h>
#include <hass/strmap.h>

#include "websocket_api.h"

#define WEBSOCKET_MAX_MESSAGE       (4 * 1024 * 1024) /* bytes, as in the model */
#define WEBSOCKET_MAX_SUBSCRIPTIONS 1024              /* of one connection */
#define WEBSOCKET_MAX_TASKS         256 /* commands of one connection that are being worked on */

/* What the integration keeps in hass's data. */
struct websocket_state {
    struct hass *hass;
    struct hass_strmap *commands; /* type → struct websocket_command * */
};

/* Counted: requests under way keep it alive after the transport has gone. */
struct websocket_connection {
    struct hass *hass;
    unsigned references;
    const struct websocket_transport *ops;
    void *transport; /* NULL once closed */
    bool closed;     /* its subscriptions have ended, and it takes no more */
    struct websocket_user user;
    int64_t last_id;
    struct hass_list subscriptions; /* struct subscription */
    size_t subscription_count, task_count;
};

struct websocket_request {
    const struct websocket_api *api; /* first: websocket_api_of */
    struct websocket_connection *connection;
    const struct websocket_command *command;
    int64_t id;
    json_t *message;
    bool answered;
};

extern const struct websocket_api websocket_api;

struct websocket_state *websocket_state(struct hass *hass) HASS_CALLBACK;

struct websocket_connection *connection_open(struct hass *hass,
                                             const struct websocket_transport *ops, void *transport,
                                             const struct websocket_user *user) HASS_CALLBACK;
struct websocket_connection *connection_ref(struct websocket_connection *connection);
struct websocket_connection *connection_unref(struct websocket_connection *connection);
int connection_receive(struct websocket_connection *connection, const char *text, size_t length,
                       struct hass_error *err) HASS_CALLBACK;
void connection_closed(struct websocket_connection *connection) HASS_CALLBACK;
void connection_send(struct websocket_connection *connection, const char *text, size_t length)
    HASS_CALLBACK;
void connection_send_event(struct websocket_connection *connection, int64_t id, const char *event,
                           size_t length) HASS_CALLBACK;
/* Ends subscription @id; false when there is none. */
bool connection_unsubscribe(struct websocket_connection *connection, int64_t id) HASS_CALLBACK;

void request_answer(struct websocket_request *request, const char *result) HASS_CALLBACK;
int request_refuse(struct websocket_request *request, const char *code, const char *message)
    HASS_CALLBACK;
int request_subscribe(struct websocket_request *request, struct hass_sub *sub,
                      struct hass_error *err) HASS_CALLBACK;
const struct hass_context *request_context(const struct websocket_request *request);

int commands_add(struct hass *hass, const struct websocket_command *command, struct hass_error *err)
    HASS_CALLBACK;
/* commands.c, entities.c, templates.c, automations.c, daemon.c: the commands of this integration. */
int commands_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int entities_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int templates_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int automations_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
int daemon_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;

/* collections.c: the command of a collection ("zone/list"), or NULL. */
const struct websocket_command *collections_find(struct hass *hass, const char *type) HASS_CALLBACK;

/* socket.c: the local socket. */
int socket_listen(struct hass *hass, const json_t *config, struct hass_error *err) HASS_CALLBACK;
