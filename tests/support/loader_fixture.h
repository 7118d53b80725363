/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole hass for tests of the loader and of integrations: made by hass_create over test_dir(), with the test plugins in its
 * search path, on virtual time. It is destroyed when the test ends.
 */
#pragma once

#include <hass/daemon.h>
#include <hass/integration.h>

#include "support/test.h"

/** Options over test_dir(); to be changed before loader_hass_with. */
struct hass_options loader_options(void);
struct hass *loader_hass(void) HASS__ANALYSIS(assert_capability(hass_loop));
struct hass *loader_hass_with(const struct hass_options *options)
    HASS__ANALYSIS(assert_capability(hass_loop));
/** Ends it before the test does. Returns the number of threads left. */
int loader_end(struct hass *hass);

/** The path of a built test plugin, lent. */
const char *loader_plugin(const char *name);
/** Copies a test plugin to <config>/integrations/@domain.so. Returns its path, lent until the next call. */
const char *loader_drop(const char *plugin, const char *domain);
/** Writes configuration.yaml. */
void loader_configure(const char *yaml);
/** hass_run until it is ready; the loop can be turned on afterwards. */
void loader_boot(struct hass *hass) HASS_CALLBACK;

/* As coroutines, to their end. */
int loader_set_up(struct hass *hass, const char *domain, struct hass_error *err) HASS_CALLBACK;
int loader_unload(struct hass *hass, const char *domain, struct hass_error *err) HASS_CALLBACK;
int loader_reload(struct hass *hass, const char *domain, struct hass_error *err) HASS_CALLBACK;

/** The problem of a domain as hass_async_info shows it, lent until the next call; or NULL. */
const char *loader_problem(struct hass *hass, const char *domain) HASS_CALLBACK;
/** A member of a domain's row in hass_async_info: "state", "file", …; lent until the next call. */
const char *loader_member(struct hass *hass, const char *domain, const char *member) HASS_CALLBACK;
