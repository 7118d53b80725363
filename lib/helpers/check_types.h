/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the field tables of triggers, conditions and actions have in common: their types, and periods that may be templates.
 */
#pragma once

#include <hass/schema.h>
#include <hass/template.h>

/** A text that stands as such in YAML: an unquoted on, off or number is refused, since it would have been another value. */
extern const struct hass_field_type check_type_text;
/** One, a list, or "a, b" of entity ids, lower-cased, and of registry ids (32 hex digits) → a list. */
extern const struct hass_field_type check_type_entities;
/** A duration of 0 or more → seconds; a template, or a map of them, stays as it is. */
extern const struct hass_field_type check_type_period;
/** A number → itself; an entity id → itself, lower-cased. */
extern const struct hass_field_type check_type_bound;
/** true or false in any spelling → a boolean; a template stays a text. */
extern const struct hass_field_type check_type_enabled;

/** The entity id that an item of check_type_entities stands for: itself, or, of a registry id, that of its row. Lent; NULL: no such row. */
const char *check_entity_id(struct hass *hass, const char *id) HASS_CALLBACK;
/**
 * The seconds of a value of check_type_period, whose templates are rendered. NULL is 0.
 *
 * Returns: 0; HASS_E_TEMPLATE; HASS_E_INVALID for what is no duration of 0 or more.
 */
int check_period_async_render(struct hass *hass, const json_t *period,
                              const struct hass_template_options *options, double *ret_seconds,
                              struct hass_error *err) HASS_CALLBACK;
/** Renders a value of check_type_enabled without variables, limited; NULL is true. Returns 1, 0, or HASS_E_TEMPLATE. */
int check_enabled_async_render(struct hass *hass, const json_t *enabled, struct hass_error *err)
    HASS_CALLBACK;
