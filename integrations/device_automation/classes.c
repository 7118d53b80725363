/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sensors: what can be said about them is named after their device class. A binary sensor's class has a word for on and one for off; a sensor's
 * class is the word itself.
 */
#include <stdio.h>
#include <string.h>

#include <hass/states.h>

#include "types.h"

/* Triggers are these words, conditions have "is_" before them. */
static const struct {
    const char *device_class, *on, *off;
} binary[] = {
    { "battery", "bat_low", "not_bat_low" },
    { "battery_charging", "charging", "not_charging" },
    { "carbon_monoxide", "co", "no_co" },
    { "cold", "cold", "not_cold" },
    { "connectivity", "connected", "not_connected" },
    { "door", "opened", "not_opened" },
    { "garage_door", "opened", "not_opened" },
    { "gas", "gas", "no_gas" },
    { "heat", "hot", "not_hot" },
    { "light", "light", "no_light" },
    { "lock", "not_locked", "locked" },
    { "moisture", "moist", "not_moist" },
    { "motion", "motion", "no_motion" },
    { "moving", "moving", "not_moving" },
    { "occupancy", "occupied", "not_occupied" },
    { "opening", "opened", "not_opened" },
    { "plug", "plugged_in", "not_plugged_in" },
    { "power", "powered", "not_powered" },
    { "presence", "present", "not_present" },
    { "problem", "problem", "no_problem" },
    { "running", "running", "not_running" },
    { "safety", "unsafe", "not_unsafe" },
    { "smoke", "smoke", "no_smoke" },
    { "sound", "sound", "no_sound" },
    { "tamper", "tampered", "not_tampered" },
    { "update", "update", "no_update" },
    { "vibration", "vibration", "no_vibration" },
    { "window", "opened", "not_opened" },
    { NULL, "turned_on", "turned_off" }, /* any other, or none; conditions: is_on, is_off */
};
#define BINARY (sizeof(binary) / sizeof(binary[0]))

/* The same for all: only the name differs, which the one who asks knows. */
static const struct device_type binary_on = { "binary_sensor", "", DEVICE_STATE, "on",
                                              .fields = "for" };
static const struct device_type binary_off = { "binary_sensor", "", DEVICE_STATE, "off",
                                               .fields = "for" };
static const struct device_type number_trigger = { "sensor", "", DEVICE_NUMBER,
                                                   .fields = "above below for" };
static const struct device_type number_condition = { "sensor", "", DEVICE_NUMBER,
                                                     .fields = "above below" };

/* The word of a condition is that of the trigger, but for the plain ones. */
static const char *condition_word(const char *word)
{
    if (strcmp(word, "turned_on") == 0)
        return "on";
    return strcmp(word, "turned_off") == 0 ? "off" : word;
}

static const struct device_type *find_binary(enum device_what what, const char *word)
{
    for (size_t i = 0; i < BINARY; i++) {
        const char *on = binary[i].on, *off = binary[i].off;
        if (what == DEVICE_CONDITION) {
            on = condition_word(on);
            off = condition_word(off);
        }
        if (strcmp(word, on) == 0)
            return &binary_on;
        if (strcmp(word, off) == 0)
            return &binary_off;
    }
    return NULL;
}

const struct device_type *device_class_find(enum device_what what, const char *domain,
                                            const char *type)
{
    if (what == DEVICE_ACTION)
        return NULL;
    if (what == DEVICE_CONDITION) {
        if (strncmp(type, "is_", 3) != 0)
            return NULL;
        type += 3;
    }
    if (strcmp(domain, "binary_sensor") == 0)
        return find_binary(what, type);
    if (strcmp(domain, "sensor") != 0 || !*type)
        return NULL;
    return what == DEVICE_TRIGGER ? &number_trigger : &number_condition;
}

/* an entity's */

static HASS_CALLBACK const char *class_of(struct hass *hass, const struct hass_entity_entry *entry)
{
    const struct hass_state *state = hass_states_async_get(hass, entry->entity_id);
    struct hass_value value;

    if (state && hass_state_attr(state, "device_class", &value) && value.type == HASS_VALUE_STRING)
        return value.text.data;
    return entry->device_class ? entry->device_class : entry->original_device_class;
}

static HASS_CALLBACK bool has_attribute(struct hass *hass, const char *entity_id, const char *key)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    struct hass_value value;

    return state && hass_state_attr(state, key, &value);
}

static void give(enum device_what what, const struct device_type *type, const char *word,
                 device_type_fn *fn, void *userdata)
{
    struct device_type named = *type;
    char text[80];

    snprintf(text, sizeof(text), "%s%s", what == DEVICE_CONDITION ? "is_" : "",
             what == DEVICE_CONDITION ? condition_word(word) : word);
    named.type = text;
    fn(&named, userdata);
}

/* The word of a sensor's numbers; NULL: it has none. */
static HASS_CALLBACK const char *
number_word(struct hass *hass, const struct hass_entity_entry *entry, const char *device_class)
{
    static const char *const no_numbers[] = { "date", "timestamp", "enum" };

    if (!device_class)
        return has_attribute(hass, entry->entity_id, "unit_of_measurement") ||
                       has_attribute(hass, entry->entity_id, "state_class") ||
                       entry->unit_of_measurement
                   ? "value"
                   : NULL;
    for (size_t i = 0; i < sizeof(no_numbers) / sizeof(no_numbers[0]); i++) {
        if (strcmp(device_class, no_numbers[i]) == 0)
            return NULL;
    }
    return strcmp(device_class, "battery") == 0 ? "battery_level" : device_class;
}

void device_class_types(struct hass *hass, const struct hass_entity_entry *entry,
                        enum device_what what, device_type_fn *fn, void *userdata)
{
    const char *device_class = class_of(hass, entry);
    size_t i = 0;

    if (what == DEVICE_ACTION)
        return;
    if (strcmp(entry->domain, "binary_sensor") == 0) {
        while (binary[i].device_class &&
               (!device_class || strcmp(binary[i].device_class, device_class) != 0))
            i++;
        give(what, &binary_on, binary[i].on, fn, userdata);
        give(what, &binary_off, binary[i].off, fn, userdata);
    }
    if (strcmp(entry->domain, "sensor") == 0) {
        const char *word = number_word(hass, entry, device_class);
        if (word)
            give(what, what == DEVICE_TRIGGER ? &number_trigger : &number_condition, word, fn,
                 userdata);
    }
}
