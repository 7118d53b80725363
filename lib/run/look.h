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

/** "clock_nanosleep" for its number; NULL for those that do not block. */
const char *look_call_name(long number);
