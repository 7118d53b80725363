/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Contexts: who or what caused something. Immutable, counted, usable from any thread. Equal when their ids are equal.
 *
 * Model: core.Context
 */
#pragma once

#include <hass/cleanup.h>

/** A new context with a fresh ULID. @user_id and @parent_id may be NULL. Ids over 36 characters: NULL. */
HASS_API const struct hass_context *hass_context_new(struct hass *hass, const char *user_id,
                                                     const char *parent_id);
/** As hass_context_new with a given id, e.g. from storage. */
HASS_API const struct hass_context *hass_context_new_id(const char *id, const char *user_id,
                                                        const char *parent_id);
HASS_API const struct hass_context *hass_context_ref(const struct hass_context *context);
HASS_API const struct hass_context *hass_context_unref(const struct hass_context *context);
/** 26-character ULID, or what hass_context_new_id was given. */
HASS_API const char *hass_context_id(const struct hass_context *context);
HASS_API const char *hass_context_user_id(const struct hass_context *context);
HASS_API const char *hass_context_parent_id(const struct hass_context *context);
/** The first event fired with it, a reference, or NULL. Context: loop thread. */
HASS_API const struct hass_event *hass_context_origin_event(const struct hass_context *context);
HASS_API bool hass_context_equal(const struct hass_context *a, const struct hass_context *b);
/** Shape: {"id": str, "parent_id": str|null, "user_id": str|null} */
HASS_API json_t *hass_context_as_json(const struct hass_context *context);

HASS_DEFINE_CONST_CLEANUP(hass_context, hass_context_unref)
