/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions in tests: checked, compiled and tested in one call. */
#pragma once

#include <hass/condition.h>

#include "support/test.h"

/** The checked form of @text (test_json), owned by the caller; NULL: it is refused, and @err tells why. */
json_t *test_check_conditions(struct hass *hass, const char *text, struct hass_error *err);
/** Compiles @text; fails the test where it cannot be. */
struct hass_conditions *test_compile_conditions(struct hass *hass, const char *text) HASS_CALLBACK;
/** Tests @text by HASS_CONDITIONS_RAISE: 1, 0, or the error. @variables (may be NULL) is taken. */
int test_conditions(struct hass *hass, const char *text, struct hass_variables *variables,
                    struct hass_error *err) HASS_CALLBACK;
/** Sets a state; @attributes (test_json) may be NULL. */
void test_set(struct hass *hass, const char *entity_id, const char *state, const char *attributes)
    HASS_CALLBACK;
