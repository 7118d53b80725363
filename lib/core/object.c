/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graveyard: a lock-free stack that any thread pushes to and one post to the loop empties.
 */
#include "core/object.h"

#include "base/mem.h"
#include "core/core.h"

struct grave {
    struct grave *next;
    void *object;
    hass_destroy_fn *destroy;
};

void graveyard_empty(struct graveyard *graveyard)
{
    // Destroying may bury again: what an object refers to is freed by the same rule.
    struct grave *grave;
    while ((grave = atomic_exchange_explicit(&graveyard->dead, NULL, memory_order_acquire))) {
        while (grave) {
            struct grave *next = grave->next;
            grave->destroy(grave->object);
            free(grave);
            grave = next;
        }
    }
}

static void run_graveyard(struct ready *ready, int status)
{
    struct graveyard *graveyard = list_entry(ready, struct graveyard, ready);

    // Before emptying: who buries from now on posts again.
    atomic_store_explicit(&graveyard->posted, false, memory_order_seq_cst);
    if (status == 0)
        graveyard_empty(graveyard);
}

void graveyard_init(struct hass *hass)
{
    hass->graveyard.ready = (struct ready){
        .run = run_graveyard,
        .scope = hass->runtime->root,
        .name = "graveyard",
    };
}

static void bury(struct hass *hass, void *object, hass_destroy_fn *destroy)
{
    struct graveyard *graveyard = &hass->graveyard;
    struct grave *grave = mem_alloc(sizeof(*grave));

    grave->object = object;
    grave->destroy = destroy;
    grave->next = atomic_load_explicit(&graveyard->dead, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&graveyard->dead, &grave->next, grave,
                                                  memory_order_seq_cst, memory_order_relaxed))
        ;
    if (atomic_exchange_explicit(&graveyard->posted, true, memory_order_seq_cst))
        return;
    // A loop that has closed leaves it to core_destroy.
    if (loop_post(hass->runtime->loop, &graveyard->ready) < 0)
        atomic_store_explicit(&graveyard->posted, false, memory_order_relaxed);
}

void object_free(struct hass *hass, void *object, hass_destroy_fn *destroy)
{
    if (__builtin_expect(runtime__thread == hass->runtime, 1))
        destroy(object);
    else
        bury(hass, object, destroy);
}
