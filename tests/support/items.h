/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of domains whose entities are items of a collection: tables of calls and of what is refused, items made at run
 * time, restarts.
 */
#pragma once

#include "support/cases.h"
#include "support/home.h"

/** A service call and what becomes of it. */
struct item_call {
    const char *service, *data; /* ' stands for " */
    const char *state;          /* of the entity afterwards */
    int code;                   /* of the call; 0: it succeeds */
};

/** Boots a home over @yaml with the entity as @yaml makes it, calls, and compares. */
void items_check_call(const char *yaml, const char *entity_id, const struct item_call *call)
    HASS_CALLBACK;
/** Creates (@id NULL), updates or (@fields NULL) deletes an item; its JSON, owned by the caller, or NULL with @err. */
json_t *items_change(struct hass *hass, const char *domain, const char *id, const char *fields,
                     struct hass_error *err) HASS_CALLBACK;
/** Fails the test unless creating an item of @fields is refused with a message that contains @said, and makes no entity. */
void items_check_refused(const char *domain, const char *fields, const char *said) HASS_CALLBACK;
/** Fails the test unless a section is reported with @said, and its item "bad" is not there. */
void items_check_section(const char *domain, const char *section, const char *said) HASS_CALLBACK;
/** The state's attributes, compared with @wanted. */
void items_check_attributes(struct hass *hass, const char *entity_id, const char *wanted)
    HASS_CALLBACK;
/** Creates an item of @fields, restarts, and compares the list of items with @wanted. */
struct hass *items_check_restart(const char *domain, const char *fields, const char *wanted)
    HASS_CALLBACK;

/** Boots a home over @yaml, makes the call, restarts a minute later, and compares the state. */
void items_check_restored(const char *yaml, const char *entity_id, const struct item_call *call)
    HASS_CALLBACK;

/** Stops the home and makes it again over the same folder, @seconds later; loader_boot is left to the caller. */
struct hass *home_again(struct hass *hass, double seconds) HASS_CALLBACK;
/** Kills the home and boots it again @seconds later: its storage is what it was, nothing of what a stop writes is there. */
struct hass *home_killed(struct hass *hass, double seconds) HASS_CALLBACK;
/** Stops the home and boots it again over the same folder, @seconds later. */
struct hass *home_restart(struct hass *hass, double seconds) HASS_CALLBACK;
