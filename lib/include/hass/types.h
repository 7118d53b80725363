/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Forward declarations and the attributes every public header uses.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define HASS_API               __attribute__((visibility("default")))
#define HASS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define HASS_MUST_USE          __attribute__((warn_unused_result))

struct hass;
struct hass_attrs_writer;
struct hass_buf;
struct hass_component;
struct hass_context;
struct hass_device;
struct hass_device_info;
struct hass_entity;
struct hass_entity_entry;
struct hass_entry;
struct hass_error;
struct hass_event;
struct hass_future;
struct hass_job;
struct hass_platform;
struct hass_schema;
struct hass_service_call;
struct hass_signal;
struct hass_template_updates;
struct hass_state;
struct hass_stream;
struct hass_sub;
struct hass_task;
struct hass_tick;
struct hass_worker;

/** Frees what a registration owns: a job's userdata, a value put into hass's data. */
typedef void hass_destroy_fn(void *object);

/**
 * Copies a struct of an older or newer header that begins with its size: what both know, the rest is zero. @from may be NULL.
 *
 *     struct hass_set_options set;
 *     HASS_READ(&set, options);
 */
#define HASS_READ(to, from) hass_read((to), sizeof(*(to)), (from))
static inline void hass_read(void *to, size_t size, const void *from)
{
    uint32_t given = from ? *(const uint32_t *)from : 0;
    size_t common = given < size ? given : size;

    if (common)
        __builtin_memcpy(to, from, common);
    __builtin_memset((char *)to + common, 0, size - common);
}
