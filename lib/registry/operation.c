/* SPDX-License-Identifier: Apache-2.0 */
/* The events of an operation. */
#include "registry/operation.h"

#include <hass/log.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "registry/layer.h"

struct announcement {
    const char *type; /* a literal */
    json_t *data;
};

struct operation {
    HASS_VEC(struct announcement) announcements;
    unsigned depth;
};

static void operation_destroy(void *object)
{
    struct operation *operation = object;

    vec_foreach(&operation->announcements, announcement)
        json_decref(announcement->data);
    vec_fini(&operation->announcements);
    free(operation);
}

static struct operation *operation_of(struct hass *hass)
{
    struct operation *operation = registry_get(hass, REGISTRY_OPERATION);

    if (!operation) {
        operation = mem_zalloc(sizeof(*operation));
        registry_set(hass, REGISTRY_OPERATION, operation, operation_destroy);
    }
    return operation;
}

void operation_begin(struct hass *hass)
{
    operation_of(hass)->depth++;
}

void operation_announce(struct hass *hass, const char *type, json_t *data)
{
    struct operation *operation = operation_of(hass);

    vec_push(&operation->announcements, ((struct announcement){ type, data }));
}

static HASS_CALLBACK void fire(struct hass *hass, struct announcement *announcement)
{
    struct hass_error error = HASS_ERROR_INIT;

    if (hass_bus_async_fire(hass, announcement->type, announcement->data, NULL, &error) < 0)
        hass_error("Nobody is told of a change of the registries: %s", error.message);
}

void operation_end(struct hass *hass)
{
    struct operation *operation = operation_of(hass);

    if (--operation->depth || !operation->announcements.length)
        return;
    typeof(operation->announcements) due = operation->announcements; // listeners begin anew
    memset(&operation->announcements, 0, sizeof(operation->announcements));
    vec_foreach(&due, announcement)
        fire(hass, announcement);
    vec_fini(&due);
}
