/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching bytes on the pool. They lie in an object that the work and its waiter share: either may be the last to need it.
 */
#include <hass/buf.h>

#include "base/mem.h"
#include "core/object.h"
#include "entity/entity.h"

struct fetched {
    _Atomic uint32_t refs; /* of the work, and of its waiter */
    hass_entity_fetch_fn *fetch;
    struct hass_buf bytes;
};

static void fetched_unref(void *object)
{
    struct fetched *fetched = object;

    if (!count_drop(&fetched->refs))
        return;
    hass_buf_fini(&fetched->bytes);
    free(fetched);
}

static int fetch_on_pool(struct hass_worker *worker, struct hass_entity *entity, void *values,
                         void *arg, struct hass_error *err)
{
    struct fetched *fetched = arg;

    return fetched->fetch(worker, entity, &fetched->bytes, err);
}

int hass_entity_async_fetch(struct hass_entity *entity, hass_entity_fetch_fn *fetch, size_t limit,
                            struct hass_buf *ret, struct hass_error *err)
{
    VERIFY_COROUTINE(entity->hass, "hass.entity.async_fetch", err);
    struct fetched *fetched = mem_zalloc(sizeof(*fetched));

    fetched->refs = 2;
    fetched->fetch = fetch;
    int r = hass_entity_async_work(entity, fetch_on_pool, fetched, fetched_unref, err);
    if (r >= 0 && fetched->bytes.length > limit)
        r = hass_fail(err, HASS_E_LIMIT, "%s has given %zu bytes, and %zu are the limit",
                      entity_label(entity), fetched->bytes.length, limit);
    if (r >= 0)
        hass_buf_add(ret, fetched->bytes.data, fetched->bytes.length);
    fetched_unref(fetched);
    return r;
}
