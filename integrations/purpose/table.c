/* SPDX-License-Identifier: Apache-2.0 */
/* The names, and what each looks at. */
#include "purpose.h"

/* The KIND of a row of its own. A row has a kind of trigger and one of condition, of which each table uses one. */
#define ROW(name_, how_, ...)                                                                      \
    &((const struct purpose){                                                                      \
          .name = (name_),                                                                         \
          .trigger = HASS_TRIGGER_KIND(.name = (name_), .schema = &purpose_trigger_schema,         \
                                       .check = purpose_trigger_check,                             \
                                       .async_attach = purpose_trigger_attach,                     \
                                       .async_describe = purpose_trigger_describe,                 \
                                       .async_holds = purpose_trigger_holds),                      \
          .condition = HASS_CONDITION_KIND(.name = (name_), .schema = &purpose_condition_schema,   \
                                           .check = purpose_condition_check,                       \
                                           .async_test = purpose_condition_test),                  \
          .how = (how_),                                                                           \
          __VA_ARGS__ })                                                                           \
         .KIND
#define OF(...)            .of = { __VA_ARGS__ }
#define ENTERS(name_, ...) ROW(name_, PURPOSE_ENTERS, OF(__VA_ARGS__))
#define NUMBERS(prefix, ...)                                                                       \
    ROW(prefix "changed", PURPOSE_NUMBER_CHANGED, OF(__VA_ARGS__)),                                \
        ROW(prefix "crossed_threshold", PURPOSE_NUMBER_CROSSED, OF(__VA_ARGS__))
#define IS_NUMBER(name_, ...) ROW(name_, PURPOSE_NUMBER_CROSSED, OF(__VA_ARGS__))
#define SOURCE(domain_, states_)                                                                   \
    {                                                                                              \
        .domain = (domain_), .states = (states_)                                                   \
    }
#define CLASS(domain_, class_, states_)                                                            \
    {                                                                                              \
        .domain = (domain_), .device_class = (class_), .states = (states_)                         \
    }
#define ATTRIBUTE(domain_, attribute_, ...)                                                        \
    {                                                                                              \
        .domain = (domain_), .attribute = (attribute_), __VA_ARGS__                                \
    }

#define TURNED(domain)                                                                             \
    ENTERS(domain ".turned_on", SOURCE(domain, "on")),                                             \
        ENTERS(domain ".turned_off", SOURCE(domain, "off"))
#define IS_TURNED(domain)                                                                          \
    ENTERS(domain ".is_on", SOURCE(domain, "on")), ENTERS(domain ".is_off", SOURCE(domain, "off"))
#define OPENED(name, binary, cover)                                                                \
    ENTERS(name ".opened", CLASS("binary_sensor", binary, "on"), CLASS("cover", cover, "open")),   \
        ENTERS(name ".closed", CLASS("binary_sensor", binary, "off"),                              \
               CLASS("cover", cover, "closed"))
#define IS_OPENED(name, binary, cover)                                                             \
    ENTERS(name ".is_open", CLASS("binary_sensor", binary, "on"), CLASS("cover", cover, "open")),  \
        ENTERS(name ".is_closed", CLASS("binary_sensor", binary, "off"),                           \
               CLASS("cover", cover, "closed"))
#define COVER(kind)                                                                                \
    ENTERS("cover." kind "_opened", CLASS("cover", kind, "open")),                                 \
        ENTERS("cover." kind "_closed", CLASS("cover", kind, "closed"))
#define IS_COVER(kind)                                                                             \
    ENTERS("cover." kind "_is_open", CLASS("cover", kind, "open")),                                \
        ENTERS("cover." kind "_is_closed", CLASS("cover", kind, "closed"))
#define DETECTED(prefix, class)                                                                    \
    ENTERS(prefix "detected", CLASS("binary_sensor", class, "on")),                                \
        ENTERS(prefix "cleared", CLASS("binary_sensor", class, "off"))
#define IS_DETECTED(name, class)                                                                   \
    ENTERS(name ".is_detected", CLASS("binary_sensor", class, "on")),                              \
        ENTERS(name ".is_not_detected", CLASS("binary_sensor", class, "off"))
#define AIR_IS(name, class)                                                                        \
    ENTERS("air_quality.is_" name "_detected", CLASS("binary_sensor", class, "on")),               \
        ENTERS("air_quality.is_" name "_cleared", CLASS("binary_sensor", class, "off"))
#define AIR(name, class) NUMBERS("air_quality." name "_", CLASS("sensor", class, NULL))
#define AIR_VALUE(name, class)                                                                     \
    IS_NUMBER("air_quality.is_" name "_value", CLASS("sensor", class, NULL))

#define ARMED "armed_away armed_custom_bypass armed_home armed_night armed_vacation"
#define TEMPERATURES                                                                               \
    CLASS("sensor", "temperature", NULL), ATTRIBUTE("climate", "current_temperature"),             \
        ATTRIBUTE("water_heater", "current_temperature"), ATTRIBUTE("weather", "temperature")
#define HUMIDITIES                                                                                 \
    CLASS("sensor", "humidity", NULL), ATTRIBUTE("climate", "current_humidity"),                   \
        ATTRIBUTE("humidifier", "current_humidity"), ATTRIBUTE("weather", "humidity")
#define MUTED(states_)                                                                             \
    ATTRIBUTE("media_player", "is_volume_muted", .states = (states_), .zero = "volume_level")
#define VOLUME ATTRIBUTE("media_player", "volume_level", .scale = 100)
#define ZONES(...)                                                                                 \
    ATTRIBUTE("person", "in_zones", __VA_ARGS__),                                                  \
        ATTRIBUTE("device_tracker", "in_zones", __VA_ARGS__)
#define TIMER(transition)                                                                          \
    ENTERS("timer." transition, ATTRIBUTE("timer", "last_transition", .states = transition))
#define SATELLITE(prefix, state) ENTERS(prefix state, SOURCE("assist_satellite", state))
#define LOW(name_, state)                                                                          \
    ROW(name_, PURPOSE_ENTERS, OF(CLASS("binary_sensor", "battery", state)), .secondary = true)
#define REACHED(name_, attribute_)                                                                 \
    ROW(name_, PURPOSE_REACHED, OF({ .domain = "counter", .reached = (attribute_) }))
#define BRIGHTNESS ATTRIBUTE("light", "brightness", .scale = 100 / 255.0)

#define KIND trigger
const struct hass_trigger_kind *const purpose_triggers[] = {
    TURNED("fan"),
    TURNED("humidifier"),
    TURNED("light"),
    TURNED("remote"),
    TURNED("schedule"),
    TURNED("siren"),
    TURNED("switch"),
    OPENED("door", "door", "door"),
    OPENED("garage_door", "garage_door", "garage"),
    OPENED("window", "window", "window"),
    ENTERS("gate.opened", CLASS("cover", "gate", "open")),
    ENTERS("gate.closed", CLASS("cover", "gate", "closed")),
    COVER("awning"),
    COVER("blind"),
    COVER("curtain"),
    COVER("shade"),
    COVER("shutter"),
    ENTERS("valve.opened", SOURCE("valve", "open")),
    ENTERS("valve.closed", SOURCE("valve", "closed")),
    DETECTED("motion.", "motion"),
    DETECTED("occupancy.", "occupancy"),
    DETECTED("illuminance.", "light"),
    DETECTED("moisture.", "moisture"),
    DETECTED("air_quality.gas_", "gas"),
    DETECTED("air_quality.co_", "carbon_monoxide"),
    DETECTED("air_quality.smoke_", "smoke"),
    ENTERS("lock.locked", SOURCE("lock", "locked")),
    ENTERS("lock.unlocked", SOURCE("lock", "unlocked")),
    ENTERS("lock.opened", SOURCE("lock", "open")),
    ENTERS("lock.jammed", SOURCE("lock", "jammed")),
    ENTERS("alarm_control_panel.armed", SOURCE("alarm_control_panel", ARMED)),
    ENTERS("alarm_control_panel.armed_away", SOURCE("alarm_control_panel", "armed_away")),
    ENTERS("alarm_control_panel.armed_home", SOURCE("alarm_control_panel", "armed_home")),
    ENTERS("alarm_control_panel.armed_night", SOURCE("alarm_control_panel", "armed_night")),
    ENTERS("alarm_control_panel.armed_vacation", SOURCE("alarm_control_panel", "armed_vacation")),
    ENTERS("alarm_control_panel.disarmed", SOURCE("alarm_control_panel", "disarmed")),
    ENTERS("alarm_control_panel.triggered", SOURCE("alarm_control_panel", "triggered")),
    ENTERS("climate.turned_on", SOURCE("climate", "!off")),
    ENTERS("climate.turned_off", SOURCE("climate", "off")),
    ENTERS("climate.started_cooling", ATTRIBUTE("climate", "hvac_action", .states = "cooling")),
    ENTERS("climate.started_drying", ATTRIBUTE("climate", "hvac_action", .states = "drying")),
    ENTERS("climate.started_heating", ATTRIBUTE("climate", "hvac_action", .states = "heating")),
    ROW("climate.hvac_mode_changed", PURPOSE_ENTERS, OF(SOURCE("climate", NULL)),
        .option = "hvac_mode"),
    NUMBERS("climate.target_temperature_", ATTRIBUTE("climate", "temperature")),
    NUMBERS("climate.target_humidity_", ATTRIBUTE("climate", "humidity")),
    ENTERS("water_heater.turned_on", SOURCE("water_heater", "!off")),
    ENTERS("water_heater.turned_off", SOURCE("water_heater", "off")),
    ROW("water_heater.operation_mode_changed", PURPOSE_ENTERS, OF(SOURCE("water_heater", NULL)),
        .option = "operation_mode"),
    NUMBERS("water_heater.target_temperature_", ATTRIBUTE("water_heater", "temperature")),
    ENTERS("humidifier.started_drying", ATTRIBUTE("humidifier", "action", .states = "drying")),
    ENTERS("humidifier.started_humidifying",
           ATTRIBUTE("humidifier", "action", .states = "humidifying")),
    ENTERS("vacuum.docked", SOURCE("vacuum", "docked")),
    ENTERS("vacuum.errored", SOURCE("vacuum", "error")),
    ENTERS("vacuum.paused_cleaning", SOURCE("vacuum", "paused")),
    ENTERS("vacuum.started_cleaning", SOURCE("vacuum", "cleaning")),
    ENTERS("vacuum.started_returning", SOURCE("vacuum", "returning")),
    ENTERS("lawn_mower.docked", SOURCE("lawn_mower", "docked")),
    ENTERS("lawn_mower.errored", SOURCE("lawn_mower", "error")),
    ENTERS("lawn_mower.paused_mowing", SOURCE("lawn_mower", "paused")),
    ENTERS("lawn_mower.started_mowing", SOURCE("lawn_mower", "mowing")),
    ENTERS("lawn_mower.started_returning", SOURCE("lawn_mower", "returning")),
    ROW("media_player.turned_on", PURPOSE_ENTERS, OF(SOURCE("media_player", "!off")),
        .from = "off"),
    ENTERS("media_player.turned_off", SOURCE("media_player", "off")),
    ENTERS("media_player.started_playing", SOURCE("media_player", "playing")),
    ENTERS("media_player.paused_playing", SOURCE("media_player", "paused")),
    ROW("media_player.stopped_playing", PURPOSE_ENTERS,
        OF(SOURCE("media_player", "idle off on standby")), .from = "buffering paused playing"),
    ENTERS("media_player.muted", MUTED("true")),
    ENTERS("media_player.unmuted", MUTED("false")),
    NUMBERS("media_player.volume_", VOLUME),
    ENTERS("person.entered_home", SOURCE("person", "home")),
    ENTERS("person.left_home", SOURCE("person", "!home")),
    ENTERS("device_tracker.entered_home", SOURCE("device_tracker", "home")),
    ENTERS("device_tracker.left_home", SOURCE("device_tracker", "!home")),
    ENTERS("update.update_became_available", SOURCE("update", "on")),
    ENTERS("update.became_available", SOURCE("update", "on")),
    LOW("battery.became_low", "on"),
    LOW("battery.no_longer_low", "off"),
    LOW("battery.low", "on"),
    LOW("battery.not_low", "off"),
    ROW("battery.started_charging", PURPOSE_ENTERS,
        OF(CLASS("binary_sensor", "battery_charging", "on")), .secondary = true),
    ROW("battery.stopped_charging", PURPOSE_ENTERS,
        OF(CLASS("binary_sensor", "battery_charging", "off")), .secondary = true),
    ROW("battery.level_changed", PURPOSE_NUMBER_CHANGED, OF(CLASS("sensor", "battery", NULL)),
        .secondary = true),
    ROW("battery.level_crossed_threshold", PURPOSE_NUMBER_CROSSED,
        OF(CLASS("sensor", "battery", NULL)), .secondary = true),
    NUMBERS("light.brightness_", BRIGHTNESS),
    NUMBERS("temperature.", TEMPERATURES),
    NUMBERS("humidity.", HUMIDITIES),
    NUMBERS("illuminance.", CLASS("sensor", "illuminance", NULL)),
    NUMBERS("moisture.", CLASS("sensor", "moisture", NULL)),
    NUMBERS("power.", CLASS("sensor", "power", NULL)),
    AIR("co", "carbon_monoxide"),
    AIR("co2", "carbon_dioxide"),
    AIR("pm1", "pm1"),
    AIR("pm25", "pm25"),
    AIR("pm4", "pm4"),
    AIR("pm10", "pm10"),
    AIR("ozone", "ozone"),
    AIR("voc", "volatile_organic_compounds"),
    AIR("voc_ratio", "volatile_organic_compounds_parts"),
    AIR("no", "nitrogen_monoxide"),
    AIR("no2", "nitrogen_dioxide"),
    AIR("n2o", "nitrous_oxide"),
    AIR("so2", "sulphur_dioxide"),
    ROW("button.pressed", PURPOSE_ACTIVATED,
        OF(SOURCE("button", NULL), SOURCE("input_button", NULL))),
    ROW("scene.activated", PURPOSE_ACTIVATED, OF(SOURCE("scene", NULL))),
    ROW("event.received", PURPOSE_ACTIVATED, OF(SOURCE("event", NULL)), .option = "event_type"),
    ROW("doorbell.rang", PURPOSE_ACTIVATED, OF(CLASS("event", "doorbell", NULL))),
    ROW("text.changed", PURPOSE_CHANGED, OF(SOURCE("text", NULL), SOURCE("input_text", NULL))),
    ROW("select.selection_changed", PURPOSE_CHANGED,
        OF(SOURCE("select", NULL), SOURCE("input_select", NULL))),
    ROW("counter.incremented", PURPOSE_INCREASED, OF(SOURCE("counter", NULL))),
    ROW("counter.decremented", PURPOSE_DECREASED, OF(SOURCE("counter", NULL))),
    REACHED("counter.maximum_reached", "maximum"),
    REACHED("counter.minimum_reached", "minimum"),
    REACHED("counter.reset", "initial"),
    TIMER("started"),
    TIMER("restarted"),
    TIMER("paused"),
    TIMER("cancelled"),
    TIMER("finished"),
    ROW("zone.entered", PURPOSE_ENTERS, OF(ZONES(.outside = false)), .option = "zone"),
    ROW("zone.left", PURPOSE_ENTERS, OF(ZONES(.outside = true)), .option = "zone"),
    SATELLITE("assist_satellite.", "idle"),
    SATELLITE("assist_satellite.", "listening"),
    SATELLITE("assist_satellite.", "processing"),
    SATELLITE("assist_satellite.", "responding"),
    NULL,
};
#undef KIND

#define KIND condition
const struct hass_condition_kind *const purpose_conditions[] = {
    IS_TURNED("fan"),
    IS_TURNED("humidifier"),
    IS_TURNED("light"),
    IS_TURNED("remote"),
    IS_TURNED("schedule"),
    IS_TURNED("siren"),
    IS_TURNED("switch"),
    IS_OPENED("door", "door", "door"),
    IS_OPENED("garage_door", "garage_door", "garage"),
    IS_OPENED("window", "window", "window"),
    ENTERS("gate.is_open", CLASS("cover", "gate", "open")),
    ENTERS("gate.is_closed", CLASS("cover", "gate", "closed")),
    IS_COVER("awning"),
    IS_COVER("blind"),
    IS_COVER("curtain"),
    IS_COVER("shade"),
    IS_COVER("shutter"),
    ENTERS("valve.is_open", SOURCE("valve", "open")),
    ENTERS("valve.is_closed", SOURCE("valve", "closed")),
    IS_DETECTED("motion", "motion"),
    IS_DETECTED("occupancy", "occupancy"),
    IS_DETECTED("illuminance", "light"),
    IS_DETECTED("moisture", "moisture"),
    AIR_IS("gas", "gas"),
    AIR_IS("co", "carbon_monoxide"),
    AIR_IS("smoke", "smoke"),
    ENTERS("lock.is_locked", SOURCE("lock", "locked")),
    ENTERS("lock.is_unlocked", SOURCE("lock", "unlocked")),
    ENTERS("lock.is_open", SOURCE("lock", "open")),
    ENTERS("lock.is_jammed", SOURCE("lock", "jammed")),
    ENTERS("alarm_control_panel.is_armed", SOURCE("alarm_control_panel", ARMED)),
    ENTERS("alarm_control_panel.is_armed_away", SOURCE("alarm_control_panel", "armed_away")),
    ENTERS("alarm_control_panel.is_armed_home", SOURCE("alarm_control_panel", "armed_home")),
    ENTERS("alarm_control_panel.is_armed_night", SOURCE("alarm_control_panel", "armed_night")),
    ENTERS("alarm_control_panel.is_armed_vacation",
           SOURCE("alarm_control_panel", "armed_vacation")),
    ENTERS("alarm_control_panel.is_disarmed", SOURCE("alarm_control_panel", "disarmed")),
    ENTERS("alarm_control_panel.is_triggered", SOURCE("alarm_control_panel", "triggered")),
    ENTERS("climate.is_on", SOURCE("climate", "!off")),
    ENTERS("climate.is_off", SOURCE("climate", "off")),
    ENTERS("climate.is_cooling", ATTRIBUTE("climate", "hvac_action", .states = "cooling")),
    ENTERS("climate.is_drying", ATTRIBUTE("climate", "hvac_action", .states = "drying")),
    ENTERS("climate.is_heating", ATTRIBUTE("climate", "hvac_action", .states = "heating")),
    ROW("climate.is_hvac_mode", PURPOSE_ENTERS, OF(SOURCE("climate", NULL)), .option = "hvac_mode"),
    IS_NUMBER("climate.is_target_temperature", ATTRIBUTE("climate", "temperature")),
    IS_NUMBER("climate.is_target_humidity", ATTRIBUTE("climate", "humidity")),
    IS_NUMBER("humidifier.is_target_humidity", ATTRIBUTE("humidifier", "humidity")),
    ENTERS("water_heater.is_on", SOURCE("water_heater", "!off")),
    ENTERS("water_heater.is_off", SOURCE("water_heater", "off")),
    ROW("water_heater.is_operation_mode", PURPOSE_ENTERS, OF(SOURCE("water_heater", NULL)),
        .option = "operation_mode"),
    IS_NUMBER("water_heater.is_target_temperature", ATTRIBUTE("water_heater", "temperature")),
    ENTERS("humidifier.is_drying", ATTRIBUTE("humidifier", "action", .states = "drying")),
    ENTERS("humidifier.is_humidifying", ATTRIBUTE("humidifier", "action", .states = "humidifying")),
    ENTERS("vacuum.is_cleaning", SOURCE("vacuum", "cleaning")),
    ENTERS("vacuum.is_docked", SOURCE("vacuum", "docked")),
    ENTERS("vacuum.is_encountering_an_error", SOURCE("vacuum", "error")),
    ENTERS("vacuum.is_paused", SOURCE("vacuum", "paused")),
    ENTERS("vacuum.is_returning", SOURCE("vacuum", "returning")),
    ENTERS("lawn_mower.is_mowing", SOURCE("lawn_mower", "mowing")),
    ENTERS("lawn_mower.is_docked", SOURCE("lawn_mower", "docked")),
    ENTERS("lawn_mower.is_encountering_an_error", SOURCE("lawn_mower", "error")),
    ENTERS("lawn_mower.is_paused", SOURCE("lawn_mower", "paused")),
    ENTERS("lawn_mower.is_returning", SOURCE("lawn_mower", "returning")),
    ENTERS("media_player.is_on", SOURCE("media_player", "!off")),
    ENTERS("media_player.is_off", SOURCE("media_player", "off")),
    ENTERS("media_player.is_playing", SOURCE("media_player", "playing")),
    ENTERS("media_player.is_paused", SOURCE("media_player", "paused")),
    ENTERS("media_player.is_muted", MUTED("true")),
    ENTERS("media_player.is_unmuted", MUTED("false")),
    IS_NUMBER("media_player.is_volume", VOLUME),
    ENTERS("media_player.is_not_playing", SOURCE("media_player", "!playing")),
    ENTERS("person.is_home", SOURCE("person", "home")),
    ENTERS("person.is_not_home", SOURCE("person", "!home")),
    ENTERS("device_tracker.is_home", SOURCE("device_tracker", "home")),
    ENTERS("device_tracker.is_not_home", SOURCE("device_tracker", "!home")),
    ENTERS("update.is_available", SOURCE("update", "on")),
    ENTERS("update.is_not_available", SOURCE("update", "off")),
    ENTERS("timer.is_active", SOURCE("timer", "active")),
    ENTERS("timer.is_idle", SOURCE("timer", "idle")),
    ENTERS("timer.is_paused", SOURCE("timer", "paused")),
    ENTERS("calendar.is_event_active", SOURCE("calendar", "on")),
    ENTERS("todo.all_completed", SOURCE("todo", "0")),
    IS_NUMBER("todo.incomplete", SOURCE("todo", NULL)),
    IS_NUMBER("counter.is_value", SOURCE("counter", NULL)),
    ROW("text.is_equal_to", PURPOSE_ENTERS, OF(SOURCE("text", NULL), SOURCE("input_text", NULL)),
        .option = "value"),
    ROW("zone.in_zone", PURPOSE_ENTERS, OF(ZONES(.outside = false)), .option = "zone"),
    ROW("zone.not_in_zone", PURPOSE_ENTERS, OF(ZONES(.outside = true)), .option = "zone"),
    SATELLITE("assist_satellite.is_", "idle"),
    SATELLITE("assist_satellite.is_", "listening"),
    SATELLITE("assist_satellite.is_", "processing"),
    SATELLITE("assist_satellite.is_", "responding"),
    ROW("select.is_option_selected", PURPOSE_ENTERS,
        OF(SOURCE("select", NULL), SOURCE("input_select", NULL)), .option = "option"),
    ROW("battery.is_low", PURPOSE_ENTERS, OF(CLASS("binary_sensor", "battery", "on")),
        .secondary = true),
    ROW("battery.is_not_low", PURPOSE_ENTERS, OF(CLASS("binary_sensor", "battery", "off")),
        .secondary = true),
    ROW("battery.is_charging", PURPOSE_ENTERS, OF(CLASS("binary_sensor", "battery_charging", "on")),
        .secondary = true),
    ROW("battery.is_not_charging", PURPOSE_ENTERS,
        OF(CLASS("binary_sensor", "battery_charging", "off")), .secondary = true),
    ROW("battery.is_level", PURPOSE_NUMBER_CROSSED, OF(CLASS("sensor", "battery", NULL)),
        .secondary = true),
    IS_NUMBER("light.is_brightness", BRIGHTNESS),
    IS_NUMBER("temperature.is_value", TEMPERATURES),
    IS_NUMBER("humidity.is_value", HUMIDITIES),
    IS_NUMBER("illuminance.is_value", CLASS("sensor", "illuminance", NULL)),
    IS_NUMBER("moisture.is_value", CLASS("sensor", "moisture", NULL)),
    IS_NUMBER("power.is_value", CLASS("sensor", "power", NULL)),
    AIR_VALUE("co", "carbon_monoxide"),
    AIR_VALUE("co2", "carbon_dioxide"),
    AIR_VALUE("pm1", "pm1"),
    AIR_VALUE("pm25", "pm25"),
    AIR_VALUE("pm4", "pm4"),
    AIR_VALUE("pm10", "pm10"),
    AIR_VALUE("ozone", "ozone"),
    AIR_VALUE("voc", "volatile_organic_compounds"),
    AIR_VALUE("voc_ratio", "volatile_organic_compounds_parts"),
    AIR_VALUE("no", "nitrogen_monoxide"),
    AIR_VALUE("no2", "nitrogen_dioxide"),
    AIR_VALUE("n2o", "nitrous_oxide"),
    AIR_VALUE("so2", "sulphur_dioxide"),
    NULL,
};

/* rows */

const struct purpose *purpose_trigger_at(size_t index)
{
    const struct hass_trigger_kind *kind = purpose_triggers[index];

    return kind ? (const void *)((const char *)kind - offsetof(struct purpose, trigger)) : NULL;
}

const struct purpose *purpose_condition_at(size_t index)
{
    const struct hass_condition_kind *kind = purpose_conditions[index];

    return kind ? (const void *)((const char *)kind - offsetof(struct purpose, condition)) : NULL;
}
