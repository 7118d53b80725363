/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of the registries in a hass. */
#include "registry/layer.h"

#include "base/mem.h"

struct registry_layer {
    struct {
        void *data;
        hass_destroy_fn *destroy;
    } slots[REGISTRY_SLOTS];
};

static void layer_destroy(void *object)
{
    struct registry_layer *layer = object;

    for (size_t i = REGISTRY_SLOTS; i-- > 0;) {
        if (layer->slots[i].destroy)
            layer->slots[i].destroy(layer->slots[i].data);
    }
    free(layer);
}

void *registry_get(const struct hass *hass, enum registry_slot slot)
{
    const struct registry_layer *layer = hass_layer_get(hass, HASS_LAYER_REGISTRY);

    return layer ? layer->slots[slot].data : NULL;
}

void registry_set(struct hass *hass, enum registry_slot slot, void *data, hass_destroy_fn *destroy)
{
    struct registry_layer *layer = hass_layer_get(hass, HASS_LAYER_REGISTRY);

    if (!layer) {
        layer = mem_zalloc(sizeof(*layer));
        hass_layer_set(hass, HASS_LAYER_REGISTRY, layer, layer_destroy);
    }
    layer->slots[slot].data = data;
    layer->slots[slot].destroy = destroy;
}
