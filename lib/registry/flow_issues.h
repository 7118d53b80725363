/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What flows have to do with issues.
 */
#pragma once

#include "registry/flow.h"

/** Of integrations that have no dialogue of their own for repairs. */
extern const struct hass_flow_handler flow_confirm_repair;
/** A repair begins: its context's issue must be there, and be fixable. */
int flow_check_issue(const struct hass_flow *flow, struct hass_error *err) HASS_CALLBACK;
/** It has ended well: the issue goes. */
int flow_finish_repair(const struct hass_flow *flow, struct hass_error *err) HASS_CALLBACK;
/** A dialogue to authenticate anew is in progress; or is not any more. */
void flow_raise_reauth(const struct hass_entry *entry) HASS_CALLBACK;
void flow_clear_reauth(const struct hass_entry *entry) HASS_CALLBACK;
