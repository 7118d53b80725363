/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole home for tests of integrations: the built integrations, set up by a configuration as the daemon does it.
 */
#pragma once

#include "support/loader_fixture.h"

/** Boots a home whose configuration.yaml is @yaml (NULL: empty): it is RUNNING afterwards, on virtual time. */
struct hass *test_home(const char *yaml) HASS__ANALYSIS(assert_capability(hass_loop));

/** The state of an entity as text; "(none)" when there is none. Lent until the loop turns. */
const char *home_state(struct hass *hass, const char *entity_id) HASS_CALLBACK;
/** An attribute as JSON, owned by the caller; NULL when there is none. */
json_t *home_attribute(struct hass *hass, const char *entity_id, const char *key) HASS_CALLBACK;
/** Calls a service, waits for it, lets the loop settle. @data is JSON in which ' stands for ". Returns its result; @err may be NULL. */
int home_call(struct hass *hass, const char *domain, const char *service, const char *data,
              struct hass_error *err) HASS_CALLBACK;
