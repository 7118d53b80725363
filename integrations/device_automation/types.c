/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of entity domains. */
#include "types.h"

#include <string.h>

#include <hass/states.h>

#define TOGGLED(domain)                                                                            \
    { domain, "changed_states", DEVICE_STATE, .fields = "for" },                                   \
        { domain, "turned_off", DEVICE_STATE, "off", .fields = "for" },                            \
    {                                                                                              \
        domain, "turned_on", DEVICE_STATE, "on", .fields = "for"                                   \
    }
#define IS_ON_OR_OFF(domain)                                                                       \
    { domain, "is_off", DEVICE_STATE, "off", .fields = "for" },                                    \
    {                                                                                              \
        domain, "is_on", DEVICE_STATE, "on", .fields = "for"                                       \
    }
#define TOGGLES(domain)                                                                            \
    { domain, "turn_off", DEVICE_SERVICE }, { domain, "turn_on", DEVICE_SERVICE },                 \
    {                                                                                              \
        domain, "toggle", DEVICE_SERVICE                                                           \
    }

/* Features of entities, as their domains number them. */
enum {
    ALARM_HOME = 1,
    ALARM_AWAY = 2,
    ALARM_NIGHT = 4,
    ALARM_TRIGGER = 8,
    ALARM_VACATION = 32,
    CLIMATE_PRESET = 16,
    COVER_OPEN_CLOSE = 1 | 2,
    COVER_OPENS = 1,
    COVER_CLOSES = 2,
    COVER_POSITION = 4,
    COVER_STOPS = 8,
    COVER_OPENS_TILT = 16,
    COVER_CLOSES_TILT = 32,
    COVER_TILT_POSITION = 128,
    HUMIDIFIER_MODES = 1,
    LOCK_OPENS = 1,
    WATER_HEATER_SWITCHES = 8,
};

static const struct device_type triggers[] = {
    TOGGLED("light"),
    TOGGLED("switch"),
    TOGGLED("fan"),
    TOGGLED("humidifier"),
    TOGGLED("remote"),
    TOGGLED("update"),
    { "humidifier", "current_humidity_changed", DEVICE_NUMBER, NULL, "current_humidity",
      "above below for" },
    { "humidifier", "target_humidity_changed", DEVICE_NUMBER, NULL, "humidity", "above below for" },
    { "alarm_control_panel", "disarmed", DEVICE_STATE, "disarmed", .fields = "for" },
    { "alarm_control_panel", "triggered", DEVICE_STATE, "triggered", .fields = "for" },
    { "alarm_control_panel", "arming", DEVICE_STATE, "arming", .fields = "for" },
    { "alarm_control_panel", "armed_home", DEVICE_STATE, "armed_home", NULL, "for", ALARM_HOME },
    { "alarm_control_panel", "armed_away", DEVICE_STATE, "armed_away", NULL, "for", ALARM_AWAY },
    { "alarm_control_panel", "armed_night", DEVICE_STATE, "armed_night", NULL, "for", ALARM_NIGHT },
    { "alarm_control_panel", "armed_vacation", DEVICE_STATE, "armed_vacation", NULL, "for",
      ALARM_VACATION },
    { "button", "pressed", DEVICE_STATE },
    { "climate", "current_temperature_changed", DEVICE_NUMBER, NULL, "current_temperature",
      "above below for" },
    { "climate", "current_humidity_changed", DEVICE_NUMBER, NULL, "current_humidity",
      "above below for" },
    { "climate", "hvac_mode_changed", DEVICE_STATE, .fields = "to_mode for" },
    { "cover", "opened", DEVICE_STATE, "open", NULL, "for", COVER_OPEN_CLOSE },
    { "cover", "closed", DEVICE_STATE, "closed", NULL, "for", COVER_OPEN_CLOSE },
    { "cover", "opening", DEVICE_STATE, "opening", NULL, "for", COVER_OPEN_CLOSE },
    { "cover", "closing", DEVICE_STATE, "closing", NULL, "for", COVER_OPEN_CLOSE },
    { "cover", "position", DEVICE_NUMBER, NULL, "current_position", "above below", COVER_POSITION },
    { "cover", "tilt_position", DEVICE_NUMBER, NULL, "current_tilt_position", "above below",
      COVER_TILT_POSITION },
    { "device_tracker", "enters", DEVICE_ZONE, "enter", NULL, "zone" },
    { "device_tracker", "leaves", DEVICE_ZONE, "leave", NULL, "zone" },
    { "lock", "locked", DEVICE_STATE, "locked", .fields = "for" },
    { "lock", "unlocked", DEVICE_STATE, "unlocked", .fields = "for" },
    { "lock", "locking", DEVICE_STATE, "locking", .fields = "for" },
    { "lock", "unlocking", DEVICE_STATE, "unlocking", .fields = "for" },
    { "lock", "jammed", DEVICE_STATE, "jammed", .fields = "for" },
    { "lock", "opening", DEVICE_STATE, "opening", NULL, "for", LOCK_OPENS },
    { "lock", "open", DEVICE_STATE, "open", NULL, "for", LOCK_OPENS },
    { "media_player", "changed_states", DEVICE_STATE, .fields = "for" },
    { "media_player", "turned_on", DEVICE_STATE, "on", .fields = "for" },
    { "media_player", "turned_off", DEVICE_STATE, "off", .fields = "for" },
    { "media_player", "idle", DEVICE_STATE, "idle", .fields = "for" },
    { "media_player", "paused", DEVICE_STATE, "paused", .fields = "for" },
    { "media_player", "playing", DEVICE_STATE, "playing", .fields = "for" },
    { "media_player", "buffering", DEVICE_STATE, "buffering", .fields = "for" },
    { "select", "current_option_changed", DEVICE_STATE, .fields = "from_option to_option for" },
    { "vacuum", "cleaning", DEVICE_STATE, "cleaning", .fields = "for" },
    { "vacuum", "docked", DEVICE_STATE, "docked", .fields = "for" },
};

static const struct device_type conditions[] = {
    IS_ON_OR_OFF("light"),
    IS_ON_OR_OFF("switch"),
    IS_ON_OR_OFF("fan"),
    IS_ON_OR_OFF("humidifier"),
    IS_ON_OR_OFF("remote"),
    { "humidifier", "is_mode", DEVICE_CHOICE, "mode", "mode", "mode", HUMIDIFIER_MODES },
    { "alarm_control_panel", "is_disarmed", DEVICE_STATE, "disarmed" },
    { "alarm_control_panel", "is_triggered", DEVICE_STATE, "triggered" },
    { "alarm_control_panel", "is_armed_home", DEVICE_STATE, "armed_home", .features = ALARM_HOME },
    { "alarm_control_panel", "is_armed_away", DEVICE_STATE, "armed_away", .features = ALARM_AWAY },
    { "alarm_control_panel", "is_armed_night", DEVICE_STATE, "armed_night",
      .features = ALARM_NIGHT },
    { "alarm_control_panel", "is_armed_vacation", DEVICE_STATE, "armed_vacation",
      .features = ALARM_VACATION },
    { "climate", "is_hvac_mode", DEVICE_CHOICE, "hvac_mode", NULL, "hvac_mode" },
    { "climate", "is_preset_mode", DEVICE_CHOICE, "preset_mode", "preset_mode", "preset_mode",
      CLIMATE_PRESET },
    { "cover", "is_open", DEVICE_STATE, "open", .features = COVER_OPEN_CLOSE },
    { "cover", "is_closed", DEVICE_STATE, "closed", .features = COVER_OPEN_CLOSE },
    { "cover", "is_opening", DEVICE_STATE, "opening", .features = COVER_OPEN_CLOSE },
    { "cover", "is_closing", DEVICE_STATE, "closing", .features = COVER_OPEN_CLOSE },
    { "cover", "is_position", DEVICE_NUMBER, NULL, "current_position", "above below",
      COVER_POSITION },
    { "cover", "is_tilt_position", DEVICE_NUMBER, NULL, "current_tilt_position", "above below",
      COVER_TILT_POSITION },
    { "device_tracker", "is_home", DEVICE_STATE, "home" },
    { "device_tracker", "is_not_home", DEVICE_NOT, "home" },
    { "lock", "is_locked", DEVICE_STATE, "locked" },
    { "lock", "is_unlocked", DEVICE_STATE, "unlocked" },
    { "lock", "is_locking", DEVICE_STATE, "locking" },
    { "lock", "is_unlocking", DEVICE_STATE, "unlocking" },
    { "lock", "is_jammed", DEVICE_STATE, "jammed" },
    { "lock", "is_opening", DEVICE_STATE, "opening", .features = LOCK_OPENS },
    { "lock", "is_open", DEVICE_STATE, "open", .features = LOCK_OPENS },
    { "media_player", "is_on", DEVICE_STATE, "on" },
    { "media_player", "is_off", DEVICE_STATE, "off" },
    { "media_player", "is_idle", DEVICE_STATE, "idle" },
    { "media_player", "is_paused", DEVICE_STATE, "paused" },
    { "media_player", "is_playing", DEVICE_STATE, "playing" },
    { "media_player", "is_buffering", DEVICE_STATE, "buffering" },
    { "select", "selected_option", DEVICE_CHOICE, "option", NULL, "option for" },
    { "vacuum", "is_cleaning", DEVICE_STATE, "cleaning returning" },
    { "vacuum", "is_docked", DEVICE_STATE, "docked" },
};

static const struct device_type actions[] = {
    TOGGLES("light"),
    TOGGLES("switch"),
    TOGGLES("fan"),
    TOGGLES("humidifier"),
    TOGGLES("remote"),
    { "light", "brightness_increase", DEVICE_SERVICE },
    { "light", "brightness_decrease", DEVICE_SERVICE },
    { "light", "flash", DEVICE_SERVICE, .features = 8 },
    { "humidifier", "set_humidity", DEVICE_SERVICE, .fields = "humidity" },
    { "humidifier", "set_mode", DEVICE_SERVICE, .fields = "mode", .features = HUMIDIFIER_MODES },
    { "alarm_control_panel", "arm_home", DEVICE_SERVICE, .fields = "code", .features = ALARM_HOME },
    { "alarm_control_panel", "arm_away", DEVICE_SERVICE, .fields = "code", .features = ALARM_AWAY },
    { "alarm_control_panel", "arm_night", DEVICE_SERVICE, .fields = "code",
      .features = ALARM_NIGHT },
    { "alarm_control_panel", "arm_vacation", DEVICE_SERVICE, .fields = "code",
      .features = ALARM_VACATION },
    { "alarm_control_panel", "disarm", DEVICE_SERVICE, .fields = "code" },
    { "alarm_control_panel", "trigger", DEVICE_SERVICE, .fields = "code",
      .features = ALARM_TRIGGER },
    { "button", "press", DEVICE_SERVICE },
    { "climate", "set_hvac_mode", DEVICE_SERVICE, .fields = "hvac_mode" },
    { "climate", "set_preset_mode", DEVICE_SERVICE, .fields = "preset_mode",
      .features = CLIMATE_PRESET },
    { "cover", "open", DEVICE_SERVICE, .features = COVER_OPENS },
    { "cover", "close", DEVICE_SERVICE, .features = COVER_CLOSES },
    { "cover", "stop", DEVICE_SERVICE, .features = COVER_STOPS },
    { "cover", "open_tilt", DEVICE_SERVICE, .features = COVER_OPENS_TILT },
    { "cover", "close_tilt", DEVICE_SERVICE, .features = COVER_CLOSES_TILT },
    { "cover", "set_position", DEVICE_SERVICE, .fields = "position", .features = COVER_POSITION },
    { "cover", "set_tilt_position", DEVICE_SERVICE, .fields = "position",
      .features = COVER_TILT_POSITION },
    { "lock", "lock", DEVICE_SERVICE },
    { "lock", "unlock", DEVICE_SERVICE },
    { "lock", "open", DEVICE_SERVICE, .features = LOCK_OPENS },
    { "number", "set_value", DEVICE_SERVICE, .fields = "value" },
    { "select", "select_option", DEVICE_SERVICE, .fields = "option" },
    { "select", "select_first", DEVICE_SERVICE },
    { "select", "select_last", DEVICE_SERVICE },
    { "select", "select_next", DEVICE_SERVICE, .fields = "cycle" },
    { "select", "select_previous", DEVICE_SERVICE, .fields = "cycle" },
    { "text", "set_value", DEVICE_SERVICE, .fields = "text" },
    { "vacuum", "clean", DEVICE_SERVICE },
    { "vacuum", "dock", DEVICE_SERVICE },
    { "water_heater", "turn_on", DEVICE_SERVICE, .features = WATER_HEATER_SWITCHES },
    { "water_heater", "turn_off", DEVICE_SERVICE, .features = WATER_HEATER_SWITCHES },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const struct device_type *types;
    size_t count;
} tables[] = {
    [DEVICE_TRIGGER] = { triggers, COUNT(triggers) },
    [DEVICE_CONDITION] = { conditions, COUNT(conditions) },
    [DEVICE_ACTION] = { actions, COUNT(actions) },
};

const struct device_type *device_type_find(enum device_what what, const char *domain,
                                           const char *type)
{
    for (size_t i = 0; i < tables[what].count; i++) {
        const struct device_type *one = &tables[what].types[i];
        if (strcmp(one->domain, domain) == 0 && strcmp(one->type, type) == 0)
            return one;
    }
    return device_class_find(what, domain, type);
}

bool device_type_has_domain(enum device_what what, const char *domain)
{
    for (size_t i = 0; i < tables[what].count; i++) {
        if (strcmp(tables[what].types[i].domain, domain) == 0)
            return true;
    }
    return what != DEVICE_ACTION &&
           (strcmp(domain, "sensor") == 0 || strcmp(domain, "binary_sensor") == 0);
}

/* What it does now, or, while it is not there, what it last could do. */
static HASS_CALLBACK uint32_t features_of(struct hass *hass, const struct hass_entity_entry *entry)
{
    const struct hass_state *state = hass_states_async_get(hass, entry->entity_id);
    struct hass_value value;

    if (state && hass_state_attr(state, "supported_features", &value) &&
        value.type == HASS_VALUE_INT)
        return (uint32_t)value.integer;
    return entry->supported_features;
}

void device_types_of(struct hass *hass, const struct hass_entity_entry *entry,
                     enum device_what what, device_type_fn *fn, void *userdata)
{
    uint32_t features = features_of(hass, entry);

    for (size_t i = 0; i < tables[what].count; i++) {
        const struct device_type *type = &tables[what].types[i];
        if (strcmp(type->domain, entry->domain) == 0 &&
            (!type->features || (type->features & features)))
            fn(type, userdata);
    }
    device_class_types(hass, entry, what, fn, userdata);
}
