/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home's configuration. Values come from outside, so one field table checks them all before the first is changed.
 */
#include "core/config.h"

#include <string.h>

#include <hass/dt.h>
#include <hass/schema.h>

#include "base/mem.h"
#include "core/core.h"

/* the values */

/* Where a key of the configuration lives in struct hass_home. */
static const struct home_text {
    const char *key;
    size_t offset, size;
} home_texts[] = {
#define HOME_TEXT(member)                                                                          \
    {                                                                                              \
#        member, offsetof(struct hass_home, member), sizeof(((struct hass_home *)NULL)->member)    \
    }
    HOME_TEXT(location_name), HOME_TEXT(time_zone), HOME_TEXT(unit_system),
    HOME_TEXT(currency),      HOME_TEXT(country),   HOME_TEXT(language),
#undef HOME_TEXT
};

HASS_SCHEMA(
    home_schema,
    HASS_FIELD("latitude", &hass_type_number, .min = -90, .max = 90, .doc = "Degrees north"),
    HASS_FIELD("longitude", &hass_type_number, .min = -180, .max = 180, .doc = "Degrees east"),
    HASS_FIELD("elevation", &hass_type_int, .min = -1e6, .max = 1e6, .doc = "Metres above the sea"),
    HASS_FIELD("radius", &hass_type_int, .min = 1, .max = 1e6, .doc = "Metres around the home"),
    HASS_FIELD("location_name", &hass_type_string, .max = 31 /* of four bytes */,
               .doc = "What the home is called"),
    HASS_FIELD("time_zone", &hass_type_time_zone, .doc = "IANA name, such as Europe/Berlin"),
    HASS_FIELD("unit_system", &hass_type_enum,
               .words = HASS_WORDS("metric", "us_customary", "imperial"),
               .doc = "Units of the home"),
    HASS_FIELD("currency", &hass_type_string, .min = 3, .max = 3, .doc = "ISO 4217 code"),
    HASS_FIELD("country", &hass_type_string, .min = 2, .max = 2, .nullable = true,
               .doc = "ISO 3166 code"),
    HASS_FIELD("language", &hass_type_string, .min = 2, .max = 15, .doc = "BCP 47 tag"),
    HASS_FIELD("debug", &hass_type_bool, .doc = "Report slow callbacks and blocking calls"),
    HASS_FIELD("allowlist_external_dirs", &hass_type_string, .list = true, .max = 1000,
               .doc = "Folders in which services may write"));

static void set_text(struct hass_home *home, const char *key, const char *text)
{
    for (size_t i = 0; i < sizeof(home_texts) / sizeof(*home_texts); i++)
        if (strcmp(home_texts[i].key, key) == 0) {
            char *to = (char *)home + home_texts[i].offset;
            size_t length = strnlen(text, home_texts[i].size - 1);
            memcpy(to, text, length);
            to[length] = '\0';
        }
}

/* The model's old word for the same units. */
static const char *canonical_text(const char *key, const char *text)
{
    return strcmp(key, "unit_system") == 0 && strcmp(text, "imperial") == 0 ? "us_customary" : text;
}

static void set_value(struct hass_home *home, const char *key, const json_t *value)
{
    if (json_is_string(value))
        set_text(home, key, canonical_text(key, json_string_value(value)));
    else if (json_is_null(value))
        set_text(home, key, "");
    else if (strcmp(key, "latitude") == 0)
        home->latitude = json_number_value(value);
    else if (strcmp(key, "longitude") == 0)
        home->longitude = json_number_value(value);
    else if (strcmp(key, "elevation") == 0)
        home->elevation = (int)json_integer_value(value);
    else if (strcmp(key, "radius") == 0)
        home->radius = (int)json_integer_value(value);
    else if (strcmp(key, "debug") == 0)
        home->debug = json_is_true(value);
}

/* Checks all, then changes all. @ret_changed: the checked values. */
static HASS_CALLBACK int apply(struct hass *hass, const json_t *values, json_t **ret_changed,
                               struct hass_error *err)
{
    struct config *config = &hass->config;
    struct hass_home home = config->home;
    struct hass_zone *zone = NULL;
    const char *key;
    json_t *value;
    autojson *checked = NULL;
    int r = hass_schema_check(&home_schema, values, &checked, err);

    if (r < 0)
        return r;
    json_object_foreach(checked, key, value)
        set_value(&home, key, value);
    r = hass_zone_new(home.time_zone, &zone, err);
    if (r < 0)
        return r;
    lock_take(&config->lock);
    struct hass_zone *former = config->zone;
    config->home = home;
    config->zone = zone;
    if (hass_json_get(checked, "allowlist_external_dirs")) {
        json_decref(config->folders);
        config->folders = hass_json_ref(hass_json_get(checked, "allowlist_external_dirs"));
    }
    lock_drop(&config->lock);
    hass_zone_unref(former);
    runtime_set_debug(hass, home.debug);
    *ret_changed = steal(checked);
    return 0;
}

int config_async_load(struct hass *hass, json_t *values, const char *source, struct hass_error *err)
{
    autojson *taken = values;
    autojson *changed = NULL;
    int r = apply(hass, taken, &changed, err);

    if (r == 0)
        hass->config.source = source;
    return r;
}

int hass_config_async_update(struct hass *hass, json_t *values, struct hass_error *err)
{
    autojson *taken = values;
    json_t *changed;

    VERIFY_LOOP(hass, "hass.config.async_update", err);
    int r = apply(hass, taken, &changed, err);
    if (r < 0)
        return r;
    hass->config.source = "storage";
    return bus_fire(hass, HASS_EVENT_CORE_CONFIG_UPDATE, changed, &(struct event_options){ 0 },
                    err);
}

static HASS_CALLBACK int update_posted(struct hass *hass, void *arg, struct hass_error *err)
{
    return hass_config_async_update(hass, json_incref(arg), err);
}

static void decref_values(void *values)
{
    json_decref(values);
}

int hass_config_update(struct hass *hass, json_t *values, struct hass_error *err)
{
    return runtime_post(hass, "hass.config.update", update_posted, values, decref_values, err);
}

/* life */

void config_init(struct hass *hass, const char *config_dir, const char *state_dir, bool debug)
{
    struct config *config = &hass->config;

    config->home = (struct hass_home){
        .size = sizeof(config->home),
        .radius = 100,
        .location_name = "Home",
        .time_zone = "UTC",
        .unit_system = "metric",
        .currency = "EUR",
        .language = "en",
        .debug = debug,
    };
    config->config_dir = mem_strdup(config_dir ? config_dir : "");
    config->state_dir = mem_strdup(state_dir ? state_dir : config->config_dir);
    config->components = hass_strmap_create(NULL);
    config->folders = json_array();
    config->source = "default";
    if (hass_zone_new("UTC", &config->zone, NULL) < 0)
        config->zone = NULL; // a NULL zone is UTC
}

void config_fini(struct hass *hass)
{
    struct config *config = &hass->config;

    config->zone = hass_zone_unref(config->zone);
    config->components = hass_strmap_destroy(config->components);
    json_decref(config->folders);
    free(config->config_dir);
    free(config->state_dir);
}

/* reading */

void hass_config_home(struct hass *hass, struct hass_home *ret_home)
{
    uint32_t size = ret_home->size;

    lock_take(&hass->config.lock);
    struct hass_home home = hass->config.home;
    lock_drop(&hass->config.lock);
    // A caller of an older header has less room; one that did not say has ours.
    if (size == 0 || size > sizeof(home))
        size = sizeof(home);
    memcpy(ret_home, &home, size);
    ret_home->size = size;
}

struct hass_zone *hass_config_zone(struct hass *hass)
{
    lock_take(&hass->config.lock);
    struct hass_zone *zone = hass_zone_ref(hass->config.zone);
    lock_drop(&hass->config.lock);
    return zone;
}

const char *hass_config_dir(const struct hass *hass)
{
    return hass->config.config_dir;
}

const char *hass_config_state_dir(const struct hass *hass)
{
    return hass->config.state_dir;
}

char *hass_config_path(const struct hass *hass, const char *relative)
{
    if (relative[0] == '/')
        return mem_strdup(relative);
    return mem_printf("%s/%s", hass->config.config_dir, relative);
}

/* components */

void config_async_add_component(struct hass *hass, const char *name)
{
    static const char present;

    lock_take(&hass->config.lock);
    hass_strmap_set(hass->config.components, name, (void *)&present);
    lock_drop(&hass->config.lock);
}

void config_async_remove_component(struct hass *hass, const char *name)
{
    lock_take(&hass->config.lock);
    hass_strmap_remove(hass->config.components, name);
    lock_drop(&hass->config.lock);
}

bool config_has_component(struct hass *hass, const char *name)
{
    lock_take(&hass->config.lock);
    bool found = hass_strmap_get(hass->config.components, name) != NULL;
    lock_drop(&hass->config.lock);
    return found;
}

/* JSON */

static json_t *units_as_json(const char *system)
{
    if (strcmp(system, "metric") == 0)
        return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "length", "km",
                         "accumulated_precipitation", "mm", "area", "m²", "mass", "g", "pressure",
                         "Pa", "temperature", "°C", "volume", "L", "wind_speed", "m/s");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "length", "mi",
                     "accumulated_precipitation", "in", "area", "ft²", "mass", "lb", "pressure",
                     "psi", "temperature", "°F", "volume", "gal", "wind_speed", "mph");
}

static json_t *components_as_json(const struct config *config)
{
    json_t *names = json_array();
    const char *name;
    const void *present;

    strmap_foreach(config->components, name, present)
        json_array_append_new(names, json_string(name));
    return names;
}

json_t *hass_config_async_as_json(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.config.async_as_json", NULL);
    const struct config *config = &hass->config;
    const struct hass_home *home = &config->home;
    autojson *place = json_pack(
        "{s:f, s:f, s:i, s:i, s:s, s:s, s:s, s:s, s:s?}", "latitude", home->latitude, "longitude",
        home->longitude, "elevation", home->elevation, "radius", home->radius, "location_name",
        home->location_name, "time_zone", home->time_zone, "language", home->language, "currency",
        home->currency, "country", home->country[0] ? home->country : NULL);
    json_t *all = json_pack(
        "{s:o, s:s, s:s, s:o, s:n, s:n, s:s, s:s, s:b, s:b, s:b, s:O, s:[], s:O}", "components",
        components_as_json(config), "version", HASS_MODEL_VERSION, "state",
        hass_core_state_name(hass_core_state(hass)), "unit_system",
        units_as_json(home->unit_system), "internal_url", "external_url", "config_dir",
        config->config_dir, "config_source", config->source, "safe_mode", false, "recovery_mode",
        false, "debug", home->debug, "allowlist_external_dirs", config->folders,
        "allowlist_external_urls", "whitelist_external_dirs", config->folders);

    json_object_update(all, place);
    return all;
}
