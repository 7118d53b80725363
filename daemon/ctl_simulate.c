/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl simulate …` is `hassd simulate …`, whose integrations are hassd's to open: the command line is handed over, and with it the
 * states that the home has at present, in a file without a name. When no daemon runs the simulation begins without them, and says so.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl.h"

struct words {
    const char *config, *socket;
    bool alone;     /* the command line says what the states are, or wants help */
    size_t count;   /* of @handed */
    char **handed;  /* what hassd gets; NULL-terminated, lends */
    char *added[4]; /* of @handed what is owned */
};

static bool takes_a_value(const char *option)
{
    return strcmp(option, "-c") == 0 || strcmp(option, "--config") == 0 ||
           strcmp(option, "--socket") == 0;
}

/* Before options are read: those of simulate are hassd's. */
bool ctl_wants_simulate(char *argv[])
{
    for (size_t i = 1; argv[i]; i++) {
        if (argv[i][0] != '-')
            return strcmp(argv[i], "simulate") == 0;
        if (takes_a_value(argv[i]) && argv[i + 1])
            i++;
    }
    return false;
}

/* The value of "--option VALUE", "--option=VALUE" and "-oVALUE" at @argv; how many words that is in @ret_count. NULL: it is another one. */
static const char *value_of(char *argv[], const char *option, size_t *ret_count)
{
    size_t length = strlen(option);

    *ret_count = 1;
    if (strncmp(argv[0], option, length) != 0)
        return NULL;
    if (argv[0][length] == '\0') {
        *ret_count = argv[1] ? 2 : 1;
        return argv[1];
    }
    if (option[1] != '-')
        return argv[0] + length;
    return argv[0][length] == '=' ? argv[0] + length + 1 : NULL;
}

/* --socket is of hassctl alone. */
static void read_words(char *argv[], struct words *words)
{
    static const char *const alone[] = { "--states", "--empty", "--help", "-h" };
    size_t count = 0, taken;

    while (argv[count])
        count++;
    words->handed = calloc(count + 5, sizeof(*words->handed));
    if (!words->handed)
        abort();
    for (size_t i = 0; i < count; i += taken) {
        const char *socket = value_of(argv + i, "--socket", &taken);
        if (socket) {
            words->socket = socket;
            continue;
        }
        const char *config = value_of(argv + i, "--config", &taken);
        if (!config)
            config = value_of(argv + i, "-c", &taken);
        if (config)
            words->config = config;
        for (size_t j = 0; j < sizeof(alone) / sizeof(alone[0]); j++)
            words->alone |= strncmp(argv[i], alone[j], strlen(alone[j])) == 0;
        for (size_t j = 0; j < taken; j++)
            words->handed[words->count++] = argv[i + j];
    }
}

/* @value is owned from now on. */
static void add_option(struct words *words, const char *option, char *value)
{
    size_t i = 0;

    while (words->added[i])
        i++;
    words->added[i] = value;
    words->handed[words->count++] = (char *)option;
    words->handed[words->count++] = value;
}

/* A file that goes with the process, and that hassd inherits. */
static int write_states(const json_t *states, char **ret_path, struct hass_error *err)
{
    autobuf text = HASS_BUF_INIT;
    int fd = memfd_create("states", 0);

    if (fd < 0)
        return hass_fail_errno(err, errno, "cannot hand the states over");
    hass_json_write(states, &text);
    for (size_t written = 0; written < text.length;) {
        ssize_t n = write(fd, text.data + written, text.length - written);
        if (n < 0)
            return hass_fail_errno(err, errno, "cannot hand the states over");
        written += (size_t)n;
    }
    return asprintf(ret_path, "/dev/fd/%d", fd) < 0 ? hass_fail(err, -ENOMEM, "no memory") : 0;
}

/* Asks the daemon for what is so at present; and which folder it runs on, when nobody has said. */
static int ask_daemon(struct words *words, struct hass_error *err)
{
    struct client *client = NULL;
    autojson *states = NULL;
    autojson *info = NULL;
    char *path = NULL;
    int r = ctl_client_connect(words->socket, words->config, &client, err);

    if (r >= 0)
        r = ctl_client_call(client, json_pack("{s:s}", "type", "get_states"), &states, err);
    if (r >= 0 && !words->config)
        r = ctl_client_call(client, json_pack("{s:s}", "type", "hassd/info"), &info, err);
    if (r >= 0)
        r = write_states(states, &path, err);
    ctl_client_close(client);
    if (r < 0)
        return r;
    const char *config = hass_json_get_string(info, "config_dir", NULL);
    if (config)
        add_option(words, "--config", strdup(config));
    add_option(words, "--states", path);
    return 0;
}

static void become_hassd(char *argv[])
{
    static char name[] = "hassd";
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
    char *slash;

    argv[0] = name;
    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash) {
        memcpy(slash + 1, name, sizeof(name));
        execv(path, argv);
    }
    fprintf(stderr, "hassctl: cannot start %s: %s; it belongs beside hassctl\n",
            slash ? path : name, strerrordesc_np(errno));
}

int ctl_simulate(char *argv[])
{
    struct hass_error err = HASS_ERROR_INIT;
    struct words words = { 0 };

    read_words(argv, &words);
    if (!words.alone && ask_daemon(&words, &err) < 0)
        fprintf(stderr,
                "hassctl: the simulation begins without the states of devices (--states FILE gives "
                "them, --empty wants none): %s\n",
                err.message);
    become_hassd(words.handed);
    for (size_t i = 0; words.added[i]; i++)
        free(words.added[i]);
    free(words.handed);
    return CTL_FAILED;
}
