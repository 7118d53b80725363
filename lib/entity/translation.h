/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of integrations by domain, as the loader found them in their files.
 */
#pragma once

#include <hass/translation.h>

enum language {
    LANGUAGE_HOME,    /* the home's, else English */
    LANGUAGE_ENGLISH, /* what ids are made of */
};

/** The texts of @domain from now on; each is taken, NULL where there are none. */
void translation_set(struct hass *hass, const char *domain, json_t *english, json_t *local)
    HASS_CALLBACK;
/** Texts have changed: entities whose names are made of them tell the registry, and write their states. */
void translations_async_changed(struct hass *hass) HASS_CALLBACK;
/** hass_async_translation in a given language. */
const char *translation_find(struct hass *hass, const char *domain, enum language language,
                             const char *key) HASS_CALLBACK;
