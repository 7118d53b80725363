/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both kinds of client gather what the daemon sends as text, one message a line; client_next takes lines from there.
 */
#include "support/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <hass/integration.h>
#include <hass/list.h>

#include "base/mem.h"
#include "core/core.h"
#include "websocket_api/websocket_api.h"

struct client {
    struct hass_list link; /* clients */
    struct hass *hass;
    const struct websocket_api *api; /* NULL: a socket */
    struct websocket_connection *connection;
    int fd;
    bool closed;
    int64_t last_id;
    struct hass_buf received;
    size_t taken; /* of received */
    json_t *current;
};

static struct hass_list clients = HASS_LIST_INIT(clients);

/* life */

void client_close(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    if (client->connection)
        client->api->closed(client->connection);
    list_remove(&client->link);
    hass_buf_fini(&client->received);
    json_decref(client->current);
    free(client);
}

static void close_all(void)
{
    hass__assert_loop();
    list_foreach(&clients, struct client, client, link)
        client_close(client);
}

static struct client *client_new(struct hass *hass)
{
    struct client *client = mem_zalloc(sizeof(*client));
    static bool registered;

    if (!registered)
        atexit(close_all);
    registered = true;
    client->hass = hass;
    client->fd = -1;
    list_append(&clients, &client->link);
    return client;
}

struct client *client_connect(struct hass *hass)
{
    struct client *client = client_new(hass);
    autofree char *path = hass_config_path(hass, ".hassd.sock");
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_msg(connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == 0, "%s: %s",
                  path, strerror(errno));
    return client;
}

static int keep(void *transport, const char *text, size_t length, struct hass_error *err)
{
    struct client *client = transport;

    hass_buf_add(&client->received, text, length);
    hass_buf_add_char(&client->received, '\n');
    return 0;
}

static void note_close(void *transport)
{
    struct client *client = transport;

    client->closed = true;
}

static enum user_standing known(struct hass *hass, const char *user_id)
{
    return USER_LIMITED;
}

static bool allows(struct hass *hass, const char *user_id, const char *entity_id,
                   enum user_right right)
{
    return true;
}

/* Whoever opens a connection is known, and may control everything. */
static const struct permissions users = {
    .standing = known,
    .allows = allows,
};

struct client *client_open(struct hass *hass, const char *user_id, bool admin)
{
    static const struct websocket_transport ops = {
        .size = sizeof(ops),
        .send = keep,
        .close = note_close,
    };
    const struct websocket_user user = { .id = user_id, .name = "somebody", .admin = admin };
    struct client *client = client_new(hass);

    if (user_id)
        permissions_set(hass, &users);
    client->api = hass_async_get_api(hass, "websocket_api");
    ck_assert_ptr_nonnull(client->api);
    client->connection = client->api->open(hass, &ops, client, &user);
    return client;
}

struct hass *client_hass(const struct client *client)
{
    return client->hass;
}

/* sending */

/* The daemon may close in the middle, which is no failure of the client's. */
static HASS_CALLBACK void write_all(struct client *client, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = send(client->fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            return;
        if (n > 0) {
            text += n;
            length -= (size_t)n;
        }
        test_settle(client->hass);
    }
}

int client_send_text(struct client *client, const char *text, size_t length)
{
    if (client->connection)
        return client->api->receive(client->connection, text, length, NULL);
    write_all(client, text, length);
    return 0;
}

void client_send(struct client *client, const char *message)
{
    autofree char *text = mem_strdup(message);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    ck_assert_int_eq(client_send_text(client, text, strlen(text)), 0);
    if (client->fd >= 0)
        write_all(client, "\n", 1);
}

int64_t client_command(struct client *client, const char *message)
{
    autofree char *text = NULL;

    client->last_id++;
    text = mem_printf("{'id':%lld,%s", (long long)client->last_id, message + 1);
    client_send(client, text);
    return client->last_id;
}

/* receiving */

static HASS_CALLBACK void read_some(struct client *client)
{
    char piece[65536];
    ssize_t n;

    test_settle(client->hass);
    while (client->fd >= 0 && (n = recv(client->fd, piece, sizeof(piece), MSG_DONTWAIT)) > 0) {
        hass_buf_add(&client->received, piece, (size_t)n);
        test_settle(client->hass);
    }
    if (client->fd >= 0 && n == 0)
        client->closed = true;
}

const json_t *client_next(struct client *client)
{
    struct hass_error err = HASS_ERROR_INIT;

    read_some(client);
    json_decref(steal(client->current));
    const char *line = hass_buf_string(&client->received) + client->taken;
    const char *end = strchr(line, '\n');
    if (!end)
        return NULL;
    int r = hass_json_parse(line, (size_t)(end - line), SIZE_MAX, &client->current, &err);
    ck_assert_msg(r == 0, "%s in: %.*s", err.message, (int)(end - line), line);
    client->taken += (size_t)(end - line) + 1;
    return client->current;
}

const json_t *client_ask(struct client *client, const char *message)
{
    int64_t id = client_command(client, message);
    const json_t *answer = client_next(client);

    ck_assert_msg(answer != NULL, "no answer to %s", message);
    ck_assert_int_eq(hass_json_get_int(answer, "id", 0), id);
    return answer;
}

const char *client_error(const json_t *answer)
{
    const char *code = hass_json_get_string(hass_json_get(answer, "error"), "code", NULL);

    ck_assert_str_eq(hass_json_get_string(answer, "type", ""), "result");
    ck_assert(!hass_json_get_bool(answer, "success", true));
    ck_assert_ptr_nonnull(code);
    return code;
}

bool client_is_closed(struct client *client)
{
    read_some(client);
    return client->closed;
}
