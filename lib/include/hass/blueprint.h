/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Blueprints: automations and scripts with holes in them. A file below blueprints/<domain>/ says what it is called and what goes into
 * the holes (`blueprint:`), the rest of it is the body, in which `!input NAME` stands for what a user fills in.
 *
 * A blueprint is immutable and counted.
 * Model: components.blueprint
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/json.h>
#include <hass/thread_safety.h>

struct hass_blueprint;

/**
 * Reads a blueprint's text.
 *
 * Context: any thread.
 * @domain: for which it must be ("automation"); NULL: any. @path: below blueprints/<domain>/, for messages.
 * Returns: 0 with a reference in @ret_blueprint; HASS_E_PARSE or HASS_E_INVALID with the place in the file.
 */
HASS_API int hass_blueprint_parse(const char *domain, const char *path, const char *text,
                                  size_t size, struct hass_blueprint **ret_blueprint,
                                  struct hass_error *err);
/** Reads blueprints/<domain>/<path> of the configuration folder. HASS_E_NOT_FOUND; HASS_E_INVALID for a path that leads elsewhere. */
HASS_API int hass_blueprint_load(struct hass *hass, const char *domain, const char *path,
                                 struct hass_blueprint **ret_blueprint, struct hass_error *err)
    HASS_BLOCKING;
/** The same from a coroutine. */
HASS_API int hass_blueprint_async_load(struct hass *hass, const char *domain, const char *path,
                                       struct hass_blueprint **ret_blueprint,
                                       struct hass_error *err) HASS_COROUTINE;
HASS_API struct hass_blueprint *hass_blueprint_ref(struct hass_blueprint *blueprint);
HASS_API struct hass_blueprint *hass_blueprint_unref(struct hass_blueprint *blueprint);
HASS_DEFINE_CLEANUP(hass_blueprint, hass_blueprint_unref)

/** Any thread; lent. Shape: {"name", "domain", "input": {}, "description"?, "author"?, "source_url"?, "homeassistant"?}. */
HASS_API const json_t *hass_blueprint_metadata(const struct hass_blueprint *blueprint);
HASS_API const char *hass_blueprint_domain(const struct hass_blueprint *blueprint);
/**
 * The body with the holes filled.
 *
 * Context: any thread.
 * @inputs: {name: value}, lent; those that are not given have their default.
 * Returns: 0 with @ret_body owned by the caller; HASS_E_INVALID: "missing input 'light', 'motion'".
 */
HASS_API int hass_blueprint_substitute(const struct hass_blueprint *blueprint, const json_t *inputs,
                                       json_t **ret_body, struct hass_error *err);
/**
 * The body that an item with use_blueprint runs: reads the blueprint and fills its holes.
 *
 * Shape:   @use {"path": below blueprints/<domain>/, "input"?: {name: value}}, lent.
 * Returns: 0 with @ret_body owned by the caller; what hass_schema_check, hass_blueprint_load and hass_blueprint_substitute fail with.
 */
HASS_API int hass_blueprint_async_use(struct hass *hass, const char *domain, const json_t *use,
                                      json_t **ret_body, struct hass_error *err) HASS_COROUTINE;
/** True for a path such as "homeassistant/motion_light.yaml", which stays below the folder. Any thread. */
HASS_API bool hass_blueprint_valid_path(const char *path);
