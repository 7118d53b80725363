/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References from one text of strings.json to another, so that each thing is said once:
 *
 *     "[%key:component::sensor::entity_component::battery::name%]"   a text of an integration, the own one included
 *     "[%key:common::state::on%]"                                    one of "common" in homeassistant's
 *
 * They may stand within a longer text. Nothing of hassd is used here: the build follows the references of our own files by it,
 * hassd those of files that were built elsewhere.
 */
#pragma once

#include <stdbool.h>

#define TEXT_KEYS_MAX_DEPTH 16
#define TEXT_KEYS_MAX_TEXT  65536 /* bytes of a text with what its references stand for */

struct text_keys {
    /** Lends the text of @domain under a path of keys with dots, "entity.sensor.uptime.name"; NULL: there is none. */
    const char *(*find)(void *userdata, const char *domain, const char *path);
    void *userdata;
    char problem[512]; /* out */
};

/** True when there is something to follow. */
bool text_keys_has(const char *text);
/**
 * @text, which is that of @domain under @path (for circles; NULL: of none), with all references followed, to be freed. NULL with
 * keys->problem when one leads nowhere or in a circle.
 */
char *text_keys_follow(struct text_keys *keys, const char *domain, const char *path,
                       const char *text);
