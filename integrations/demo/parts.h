/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of demo share.
 */
#pragma once

#include <hass/device_registry.h>
#include <hass/integration.h>

#define DEMO_SIGNAL_WEATHER  "demo_weather"  /* data: the temperature outside, a number */
#define DEMO_SIGNAL_DOORBELL "demo_doorbell" /* no data */

/* clang-format off */
/* The demo's things: entities of one have the same device. */
#define DEVICES(x) \
    x(ac, "Air Conditioner", "Bedroom") \
    x(alarm, "Alarm System", "Hall") \
    x(bridge, "Bridge", "Hall") \
    x(ceiling_fan, "Ceiling Fan", "Bedroom") \
    x(clock, "Alarm Clock", "Bedroom") \
    x(computer, "Home Computer", "Study") \
    x(dehumidifier, "Dehumidifier", "Cellar") \
    x(dishwasher, "Dishwasher", "Kitchen") \
    x(display, "Hall Display", "Hall") \
    x(doorbell, "Doorbell", "Front Door") \
    x(door_lock, "Door Lock", "Front Door") \
    x(family, "Family Board", "Kitchen") \
    x(garden_water, "Garden Water", "Garden") \
    x(heating, "Heating", "Cellar") \
    x(kitchen_blind, "Kitchen Blind", "Kitchen") \
    x(living_room, "Living Room Controller", "Living Room") \
    x(mower, "Lawn Mower", "Garden") \
    x(phone, "Phone", NULL) \
    x(radio, "Radio", "Kitchen") \
    x(siren, "Siren", "Attic") \
    x(table_light, "Table Light", "Kitchen") \
    x(tablet, "Tablet", NULL) \
    x(thermostat, "Thermostat", "Living Room") \
    x(vacuum, "Vacuum Cleaner", "Hall") \
    x(water_heater, "Boiler", "Cellar") \
    x(weather_station, "Weather Station", "Garden")
/* clang-format on */

#define DECLARE_DEVICE(id, name, area) extern const struct hass_device_info demo_##id;
DEVICES(DECLARE_DEVICE)

/* What the user may choose. */
#define DEMO_INTERVAL "interval" /* seconds between two readings */
extern const struct hass_flow_handler demo_config_flow, demo_options_flow, demo_thermometer_flow;

/** The sensor of a part that is a thermometer, as it reads at @now outside. */
struct hass_entity *demo_new_thermometer(struct hass *hass, const json_t *subentry, double now);

/* The domains that get entities, each from the file of its name. */
/* clang-format off */
#define DOMAINS(x) \
    x(alarm_control_panel) \
    x(binary_sensor) \
    x(button) \
    x(calendar) \
    x(camera) \
    x(climate) \
    x(cover) \
    x(date) \
    x(datetime) \
    x(device_tracker) \
    x(event) \
    x(fan) \
    x(humidifier) \
    x(image) \
    x(lawn_mower) \
    x(light) \
    x(lock) \
    x(media_player) \
    x(notify) \
    x(number) \
    x(scene) \
    x(select) \
    x(sensor) \
    x(siren) \
    x(switch) \
    x(text) \
    x(time) \
    x(todo) \
    x(update) \
    x(vacuum) \
    x(valve) \
    x(water_heater) \
    x(weather)
/* clang-format on */

/* Each has a function that adds its entities to the platform; a coroutine. */
#define DECLARE(domain)                                                                            \
    int demo_add_##domain(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
DOMAINS(DECLARE)
