/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl areas`, `floors` and `labels`: how the home is ordered.
 */
#include <stdio.h>
#include <string.h>

#include "ctl_registry.h"

/* The registry that a command is about. */
struct order {
    const struct ctl_kind *kind;
    const char *registry; /* "config/area_registry" */
    const struct ctl_setting *settings;
};

static const struct ctl_setting area_settings[] = {
    { "name", "name", CTL_TEXT },
    { "floor", "floor_id", CTL_FLOOR_ID },
    { "icon", "icon", CTL_TEXT },
    { "aliases", "aliases", CTL_TEXTS },
    { "labels", "labels", CTL_LABEL_IDS },
    { "picture", "picture", CTL_TEXT },
    { "temperature", "temperature_entity_id", CTL_ENTITY_ID },
    { "humidity", "humidity_entity_id", CTL_ENTITY_ID },
    { NULL, NULL, CTL_TEXT },
};
static const struct ctl_setting floor_settings[] = {
    { "name", "name", CTL_TEXT }, { "level", "level", CTL_NUMBER },
    { "icon", "icon", CTL_TEXT }, { "aliases", "aliases", CTL_TEXTS },
    { NULL, NULL, CTL_TEXT },
};
static const struct ctl_setting label_settings[] = {
    { "name", "name", CTL_TEXT }, { "color", "color", CTL_TEXT },
    { "icon", "icon", CTL_TEXT }, { "description", "description", CTL_TEXT },
    { NULL, NULL, CTL_TEXT },
};

static const struct order areas = { &ctl_area, "config/area_registry", area_settings };
static const struct order floors = { &ctl_floor, "config/floor_registry", floor_settings };
static const struct order labels = { &ctl_label, "config/label_registry", label_settings };

/* what all three can do */

static int change(struct ctl *ctl, const struct order *order, const char *verb, json_t *fields,
                  json_t **ret_result, struct hass_error *err)
{
    autobuf type = HASS_BUF_INIT;

    hass_buf_printf(&type, "%s/%s", order->registry, verb);
    return ctl_ask(ctl, hass_buf_string(&type), fields, ret_result, err);
}

/* add NAME [KEY=VALUE...] */
static int add_row(struct ctl *ctl, const void *subject, int count, char *args[],
                   struct hass_error *err)
{
    const struct order *order = subject;
    autojson *row = NULL;
    json_t *fields = NULL;
    int r = ctl_settings(ctl, order->settings, count - 1, args + 1, &fields, err);

    if (r != 0)
        return r;
    json_object_set_new(fields, "name", json_string(args[0]));
    r = change(ctl, order, "create", fields, &row, err);
    if (r >= 0)
        ctl_done(ctl, row, "Added %s %s.", order->kind->what, ctl_row_id(order->kind, row));
    return r < 0 ? r : CTL_OK;
}

/* @fields is taken. */
static int update(struct ctl *ctl, const struct order *order, const char *id, json_t *fields,
                  struct hass_error *err)
{
    autojson *row = NULL;

    json_object_set_new(fields, order->kind->id, json_string(id));
    int r = change(ctl, order, "update", fields, &row, err);
    if (r >= 0)
        ctl_done(ctl, row, "Changed %s %s.", order->kind->what, id);
    return r < 0 ? r : CTL_OK;
}

/* set WHICH KEY=VALUE... */
static int set_row(struct ctl *ctl, const void *subject, int count, char *args[],
                   struct hass_error *err)
{
    const struct order *order = subject;
    autofree char *id = NULL;
    json_t *fields = NULL;
    int r = ctl_resolve(ctl, order->kind, args[0], &id, err);

    if (r == 0)
        r = ctl_settings(ctl, order->settings, count - 1, args + 1, &fields, err);
    return r != 0 ? r : update(ctl, order, id, fields, err);
}

/* delete WHICH */
static int delete_row(struct ctl *ctl, const void *subject, int count, char *args[],
                      struct hass_error *err)
{
    const struct order *order = subject;
    autofree char *id = NULL;
    autojson *result = NULL;
    int r = ctl_resolve(ctl, order->kind, args[0], &id, err);

    if (r >= 0)
        r = change(ctl, order, "delete", json_pack("{s:s}", order->kind->id, id), &result, err);
    if (r >= 0)
        ctl_done(ctl, result, "Deleted %s %s.", order->kind->what, id);
    return r < 0 ? r : CTL_OK;
}

static int rename_row(struct ctl *ctl, const void *subject, int count, char *args[],
                      struct hass_error *err)
{
    const struct order *order = subject;
    autofree char *id = NULL;
    int r = ctl_resolve(ctl, order->kind, args[0], &id, err);

    return r < 0 ? r : update(ctl, order, id, json_pack("{s:s}", "name", args[1]), err);
}

static const struct ctl_verb verbs[] = {
    { "add", 1, -1, "NAME [KEY=VALUE...]", add_row },
    { "set", 2, -1, "WHICH KEY=VALUE...", set_row },
    { "rename", 2, 2, "WHICH NAME", rename_row },
    { "delete", 1, 1, "WHICH", delete_row },
    { NULL, 0, 0, NULL, NULL },
};

/* lists */

static void join(const json_t *list, struct hass_buf *buf)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        hass_buf_printf(buf, "%s%s", i ? ", " : "", json_string_value(json_array_get(list, i)));
}

/* Rows of all kinds that the lists show, {id: row}. */
struct home {
    json_t *areas, *floors, *labels, *devices, *entities;
};

static void home_fini(struct home *home)
{
    json_decref(home->areas);
    json_decref(home->floors);
    json_decref(home->labels);
    json_decref(home->devices);
    json_decref(home->entities);
}
#define autohome __attribute__((cleanup(home_fini))) struct home

static int ask_home(struct ctl *ctl, struct home *home, struct hass_error *err)
{
    const struct {
        const struct ctl_kind *kind;
        json_t **rows;
    } parts[] = { { &ctl_area, &home->areas },
                  { &ctl_floor, &home->floors },
                  { &ctl_label, &home->labels },
                  { &ctl_device, &home->devices },
                  { &ctl_entity, &home->entities } };
    int r = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r >= 0; i++)
        r = ctl_rows_by_id(ctl, parts[i].kind, parts[i].rows, err);
    return r;
}

static void add_areas(struct table *table, const struct home *home)
{
    autojson *devices = ctl_count_by(home->devices, "area_id");
    autojson *entities = ctl_count_by(home->entities, "area_id");
    const char *id;
    json_t *area;

    json_object_foreach(home->areas, id, area) {
        const char *floor_id = hass_json_get_string(area, "floor_id", "");
        autofree char *device_count = ctl_count_text(devices, id);
        autofree char *entity_count = ctl_count_text(entities, id);
        autobuf labelled = HASS_BUF_INIT;
        join(hass_json_get(area, "labels"), &labelled);
        table_add(table,
                  (const char *[]){ id, ctl_row_name(&ctl_area, area),
                                    ctl_row_name(&ctl_floor, hass_json_get(home->floors, floor_id)),
                                    device_count, entity_count, hass_buf_string(&labelled) });
    }
}

static void add_floors(struct table *table, const struct home *home)
{
    autojson *areas_of = ctl_count_by(home->areas, "floor_id");
    const char *id;
    json_t *floor;

    json_object_foreach(home->floors, id, floor) {
        const json_t *level = hass_json_get(floor, "level");
        autofree char *area_count = ctl_count_text(areas_of, id);
        autobuf number = HASS_BUF_INIT;
        if (json_is_integer(level))
            hass_json_write(level, &number);
        table_add(table, (const char *[]){ id, ctl_row_name(&ctl_floor, floor),
                                           hass_buf_string(&number), area_count });
    }
}

static void add_labels(struct table *table, const struct home *home)
{
    autojson *areas_of = ctl_count_by(home->areas, "labels");
    autojson *devices = ctl_count_by(home->devices, "labels");
    autojson *entities = ctl_count_by(home->entities, "labels");
    const char *id;
    json_t *label;

    json_object_foreach(home->labels, id, label) {
        autofree char *area_count = ctl_count_text(areas_of, id);
        autofree char *device_count = ctl_count_text(devices, id);
        autofree char *entity_count = ctl_count_text(entities, id);
        table_add(table, (const char *[]){ id, ctl_row_name(&ctl_label, label),
                                           hass_json_get_string(label, "color", NULL), area_count,
                                           device_count, entity_count,
                                           hass_json_get_string(label, "description", NULL) });
    }
}

static void print_list(const struct ctl *ctl, const json_t *rows_by_id, struct table *table)
{
    autojson *rows = json_array();
    const char *id;
    json_t *row;

    json_object_foreach((json_t *)rows_by_id, id, row)
        json_array_append(rows, row);
    ctl_print_rows(ctl, rows, table);
}

static int list_areas(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = { { "AREA", 0 },
                                                   { "NAME", 0 },
                                                   { "FLOOR", 0 },
                                                   { "DEVICES", TABLE_RIGHT | TABLE_KEEP },
                                                   { "ENTITIES", TABLE_RIGHT | TABLE_KEEP },
                                                   { "LABELS", 0 } };
    autohome home = { 0 };
    int r = ask_home(ctl, &home, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 6);
    add_areas(table, &home);
    print_list(ctl, home.areas, table);
    return CTL_OK;
}

static int list_floors(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = { { "FLOOR", 0 },
                                                   { "NAME", 0 },
                                                   { "LEVEL", TABLE_RIGHT | TABLE_KEEP },
                                                   { "AREAS", TABLE_RIGHT | TABLE_KEEP } };
    autohome home = { 0 };
    int r = ask_home(ctl, &home, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 4);
    add_floors(table, &home);
    print_list(ctl, home.floors, table);
    return CTL_OK;
}

static int list_labels(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = { { "LABEL", 0 },
                                                   { "NAME", 0 },
                                                   { "COLOR", 0 },
                                                   { "AREAS", TABLE_RIGHT | TABLE_KEEP },
                                                   { "DEVICES", TABLE_RIGHT | TABLE_KEEP },
                                                   { "ENTITIES", TABLE_RIGHT | TABLE_KEEP },
                                                   { "DESCRIPTION", 0 } };
    autohome home = { 0 };
    int r = ask_home(ctl, &home, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 7);
    add_labels(table, &home);
    print_list(ctl, home.labels, table);
    return CTL_OK;
}

int ctl_areas(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return count ? ctl_run_verb(ctl, "areas", verbs, &areas, count, args, err)
                 : list_areas(ctl, err);
}

int ctl_floors(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return count ? ctl_run_verb(ctl, "floors", verbs, &floors, count, args, err)
                 : list_floors(ctl, err);
}

int ctl_labels(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return count ? ctl_run_verb(ctl, "labels", verbs, &labels, count, args, err)
                 : list_labels(ctl, err);
}
