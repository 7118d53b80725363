/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform systemmonitor of the domain sensor: this machine's load, memory, disks, network, temperature, processes.
 *
 *     sensor:
 *       - platform: systemmonitor
 *         resources:
 *           - type: processor_use
 *           - type: disk_use_percent
 *             arg: /home
 *
 * A set-up and updates that block, on the pool. What there is to measure stands in one table (resources.c).
 * Model: components.systemmonitor
 */
#include <stdlib.h>
#include <string.h>

#include <hass/integration.h>

#include "resources.h"
#include "sensor/sensor.h"

static const struct hass_field resource_fields[] = {
    HASS_FIELD("type", &hass_type_enum, .words = resource_names, .required = true,
               .doc = "What to measure"),
    HASS_FIELD("arg", &hass_type_string,
               .doc = "Mount point, network interface or process name; disks default to /"),
};
static const struct hass_schema resource_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(resource_fields) / sizeof(resource_fields[0]),
    .fields = resource_fields,
};

HASS_SCHEMA(platform_schema,
            HASS_FIELD("resources", &hass_type_map, .schema = &resource_schema, .list = true,
                       .fallback = "[{\"type\": \"disk_use_percent\"}]",
                       .doc = "What to measure, an entity each"));

HASS_MANIFEST(.domain = "systemmonitor", .name = "System monitor", .version = HASS_VERSION,
              .platforms = HASS_PLATFORMS({ "sensor", &platform_schema }),
              .dependencies = HASS_LIST("sensor"), .scan_interval = 15);

/* One entity; its description points into it. */
struct monitor {
    struct hass_entity_description description;
    const struct resource *resource;
    char *name, *unique_id, *argument;
};

static HASS_CALLBACK struct hass_value native_value(struct hass_entity *entity)
{
    const struct reading *reading = hass_entity_async_values(entity);

    if (!reading->valid)
        return HASS_NONE;
    if (reading->text[0])
        return hass_value_string(reading->text);
    return reading->whole ? HASS_INT((int64_t)reading->number) : HASS_DOUBLE(reading->number);
}

static const char *state_class_of(struct hass_entity *entity)
{
    const struct monitor *monitor = hass_entity_userdata(entity);

    return monitor->resource->state_class;
}

static const struct sensor_ops sensor =
    SENSOR_OPS(.native_value = native_value, .state_class_of = state_class_of);

static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, struct hass_error *err)
{
    const struct monitor *monitor = hass_entity_userdata(entity);
    struct reading *reading = values;
    const int64_t now = hass_monotonic(hass_worker_hass(worker));

    int r = resource_read(monitor->resource, monitor->argument, now, reading);
    if (r < 0)
        return hass_fail_errno(err, -r, "cannot read %s", monitor->name);
    return 0;
}

static void destroy(struct hass_entity *entity)
{
    struct monitor *monitor = hass_entity_userdata(entity);

    free(monitor->name);
    free(monitor->unique_id);
    free(monitor->argument);
    free(monitor);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct reading), .update = update, .destroy = destroy);

static struct hass_entity *create_monitor(struct hass *hass, const struct resource *resource,
                                          const char *argument)
{
    struct monitor *monitor = calloc(1, sizeof(*monitor));
    autobuf name = HASS_BUF_INIT;
    autobuf unique_id = HASS_BUF_INIT;

    hass_buf_printf(&name, "%s%s%s", resource->name, *argument ? " " : "", argument);
    hass_buf_printf(&unique_id, "%s_%s", resource->type, argument);
    monitor->resource = resource;
    monitor->name = hass_buf_steal(&name);
    monitor->unique_id = hass_buf_steal(&unique_id);
    monitor->argument = strdup(argument);
    monitor->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = monitor->name, .unique_id = monitor->unique_id,
                                .device_class = resource->device_class,
                                .unit_of_measurement = resource->unit, .icon = resource->icon,
                                .should_poll = true);
    return hass_entity_new(hass, &ops, &monitor->description, &sensor, NULL, monitor);
}

/* An entity for one configured resource, or NULL with a warning that says why not. */
static struct hass_entity *entity_for(struct hass *hass, const json_t *item)
{
    const char *type = hass_json_get_string(item, "type", "");
    const struct resource *resource = resource_find(type);
    const char *argument = hass_json_get_string(item, "arg", resource->default_argument);
    struct reading reading = { 0 };

    if (!argument) {
        hass_warning("%s needs `arg: %s`; it is left out", type, resource->wanted_argument);
        return NULL;
    }
    if (resource_read(resource, argument, hass_monotonic(hass), &reading) == -ENOENT &&
        resource->optional) {
        hass_warning("%s: this machine has no such sensor; it is left out", type);
        return NULL;
    }
    return create_monitor(hass, resource, argument);
}

int setup_platform(struct hass_platform *platform, const json_t *config, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const json_t *resources = hass_json_get(config, "resources");
    autofree struct hass_entity **entities =
        calloc(json_array_size(resources) + 1, sizeof(struct hass_entity *));
    size_t count = 0, index;
    json_t *item;

    json_array_foreach((json_t *)resources, index, item) {
        struct hass_entity *entity = entity_for(hass, item);
        if (entity)
            entities[count++] = entity;
    }
    return hass_platform_add_entities(platform, entities, count, true, err);
}
