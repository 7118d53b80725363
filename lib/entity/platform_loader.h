/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where platforms come from. Integrations are opened by the layer above; it registers this table before the first component
 * is created, and entity/ asks it for each entry of a domain's section (`sensor: - platform: systemmonitor`).
 *
 * The order of calls for one entry: `prepare`; then, in a task of the integration's scope, `setup` (again after
 * HASS_E_NOT_READY, as often as it takes); `release` when the platform has gone.
 *
 * Unloading integration NAME: components_async_remove_platforms first, so that entities can say good-bye (what is left when
 * the scope closes is removed without a word); after it has been set up again, components_async_restore_platforms.
 */
#pragma once

#include <hass/platform.h>

struct scope;

/* One entry of a domain's section, ready to be set up. Filled by prepare, emptied by release. */
struct platform_source {
    struct scope *scope;  /* of the integration, or of the config entry; open; a reference */
    json_t *config;       /* the entry, validated, defaults filled in; owned */
    double scan_interval; /* the manifest's, seconds; 0: none */
    int parallel_updates; /* the manifest's: 0: the model's default, -1: unlimited, n */
    void *loader_data;    /* whatever the loader needs in setup */
    struct hass_entry
        *entry; /* the config entry it belongs to, counted; NULL: it comes from YAML */
};

struct platform_loader {
    /** Sets up integration @domain, the owner of a component, unless it is set up: hass_async_load_platform. A coroutine. */
    int (*setup_domain)(struct hass *hass, const char *domain, struct hass_error *err);
    /**
     * Opens integration @name and its dependencies, checks that it has a platform for @domain, and validates @config (lent).
     * A coroutine.
     *
     * HASS_E_INVALID: the entry is wrong, which the loader has reported with its place in the configuration; every other
     * failure is logged by the caller.
     */
    int (*prepare)(struct hass *hass, const char *domain, const char *name, const json_t *config,
                   struct platform_source *ret_source, struct hass_error *err);
    /**
     * Calls async_setup_platform, or setup_platform on the pool, with source->config. A coroutine that runs in
     * source->scope. Returns what the integration returned; HASS_E_NOT_READY is tried again by the caller.
     */
    int (*setup)(struct hass_platform *platform, const struct platform_source *source,
                 struct hass_error *err);
    /** Gives back what prepare filled in. On the loop, never suspends. */
    void (*release)(struct platform_source *source);
};

/** Registers the one loader of @hass; the table must live as long as @hass. */
int platform_loader_set(struct hass *hass, const struct platform_loader *loader,
                        struct hass_error *err) HASS_CALLBACK;

/**
 * Removes the platforms of integration @name and, if it is a domain, all of its component's, with the hooks of their
 * entities: before it is unloaded.
 */
int components_async_remove_platforms(struct hass *hass, const char *name, struct hass_error *err)
    HASS_COROUTINE;

/** The same for the platforms of one config entry. */
int components_async_remove_entry_platforms(struct hass *hass, const struct hass_entry *entry,
                                            struct hass_error *err) HASS_COROUTINE;

/**
 * Makes a platform of @source (taken) in @component and has it set up, within the limits; failures are logged, "not ready"
 * is tried again later. How the loader sets up the platforms of a config entry.
 */
int component_async_set_up_platform(struct hass_component *component, const char *name,
                                    const struct platform_source *source, struct hass_error *err)
    HASS_COROUTINE;

/**
 * Sets up anew every entry that the configuration gives for integration @name, in all domains: after the integration has
 * been unloaded and set up again. Entries that are set up already are left alone.
 */
int components_async_restore_platforms(struct hass *hass, const char *name, struct hass_error *err)
    HASS_COROUTINE;
