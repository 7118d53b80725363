/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Areas: names and ids, events, what the file has in every version, and what a bad file does.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <hass/area_registry.h>
#include <hass/dt.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/label_registry.h>

#include "base/mem.h"
#include "registry/area.h"
#include "support/cases.h"
#include "support/test.h"

static HASS_CALLBACK const struct hass_area *create(struct hass *hass, const char *name,
                                                    const char *fields)
{
    const struct hass_area *area = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    hass_area_registry_async_create(hass, name, fields ? test_json(fields) : NULL, &area, &err);
    ck_assert_msg(area, "%s", err.message);
    return area;
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return areas_async_load(hass, err);
}

static HASS_CALLBACK void check_row(const struct hass_area *area, const char *expected)
{
    ck_assert_ptr_nonnull(area);
    autojson *json = hass_area_as_json(area);
    ck_assert_json(json, expected);
}

static HASS_CALLBACK char *all_ids(struct hass *hass)
{
    autobuf ids = HASS_BUF_INIT;
    const struct hass_area *area;

    for (size_t pos = 0; hass_area_registry_async_next(hass, &pos, &area);)
        hass_buf_printf(&ids, "%s%s", ids.length ? " " : "", area->area_id);
    return hass_buf_steal(&ids);
}

static json_t *file_content(void)
{
    autofree char *path = mem_printf("%s/.storage/core.area_registry", test_dir());
    autofree char *text = test_read_file(path);
    json_t *json = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), 1 << 20, &json, NULL), 0);
    return json;
}

/* changes */

START_TEST(an_area_has_what_it_was_created_with)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "area_registry_updated");
    const struct hass_area *area =
        create(hass, "Living Room", "{'aliases': ['Lounge', 'Lounge'], 'icon': 'mdi:sofa'}");

    check_row(area, "{'aliases': ['Lounge'], 'area_id': 'living_room', 'floor_id': null,"
                    " 'humidity_entity_id': null, 'icon': 'mdi:sofa', 'labels': [],"
                    " 'name': 'Living Room', 'picture': null, 'temperature_entity_id': null,"
                    " 'created_at': 1704067200.0, 'modified_at': 1704067200.0}");
    ck_assert_ptr_eq(hass_area_registry_async_get(hass, "living_room"), area);
    ck_assert_ptr_eq(hass_area_registry_async_get_by_name(hass, "LIVING room"), area);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'create', 'area_id': 'living_room'}");
}
END_TEST

START_TEST(names_that_differ_in_case_and_blanks_are_one)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;

    create(hass, "Straße 1", NULL);
    ck_assert_int_eq(hass_area_registry_async_create(hass, "STRASSE1", NULL, NULL, &err),
                     HASS_E_EXISTS);
    ck_assert_ptr_nonnull(strstr(err.message, "in use by area 'strasse_1'"));
    create(hass, "Garage", NULL);
    ck_assert_int_eq(hass_area_registry_async_update(
                         hass, "garage", test_json("{'name': ' strasse 1'}"), NULL, NULL),
                     HASS_E_EXISTS);
    ck_assert_int_eq(hass_area_registry_async_update(hass, "garage",
                                                     test_json("{'name': 'GARAGE'}"), NULL, NULL),
                     0);
}
END_TEST

START_TEST(ids_are_slugs_with_numbers_and_stay)
{
    struct hass *hass = test_hass();

    ck_assert_str_eq(create(hass, "Küche", NULL)->area_id, "kuche");
    ck_assert_str_eq(create(hass, "Kuche", NULL)->area_id, "kuche_2");
    ck_assert_str_eq(create(hass, "Kuche!", NULL)->area_id, "kuche_3");
    ck_assert_str_eq(create(hass, "!!!", NULL)->area_id, "unknown");
    ck_assert_int_eq(
        hass_area_registry_async_update(hass, "kuche", test_json("{'name': 'Hall'}"), NULL, NULL),
        0);
    ck_assert_str_eq(hass_area_registry_async_get_by_name(hass, "hall")->area_id, "kuche");
    ck_assert_ptr_null(hass_area_registry_async_get_by_name(hass, "küche"));
    ck_assert_int_eq(hass_area_registry_async_delete(hass, "kuche_2", NULL), 0);
    ck_assert_str_eq(create(hass, "kuche?", NULL)->area_id, "kuche_2");
}
END_TEST

START_TEST(an_update_is_told_also_when_it_changes_nothing)
{
    struct hass *hass = test_hass();
    const struct hass_area *area = create(hass, "Den", "{'aliases': ['a', 'b']}");
    struct capture *seen = test_capture(hass, "area_registry_updated");

    test_advance(hass, 5);
    ck_assert_int_eq(hass_area_registry_async_update(
                         hass, "den", test_json("{'aliases': ['b', 'a']}"), &area, NULL),
                     0);
    ck_assert_int_eq(area->modified_at, area->created_at);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_int_eq(
        hass_area_registry_async_update(hass, "den", test_json("{'aliases': null}"), &area, NULL),
        0);
    ck_assert_ptr_null(area->aliases[0]);
    ck_assert_int_eq(area->modified_at, area->created_at + 5 * HASS_USEC_PER_SEC);
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

START_TEST(a_row_that_was_referenced_stays_as_it_was)
{
    struct hass *hass = test_hass();
    const struct hass_area *before = hass_area_ref(create(hass, "Den", NULL));

    ck_assert_int_eq(
        hass_area_registry_async_update(hass, "den", test_json("{'icon': 'mdi:x'}"), NULL, NULL),
        0);
    ck_assert_int_eq(hass_area_registry_async_delete(hass, "den", NULL), 0);
    ck_assert_ptr_null(before->icon);
    ck_assert_str_eq(before->name, "Den");
    ck_assert_ptr_null(hass_area_unref(before));
}
END_TEST

static const struct {
    const char *name, *fields;
    int result;
    const char *message;
} refused[] = {
    { "", NULL, HASS_E_INVALID, "must not be empty" },
    { "   ", NULL, HASS_E_INVALID, "must not be empty" },
    { "\xff\xfe", NULL, HASS_E_INVALID, "UTF-8" },
    { "A", "{'colour': 'red'}", HASS_E_INVALID, "colour" },
    { "A", "{'aliases': [{}]}", HASS_E_INVALID, "aliases" },
    { "A", "{'icon': []}", HASS_E_INVALID, "icon" },
    { "A", "{'temperature_entity_id': 'sensor.none'}", HASS_E_INVALID, "does not exist" },
    { "A", "{'temperature_entity_id': 'sensor.humidity'}", HASS_E_INVALID, "no sensor of device" },
    { "A", "{'humidity_entity_id': 'light.humidity'}", HASS_E_INVALID, "no sensor of device" },
    { "A", "{'humidity_entity_id': 'no id'}", HASS_E_INVALID, "entity" },
};

START_TEST(bad_values_are_refused)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    struct capture *seen = test_capture(hass, "area_registry_updated");

    hass_states_async_set(hass, "sensor.humidity", "5", test_json("{'device_class': 'humidity'}"),
                          NULL, NULL);
    hass_states_async_set(hass, "light.humidity", "5", test_json("{'device_class': 'humidity'}"),
                          NULL, NULL);
    json_t *fields = refused[_i].fields ? test_json(refused[_i].fields) : NULL;
    ck_assert_int_eq(hass_area_registry_async_create(hass, refused[_i].name, fields, NULL, &err),
                     refused[_i].result);
    ck_assert_msg(strstr(err.message, refused[_i].message), "%s", err.message);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

START_TEST(sensors_of_the_right_class_are_good)
{
    struct hass *hass = test_hass();

    hass_states_async_set(hass, "sensor.t", "5", test_json("{'device_class': 'temperature'}"), NULL,
                          NULL);
    ck_assert_str_eq(
        create(hass, "A", "{'temperature_entity_id': 'sensor.t'}")->temperature_entity_id,
        "sensor.t");
}
END_TEST

START_TEST(unknown_ids_are_not_found)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_area_registry_async_update(hass, "x", test_json("{}"), NULL, NULL),
                     HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_area_registry_async_delete(hass, "x", NULL), HASS_E_NOT_FOUND);
    ck_assert_ptr_null(hass_area_registry_async_get(hass, "x"));
}
END_TEST

START_TEST(names_have_255_characters_and_no_more)
{
    struct hass *hass = test_hass();
    autobuf name = HASS_BUF_INIT;

    for (int i = 0; i < 255; i++)
        hass_buf_add_string(&name, "ü");
    ck_assert_uint_ge(strlen(create(hass, name.data, NULL)->name), 510);
    hass_buf_add_string(&name, "ü");
    ck_assert_int_eq(hass_area_registry_async_create(hass, name.data, NULL, NULL, NULL),
                     HASS_E_INVALID);
}
END_TEST

static json_t *many_aliases(int count)
{
    json_t *aliases = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(aliases, json_sprintf("a%d", i));
    return json_pack("{s:o}", "aliases", aliases);
}

START_TEST(a_list_has_1000_items_and_no_more)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_area_registry_async_create(hass, "A", many_aliases(1000), NULL, NULL), 0);
    ck_assert_int_eq(hass_area_registry_async_create(hass, "B", many_aliases(1001), NULL, NULL),
                     HASS_E_LIMIT);
}
END_TEST

START_TEST(a_registry_has_100000_rows_and_no_more)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    char name[32];

    for (int i = 0; i < 100000; i++) {
        memset(name, 0, sizeof(name)); // all have one slug: "a", "a_2", …
        snprintf(name, sizeof(name), "a");
        for (int bit = 0; bit < 17; bit++)
            name[1 + bit] = i >> bit & 1 ? '!' : '?';
        ck_assert_int_eq(hass_area_registry_async_create(hass, name, NULL, NULL, &err), 0);
    }
    ck_assert_ptr_nonnull(hass_area_registry_async_get(hass, "a_100000"));
    ck_assert_int_eq(hass_area_registry_async_create(hass, "b", NULL, NULL, &err), HASS_E_LIMIT);
    ck_assert_int_eq(hass_area_registry_async_delete(hass, "a", NULL), 0);
    ck_assert_int_eq(hass_area_registry_async_create(hass, "b", NULL, NULL, NULL), 0);
}
END_TEST

START_TEST(areas_are_put_in_order)
{
    struct hass *hass = test_hass();
    struct capture *seen;

    create(hass, "A", NULL);
    create(hass, "B", NULL);
    create(hass, "C", NULL);
    seen = test_capture(hass, "area_registry_updated");
    autojson *order = test_json("['c', 'a', 'b']");
    ck_assert_int_eq(hass_area_registry_async_reorder(hass, order, NULL), 0);
    autofree char *ids = all_ids(hass);
    ck_assert_str_eq(ids, "c a b");
    ck_assert_json(hass_event_data(capture_event(seen, 0)),
                   "{'action': 'reorder', 'area_id': null}");
    autojson *lacking = test_json("['c', 'a']");
    autojson *twice = test_json("['c', 'a', 'a']");
    autojson *unknown = test_json("['c', 'a', 'x']");
    ck_assert_int_eq(hass_area_registry_async_reorder(hass, lacking, NULL), HASS_E_INVALID);
    ck_assert_int_eq(hass_area_registry_async_reorder(hass, twice, NULL), HASS_E_INVALID);
    ck_assert_int_eq(hass_area_registry_async_reorder(hass, unknown, NULL), HASS_E_INVALID);
    autofree char *still = all_ids(hass);
    ck_assert_str_eq(still, "c a b");
}
END_TEST

START_TEST(a_floor_or_label_that_goes_is_cleared)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_floor_registry_async_create(hass, "Ground", NULL, NULL, NULL), 0);
    ck_assert_int_eq(hass_label_registry_async_create(hass, "Warm", NULL, NULL, NULL), 0);
    create(hass, "A", "{'floor_id': 'ground', 'labels': ['cold', 'warm']}");
    create(hass, "B", NULL);
    struct capture *seen = test_capture(hass, "area_registry_updated");
    ck_assert_int_eq(hass_floor_registry_async_delete(hass, "ground", NULL), 0);
    ck_assert_ptr_null(hass_area_registry_async_get(hass, "a")->floor_id);
    ck_assert_int_eq(hass_label_registry_async_delete(hass, "warm", NULL), 0);
    const struct hass_area *area = hass_area_registry_async_get(hass, "a");
    ck_assert_str_eq(area->labels[0], "cold");
    ck_assert_ptr_null(area->labels[1]);
    ck_assert_uint_eq(capture_count(seen), 2);
}
END_TEST

static HASS_CALLBACK int on_area_event(const struct hass_event *event, void *userdata,
                                       struct hass_error *err)
{
    const char **seen = userdata;
    const struct hass_entity_entry *entry =
        hass_entity_registry_async_get(hass_event_hass(event), "light.lamp");

    *seen = entry->area_id ? "still there" : "cleared";
    return 0;
}

START_TEST(entities_lose_an_area_before_its_end_is_told)
{
    static const struct hass_entity_entry_info info = { .size = sizeof(info),
                                                        .domain = "light",
                                                        .platform = "test",
                                                        .unique_id = "1",
                                                        .suggested_object_id = "lamp" };
    struct hass *hass = test_hass();
    const char *seen = "nothing";

    create(hass, "Den", NULL);
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &info, NULL, NULL), 0);
    ck_assert_int_eq(hass_entity_registry_async_update(hass, "light.lamp",
                                                       test_json("{'area_id': 'den'}"), NULL, NULL),
                     0);
    ck_assert_int_eq(hass_bus_async_listen(hass, "area_registry_updated", NULL,
                                           HASS_JOB_CALLBACK(on_area_event, &seen), NULL, NULL),
                     0);
    ck_assert_int_eq(hass_area_registry_async_delete(hass, "den", NULL), 0);
    ck_assert_str_eq(seen, "cleared");
}
END_TEST

START_TEST(get_or_create_creates_once)
{
    struct hass *hass = test_hass();
    const struct hass_area *first = NULL, *second = NULL;

    ck_assert_int_eq(hass_area_registry_async_get_or_create(hass, "Den", &first, NULL), 0);
    ck_assert_int_eq(hass_area_registry_async_get_or_create(hass, "d en", &second, NULL), 0);
    ck_assert_ptr_eq(first, second);
}
END_TEST

/* other threads */

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_area_registry_create(hass, "Den", test_json("{'icon': 'mdi:a'}"), err);

    if (r == 0)
        r = hass_area_registry_update(hass, "den", test_json("{'icon': 'mdi:b'}"), err);
    if (r == 0)
        r = hass_area_registry_create(hass, "Hall", NULL, err);
    if (r == 0)
        r = hass_area_registry_delete(hass, "hall", err);
    const autounref(hass_area) *area = hass_area_registry_get(hass, "den");
    ck_assert_ptr_nonnull(area);
    ck_assert_str_eq(area->icon, "mdi:b");
    ck_assert_ptr_null(hass_area_registry_get(hass, "hall"));
    return r;
}

START_TEST(other_threads_queue_changes_and_get_references)
{
    ck_assert_int_eq(test_on_pool(test_hass(), use_twins, NULL), 0);
}
END_TEST

/* the file */

START_TEST(a_change_is_saved_as_the_model_does_it)
{
    struct hass *hass = test_hass();

    create(hass, "Den", "{'aliases': ['x'], 'labels': ['l']}");
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_json(content,
                   "{'version': 1, 'minor_version': 8, 'key': 'core.area_registry', 'data': {"
                   "'areas': [{'aliases': ['x'], 'id': 'den', 'floor_id': null,"
                   " 'humidity_entity_id': null, 'icon': null, 'labels': ['l'], 'name': 'Den',"
                   " 'picture': null, 'temperature_entity_id': null,"
                   " 'created_at': '2024-01-01T00:00:00+00:00',"
                   " 'modified_at': '2024-01-01T00:00:00+00:00'}]}}");
}
END_TEST

/* What each version of the model has written. */
static const struct {
    int minor_version; /* 0: there was none */
    const char *row;
    const char *shown;
} versions[] = {
#define SHOWN(aliases, floor, humidity, icon, labels, picture, created)                            \
    "{'aliases': " aliases ", 'area_id': 'den', 'floor_id': " floor                                \
    ", 'humidity_entity_id': " humidity ", 'icon': " icon ", 'labels': " labels                    \
    ", 'name': 'Den', 'picture': " picture                                                         \
    ", 'temperature_entity_id': null, 'created_at': " created ", 'modified_at': " created "}"
    { 0, "{'id': 'den', 'name': 'Den'}", SHOWN("[]", "null", "null", "null", "[]", "null", "0.0") },
    { 1, "{'id': 'den', 'name': 'Den', 'picture': '/p.png'}",
      SHOWN("[]", "null", "null", "null", "[]", "'/p.png'", "0.0") },
    { 2, "{'id': 'den', 'name': 'Den', 'picture': null}",
      SHOWN("[]", "null", "null", "null", "[]", "null", "0.0") },
    { 3, "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': ['d']}",
      SHOWN("['d']", "null", "null", "null", "[]", "null", "0.0") },
    { 4, "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': 'mdi:d'}",
      SHOWN("[]", "null", "null", "'mdi:d'", "[]", "null", "0.0") },
    { 5,
      "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': null,"
      " 'floor_id': 'ground'}",
      SHOWN("[]", "'ground'", "null", "null", "[]", "null", "0.0") },
    { 6,
      "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': null,"
      " 'floor_id': 'ground', 'labels': ['l']}",
      SHOWN("[]", "'ground'", "null", "null", "['l']", "null", "0.0") },
    { 7,
      "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': null,"
      " 'floor_id': null, 'labels': [], 'created_at': '2024-07-01T00:00:00.500000+00:00',"
      " 'modified_at': '2024-07-01T00:00:00.500000+00:00'}",
      SHOWN("[]", "null", "null", "null", "[]", "null", "1719792000.5") },
    { 8,
      "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': null,"
      " 'floor_id': null, 'labels': [], 'humidity_entity_id': 'sensor.h',"
      " 'temperature_entity_id': null, 'created_at': '2024-07-01T00:00:00+00:00',"
      " 'modified_at': '2024-07-01T00:00:00+00:00'}",
      SHOWN("[]", "null", "'sensor.h'", "null", "[]", "null", "1719792000.0") },
    { 9,
      "{'id': 'den', 'name': 'Den', 'picture': null, 'aliases': [], 'icon': null,"
      " 'floor_id': null, 'labels': [], 'humidity_entity_id': null,"
      " 'temperature_entity_id': null, 'motion_entity_id': 'binary_sensor.m',"
      " 'created_at': '2024-07-01T00:00:00+00:00',"
      " 'modified_at': '2024-07-01T00:00:00+00:00'}",
      SHOWN("[]", "null", "null", "null", "[]", "null", "1719792000.0") },
#undef SHOWN
};

static void write_file(int minor_version, const char *data)
{
    autofree char *minor =
        minor_version ? mem_printf("'minor_version': %d, ", minor_version) : mem_strdup("");
    autofree char *text =
        mem_printf("{'version': 1, %s'key': 'core.area_registry', 'data': %s}", minor, data);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    test_file(".storage/core.area_registry", text);
}

START_TEST(files_of_all_versions_are_read)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    autofree char *data = mem_printf("{'areas': [%s]}", versions[_i].row);

    write_file(versions[_i].minor_version, data);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    check_row(hass_area_registry_async_get(hass, "den"), versions[_i].shown);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

START_TEST(keys_of_other_releases_are_kept)
{
    struct hass *hass = test_hass();

    write_file(9,
               "{'areas': [{'id': 'den', 'name': 'Den', 'motion_entity_id': 'x.y'}], 'more': 5}");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_int_eq(
        hass_area_registry_async_update(hass, "den", test_json("{'icon': 'mdi:x'}"), NULL, NULL),
        0);
    test_advance(hass, 181);
    autojson *content = file_content();
    const json_t *data = hass_json_get(content, "data");
    const json_t *row = json_array_get(hass_json_get(data, "areas"), 0);
    ck_assert_str_eq(hass_json_get_string(row, "motion_entity_id", ""), "x.y");
    ck_assert_str_eq(hass_json_get_string(row, "icon", ""), "mdi:x");
    ck_assert_int_eq(hass_json_get_int(data, "more", 0), 5);
}
END_TEST

static const struct {
    const char *data;
    const char *ids; /* of the rows that are good */
    const char *told;
    const char *kept_as;
} damaged[] = {
#define COPY    "copy.2024-01-01T00:03:00+00:00"
#define CORRUPT "corrupt.2024-01-01T00:00:00+00:00"
    { "{'areas': [{'id': 'a', 'name': 'A'}, {'name': 'B'}]}", "a",
      "row 1 of areas is left out: it has no id", COPY },
    { "{'areas': [{'id': 'a'}, {'id': 'b', 'name': 'B'}]}", "b",
      "row 0 of areas is left out: it has no name", COPY },
    { "{'areas': [{'id': true, 'name': 'A'}, {'id': 'b', 'name': 'B'}]}", "b",
      "row 0 of areas is left out: it has no id (id is not text)", COPY },
    { "{'areas': [{'id': '', 'name': 'A'}]}", "", "it has no id", COPY },
    { "{'areas': [7, 'x', null, [], {'id': 'b', 'name': 'B'}]}", "b",
      "row 3 of areas is left out: it is not an object", COPY },
    { "{'areas': [{'id': 'a', 'name': 'A', 'aliases': 'x', 'icon': []}]}", "a",
      "row 0 of areas has defaults: aliases is not a list, icon is not text", COPY },
    { "{'areas': [{'id': 'a', 'name': 'A', 'created_at': 'once'}]}", "a", "created_at is not",
      COPY },
    { "{'areas': [{'id': 'a', 'name': 'A'}, {'id': 'a', 'name': 'B'}]}", "a",
      "row 1 of areas is left out: its id is another row's", COPY },
    { "{}", "", "its data has no areas", COPY },
    { "{'areas': {}}", "", "a list of rows is not a list", CORRUPT },
    { "[]", "", "data is not an object", CORRUPT },
    { "null", "", "data is not an object", CORRUPT },
};

START_TEST(bad_rows_are_told_and_their_file_is_kept)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    write_file(8, damaged[_i].data);
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    autofree char *ids = all_ids(hass);
    ck_assert_str_eq(ids, damaged[_i].ids);
    ck_assert_msg(logs_find(logs, damaged[_i].told), "not told: %s", damaged[_i].told);
    create(hass, "Another", NULL);
    test_advance(hass, 181);
    autofree char *copy =
        mem_printf("%s/.storage/core.area_registry.%s", test_dir(), damaged[_i].kept_as);
    autofree char *kept = test_read_file(copy);
    ck_assert_ptr_null(strstr(kept, "Another"));
    autojson *content = file_content();
    ck_assert_ptr_nonnull(content);
}
END_TEST

START_TEST(a_newer_file_leaves_an_empty_registry_and_stays)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    test_file(".storage/core.area_registry", "{\"version\": 2, \"data\": {}}");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "The area registry is empty"));
    create(hass, "A", NULL);
    test_advance(hass, 181);
    autojson *content = file_content();
    ck_assert_int_eq(hass_json_get_int(content, "version", 0), 2);
}
END_TEST

CASES_MAIN("areas", ONCE(an_area_has_what_it_was_created_with),
           ONCE(names_that_differ_in_case_and_blanks_are_one),
           ONCE(ids_are_slugs_with_numbers_and_stay),
           ONCE(an_update_is_told_also_when_it_changes_nothing),
           ONCE(a_row_that_was_referenced_stays_as_it_was), ROWS(bad_values_are_refused, refused),
           ONCE(sensors_of_the_right_class_are_good), ONCE(unknown_ids_are_not_found),
           ONCE(names_have_255_characters_and_no_more), ONCE(a_list_has_1000_items_and_no_more),
           ONCE(a_registry_has_100000_rows_and_no_more), ONCE(areas_are_put_in_order),
           ONCE(a_floor_or_label_that_goes_is_cleared),
           ONCE(entities_lose_an_area_before_its_end_is_told), ONCE(get_or_create_creates_once),
           ONCE(other_threads_queue_changes_and_get_references),
           ONCE(a_change_is_saved_as_the_model_does_it),
           ROWS(files_of_all_versions_are_read, versions), ONCE(keys_of_other_releases_are_kept),
           ROWS(bad_rows_are_told_and_their_file_is_kept, damaged),
           ONCE(a_newer_file_leaves_an_empty_registry_and_stays))
