/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of /proc and /sys: each opens one small file, reads it whole and picks what it wants.
 */
#include "readers.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <hass/cleanup.h>

#define FILE_LIMIT 65536 /* bytes; /proc/stat of a large machine has 30 KiB before "btime" */
#define PATH_LIMIT 512

/* Reads at most @size - 1 bytes and terminates them. Returns their number or -errno. */
static int read_file(const char *path, char *text, size_t size)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;

    if (fd < 0)
        return -errno;
    while (length < size - 1) {
        ssize_t n = read(fd, text + length, size - 1 - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        length += (size_t)n;
    }
    text[length] = '\0';
    return (int)length;
}

/* The whole lines of what fits: half of one would be another number. */
static int read_proc(const char *root, const char *name, char *text, size_t size)
{
    char path[PATH_LIMIT];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    int length = read_file(path, text, size);
    if (length != (int)size - 1)
        return length;
    const char *last = strrchr(text, '\n');
    length = last ? (int)(last + 1 - text) : 0;
    text[length] = '\0';
    return length;
}

/* The number behind "@key" at the beginning of a line. */
static bool find_number(const char *text, const char *key, uint64_t *ret_number)
{
    size_t length = strlen(key);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, key, length)) {
            *ret_number = strtoull(line + length, NULL, 10);
            return true;
        }
    }
    return false;
}

int read_memory(const char *root, struct memory *ret_memory)
{
    char text[8192];
    struct memory kib = { 0 };
    int r = read_proc(root, "proc/meminfo", text, sizeof(text));

    if (r < 0)
        return r;
    if (!find_number(text, "MemTotal:", &kib.total) ||
        !find_number(text, "MemAvailable:", &kib.available))
        return -EBADMSG;
    find_number(text, "SwapTotal:", &kib.swap_total);
    find_number(text, "SwapFree:", &kib.swap_free);
    *ret_memory = (struct memory){ kib.total * 1024, kib.available * 1024, kib.swap_total * 1024,
                                   kib.swap_free * 1024 };
    return 0;
}

int read_load(const char *root, double ret_load[3])
{
    char text[128];
    double load[3];
    int r = read_proc(root, "proc/loadavg", text, sizeof(text));

    if (r < 0)
        return r;
    if (sscanf(text, "%lf %lf %lf", &load[0], &load[1], &load[2]) != 3)
        return -EBADMSG;
    memcpy(ret_load, load, sizeof(load));
    return 0;
}

int read_cpu_times(const char *root, struct cpu_times *ret_times)
{
    char text[1024];       /* the first line is the sum of all processors */
    uint64_t t[8] = { 0 }; /* user nice system idle iowait irq softirq steal */
    int r = read_proc(root, "proc/stat", text, sizeof(text));

    if (r < 0)
        return r;
    if (sscanf(text,
               "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %" SCNu64,
               &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 4)
        return -EBADMSG;
    ret_times->total = 0;
    for (size_t i = 0; i < 8; i++)
        ret_times->total += t[i];
    ret_times->busy = ret_times->total - t[3] - t[4];
    return 0;
}

int read_boot_time(const char *root, int64_t *ret_time)
{
    autofree char *text = malloc(FILE_LIMIT);
    uint64_t seconds;

    if (!text)
        return -ENOMEM;
    int r = read_proc(root, "proc/stat", text, FILE_LIMIT);
    if (r < 0)
        return r;
    if (!find_number(text, "btime ", &seconds))
        return -EBADMSG;
    *ret_time = (int64_t)seconds;
    return 0;
}

int read_disk(const char *path, struct disk *ret_disk)
{
    struct statvfs vfs;

    if (statvfs(path, &vfs) < 0)
        return -errno;
    *ret_disk = (struct disk){
        .total = (uint64_t)vfs.f_blocks * vfs.f_frsize,
        .used = (uint64_t)(vfs.f_blocks - vfs.f_bfree) * vfs.f_frsize,
        .available = (uint64_t)vfs.f_bavail * vfs.f_frsize,
    };
    return 0;
}

int read_traffic(const char *root, const char *interface, struct traffic *ret_traffic)
{
    autofree char *text = malloc(FILE_LIMIT);
    size_t length = strlen(interface);

    if (!text)
        return -ENOMEM;
    int r = read_proc(root, "proc/net/dev", text, FILE_LIMIT);
    if (r < 0)
        return r;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, "\n ");
        if (strncmp(line, interface, length) || line[length] != ':')
            continue;
        struct traffic found;
        if (sscanf(line + length + 1,
                   "%" SCNu64 " %" SCNu64 " %*u %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
                   &found.bytes_in, &found.packets_in, &found.bytes_out, &found.packets_out) != 4)
            return -EBADMSG;
        *ret_traffic = found;
        return 0;
    }
    return -ENODEV;
}

int read_address(const char *interface, int family, char *text, size_t size)
{
    struct ifaddrs *all;
    int r = -ENOENT;

    if (getifaddrs(&all) < 0)
        return -errno;
    for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
        if (!one->ifa_addr || one->ifa_addr->sa_family != family ||
            strcmp(one->ifa_name, interface))
            continue;
        const void *address =
            family == AF_INET
                ? (const void *)&((const struct sockaddr_in *)(const void *)one->ifa_addr)->sin_addr
                : (const void *)&((const struct sockaddr_in6 *)(const void *)one->ifa_addr)
                      ->sin6_addr;
        r = inet_ntop(family, address, text, (socklen_t)size) ? 0 : -errno;
        break;
    }
    freeifaddrs(all);
    return r;
}

/* Calls @visit for each entry of a folder until it returns non-zero. */
static int visit_folder(const char *path, int (*visit)(const char *entry, void *userdata),
                        void *userdata)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int r = 0;

    if (!folder)
        return -errno;
    while (r == 0 && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            r = visit(entry->d_name, userdata);
    closedir(folder);
    return r;
}

struct sensor_search {
    const char *root;
    const char *const *names; /* of the driver or zone type; NULL: any */
    const char *folder;       /* below root */
    const char *name_file, *value_file;
    double celsius;
};

static int try_sensor(const char *entry, void *userdata)
{
    struct sensor_search *search = userdata;
    char path[PATH_LIMIT], text[64];

    snprintf(path, sizeof(path), "%s/%s/%s/%s", search->root, search->folder, entry,
             search->name_file);
    if (read_file(path, text, sizeof(text)) <= 0)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    bool known = !search->names;
    for (const char *const *name = search->names; name && *name; name++)
        known = known || !strcmp(*name, text);
    snprintf(path, sizeof(path), "%s/%s/%s/%s", search->root, search->folder, entry,
             search->value_file);
    if (!known || read_file(path, text, sizeof(text)) <= 0)
        return 0;
    search->celsius = strtod(text, NULL) / 1000;
    return 1;
}

int read_temperature(const char *root, double *ret_celsius)
{
    static const char *const drivers[] = { "coretemp",    "k10temp",     "zenpower",
                                           "cpu_thermal", "cpu-thermal", "soc_thermal",
                                           "k8temp",      "acpitz",      NULL };
    struct sensor_search hwmon = { root, drivers, "sys/class/hwmon", "name", "temp1_input", 0 };
    struct sensor_search zones = { root, NULL, "sys/class/thermal", "type", "temp", 0 };
    char path[PATH_LIMIT];

    struct sensor_search *searches[] = { &hwmon, &zones };
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", root, searches[i]->folder);
        if (visit_folder(path, try_sensor, searches[i]) == 1) {
            *ret_celsius = searches[i]->celsius;
            return 0;
        }
    }
    return -ENOENT;
}

struct process_search {
    const char *root, *name;
};

/* The kernel cuts comm at 15 characters, so the program's file name is looked at too. */
static int try_process(const char *entry, void *userdata)
{
    const struct process_search *search = userdata;
    char path[PATH_LIMIT], text[1024];

    if (entry[0] < '0' || entry[0] > '9')
        return 0;
    snprintf(path, sizeof(path), "%s/proc/%s/comm", search->root, entry);
    if (read_file(path, text, sizeof(text)) < 0)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    if (!strcmp(text, search->name))
        return 1;
    snprintf(path, sizeof(path), "%s/proc/%s/cmdline", search->root, entry);
    if (read_file(path, text, sizeof(text)) <= 0)
        return 0;
    const char *slash = strrchr(text, '/');
    return !strcmp(slash ? slash + 1 : text, search->name);
}

int read_process(const char *root, const char *name)
{
    struct process_search search = { root, name };
    char path[PATH_LIMIT];

    snprintf(path, sizeof(path), "%s/proc", root);
    return visit_folder(path, try_process, &search);
}
