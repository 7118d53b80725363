/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking the sections of a loaded configuration by the manifests of their integrations. Everything that is wrong becomes a
 * diagnostic; nothing here writes to the log but settings_log.
 */
#pragma once

#include <hass/integration.h>
#include <hass/strmap.h>

#include "data/config_file.h"

/** No configuration at all. */
struct config_file *settings_empty(void);
/** Lends what is written about @domain, or NULL. */
const json_t *settings_section(const struct config_file *file, const char *domain);
/**
 * Where a value below the section of @domain stands, "3->actions->0", or the nearest above it that is known. A step may name a key by its
 * other spelling, and the item of a list where there is a single value.
 */
struct mark settings_mark(const struct config_file *file, const char *domain, const char *path);
/** Where the section stands, or its name if @name. */
struct mark settings_section_mark(const struct config_file *file, const char *domain, bool name);
/** True when both files say the same about @domain. */
bool settings_same(const struct config_file *a, const struct config_file *b, const char *domain);
/** The domains of all sections and the integrations of all their platforms, as keys of an object owned by the caller. */
json_t *settings_names(const struct config_file *file);
/** True when @name is a platform of some domain's section. */
bool settings_names_platform(const struct config_file *file, const char *name);

/**
 * Checks the section of @domain and returns what its set-up gets: its own part normalised, with defaults, and as items of a
 * list the entries with `platform:` as they were written, which its component checks one by one.
 *
 * Returns: 0 with @ret_config owned by the caller, or HASS_E_INVALID with the first diagnostic.
 */
int settings_check(struct config_file *file, const char *domain,
                   const struct hass_manifest *manifest, struct diagnostics *diagnostics,
                   json_t **ret_config, struct hass_error *err);

/**
 * Checks one entry of @domain's platforms by the manifest of the integration that it names. @entry is an item of the section,
 * or was made by an integration and stands nowhere.
 */
int settings_check_platform(struct config_file *file, const char *domain, const json_t *entry,
                            const struct hass_manifest *manifest, struct diagnostics *diagnostics,
                            json_t **ret_config, struct hass_error *err);

/** The values of `homeassistant:` for config_async_load, those that are right. Owned by the caller. */
json_t *settings_core_values(struct config_file *file);

/** Says that @message is wrong with the name of a section, or with the platform that @entry names (NULL: the section). */
void settings_complain(struct config_file *file, const char *domain, const json_t *entry,
                       const char *message);

/** The platform entries of a section, in order: `size_t pos = 0; while ((entry = settings_next_platform(section, &pos)))`. */
const json_t *settings_next_platform(const json_t *section, size_t *pos);

/**
 * Makes @file, which was read now, what is in use after @former: only @domain has taken its section yet, others that are written
 * differently now keep theirs.
 */
void settings_follow(struct config_file *file, const struct config_file *former,
                     const char *domain);

/** Leaves sections and platform entries out of integrations that are no keys of @only, without a word. */
void settings_keep(struct config_file *file, const struct hass_strmap *only);

/** HASS_E_INVALID: "@what has 2 errors, the first of them: home.yaml:3:5: …; nothing was changed". */
int settings_refuse(const struct diagnostics *diagnostics, const char *what,
                    struct hass_error *err);
/** Logs each diagnostic in one line. */
void settings_log(const struct diagnostics *diagnostics);
