/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the machine: /proc, /sys, statvfs, interfaces. No hass in here, so it is tested alone. All functions may block and
 * return 0 or -errno; @root is "" or the folder that stands for / in tests.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memory {
    uint64_t total, available, swap_total, swap_free; /* bytes */
};

struct disk {
    uint64_t total, used, available; /* bytes */
};

struct traffic {
    uint64_t bytes_in, bytes_out, packets_in, packets_out;
};

/* Clock ticks since boot over all processors. */
struct cpu_times {
    uint64_t busy, total;
};

int read_memory(const char *root, struct memory *ret_memory);
int read_load(const char *root, double ret_load[3]);
int read_cpu_times(const char *root, struct cpu_times *ret_times);
/* Seconds since 1970 of the last boot. */
int read_boot_time(const char *root, int64_t *ret_time);
int read_disk(const char *path, struct disk *ret_disk);
int read_traffic(const char *root, const char *interface, struct traffic *ret_traffic);
/* The first address of an interface; @family is AF_INET or AF_INET6. -ENOENT when it has none. */
int read_address(const char *interface, int family, char *text, size_t size);
/* Degrees Celsius of the processor: hwmon drivers known to be one, then thermal zones. -ENOENT without a sensor. */
int read_temperature(const char *root, double *ret_celsius);
/* 1 when a process of that name runs (comm, or the file name of its program), else 0. */
int read_process(const char *root, const char *name);
