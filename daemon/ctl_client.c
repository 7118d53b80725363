/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the daemon's socket, and speaks lines of JSON over it. Nothing here waits for two things at once.
 */
#include "ctl_client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <hass/buf.h>
#include <hass/json.h>

#define SYSTEM_SOCKET "/run/hassd/hassd.sock"
#define SYSTEM_CONFIG "/etc/hassd"
#define SOCKET_NAME                                                                                \
    ".hassd.sock" /* in the configuration folder of a daemon without a runtime folder */

#define HELLO_TIMEOUT 10000 /* milliseconds */

struct client {
    int fd;
    char *socket;
    json_int_t last_id;
    struct hass_buf input;
    size_t consumed; /* bytes of input that have been handed out */
    size_t limit;    /* bytes of a message */
};

/* finding the daemon */

static int open_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        int number = errno;
        close(fd);
        return -number;
    }
    return fd;
}

static int explain(int number, const char *path, struct hass_error *err)
{
    switch (number) {
    case ENOENT:
    case ECONNREFUSED:
    case ENOTDIR:
        return hass_fail(err, -number,
                         "no daemon answers at %s; start it with 'systemctl start hassd' or 'hassd "
                         "run --config DIR', or say where it is with --config DIR or --socket FILE",
                         path);
    case EACCES:
    case EPERM:
        return hass_fail(
            err, -number,
            "you may not use the daemon's socket %s; become a member of the group that "
            "owns it, or use sudo",
            path);
    case ENAMETOOLONG:
        return hass_fail(err, -number,
                         "the path %s is too long for a socket; change to its folder and use "
                         "--socket with a relative name",
                         path);
    default:
        return hass_fail_errno(err, number, "cannot connect to %s", path);
    }
}

static bool same_folder(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Tries @path unless a socket is open already; keeps the most telling error: a socket that refuses beats one that is not there. */
static void try_socket(struct client *client, const char *path, int *number)
{
    int fd;

    if (client->fd >= 0)
        return;
    fd = open_socket(path);
    if (fd >= 0 || !client->socket || (*number == ENOENT && fd != -ENOENT)) {
        free(client->socket);
        client->socket = strdup(path);
        if (!client->socket)
            abort();
        *number = fd < 0 ? -fd : 0;
    }
    if (fd >= 0)
        client->fd = fd;
}

static void try_config(struct client *client, const char *config, int *number)
{
    autobuf path = HASS_BUF_INIT;

    hass_buf_printf(&path, "%s/" SOCKET_NAME, config);
    try_socket(client, hass_buf_string(&path), number);
    if (same_folder(config, SYSTEM_CONFIG))
        try_socket(client, SYSTEM_SOCKET, number);
}

static int find_daemon(struct client *client, const char *socket, const char *config,
                       struct hass_error *err)
{
    int number = 0;

    if (socket) {
        try_socket(client, socket, &number);
    } else if (config) {
        try_config(client, config, &number);
    } else {
        try_socket(client, SYSTEM_SOCKET, &number);
        try_socket(client, SYSTEM_CONFIG "/" SOCKET_NAME, &number);
        try_socket(client, SOCKET_NAME, &number);           /* standing in a configuration folder */
        try_socket(client, "config/" SOCKET_NAME, &number); /* standing in a checkout */
    }
    return client->fd >= 0 ? 0 : explain(number, client->socket, err);
}

/* lines */

/* Moves what is left to the front, so that the buffer does not grow with the life of the connection. */
static void drop_consumed(struct client *client)
{
    struct hass_buf *input = &client->input;

    if (client->consumed == 0)
        return;
    memmove(input->data, input->data + client->consumed, input->length - client->consumed);
    input->length -= client->consumed;
    client->consumed = 0;
}

static int read_more(struct client *client, struct hass_error *err)
{
    struct hass_buf *input = &client->input;
    ssize_t n;

    drop_consumed(client);
    if (input->length > client->limit)
        return hass_fail(err, HASS_E_LIMIT, "the daemon sent a message without an end");
    hass_buf_reserve(input, 65536);
    do {
        n = read(client->fd, input->data + input->length, 65536);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return hass_fail_errno(err, errno, "cannot read from the daemon");
    if (n == 0)
        return hass_fail(err, -ECONNRESET, "the daemon has closed the connection");
    input->length += (size_t)n;
    return 0;
}

/* Lends a line until the next call; it is not NUL-terminated. */
static int read_line(struct client *client, const char **ret_line, size_t *ret_length,
                     struct hass_error *err)
{
    size_t searched = 0;

    for (;;) {
        size_t left = client->input.length - client->consumed;
        const char *start = left > 0 ? client->input.data + client->consumed : NULL;
        const char *end = left > searched ? memchr(start + searched, '\n', left - searched) : NULL;
        if (end) {
            *ret_line = start;
            *ret_length = (size_t)(end - start);
            client->consumed += *ret_length + 1;
            return 0;
        }
        searched = left;
        int r = read_more(client, err);
        if (r < 0)
            return r;
    }
}

static int read_message(struct client *client, json_t **ret_message, struct hass_error *err)
{
    const char *line;
    size_t length;
    int r = read_line(client, &line, &length, err);

    if (r < 0)
        return r;
    r = hass_json_parse(line, length, client->limit, ret_message, err);
    if (r < 0)
        return hass_error_prefix(err, "the daemon sent something that is not JSON");
    return 0;
}

static int write_line(struct client *client, const json_t *message, struct hass_error *err)
{
    autobuf line = HASS_BUF_INIT;
    size_t sent = 0;

    hass_json_write(message, &line);
    hass_buf_add_char(&line, '\n');
    while (sent < line.length) {
        ssize_t n = send(client->fd, line.data + sent, line.length - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return hass_fail_errno(err, errno, "cannot write to the daemon");
        if (n > 0)
            sent += (size_t)n;
    }
    return 0;
}

/* messages */

/* A daemon whose loop is held accepts (the kernel does that) but never greets. */
static int read_greeting(struct client *client, struct hass_error *err)
{
    struct pollfd input = { .fd = client->fd, .events = POLLIN };
    autojson *greeting = NULL;
    int r;

    if (poll(&input, 1, HELLO_TIMEOUT) == 0)
        return hass_fail(
            err, -ETIMEDOUT,
            "the daemon at %s does not answer: it is busy or its loop is held; its log "
            "says by whom",
            client->socket);
    r = read_message(client, &greeting, err);
    if (r < 0)
        return r;
    if (strcmp(hass_json_get_string(greeting, "type", ""), "auth_ok") != 0)
        return hass_fail(err, HASS_E_INVALID, "what answers at %s is not hassd", client->socket);
    return 0;
}

int ctl_client_connect(const char *socket, const char *config, struct client **ret_client,
                       struct hass_error *err)
{
    struct client *client = calloc(1, sizeof(*client));
    int r;

    if (!client)
        abort();
    client->fd = -1;
    client->limit = CTL_MAX_MESSAGE;
    r = find_daemon(client, socket, config, err);
    if (r >= 0)
        r = read_greeting(client, err);
    if (r < 0) {
        ctl_client_close(client);
        return r;
    }
    *ret_client = client;
    return 0;
}

void ctl_client_limit(struct client *client, size_t bytes)
{
    client->limit = bytes;
}

struct client *ctl_client_close(struct client *client)
{
    if (!client)
        return NULL;
    if (client->fd >= 0)
        close(client->fd);
    hass_buf_fini(&client->input);
    free(client->socket);
    free(client);
    return NULL;
}

const char *ctl_client_socket(const struct client *client)
{
    return client->socket;
}

static int take_result(const json_t *message, json_t **ret_result, struct hass_error *err)
{
    const json_t *error = hass_json_get(message, "error");

    if (!hass_json_get_bool(message, "success", false))
        return hass_fail_key(err, HASS_E_GENERAL, hass_json_get_string(error, "code", ""), "%s",
                             hass_json_get_string(error, "message", "the daemon refused"));
    if (ret_result)
        *ret_result = hass_json_ref(hass_json_get(message, "result"));
    return 0;
}

int ctl_client_call(struct client *client, json_t *command, json_t **ret_result,
                    struct hass_error *err)
{
    autojson *request = command;
    int r;

    json_object_set_new(request, "id", json_integer(++client->last_id));
    r = write_line(client, request, err);
    while (r >= 0) {
        autojson *message = NULL;
        r = read_message(client, &message, err);
        if (r >= 0 && strcmp(hass_json_get_string(message, "type", ""), "result") == 0 &&
            hass_json_get_int(message, "id", 0) == client->last_id)
            return take_result(message, ret_result, err);
    }
    return r;
}

int ctl_client_next_event(struct client *client, json_t **ret_event, struct hass_error *err)
{
    for (;;) {
        autojson *message = NULL;
        int r = read_message(client, &message, err);
        if (r < 0)
            return r;
        if (strcmp(hass_json_get_string(message, "type", ""), "event") == 0) {
            *ret_event = hass_json_ref(hass_json_get(message, "event"));
            return 0;
        }
    }
}
