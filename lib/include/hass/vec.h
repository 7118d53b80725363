/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A growable array of any type: `HASS_VEC(int) numbers = { 0 }; vec_push(&numbers, 3); vec_fini(&numbers);`
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include <hass/types.h>

#define HASS_VEC(type)                                                                             \
    struct {                                                                                       \
        type *data;                                                                                \
        size_t length;                                                                             \
        size_t capacity;                                                                           \
    }

/** Grows @data to at least @want elements of @size bytes; aborts when out of memory. Use the macros. */
HASS_API void *hass__vec_grow(void *data, size_t *capacity, size_t want, size_t size);

#define vec_reserve(vec, want)                                                                     \
    ((vec)->capacity < (want) ? (void)((vec)->data = hass__vec_grow((vec)->data, &(vec)->capacity, \
                                                                    (want), sizeof(*(vec)->data))) \
                              : (void)0)
#define vec_push(vec, value)                                                                       \
    (vec_reserve((vec), (vec)->length + 1), (void)((vec)->data[(vec)->length++] = (value)))
#define vec_pop(vec)   ((vec)->data[--(vec)->length])
#define vec_clear(vec) ((void)((vec)->length = 0))
#define vec_remove(vec, index)                                                                     \
    (memmove(&(vec)->data[(index)], &(vec)->data[(index) + 1],                                     \
             ((vec)->length - (index)-1) * sizeof(*(vec)->data)),                                  \
     (void)(vec)->length--)
#define vec_fini(vec) (free((vec)->data), memset((vec), 0, sizeof(*(vec))))
#define vec_foreach(vec, item)                                                                     \
    for (typeof(&*(vec)->data) item = (vec)->data;                                                 \
         (vec)->length && item < (vec)->data + (vec)->length; item++)
