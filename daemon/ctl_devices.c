/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl devices`, `entities` and `set`: the things of the home, and what their user says of them.
 */
#include <stdio.h>
#include <string.h>

#include "ctl_registry.h"

static const char *text_of(const json_t *row, const char *key)
{
    return hass_json_get_string(row, key, NULL);
}

/* Rows of all kinds that the lists show, {id: row}. */
struct home {
    json_t *areas, *devices, *entities;
};

static void home_fini(struct home *home)
{
    json_decref(home->areas);
    json_decref(home->devices);
    json_decref(home->entities);
}
#define autohome __attribute__((cleanup(home_fini))) struct home

static int ask_home(struct ctl *ctl, struct home *home, struct hass_error *err)
{
    int r = ctl_rows_by_id(ctl, &ctl_area, &home->areas, err);

    if (r >= 0)
        r = ctl_rows_by_id(ctl, &ctl_device, &home->devices, err);
    return r < 0 ? r : ctl_rows_by_id(ctl, &ctl_entity, &home->entities, err);
}

static const char *area_name(const struct home *home, const char *area_id)
{
    return ctl_row_name(&ctl_area, area_id ? hass_json_get(home->areas, area_id) : NULL);
}

static int fail_empty(const char *what, struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_FOUND, "no %s is like that", what);
}

/* devices */

enum { DEVICE_AREA, DEVICE_INTEGRATION, DEVICE_LABEL, DEVICE_FILTERS };

/* The integration that tells it apart: the domain of its first identifier. */
static const char *device_integration(const json_t *device)
{
    const json_t *identifier = json_array_get(hass_json_get(device, "identifiers"), 0);
    const char *domain = json_string_value(json_array_get(identifier, 0));

    return domain ? domain : "";
}

static bool has_label(const json_t *row, const struct ctl_filter *filter)
{
    const json_t *labels = hass_json_get(row, "labels");

    for (size_t i = 0; i < json_array_size(labels); i++) {
        if (ctl_filter_takes(filter, json_string_value(json_array_get(labels, i)), NULL))
            return true;
    }
    return !filter->wanted;
}

static bool takes_device(const struct home *home, const struct ctl_filter *filters,
                         const char *pattern, const json_t *device)
{
    const char *area = text_of(device, "area_id");

    return ctl_filter_takes(&filters[DEVICE_AREA], area, area_name(home, area)) &&
           ctl_filter_takes(&filters[DEVICE_INTEGRATION], device_integration(device), NULL) &&
           has_label(device, &filters[DEVICE_LABEL]) &&
           ctl_matches(ctl_row_name(&ctl_device, device), pattern);
}

static void add_device(struct table *table, const struct home *home, const json_t *entity_counts,
                       const json_t *device)
{
    const char *id = ctl_row_id(&ctl_device, device);
    const char *disabled = text_of(device, "disabled_by");
    autofree char *entities = ctl_count_text(entity_counts, id);
    autobuf status = HASS_BUF_INIT;

    if (disabled)
        hass_buf_printf(&status, "disabled by %s", disabled);
    table_add(table,
              (const char *[]){ ctl_row_name(&ctl_device, device),
                                area_name(home, text_of(device, "area_id")),
                                device_integration(device), text_of(device, "manufacturer"),
                                text_of(device, "model"), entities, hass_buf_string(&status), id });
}

int ctl_devices(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    static const struct table_column columns[] = {
        { "DEVICE", 0 },       { "AREA", 0 },       { "INTEGRATION", 0 },
        { "MANUFACTURER", 0 }, { "MODEL", 0 },      { "ENTITIES", TABLE_RIGHT | TABLE_KEEP },
        { "STATUS", 0 },       { "ID", TABLE_KEEP }
    };
    struct ctl_filter filters[DEVICE_FILTERS + 1] = { [DEVICE_AREA] = { .key = "area" },
                                                      [DEVICE_INTEGRATION] = { .key =
                                                                                   "integration" },
                                                      [DEVICE_LABEL] = { .key = "label" } };
    autohome home = { 0 };
    autojson *shown = json_array();
    const char *id, *pattern = NULL;
    json_t *device;
    int r = ctl_filters(filters, count, args, &pattern);

    if (r == 0)
        r = ask_home(ctl, &home, err);
    if (r != 0)
        return r;
    struct table *table = table_create(columns, 8);
    autojson *entity_counts = ctl_count_by(home.entities, "device_id");
    json_object_foreach(home.devices, id, device) {
        if (!takes_device(&home, filters, pattern, device))
            continue;
        json_array_append(shown, device);
        add_device(table, &home, entity_counts, device);
    }
    ctl_print_rows(ctl, shown, table);
    return count && !json_array_size(shown) && !ctl->json ? fail_empty("device", err) : CTL_OK;
}

/* entities */

enum {
    ENTITY_AREA,
    ENTITY_DOMAIN,
    ENTITY_INTEGRATION,
    ENTITY_DEVICE,
    ENTITY_LABEL,
    ENTITY_FILTERS
};

static const json_t *device_of(const struct home *home, const json_t *entity)
{
    return hass_json_get(home->devices, hass_json_get_string(entity, "device_id", ""));
}

/* Its own area, else its device's. */
static const char *entity_area(const struct home *home, const json_t *entity)
{
    const char *own = text_of(entity, "area_id");

    return own ? own : text_of(device_of(home, entity), "area_id");
}

static bool in_domain(const json_t *entity, const char *domain)
{
    const char *id = ctl_row_id(&ctl_entity, entity);
    size_t length = domain ? strlen(domain) : 0;

    return !domain || (strncmp(id, domain, length) == 0 && id[length] == '.');
}

static bool takes_entity(const struct home *home, const struct ctl_filter *filters,
                         const char *pattern, const json_t *entity)
{
    const char *area = entity_area(home, entity);
    const json_t *device = device_of(home, entity);

    return in_domain(entity, filters[ENTITY_DOMAIN].wanted) &&
           ctl_filter_takes(&filters[ENTITY_AREA], area, area_name(home, area)) &&
           ctl_filter_takes(&filters[ENTITY_INTEGRATION], text_of(entity, "platform"), NULL) &&
           ctl_filter_takes(&filters[ENTITY_DEVICE], text_of(device, "id"),
                            device ? ctl_row_name(&ctl_device, device) : NULL) &&
           has_label(entity, &filters[ENTITY_LABEL]) &&
           (ctl_matches(ctl_row_id(&ctl_entity, entity), pattern) ||
            ctl_matches(ctl_row_name(&ctl_entity, entity), pattern));
}

static void add_status(const char *format, const char *value, struct hass_buf *status)
{
    if (!value)
        return;
    hass_buf_add_string(status, status->length ? ", " : "");
    hass_buf_printf(status, "%s%s", format, value);
}

static void add_entity(struct table *table, const struct home *home, const json_t *entity)
{
    const json_t *device = device_of(home, entity);
    const char *name = ctl_row_name(&ctl_entity, entity);
    autobuf status = HASS_BUF_INIT;

    add_status("disabled by ", text_of(entity, "disabled_by"), &status);
    add_status("hidden by ", text_of(entity, "hidden_by"), &status);
    add_status("", text_of(entity, "entity_category"), &status);
    table_add(table, (const char *[]){ ctl_row_id(&ctl_entity, entity),
                                       strcmp(name, ctl_row_id(&ctl_entity, entity)) ? name : "",
                                       area_name(home, entity_area(home, entity)),
                                       device ? ctl_row_name(&ctl_device, device) : "",
                                       text_of(entity, "platform"), hass_buf_string(&status) });
}

int ctl_entities(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    static const struct table_column columns[] = { { "ENTITY", 0 },      { "NAME", 0 },
                                                   { "AREA", 0 },        { "DEVICE", 0 },
                                                   { "INTEGRATION", 0 }, { "STATUS", 0 } };
    struct ctl_filter filters[ENTITY_FILTERS + 1] = {
        [ENTITY_AREA] = { .key = "area" },
        [ENTITY_DOMAIN] = { .key = "domain" },
        [ENTITY_INTEGRATION] = { .key = "integration" },
        [ENTITY_DEVICE] = { .key = "device" },
        [ENTITY_LABEL] = { .key = "label" },
    };
    autohome home = { 0 };
    autojson *shown = json_array();
    const char *id, *pattern = NULL;
    json_t *entity;
    int r = ctl_filters(filters, count, args, &pattern);

    if (r == 0)
        r = ask_home(ctl, &home, err);
    if (r != 0)
        return r;
    struct table *table = table_create(columns, 6);
    json_object_foreach(home.entities, id, entity) {
        if (!takes_entity(&home, filters, pattern, entity))
            continue;
        json_array_append(shown, entity);
        add_entity(table, &home, entity);
    }
    ctl_print_rows(ctl, shown, table);
    return count && !json_array_size(shown) && !ctl->json ? fail_empty("entity", err) : CTL_OK;
}

/* setting */

static const struct ctl_setting device_settings[] = {
    { "name", "name_by_user", CTL_TEXT },
    { "area", "area_id", CTL_AREA_ID },
    { "labels", "labels", CTL_LABEL_IDS },
    { "disabled", "disabled_by", CTL_USER },
    { NULL, NULL, CTL_TEXT },
};

static const struct ctl_setting entity_settings[] = {
    { "name", "name", CTL_TEXT },          { "area", "area_id", CTL_AREA_ID },
    { "labels", "labels", CTL_LABEL_IDS }, { "disabled", "disabled_by", CTL_USER },
    { "hidden", "hidden_by", CTL_USER },   { "icon", "icon", CTL_TEXT },
    { "aliases", "aliases", CTL_TEXTS },   { "device_class", "device_class", CTL_TEXT },
    { "id", "new_entity_id", CTL_TEXT },   { NULL, NULL, CTL_TEXT },
};

static int set_device(struct ctl *ctl, const void *subject, int count, char *args[],
                      struct hass_error *err)
{
    autofree char *id = NULL;
    autojson *members = NULL;
    autojson *device = NULL;
    int r = ctl_resolve(ctl, &ctl_device, args[0], &id, err);

    if (r == 0)
        r = ctl_settings(ctl, device_settings, count - 1, args + 1, &members, err);
    if (r != 0)
        return r;
    json_object_set_new(members, "device_id", json_string(id));
    r = ctl_ask(ctl, "config/device_registry/update", steal(members), &device, err);
    if (r >= 0)
        ctl_done(ctl, device, "Changed device %s.", ctl_row_name(&ctl_device, device));
    return r < 0 ? r : CTL_OK;
}

/* When an entity that has been enabled will be there. */
static const char *when_enabled(const json_t *result)
{
    if (hass_json_get_bool(result, "require_restart", false))
        return " It will be there after the next start of the daemon.";
    if (hass_json_get(result, "reload_delay"))
        return " It will be there in half a minute.";
    return "";
}

static int set_entity(struct ctl *ctl, const void *subject, int count, char *args[],
                      struct hass_error *err)
{
    autofree char *id = NULL;
    autojson *members = NULL;
    autojson *result = NULL;
    int r = ctl_resolve(ctl, &ctl_entity, args[0], &id, err);

    if (r == 0)
        r = ctl_settings(ctl, entity_settings, count - 1, args + 1, &members, err);
    if (r != 0)
        return r;
    json_object_set_new(members, "entity_id", json_string(id));
    r = ctl_ask(ctl, "config/entity_registry/update", steal(members), &result, err);
    if (r >= 0)
        ctl_done(ctl, result, "Changed entity %s.%s",
                 ctl_row_id(&ctl_entity, hass_json_get(result, "entity_entry")),
                 when_enabled(result));
    return r < 0 ? r : CTL_OK;
}

static const struct ctl_verb set_verbs[] = {
    { "entity", 2, -1, "WHICH KEY=VALUE...", set_entity },
    { "device", 2, -1, "WHICH KEY=VALUE...", set_device },
    { NULL, 0, 0, NULL, NULL },
};

int ctl_set(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return ctl_run_verb(ctl, "set", set_verbs, NULL, count, args, err);
}
