/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Cleanup bound to a scope: `autofree char *text = …;`, `autoclose int fd = …;`, `autounref(hass_state) …`.
 */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <hass/types.h>

#define HASS__CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void hass__free_ptr(void *ptr)
{
    free(*(void **)ptr);
}

static inline void hass__close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void hass__json_cleanup(json_t **json)
{
    json_decref(*json);
}

#define autofree  HASS__CLEANUP(hass__free_ptr)
#define autoclose HASS__CLEANUP(hass__close_fd)
#define autojson  HASS__CLEANUP(hass__json_cleanup) json_t

/** `autounref(hass_state) *state = …` declares a counted object that is released at the end of the block. */
#define autounref(type) HASS__CLEANUP(type##__cleanup) struct type

/** Emits the cleanup function of a counted type, in the header that declares its unref. */
#define HASS_DEFINE_CLEANUP(type, unref_fn)                                                        \
    static inline void type##__cleanup(struct type **object)                                       \
    {                                                                                              \
        (void)unref_fn(*object);                                                                   \
    }
#define HASS_DEFINE_CONST_CLEANUP(type, unref_fn)                                                  \
    static inline void type##__cleanup(const struct type **object)                                 \
    {                                                                                              \
        (void)unref_fn(*object);                                                                   \
    }

/** Takes the pointer out of a variable, leaving NULL behind. */
#define steal(p)                                                                                   \
    ({                                                                                             \
        typeof(p) hass__stolen = (p);                                                              \
        (p) = NULL;                                                                                \
        hass__stolen;                                                                              \
    })
