/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entity for tests of a domain: "<domain>.fake", over the domain's ops table of the test. What its ops are told they keep
 * as text.
 */
#pragma once

#include "support/home.h"

/** The entity of this test. It outlives the test function, as the home does. */
extern struct fake {
    struct hass_entity_description description; /* to be filled in before fake_home */
    const char *domain;
    char told[256];
} fake;

/** A home with the built domain and the entity in it. */
struct hass *fake_home(const char *domain, const void *ops) HASS_CALLBACK;
/** Its state as text. */
const char *fake_state(struct hass *hass) HASS_CALLBACK;
/** Fails the test unless its attributes are these, beside the name. */
void fake_check_attributes(struct hass *hass, const char *expected) HASS_CALLBACK;
/** Calls a service of the domain for it; @data are further members, "'position':5", or "". */
int fake_call(struct hass *hass, const char *service, const char *data, struct hass_error *err)
    HASS_CALLBACK;
/** Keeps what the entity has been told; several are joined by "; ". Any thread, one at a time. */
void fake_tell(const char *format, ...) HASS_PRINTF(1, 2);
