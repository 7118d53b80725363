/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What entity/ keeps in a hass: components by domain, entities by id, texts, platforms that integrations asked for, the loader.
 */
#pragma once

#include <hass/list.h>
#include <hass/strmap.h>

#include "entity/platform_loader.h"
#include "run/scope.h"

/* hass_async_load_platform: lives as long as the integration that asked. */
struct load_request {
    struct hass_list link; /* in layer->requests */
    struct scope_member member;
    char *domain;
    char *name;
    json_t *config;
};

struct entity_layer {
    struct hass *hass;
    struct hass_strmap *components; /* struct hass_component */
    struct hass_strmap *entities;   /* struct hass_entity */
    struct hass_strmap *english;    /* texts of integrations by domain: json_t */
    struct hass_strmap *local;      /* the same in the home's language, where there are any */
    struct hass_list requests;      /* struct load_request, oldest first */
    const struct platform_loader *loader;
    struct restore *restore; /* last states */
    bool registering;        /* a row is being made or changed for an entity that comes next */
};

/** Made on first use. */
struct entity_layer *entity_layer(struct hass *hass) HASS_CALLBACK;
/** Remembers a request in the current scope; @config is taken. */
struct load_request *load_request_add(struct entity_layer *layer, const char *domain,
                                      const char *name, json_t *config) HASS_CALLBACK;
