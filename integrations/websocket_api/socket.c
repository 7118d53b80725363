/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local socket: one JSON text a line. The authentication phase is skipped, because the kernel tells who the peer is.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include <hass/stream.h>

#include "connection.h"

#define SOCKET_MODE 0660

/* The configuration of the socket; owned by the listening job. */
struct local {
    struct hass *hass;
    char *admin_group; /* NULL: the daemon's own */
};

/*
 * A peer whose rights are looked up: name service may block, so it is done on the pool. Counted: the job keeps its own
 * reference, because it runs on when the connection's coroutine is cancelled.
 */
struct lookup {
    _Atomic int references;
    struct hass_peer peer;
    char *admin_group;
    char *name;
    bool admin;
};

static void lookup_unref(void *object)
{
    struct lookup *lookup = object;

    if (--lookup->references)
        return;
    free(lookup->admin_group);
    free(lookup->name);
    free(lookup);
}

static bool in_group(const struct passwd *user, gid_t primary, gid_t wanted)
{
    int count = 0;

    if (primary == wanted)
        return true;
    if (!user)
        return false;
    (void)getgrouplist(user->pw_name, user->pw_gid, NULL, &count); /* tells how many there are */
    autofree gid_t *groups = calloc((size_t)count, sizeof(*groups));
    if (!groups || getgrouplist(user->pw_name, user->pw_gid, groups, &count) < 0)
        return false;
    for (int i = 0; i < count; i++)
        if (groups[i] == wanted)
            return true;
    return false;
}

static gid_t group_id(const char *name)
{
    struct group entry, *found = NULL;
    char text[4096];

    if (!name)
        return getegid();
    if (!getgrnam_r(name, &entry, text, sizeof(text), &found) && found)
        return found->gr_gid;
    hass_warning("admin_group: this system has no group %s, so nobody is an administrator by it",
                 name);
    return (gid_t)-1;
}

static HASS_BLOCKING int look_up(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct lookup *lookup = userdata;
    struct passwd entry, *user = NULL;
    char text[4096];
    autobuf name = HASS_BUF_INIT;

    if (getpwuid_r(lookup->peer.uid, &entry, text, sizeof(text), &user))
        user = NULL;
    lookup->admin = lookup->peer.uid == 0 || lookup->peer.uid == geteuid() ||
                    in_group(user, lookup->peer.gid, group_id(lookup->admin_group));
    hass_buf_printf(&name, "%s (pid %d)", user ? user->pw_name : "unknown user",
                    (int)lookup->peer.pid);
    lookup->name = hass_buf_steal(&name);
    return 0;
}

static int send_line(void *transport, const char *text, size_t length, struct hass_error *err)
    HASS_CALLBACK;
static int send_line(void *transport, const char *text, size_t length, struct hass_error *err)
{
    int r = hass_stream_async_write(transport, text, length, err);

    return r < 0 ? r : hass_stream_async_write(transport, "\n", 1, err);
}

static HASS_CALLBACK void close_stream(void *transport)
{
    hass_stream_async_shutdown(transport);
}

static const struct websocket_transport transport_ops = {
    .size = sizeof(struct websocket_transport),
    .send = send_line,
    .close = close_stream,
};

static HASS_COROUTINE int identify(struct hass_stream *stream, const struct local *local,
                                   struct lookup *lookup, struct hass_error *err)
{
    int r = hass_stream_peer(stream, &lookup->peer, err);

    if (r < 0)
        return r;
    lookup->admin_group = local->admin_group ? strdup(local->admin_group) : NULL;
    lookup->references++;
    return hass_async_run_in_executor(
        local->hass, HASS_JOB_EXECUTOR(look_up, lookup, .destroy = lookup_unref), err);
}

/* Reads commands until the client goes. */
static HASS_COROUTINE int serve(struct hass_stream *stream, struct websocket_connection *connection,
                                struct hass_error *err)
{
    static const char hello[] =
        "{\"type\":\"auth_ok\",\"ha_version\":\"" HASS_MODEL_VERSION "\"}\n";
    int r = hass_stream_async_write(stream, hello, sizeof(hello) - 1, err);

    while (r >= 0) {
        autobuf line = HASS_BUF_INIT;
        r = hass_stream_async_read_line(stream, WEBSOCKET_MAX_MESSAGE, HASS_FOREVER, &line, err);
        if (r <= 0)
            break;
        r = connection_receive(connection, hass_buf_string(&line), line.length, err);
    }
    return r;
}

static HASS_COROUTINE void serve_user(struct hass_stream *stream, struct hass *hass,
                                      const struct lookup *lookup)
{
    const struct websocket_user user = { .name = lookup->name, .admin = lookup->admin };
    struct websocket_connection *connection = connection_open(hass, &transport_ops, stream, &user);
    struct hass_error err = HASS_ERROR_INIT;
    int r = serve(stream, connection, &err);

    connection_closed(connection);
    if (r == HASS_E_PARSE || r == HASS_E_LIMIT)
        hass_warning("%s is dropped: %s", lookup->name, err.message);
}

static HASS_COROUTINE int on_connection(struct hass_stream *stream, void *userdata,
                                        struct hass_error *err)
{
    const struct local *local = userdata;
    struct lookup *lookup = calloc(1, sizeof(*lookup));

    lookup->references = 1;
    int r = identify(stream, local, lookup, err);
    if (r >= 0)
        serve_user(stream, local->hass, lookup);
    lookup_unref(lookup);
    return r;
}

static void local_destroy(void *object)
{
    struct local *local = object;

    free(local->admin_group);
    free(local);
}

static char *socket_path(const struct hass *hass)
{
    const char *folder = getenv("RUNTIME_DIRECTORY");
    autobuf path = HASS_BUF_INIT;

    if (!folder || !*folder)
        return hass_config_path(hass, ".hassd.sock");
    hass_buf_add(&path, folder, strcspn(folder, ":"));
    hass_buf_add_string(&path, "/hassd.sock");
    return hass_buf_steal(&path);
}

int socket_listen(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const char *group = hass_json_get_string(config, "admin_group", NULL);
    autofree char *path = socket_path(hass);
    struct local *local = calloc(1, sizeof(*local));

    *local = (struct local){ hass, group ? strdup(group) : NULL };
    return hass_stream_async_listen_unix(
        hass, path, SOCKET_MODE, NULL,
        HASS_JOB_COROUTINE(on_connection, local, .destroy = local_destroy), NULL, err);
}
