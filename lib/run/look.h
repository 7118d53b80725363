/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at a thread from another one: which system call it sits in, and whose code led there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct hass;

/** What was seen. */
struct sight {
    bool running;        /* in no system call */
    long call;           /* number of the system call */
    const void *culprit; /* innermost code of an integration, else of ours; NULL: not found */
    const char *domain;  /* the integration it belongs to; NULL: none */
};

/** Makes the calling thread one that can be looked at: it takes our signal, on a stack for signals. */
void look_prepare_thread(void);
/** Undoes what look_prepare_thread did for the calling thread. */
void look_release_thread(void);

/**
 * Looks at thread @tid, which runs @hass. A thread in a system call is not disturbed: a signal would cut its sleep short. One
 * that computes gets a signal. False when nothing could be seen.
 */
bool look_at_thread(const struct hass *hass, pid_t tid, struct sight *ret_sight);

/** True when it is in no system call: it computes, or waits for a processor to do so. */
bool look_is_running(pid_t tid);

/** What a thread has had of processors since it began, in nanoseconds; zeros where the kernel does not count. */
struct usage {
    int64_t ran;
    int64_t waited; /* for one, until it got it the last time */
};
/** A file of thread @tid that look_usage reads; -1: there is none. To be closed. */
int look_open_usage(pid_t tid);
struct usage look_usage(int fd);

/** "clock_nanosleep" for its number; NULL for those that do not block. */
const char *look_call_name(long number);
