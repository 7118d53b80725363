/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row for each resource type: names, units and classes are the model's; a small function turns a reader's numbers into
 * the shown one.
 */
#include "resources.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#define MIB (1024.0 * 1024.0)
#define GIB (1024.0 * 1024.0 * 1024.0)
#define MB  1e6

static double rounded(double number, int digits)
{
    double scale = pow(10, digits);

    return round(number * scale) / scale;
}

static int set_number(struct reading *reading, double number, int digits)
{
    reading->number = rounded(number, digits);
    reading->whole = digits == 0;
    reading->valid = true;
    return 0;
}

static int disk_free(const char *path, int64_t now, struct reading *reading)
{
    struct disk disk;
    int r = read_disk(path, &disk);

    return r < 0 ? r : set_number(reading, (double)disk.available / GIB, 1);
}

static int disk_use(const char *path, int64_t now, struct reading *reading)
{
    struct disk disk;
    int r = read_disk(path, &disk);

    return r < 0 ? r : set_number(reading, (double)disk.used / GIB, 1);
}

static int disk_use_percent(const char *path, int64_t now, struct reading *reading)
{
    struct disk disk;
    int r = read_disk(path, &disk);

    if (r < 0)
        return r;
    double reachable = (double)(disk.used + disk.available);
    return set_number(reading, reachable > 0 ? 100 * (double)disk.used / reachable : 0, 1);
}

static int address(const char *interface, int family, struct reading *reading)
{
    char text[sizeof(reading->text)];
    int r = read_address(interface, family, text, sizeof(text));

    if (r < 0)
        return r;
    memcpy(reading->text, text, sizeof(text));
    reading->valid = true;
    return 0;
}

static int ipv4_address(const char *interface, int64_t now, struct reading *reading)
{
    return address(interface, AF_INET, reading);
}

static int ipv6_address(const char *interface, int64_t now, struct reading *reading)
{
    return address(interface, AF_INET6, reading);
}

static int last_boot(const char *argument, int64_t now, struct reading *reading)
{
    int64_t seconds;
    int r = read_boot_time("", &seconds);

    if (r < 0)
        return r;
    hass_dt_iso(seconds * HASS_USEC_PER_SEC, NULL, reading->text);
    reading->valid = true;
    return 0;
}

static int load(size_t which, struct reading *reading)
{
    double loads[3];
    int r = read_load("", loads);

    return r < 0 ? r : set_number(reading, loads[which], 2);
}

static int load_1m(const char *argument, int64_t now, struct reading *reading)
{
    return load(0, reading);
}

static int load_5m(const char *argument, int64_t now, struct reading *reading)
{
    return load(1, reading);
}

static int load_15m(const char *argument, int64_t now, struct reading *reading)
{
    return load(2, reading);
}

static int memory_free(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    return r < 0 ? r : set_number(reading, (double)memory.available / MIB, 1);
}

static int memory_use(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    return r < 0 ? r : set_number(reading, (double)(memory.total - memory.available) / MIB, 1);
}

static int memory_use_percent(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    if (r < 0)
        return r;
    return set_number(reading,
                      100 * (double)(memory.total - memory.available) / (double)memory.total, 1);
}

static int swap_free(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    return r < 0 ? r : set_number(reading, (double)memory.swap_free / MIB, 1);
}

static int swap_use(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    return r < 0 ? r : set_number(reading, (double)(memory.swap_total - memory.swap_free) / MIB, 1);
}

static int swap_use_percent(const char *argument, int64_t now, struct reading *reading)
{
    struct memory memory;
    int r = read_memory("", &memory);

    if (r < 0)
        return r;
    double used = (double)(memory.swap_total - memory.swap_free);
    return set_number(reading, memory.swap_total ? 100 * used / (double)memory.swap_total : 0, 1);
}

static int network_in(const char *interface, int64_t now, struct reading *reading)
{
    struct traffic traffic;
    int r = read_traffic("", interface, &traffic);

    return r < 0 ? r : set_number(reading, (double)traffic.bytes_in / MIB, 1);
}

static int network_out(const char *interface, int64_t now, struct reading *reading)
{
    struct traffic traffic;
    int r = read_traffic("", interface, &traffic);

    return r < 0 ? r : set_number(reading, (double)traffic.bytes_out / MIB, 1);
}

static int packets_in(const char *interface, int64_t now, struct reading *reading)
{
    struct traffic traffic;
    int r = read_traffic("", interface, &traffic);

    return r < 0 ? r : set_number(reading, (double)traffic.packets_in, 0);
}

static int packets_out(const char *interface, int64_t now, struct reading *reading)
{
    struct traffic traffic;
    int r = read_traffic("", interface, &traffic);

    return r < 0 ? r : set_number(reading, (double)traffic.packets_out, 0);
}

/* MB/s since the reading before; a counter that went back (the interface was made anew) starts over. */
static int throughput(const char *interface, int64_t now, bool in, struct reading *reading)
{
    struct traffic traffic;
    int r = read_traffic("", interface, &traffic);

    if (r < 0)
        return r;
    uint64_t bytes = in ? traffic.bytes_in : traffic.bytes_out;
    uint64_t before = in ? reading->traffic.bytes_in : reading->traffic.bytes_out;
    double seconds = (double)(now - reading->when) / HASS_USEC_PER_SEC;
    reading->valid = reading->when && bytes >= before && seconds > 0;
    if (reading->valid)
        set_number(reading, (double)(bytes - before) / MB / seconds, 3);
    reading->traffic = traffic;
    return 0;
}

static int throughput_in(const char *interface, int64_t now, struct reading *reading)
{
    return throughput(interface, now, true, reading);
}

static int throughput_out(const char *interface, int64_t now, struct reading *reading)
{
    return throughput(interface, now, false, reading);
}

static int process(const char *name, int64_t now, struct reading *reading)
{
    int r = read_process("", name);

    if (r < 0)
        return r;
    snprintf(reading->text, sizeof(reading->text), "%s", r ? "on" : "off");
    reading->valid = true;
    return 0;
}

/* Since the reading before; the first one is the average since boot. */
static int processor_use(const char *argument, int64_t now, struct reading *reading)
{
    struct cpu_times times;
    int r = read_cpu_times("", &times);

    if (r < 0)
        return r;
    uint64_t total = times.total - reading->cpu.total;
    uint64_t busy = times.busy - reading->cpu.busy;
    if (total && busy <= total)
        set_number(reading, 100 * (double)busy / (double)total, 0);
    reading->cpu = times;
    return 0;
}

static int processor_temperature(const char *argument, int64_t now, struct reading *reading)
{
    double celsius;
    int r = read_temperature("", &celsius);

    return r < 0 ? r : set_number(reading, celsius, 1);
}

#define DISK      .default_argument = "/"
#define INTERFACE .wanted_argument = "eth0"
#define PLAIN     .default_argument = ""
#define MEASURED  .state_class = "measurement"
#define COUNTED   .state_class = "total_increasing"

/* clang-format off: a table is read by columns */
static const struct resource resources[] = {
    { "disk_free", "Disk free", "GiB", "mdi:harddisk", "data_size", DISK, MEASURED,
      .read = disk_free },
    { "disk_use", "Disk use", "GiB", "mdi:harddisk", "data_size", DISK, MEASURED,
      .read = disk_use },
    { "disk_use_percent", "Disk use (percent)", "%", "mdi:harddisk", NULL, DISK, MEASURED,
      .read = disk_use_percent },
    { "ipv4_address", "IPv4 address", NULL, "mdi:ip-network", NULL, INTERFACE,
      .read = ipv4_address },
    { "ipv6_address", "IPv6 address", NULL, "mdi:ip-network", NULL, INTERFACE,
      .read = ipv6_address },
    { "last_boot", "Last boot", NULL, NULL, "timestamp", PLAIN, .read = last_boot },
    { "load_1m", "Load (1m)", NULL, "mdi:cpu-64-bit", NULL, PLAIN, MEASURED, .read = load_1m },
    { "load_5m", "Load (5m)", NULL, "mdi:cpu-64-bit", NULL, PLAIN, MEASURED, .read = load_5m },
    { "load_15m", "Load (15m)", NULL, "mdi:cpu-64-bit", NULL, PLAIN, MEASURED, .read = load_15m },
    { "memory_free", "Memory free", "MiB", "mdi:memory", "data_size", PLAIN, MEASURED,
      .read = memory_free },
    { "memory_use", "Memory use", "MiB", "mdi:memory", "data_size", PLAIN, MEASURED,
      .read = memory_use },
    { "memory_use_percent", "Memory use (percent)", "%", "mdi:memory", NULL, PLAIN, MEASURED,
      .read = memory_use_percent },
    { "network_in", "Network in", "MiB", "mdi:server-network", "data_size", INTERFACE, COUNTED,
      .read = network_in },
    { "network_out", "Network out", "MiB", "mdi:server-network", "data_size", INTERFACE, COUNTED,
      .read = network_out },
    { "packets_in", "Packets in", NULL, "mdi:server-network", NULL, INTERFACE, COUNTED,
      .read = packets_in },
    { "packets_out", "Packets out", NULL, "mdi:server-network", NULL, INTERFACE, COUNTED,
      .read = packets_out },
    { "throughput_network_in", "Network throughput in", "MB/s", NULL, "data_rate", INTERFACE,
      MEASURED, .read = throughput_in },
    { "throughput_network_out", "Network throughput out", "MB/s", NULL, "data_rate", INTERFACE,
      MEASURED, .read = throughput_out },
    { "process", "Process", NULL, "mdi:memory", NULL, .wanted_argument = "mosquitto",
      .read = process },
    { "processor_use", "Processor use", "%", "mdi:cpu-64-bit", NULL, PLAIN, MEASURED,
      .read = processor_use },
    { "processor_temperature", "Processor temperature", "°C", NULL, "temperature", PLAIN, MEASURED,
      .optional = true, .read = processor_temperature },
    { "swap_free", "Swap free", "MiB", "mdi:harddisk", "data_size", PLAIN, MEASURED,
      .read = swap_free },
    { "swap_use", "Swap use", "MiB", "mdi:harddisk", "data_size", PLAIN, MEASURED,
      .read = swap_use },
    { "swap_use_percent", "Swap use (percent)", "%", "mdi:harddisk", NULL, PLAIN, MEASURED,
      .read = swap_use_percent },
};

/* clang-format on */

const char *const resource_names[] = {
    "disk_free",
    "disk_use",
    "disk_use_percent",
    "ipv4_address",
    "ipv6_address",
    "last_boot",
    "load_1m",
    "load_5m",
    "load_15m",
    "memory_free",
    "memory_use",
    "memory_use_percent",
    "network_in",
    "network_out",
    "packets_in",
    "packets_out",
    "throughput_network_in",
    "throughput_network_out",
    "process",
    "processor_use",
    "processor_temperature",
    "swap_free",
    "swap_use",
    "swap_use_percent",
    NULL,
};

const struct resource *resource_find(const char *type)
{
    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
        if (!strcmp(resources[i].type, type))
            return &resources[i];
    return NULL;
}

int resource_read(const struct resource *resource, const char *argument, int64_t now,
                  struct reading *reading)
{
    int r = resource->read(argument, now, reading);

    if (r == 0)
        reading->when = now;
    return r;
}
