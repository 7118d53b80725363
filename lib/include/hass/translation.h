/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an integration calls things, from its strings.json: one line puts the file into the .so.
 *
 *     HASS_STRINGS("strings.json");
 *
 * Names of entities (description.translation_key) and of device classes are looked up there. In this tree the build embeds
 * the file wherever a folder has one; the line is for integrations that are built elsewhere. The path is looked for as that of
 * an #include. "[%key:component::sensor::entity_component::battery::name%]" in a text stands for that one of sensor.
 *
 * Shape: {"entity": {domain: {translation key: {"name": str}}}, "entity_component": {device class or "_": {"name": str}}, …}
 * Model: helpers.translation
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

#define HASS__EMBED(symbol, path)                                                                  \
    __asm__(".pushsection .rodata\n"                                                               \
            ".balign 4\n"                                                                          \
            ".globl " symbol "\n"                                                                  \
            ".type " symbol ", %object\n" symbol ":\n"                                             \
            ".4byte 2f - 1f\n"                                                                     \
            "1: .incbin \"" path "\"\n"                                                            \
            "2: .byte 0\n"                                                                         \
            ".size " symbol ", . - " symbol "\n"                                                   \
            ".popsection")

/** Embeds the English texts. */
#define HASS_STRINGS(path)               HASS__EMBED("hass_strings", path)
/** Embeds those of another language, of the same shape; what is missing there is English. `HASS_TRANSLATION("de", "de.json")`; "pt_BR". */
#define HASS_TRANSLATION(language, path) HASS__EMBED("hass_strings_" language, path)

/**
 * Lends the text of integration @domain under a path of keys, "entity.sensor.uptime.name", in the home's language where the
 * integration has it, else in English; or NULL. Until the integration is replaced or the home speaks another language, so keep a
 * copy of what you need longer.
 */
HASS_API const char *hass_async_translation(struct hass *hass, const char *domain, const char *key)
    HASS_CALLBACK;
/** Twin of hass_async_translation: a copy, to be freed, or NULL. */
HASS_API char *hass_translation(struct hass *hass, const char *domain, const char *key)
    HASS_BLOCKING;
