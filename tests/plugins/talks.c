/* SPDX-License-Identifier: Apache-2.0 */
/* Brings its texts, in two languages, and things that have their names from there. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "talks", .name = "Talks", .version = "1.0",
              .platforms = HASS_PLATFORMS({ "thing", NULL }));
HASS_STRINGS("tests/plugins/talks.json");
HASS_TRANSLATION("de", "tests/plugins/talks_de.json");

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string("good");
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.state = state);
static const struct hass_entity_description mood =
    HASS_ENTITY_DESCRIPTION(.unique_id = "mood", .has_entity_name = true,
                            .translation_key = "mood");
static const struct hass_entity_description news =
    HASS_ENTITY_DESCRIPTION(.has_entity_name = true, .translation_key = "news");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}

int async_setup_platform(struct hass_platform *platform, const json_t *config,
                         struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &mood, NULL, NULL, NULL),
        hass_entity_new(hass, &ops, &news, NULL, NULL, NULL),
    };

    return hass_platform_async_add_entities(platform, entities, 2, false, err);
}
