/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemmonitor's entities over this machine: each type, its name, unit and class, and what is wrong in a configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/home.h"

static const struct {
    const char *type, *arg, *entity_id, *attributes;
    bool text; /* the state is no number */
} types[] = {
    { "disk_free", "/", "sensor.disk_free",
      "{'state_class':'measurement','unit_of_measurement':'GiB','device_class':'data_size',"
      "'icon':'mdi:harddisk','friendly_name':'Disk free /'}",
      false },
    { "disk_use", "/tmp", "sensor.disk_use_tmp",
      "{'state_class':'measurement','unit_of_measurement':'GiB','device_class':'data_size',"
      "'icon':'mdi:harddisk','friendly_name':'Disk use /tmp'}",
      false },
    { "disk_use_percent", NULL, "sensor.disk_use_percent",
      "{'state_class':'measurement','unit_of_measurement':'%','icon':'mdi:harddisk',"
      "'friendly_name':'Disk use (percent) /'}",
      false },
    { "ipv4_address", "lo", "sensor.ipv4_address_lo",
      "{'icon':'mdi:ip-network','friendly_name':'IPv4 address lo'}", true },
    { "last_boot", NULL, "sensor.last_boot",
      "{'device_class':'timestamp','friendly_name':'Last boot'}", true },
    { "load_1m", NULL, "sensor.load_1m",
      "{'state_class':'measurement','icon':'mdi:cpu-64-bit','friendly_name':'Load (1m)'}", false },
    { "load_5m", NULL, "sensor.load_5m", NULL, false },
    { "load_15m", NULL, "sensor.load_15m", NULL, false },
    { "memory_free", NULL, "sensor.memory_free", NULL, false },
    { "memory_use", NULL, "sensor.memory_use", NULL, false },
    { "memory_use_percent", NULL, "sensor.memory_use_percent", NULL, false },
    { "swap_free", NULL, "sensor.swap_free", NULL, false },
    { "swap_use", NULL, "sensor.swap_use", NULL, false },
    { "swap_use_percent", NULL, "sensor.swap_use_percent", NULL, false },
    { "network_in", "lo", "sensor.network_in_lo",
      "{'state_class':'total_increasing','unit_of_measurement':'MiB','device_class':'data_size',"
      "'icon':'mdi:server-network','friendly_name':'Network in lo'}",
      false },
    { "network_out", "lo", "sensor.network_out_lo", NULL, false },
    { "packets_in", "lo", "sensor.packets_in_lo", NULL, false },
    { "packets_out", "lo", "sensor.packets_out_lo", NULL, false },
    { "process", "nobody-runs-this", "sensor.process_nobody_runs_this",
      "{'icon':'mdi:memory','friendly_name':'Process nobody-runs-this'}", true },
    { "processor_use", NULL, "sensor.processor_use",
      "{'state_class':'measurement','unit_of_measurement':'%','icon':'mdi:cpu-64-bit',"
      "'friendly_name':'Processor use'}",
      false },
};

static struct hass *home_of(const char *resource) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home_of(const char *resource)
{
    autofree char *yaml = mem_printf("sensor:\n  - platform: systemmonitor\n    resources:\n"
                                     "      - %s\n",
                                     resource);

    hass__assert_loop();
    return test_home(yaml);
}

START_TEST(each_type_is_a_sensor)
{
    autofree char *resource = types[_i].arg
                                  ? mem_printf("{type: %s, arg: %s}", types[_i].type, types[_i].arg)
                                  : mem_printf("type: %s", types[_i].type);
    struct hass *hass = home_of(resource);
    const char *state = home_state(hass, types[_i].entity_id);
    char *end;

    ck_assert_str_ne(state, "(none)");
    ck_assert_str_ne(state, "unknown");
    double number = strtod(state, &end);
    ck_assert_msg(types[_i].text || (!*end && number >= 0), "%s", state);
    if (types[_i].attributes) {
        autojson *all = hass_state_attributes(hass_states_async_get(hass, types[_i].entity_id));
        ck_assert_json(all, types[_i].attributes);
    }
}
END_TEST

START_TEST(processor_use_is_whole)
{
    struct hass *hass = home_of("type: processor_use");

    ck_assert_ptr_null(strchr(home_state(hass, "sensor.processor_use"), '.'));
}
END_TEST

START_TEST(a_process_that_runs_is_on)
{
    struct hass *hass = home_of("{type: process, arg: test_sensors}");

    ck_assert_str_eq(home_state(hass, "sensor.process_test_sensors"), "on");
}
END_TEST

START_TEST(throughput_is_known_from_the_second_reading_on)
{
    struct hass *hass = home_of("{type: throughput_network_in, arg: lo}");

    ck_assert_str_eq(home_state(hass, "sensor.network_throughput_in_lo"), "unknown");
    test_advance(hass, 31);
    ck_assert_str_ne(home_state(hass, "sensor.network_throughput_in_lo"), "unknown");
}
END_TEST

START_TEST(it_is_read_every_15_seconds)
{
    struct hass *hass = home_of("type: load_1m");
    struct capture *reports = test_capture(hass, HASS_EVENT_STATE_REPORTED);
    struct capture *changes = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    test_advance(hass, 62);
    ck_assert_uint_eq(capture_count(reports) + capture_count(changes), 4);
}
END_TEST

START_TEST(without_resources_the_disk_is_watched)
{
    struct hass *hass = test_home("sensor:\n  - platform: systemmonitor\n");

    ck_assert_uint_eq(hass_states_async_count(hass, "sensor"), 1);
    ck_assert_str_ne(home_state(hass, "sensor.disk_use_percent"), "(none)");
}
END_TEST

static const struct {
    const char *resource, *said;
} bad[] = {
    { "type: network_in", "network_in needs `arg: eth0`" },
    { "type: process", "process needs `arg: mosquitto`" },
    { "type: disk_us", "did you mean" },
    { "arg: /", "'type' is missing" },
    { "type: [disk_use]", "type" },
    { "{type: disk_use, arg: /nowhere-at-all}", "/nowhere-at-all" },
    { "{type: network_in, arg: nowhere0}", "nowhere0" },
    { "{type: ipv4_address, arg: nowhere0}", "nowhere0" },
};

START_TEST(what_cannot_be_measured_is_said)
{
    struct logs *logs = test_logs();
    struct hass *hass = home_of(bad[_i].resource);

    ck_assert_msg(logs_find(logs, bad[_i].said) != NULL, "'%s' is not in the log", bad[_i].said);
    ck_assert_int_eq(hass_core_state(hass), HASS_RUNNING);
}
END_TEST

START_TEST(one_that_cannot_be_measured_leaves_its_neighbours)
{
    struct hass *hass = home_of("type: network_in\n      - {type: disk_use, arg: /nowhere}\n"
                                "      - type: load_1m");

    ck_assert_str_ne(home_state(hass, "sensor.load_1m"), "(none)");
}
END_TEST

CASES_MAIN("systemmonitor sensors", ROWS(each_type_is_a_sensor, types),
           ONCE(processor_use_is_whole), ONCE(a_process_that_runs_is_on),
           ONCE(throughput_is_known_from_the_second_reading_on), ONCE(it_is_read_every_15_seconds),
           ONCE(without_resources_the_disk_is_watched), ROWS(what_cannot_be_measured_is_said, bad),
           ONCE(one_that_cannot_be_measured_leaves_its_neighbours))
