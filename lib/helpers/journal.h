/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: what runs of scripts and triggers wait for, kept over a restart or a power cut in the store "hassd.runs".
 *
 * Order of calls: journal_async_load, once, before owners come; journal_add_source by each file that has something to keep; owners claim
 * what was read of theirs; whenever something of theirs changes they say journal_touch, and within two seconds all sources are asked and
 * the whole is written, unless it is what was written last. Nothing is written while nothing changes.
 *
 * Shape of the store's data: {section: {key: value}}, values as their sources made them. What was read and not yet claimed is
 * written again, until the home has been up for ten minutes: its owner may come late.
 */
#pragma once

#include <hass/error.h>
#include <hass/json.h>
#include <hass/thread_safety.h>

struct journal;

#define JOURNAL_SECTION_RUNS "runs" /* script_save.c */
#define JOURNAL_SECTION_FOR  "for"  /* trigger.c: armed `for:` */
#define JOURNAL_SECTION_DUE  "due"  /* trigger.c: when time triggers fire next */

/** Reads the store, once for each hass; later calls return at once, those at the same time wait. What cannot be read is logged. */
int journal_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;

/**
 * Puts each of its entries into @section, an object: json_object_set_new(section, key, value). Values are written by another thread:
 * nobody may hold on to a part of them. Loop.
 */
typedef void journal_collect_fn(struct hass *hass, json_t *section, void *userdata);
/** A source, for the life of @hass. Adding the same function for the same section again with the same @userdata is nothing. */
void journal_add_source(struct hass *hass, const char *section, journal_collect_fn *collect,
                        void *userdata) HASS_CALLBACK;
/** Ends a source, if it is there. */
void journal_remove_source(struct hass *hass, const char *section, journal_collect_fn *collect,
                           void *userdata) HASS_CALLBACK;
/** Something that a source would put in has changed. Cheap: to be called each time. */
void journal_touch(struct hass *hass) HASS_CALLBACK;

/** What was read at start under this key, owned by the caller, who keeps it from now on; NULL: nothing, or claimed before. */
json_t *journal_claim(struct hass *hass, const char *section, const char *key) HASS_CALLBACK;
/** Lends it without claiming. */
const json_t *journal_peek(struct hass *hass, const char *section, const char *key) HASS_CALLBACK;
/** Drops what was read under this key: its owner has gone, or does not want it. */
void journal_forget(struct hass *hass, const char *section, const char *key) HASS_CALLBACK;

/** Called by helpers_unref. Takes NULL. */
struct journal *journal_destroy(struct journal *journal);
