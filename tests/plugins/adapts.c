/* SPDX-License-Identifier: Apache-2.0 */
/* Takes its section while it runs; shows the mode, and how often it was set up and reloaded. */
#include <string.h>

#include <hass/integration.h>

static const struct hass_field item =
    HASS_FIELD("", &hass_type_enum, .words = HASS_WORDS("slow", "fast", "no"), .doc = "How");
static const struct hass_schema adapts_schema = { .size = sizeof(struct hass_schema),
                                                  .keyed = &item };

HASS_MANIFEST(.domain = "adapts", .name = "Adapts", .version = "1.0", .config = &adapts_schema);

struct adapts {
    int reloads;
};

static HASS_CALLBACK int show(struct hass *hass, const json_t *config, int reloads,
                              struct hass_error *err)
{
    return hass_states_async_set(hass, "adapts.mode",
                                 hass_json_get_string(config, "mode", "nothing"),
                                 json_pack("{s:i}", "reloads", reloads), NULL, err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = hass_async_set_data(hass, "adapts", calloc(1, sizeof(struct adapts)), free, err);

    return r < 0 ? r : show(hass, config, 0, err);
}

int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct adapts *adapts = hass_async_get_data(hass, "adapts");
    int r = hass_async_sleep(hass, 1, err);

    if (r < 0)
        return r;
    if (!strcmp(hass_json_get_string(config, "mode", ""), "no"))
        return hass_fail(err, HASS_E_INVALID, "not in the mood");
    return show(hass, config, ++adapts->reloads, err);
}
