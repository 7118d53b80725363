/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon from outside: from exec to ready, resident memory then, and what it does while idle. The floors are measured on
 * `hassd version`: the same executable and libraries, doing nothing. Readiness is systemd's message.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HASSD        TEST_BUILD "/hassd"
#define ROUNDS       9
#define MORE_PLUGINS 50
#define IDLE_SECONDS 5
#define READY_LIMIT  30000 /* milliseconds */

static char folder[] = "/tmp/hassd-bench-XXXXXX";

static void fail(const char *what)
{
    fprintf(stderr, "bench_daemon: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void report(const char *name, double value, const char *unit, double floor)
{
    printf(
        "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"floor\": %.3f, \"ratio\": %.2f}\n",
        name, value, unit, floor, floor > 0 ? value / floor : value);
    fflush(stdout);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_size);
    return values[count / 2];
}

static char *path_of(const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

static void write_file(const char *name, const char *text)
{
    char *path = path_of(name);
    FILE *out = fopen(path, "w");

    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        fail(path);
    free(path);
}

static void copy_file(const char *from, const char *name)
{
    char text[65536];
    FILE *in = fopen(from, "r");
    size_t length = in ? fread(text, 1, sizeof(text) - 1, in) : 0;

    if (length == 0)
        fail(from);
    text[length] = '\0';
    fclose(in);
    write_file(name, text);
}

static void copy_default_config(const char *to)
{
    static const char *const files[] = { "configuration.yaml", "automations.yaml", "scripts.yaml",
                                         "scenes.yaml", NULL };
    char from[4096], name[256];

    for (size_t i = 0; files[i]; i++) {
        snprintf(from, sizeof(from), "%s/config/%s", TEST_SOURCE, files[i]);
        snprintf(name, sizeof(name), "%s/%s", to, files[i]);
        copy_file(from, name);
    }
}

/* processes */

extern char **environ;

static pid_t start(const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)argv, environ) != 0)
        fail(argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

static int open_notify_socket(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char *path = path_of("notify");
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail(path);
    setenv("NOTIFY_SOCKET", path, 1);
    free(path);
    return fd;
}

static void wait_ready(int notify)
{
    char text[4096];
    ssize_t n;

    do {
        struct pollfd input = { .fd = notify, .events = POLLIN };
        if (poll(&input, 1, READY_LIMIT) != 1)
            fail("the daemon does not become ready");
        n = recv(notify, text, sizeof(text) - 1, 0);
        text[n > 0 ? n : 0] = '\0';
    } while (!strstr(text, "READY=1"));
}

/* Swallows what an ended daemon has said. */
static void drain(int notify)
{
    char text[4096];

    while (recv(notify, text, sizeof(text), MSG_DONTWAIT) > 0)
        ;
}

static pid_t start_ready(int notify, const char *config, double *ret_ms)
{
    char *path = path_of(config);
    const char *const argv[] = { HASSD, "run", "--config", path, NULL };
    double begin = now_ms();
    pid_t pid = start(argv);

    wait_ready(notify);
    *ret_ms = now_ms() - begin;
    free(path);
    return pid;
}

/* The first start looks into the integration files; the following ones know them. */
static double median_start(int notify, const char *config)
{
    double times[ROUNDS], first;

    stop(start_ready(notify, config, &first));
    drain(notify);
    for (size_t i = 0; i < ROUNDS; i++) {
        stop(start_ready(notify, config, &times[i]));
        drain(notify);
    }
    return median(times, ROUNDS);
}

/* Time and peak memory of the executable doing nothing. */
static void measure_floor(double *ret_ms, double *ret_kib)
{
    const char *const argv[] = { HASSD, "version", NULL };
    double times[ROUNDS];
    struct rusage usage;

    for (size_t i = 0; i < ROUNDS; i++) {
        double begin = now_ms();
        pid_t pid = start(argv);
        wait4(pid, NULL, 0, &usage);
        times[i] = now_ms() - begin;
    }
    *ret_ms = median(times, ROUNDS);
    *ret_kib = (double)usage.ru_maxrss;
}

/* what /proc says */

/* The number behind @key in a file of "Key: number" lines. */
static double number_in(const char *path, const char *key)
{
    FILE *in = fopen(path, "r");
    char line[256];
    double number = 0;

    while (in && fgets(line, sizeof(line), in)) {
        if (strncmp(line, key, strlen(key)) == 0)
            number = strtod(line + strlen(key), NULL);
    }
    if (in)
        fclose(in);
    return number;
}

static double process_number(pid_t pid, const char *file, const char *key)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    return number_in(path, key);
}

/* How often the threads of a process have been given a processor. */
static double wakeups(pid_t pid)
{
    char tasks[64], path[512];
    double sum = 0;
    struct dirent *entry;

    snprintf(tasks, sizeof(tasks), "/proc/%d/task", (int)pid);
    DIR *dir = opendir(tasks);
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s/status", tasks, entry->d_name);
        sum += number_in(path, "voluntary_ctxt_switches:");
    }
    if (dir)
        closedir(dir);
    return sum;
}

/* more integrations */

static const char plugin_source[] =
    "#include <hass/integration.h>\n"
    "HASS_MANIFEST(.domain = NAME, .name = NAME, .version = \"1\");\n"
    "int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)\n"
    "{\n"
    "    return hass_states_async_set(hass, NAME \".state\", \"on\", NULL, NULL, err);\n"
    "}\n";

static void build_plugin(unsigned number)
{
    char name[32], define[64], output[128];
    char *source = path_of("plugin.c");
    int status;

    snprintf(name, sizeof(name), "extra_%02u", number);
    snprintf(define, sizeof(define), "-DNAME=\"%s\"", name);
    snprintf(output, sizeof(output), "%s/many/integrations/%s.so", folder, name);
    const char *const argv[] = { "/usr/bin/env",
                                 TEST_CC,
                                 "-shared",
                                 "-fPIC",
                                 "-O1",
                                 "-I" TEST_SOURCE "/lib/include",
                                 define,
                                 source,
                                 "-o",
                                 output,
                                 "-L" TEST_BUILD,
                                 "-lhass",
                                 NULL };
    if (waitpid(start(argv), &status, 0) < 0 || status != 0)
        fail("cannot build a plugin");
    free(source);
}

static void make_many(void)
{
    char *dir = path_of("many/integrations");
    char *config = path_of("many/configuration.yaml");

    if (mkdir(dir, 0755) < 0)
        fail(dir);
    write_file("plugin.c", plugin_source);
    FILE *out = fopen(config, "a");
    for (unsigned i = 0; i < MORE_PLUGINS; i++) {
        build_plugin(i);
        fprintf(out, "extra_%02u:\n", i);
    }
    fclose(out);
    free(dir);
    free(config);
}

/* figures */

static void bench_ready(int notify)
{
    double floor_ms, floor_kib, ready, more, ms;

    measure_floor(&floor_ms, &floor_kib);
    ready = median_start(notify, "default");
    report("exec_to_ready", ready, "ms", floor_ms);
    pid_t pid = start_ready(notify, "default", &ms);
    report("resident_at_ready", process_number(pid, "status", "VmRSS:"), "KiB", floor_kib);
    stop(pid);
    drain(notify);
    more = median_start(notify, "many");
    report("exec_to_ready_50_plugins_more", more - ready, "ms", floor_ms);
}

static void bench_idle(int notify)
{
    double ms;
    pid_t pid = start_ready(notify, "idle", &ms);

    sleep(2); /* what start-up leaves behind: the delayed writes of stores */
    double woken = wakeups(pid);
    double written = process_number(pid, "io", "write_bytes:");
    sleep(IDLE_SECONDS);
    report("idle_wakeups", (wakeups(pid) - woken) / IDLE_SECONDS, "1/s", 0);
    report("idle_written", process_number(pid, "io", "write_bytes:") - written, "B", 0);
    stop(pid);
}

static void make_folder(const char *name)
{
    char *path = path_of(name);

    if (mkdir(path, 0755) < 0)
        fail(path);
    free(path);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    return remove(path);
}

static void clean_up(void)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    if (!mkdtemp(folder))
        fail(folder);
    atexit(clean_up);
    make_folder("default");
    make_folder("many");
    make_folder("idle");
    copy_default_config("default");
    copy_default_config("many");
    write_file("idle/configuration.yaml", "input_boolean:\n  busy:\n");
    make_many();
    int notify = open_notify_socket();
    bench_ready(notify);
    bench_idle(notify);
    close(notify);
    return 0;
}
