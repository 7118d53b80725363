/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of the device and entity registries: those of all releases are read, and what is written is golden/storage/ * /
 * expected.json. Files that are cut, wrong or hostile.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/expiry.h"
#include "support/cases.h"
#include "support/test.h"

#define DEVICES  ".storage/core.device_registry"
#define ENTITIES ".storage/core.entity_registry"

static HASS_COROUTINE int load_devices_task(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    return devices_async_load(hass, err);
}

static HASS_COROUTINE int load_entities_task(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    return entities_async_load(hass, err);
}

static HASS_CALLBACK int load_devices(struct hass *hass)
{
    return test_run_coroutine(hass, load_devices_task, NULL);
}

static HASS_CALLBACK void load(struct hass *hass)
{
    ck_assert_int_eq(load_devices(hass), 0);
    ck_assert_int_eq(test_run_coroutine(hass, load_entities_task, NULL), 0);
}

/* Saves both; time passes. */
static HASS_CALLBACK void save(struct hass *hass)
{
    devices_changed(devices_of(hass));
    entities_changed(entities_of(hass));
    test_advance(hass, 200);
}

static json_t *read_json(const char *path)
{
    autofree char *text = test_read_file(path);
    json_t *json = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_json_parse(text, strlen(text), SIZE_MAX, &json, &err) == 0, "%s: %s", path,
                  err.message);
    return json;
}

static json_t *read_file(const char *name)
{
    autofree char *path = mem_printf("%s/%s", test_dir(), name);

    return read_json(path);
}

/* golden files */

static const char *const golden[] = {
    "device_1_1", "device_1_4",  "device_1_8",  "device_1_12", "device_1_13",
    "entity_1_1", "entity_1_12", "entity_1_15", "entity_1_19", "entity_1_22",
};

START_TEST(files_of_all_releases_are_read_and_written)
{
    autofree char *folder = mem_printf(TEST_SOURCE "/tests/golden/storage/%s", golden[_i]);
    autofree char *input = mem_printf("%s/input.json", folder);
    autofree char *expected = mem_printf("%s/expected.json", folder);
    const char *name = strncmp(golden[_i], "device", 6) == 0 ? DEVICES : ENTITIES;
    autofree char *text = test_read_file(input);

    test_file(name, text);
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    load(hass);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
    save(hass);
    autojson *written = read_file(name), *wanted = read_json(expected);
    autofree char *shown = json_dumps(written, JSON_INDENT(2));
    ck_assert_msg(json_equal(written, wanted), "%s", shown);
    test_destroy(hass);
}
END_TEST

START_TEST(what_was_written_is_read_as_it_was)
{
    autofree char *path =
        mem_printf(TEST_SOURCE "/tests/golden/storage/%s/expected.json", golden[_i]);
    const char *name = strncmp(golden[_i], "device", 6) == 0 ? DEVICES : ENTITIES;
    autofree char *text = test_read_file(path);

    test_file(name, text);
    struct hass *hass = test_hass();
    load(hass);
    save(hass);
    autojson *written = read_file(name), *wanted = read_json(path);
    ck_assert(json_equal(written, wanted));
}
END_TEST

START_TEST(a_split_device_of_a_later_release_has_its_entry)
{
    autofree char *text =
        test_read_file(TEST_SOURCE "/tests/golden/storage/device_1_13/input.json");
    test_file(DEVICES, text);
    struct hass *hass = test_hass();
    load(hass);
    const struct hass_device *device = hass_device_registry_async_get(hass, "d1b");
    ck_assert_str_eq(device->config_entries[0], "e2");
    ck_assert_ptr_null(device->config_entries[1]);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 2);
}
END_TEST

/* files that are cut */

static const char cut_devices[] =
    "{\"version\":1,\"minor_version\":12,\"key\":\"core.device_registry\",\"data\":{\"devices\":["
    "{\"id\":\"d1\",\"identifiers\":[[\"a\",\"b\\u00e4\"]],\"config_entries\":[\"e1\"],"
    "\"config_entries_subentries\":{\"e1\":[null]},\"x\":{\"y\":[1.5,true]}}],"
    "\"deleted_devices\":[],\"z\":[]}}";

/* Whatever is left of the file, it is read whole or set aside whole. */
START_TEST(a_cut_file_is_set_aside)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    FILE *file = fopen(test_file(DEVICES, ""), "w");

    ck_assert_uint_eq(fwrite(cut_devices, 1, (size_t)_i, file), (size_t)_i);
    fclose(file);
    ck_assert_int_eq(load_devices(hass), 0);
    bool whole = (size_t)_i == sizeof(cut_devices) - 1;
    ck_assert_uint_eq(hass_device_registry_async_count(hass), whole);
    autofree char *path = mem_printf("%s/" DEVICES, test_dir());
    ck_assert_int_eq(access(path, F_OK), whole ? 0 : -1);
    ck_assert(whole || logs_count(logs, HASS_LOG_ERROR) > 0);
}
END_TEST

static const char *const corrupt[] = {
    "[]",
    "{\"version\":1}",
    "{\"version\":1,\"data\":[]}",
    "{\"version\":1,\"data\":{\"devices\":{}}}",
    "{\"version\":1,\"data\":{\"devices\":[{]}}",
    "{\"version\":1,\"data\":{\"devices\":[]}} x",
    "{\"version\":1,\"data\":{\"devices\":[{\"id\":\"\xff\"}]}}",
};

START_TEST(a_corrupt_file_is_set_aside)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    test_file(DEVICES, corrupt[_i]);
    ck_assert_int_eq(load_devices(hass), 0);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 0);
    ck_assert_uint_gt(logs_count(logs, HASS_LOG_ERROR), 0);
    autofree char *path = mem_printf("%s/" DEVICES, test_dir());
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(a_newer_file_is_refused_and_never_written)
{
    static const char text[] = "{\"version\":2,\"data\":{\"devices\":[]}}";
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    ck_assert_ptr_nonnull(logs);
    test_file(DEVICES, text);
    ck_assert_int_eq(load_devices(hass), HASS_E_UNSUPPORTED);
    save(hass);
    autofree char *path = mem_printf("%s/" DEVICES, test_dir());
    autofree char *left = test_read_file(path);
    ck_assert_str_eq(left, text);
}
END_TEST

/* rows that are of no use */

/* Two good rows around a bad one. */
static void write_rows(const char *name, const char *list, const char *good, const char *bad,
                       const char *other)
{
    autofree char *text =
        mem_printf("{\"version\":1,\"data\":{\"%s\":[%s,%s,%s]}}", list, good, bad, other);

    test_file(name, text);
}

#define DEVICE(id) "{\"id\":\"" id "\",\"identifiers\":[[\"a\",\"" id "\"]]}"
#define ENTITY(id)                                                                                 \
    "{\"entity_id\":\"light." id "\",\"platform\":\"p\",\"unique_id\":\"" id "\",\"id\":\"" id "\"}"

static void check_left_out(struct logs *logs, const char *bad)
{
    ck_assert_msg(logs_find(logs, ": row 1 of "), "%s is not reported", bad);
    ck_assert_uint_eq(logs_matching(logs, "is left out"), 1);
    ck_assert_uint_eq(logs_matching(logs, "rows with problems: 1;"), 1);
}

static const char *const bad_devices[] = {
    "1",
    "[]",
    "null",
    "{}",
    "{\"id\":\"x\"}",
    "{\"id\":null,\"identifiers\":[[\"a\",\"x\"]]}",
    "{\"id\":[\"x\"],\"identifiers\":[[\"a\",\"x\"]]}",
    "{\"id\":\"d1\",\"identifiers\":[[\"a\",\"x\"]]}",
    "{\"id\":\"x\",\"identifiers\":{\"a\":\"x\"}}",
    "{\"id\":\"x\",\"identifiers\":[[\"a\"]]}",
    "{\"id\":\"x\",\"identifiers\":[[\"a\",\"b\",\"c\"]]}",
    "{\"id\":\"x\",\"identifiers\":[[\"a\",[]]]}",
    "{\"id\":\"x\",\"identifiers\":[\"a\"]}",
    "{\"id\":\"x\",\"identifiers\":[{\"a\":[[]]}]}",
};

START_TEST(a_bad_device_is_left_out)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    write_rows(DEVICES, "devices", DEVICE("d1"), bad_devices[_i], DEVICE("d2"));
    load(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 2);
    check_left_out(logs, bad_devices[_i]);
}
END_TEST

/* Every key of a row with every wrong type. */
static const char *const device_keys[] = {
    "area_id",
    "config_entries",
    "config_entries_subentries",
    "configuration_url",
    "connections",
    "created_at",
    "disabled_by",
    "entry_type",
    "hw_version",
    "labels",
    "manufacturer",
    "model",
    "model_id",
    "modified_at",
    "name",
    "name_by_user",
    "serial_number",
    "primary_config_entry",
    "sw_version",
    "via_device_id",
};
static const char *const wrong[] = { "true",   "[true]",     "{\"a\":true}",
                                     "[[[]]]", "{\"a\":{}}", "\"\\u0001\"" };

/* What is good for some kinds: a text for texts. */
static bool is_good_text(const char *key, const char *value)
{
    return value[0] == '"' && strcmp(key, "created_at") && strcmp(key, "modified_at") &&
           strcmp(key, "disabled_by") && strcmp(key, "connections") && strcmp(key, "labels") &&
           strcmp(key, "config_entries") && strcmp(key, "config_entries_subentries");
}

START_TEST(a_value_of_a_wrong_type_gives_way_to_the_default)
{
    const char *key = device_keys[_i];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct logs *logs = test_logs();
        struct hass *hass = test_hass();
        autofree char *bad =
            mem_printf("{\"id\":\"x\",\"identifiers\":[[\"a\",\"x\"]],\"%s\":%s}", key, wrong[i]);
        logs_clear(logs);
        write_rows(DEVICES, "devices", DEVICE("d1"), bad, DEVICE("d2"));
        load(hass);
        bool good = is_good_text(key, wrong[i]);
        ck_assert_msg(hass_device_registry_async_count(hass) == 3, "%s", bad);
        ck_assert_uint_eq(logs_matching(logs, "has defaults"), !good);
        ck_assert(good || logs_find(logs, key));
        test_destroy(hass);
    }
}
END_TEST

#define GOOD_X "{\"entity_id\":\"light.x\",\"platform\":\"p\",\"unique_id\":\"u\""

static const char *const bad_entities[] = {
    "1",
    "{}",
    "{\"entity_id\":\"light.x\",\"platform\":\"p\"}",
    "{\"entity_id\":\"light.x\",\"unique_id\":\"u\"}",
    "{\"entity_id\":\"Light.X\",\"platform\":\"p\",\"unique_id\":\"u\"}",
    "{\"entity_id\":5,\"platform\":\"p\",\"unique_id\":\"u\"}",
    "{\"entity_id\":\"light.a\",\"platform\":\"p\",\"unique_id\":\"u\"}",
    "{\"entity_id\":\"light.x\",\"platform\":\"p\",\"unique_id\":\"a\"}",
    "{\"entity_id\":\"light.x\",\"platform\":\"p\",\"unique_id\":[\"u\"]}",
};

/* With what is told. */
static const struct {
    const char *row, *told;
} odd_entities[] = {
    { GOOD_X ",\"options\":[]}", "options is not an object" },
    { GOOD_X ",\"capabilities\":\"a\"}", "capabilities is not an object" },
    { GOOD_X ",\"categories\":7}", "categories is not an object" },
    { GOOD_X ",\"has_entity_name\":\"no\"}", "has_entity_name is not true or false" },
    { GOOD_X ",\"supported_features\":1.5}", "supported_features is not a whole number" },
    { GOOD_X ",\"supported_features\":-1}", "supported_features is not a whole number" },
    { GOOD_X ",\"supported_features\":4294967296}", "supported_features is not a whole number" },
    { GOOD_X ",\"hidden_by\":\"nobody\"}", "hidden_by is not one of" },
    { GOOD_X ",\"created_at\":\"once\"}", "created_at is not a time" },
    { GOOD_X ",\"aliases\":{\"a\":[]}}", "aliases is not a list" },
    { GOOD_X ",\"aliases\":[\"a\",true],\"labels\":7}",
      "aliases is not a list of texts, labels is not a list" },
};

START_TEST(an_entity_keeps_all_but_the_members_that_are_not_understood)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    write_rows(ENTITIES, "entities", ENTITY("a"), odd_entities[_i].row, ENTITY("b"));
    load(hass);
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, "light.x");
    ck_assert_ptr_nonnull(entry);
    ck_assert_ptr_null(entry->aliases[0]);
    ck_assert_str_eq(entry->options, "{}");
    ck_assert_msg(logs_find(logs, odd_entities[_i].told), "%s is not told", odd_entities[_i].told);
    ck_assert_ptr_nonnull(logs_find(logs, "row 1 of entities has defaults: "));
}
END_TEST

/* A device with @count labels. */
static HASS_CALLBACK size_t labels_of(struct hass *hass, size_t count)
{
    autobuf text = HASS_BUF_INIT;
    const struct hass_device *device;
    size_t pos = 0;

    hass_buf_add_string(&text, "{\"version\":1,\"data\":{\"devices\":[{\"id\":\"x\","
                               "\"identifiers\":[[\"a\",\"x\"]],\"labels\":[");
    for (size_t i = 0; i < count; i++)
        hass_buf_printf(&text, "%s\"%zu\"", i ? "," : "", i);
    hass_buf_add_string(&text, "]}]}}");
    test_file(DEVICES, hass_buf_string(&text));
    ck_assert_int_eq(load_devices(hass), 0);
    ck_assert(hass_device_registry_async_next(hass, &pos, &device));
    return row_count_texts(device->labels);
}

START_TEST(a_list_of_a_file_has_1000_items_and_no_more)
{
    struct logs *logs = test_logs();

    ck_assert_uint_eq(labels_of(test_hass(), 1000), 1000);
    test_destroy(test_hass());
    ck_assert_uint_eq(labels_of(test_hass(), 1001), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "labels is not a list of at most 1000 items"));
}
END_TEST

START_TEST(a_bad_entity_is_left_out)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    write_rows(ENTITIES, "entities", ENTITY("a"), bad_entities[_i], ENTITY("b"));
    load(hass);
    ck_assert_uint_eq(hass_entity_registry_async_count(hass), 2);
    check_left_out(logs, bad_entities[_i]);
}
END_TEST

/* The file beside core.entity_registry whose name says that it is a copy. */
static char *find_copy(void)
{
    autofree char *folder = mem_printf("%s/.storage", test_dir());
    DIR *open = opendir(folder);
    const struct dirent *entry;
    char *path = NULL;

    while (open && (entry = readdir(open)))
        if (!path && strncmp(entry->d_name, "core.entity_registry.copy.", 26) == 0)
            path = mem_printf("%s/%s", folder, entry->d_name);
    if (open)
        closedir(open);
    return path;
}

START_TEST(a_file_with_a_bad_row_is_kept_as_a_copy)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    ck_assert_ptr_nonnull(logs);
    write_rows(ENTITIES, "entities", ENTITY("a"), "{}", ENTITY("b"));
    autofree char *path = mem_printf("%s/" ENTITIES, test_dir());
    autofree char *before = test_read_file(path);
    load(hass);
    ck_assert_ptr_null(find_copy());
    save(hass);
    autojson *written = read_file(ENTITIES);
    ck_assert_uint_eq(
        json_array_size(json_object_get(json_object_get(written, "data"), "entities")), 2);
    autofree char *copy = find_copy();
    ck_assert_ptr_nonnull(copy);
    autofree char *kept = test_read_file(copy);
    ck_assert_str_eq(kept, before);
}
END_TEST

START_TEST(a_row_has_a_limit)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{\"id\":\"x\",\"identifiers\":[[\"a\",\"x\"]],\"long\":\"");
    for (size_t i = 0; i < ROW_MAX_JSON; i++)
        hass_buf_add_char(&text, 'x');
    hass_buf_add_string(&text, "\"}");
    write_rows(DEVICES, "devices", DEVICE("d1"), hass_buf_string(&text), DEVICE("d2"));
    load(hass);
    ck_assert_uint_eq(hass_device_registry_async_count(hass), 2);
    check_left_out(logs, "long");
}
END_TEST

/* @bytes of a member beside the rows, or of a row. */
static HASS_CALLBACK size_t load_large(struct hass *hass, bool row, size_t bytes)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text,
                        row ? "{\"version\":1,\"data\":{\"devices\":[" DEVICE("d1") ",{\"x\":\""
                            : "{\"version\":1,\"data\":{\"devices\":[" DEVICE("d1") "],\"x\":\"");
    for (size_t i = 0; i < bytes; i++)
        hass_buf_add_char(&text, 'x');
    hass_buf_add_string(&text, row ? "\"}]}}" : "\"}}");
    test_file(DEVICES, hass_buf_string(&text));
    ck_assert_int_eq(load_devices(hass), 0);
    return hass_device_registry_async_count(hass);
}

START_TEST(a_file_with_a_row_beyond_measure_is_corrupt)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    ck_assert_ptr_nonnull(logs);
    ck_assert_uint_eq(load_large(hass, _i % 2, _i < 2 ? 1000000 : 1200000), _i < 2 ? 1 : 0);
}
END_TEST

START_TEST(the_first_problems_are_reported_and_the_others_counted)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{\"version\":1,\"data\":{\"devices\":[0");
    for (int i = 0; i < 29; i++)
        hass_buf_add_string(&text, ",0");
    hass_buf_add_string(&text, "]}}");
    test_file(DEVICES, hass_buf_string(&text));
    ck_assert_int_eq(load_devices(hass), 0);
    ck_assert_uint_eq(logs_matching(logs, "is left out"), 20);
    ck_assert_ptr_nonnull(logs_find(logs, "rows with problems: 30;"));
}
END_TEST

/* saving */

static HASS_CALLBACK void make_device(struct hass *hass, const char *id)
{
    const struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", id }));

    ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, "e1", &info, NULL, NULL), 0);
}

START_TEST(a_burst_of_changes_is_one_write)
{
    struct hass *hass = test_hass();
    char id[16];

    test_start(hass);
    load(hass);
    for (int i = 0; i < 10000; i++) {
        snprintf(id, sizeof(id), "%d", i);
        make_device(hass, id);
    }
    autofree char *path = mem_printf("%s/" DEVICES, test_dir());
    test_advance(hass, 9.5);
    ck_assert_int_eq(access(path, F_OK), -1);
    test_advance(hass, 1);
    autojson *written = read_file(DEVICES);
    ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(written, "data"), "devices")),
                      10000);
    unlink(path);
    test_advance(hass, 600);
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(rows_change_while_they_are_written)
{
    struct hass *hass = test_hass();

    load(hass);
    make_device(hass, "1");
    test_advance(hass, 179.9);
    for (int i = 0; i < 100; i++) {
        test_advance(hass, 0.01);
        make_device(hass, i % 2 ? "2" : "3");
        const struct hass_device *device;
        size_t pos = 0;
        ck_assert(hass_device_registry_async_next(hass, &pos, &device));
        hass_device_registry_async_remove(hass, device->id, NULL);
    }
    test_advance(hass, 200);
    autojson *written = read_file(DEVICES);
    ck_assert_ptr_nonnull(json_object_get(written, "data"));
}
END_TEST

/* removed rows */

static HASS_CALLBACK size_t count_removed(struct hass *hass)
{
    return devices_of(hass)->removed.all.count + entities_of(hass)->removed.count;
}

START_TEST(removed_rows_are_kept_thirty_days_after_their_last_entry)
{
    static const struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "light", .platform = "demo", .unique_id = "1",
                               .config_entry_id = "e1");
    struct hass *hass = test_hass();

    test_start(hass);
    registries_async_expire(hass, NULL);
    make_device(hass, "1");
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &info, NULL, NULL), 0);
    hass_device_registry_async_remove(
        hass, hass_device_registry_async_find(hass, HASS_DEVICE_PAIRS({ "demo", "1" }), NULL)->id,
        NULL);
    hass_entity_registry_async_remove(hass, "light.demo_1", NULL);
    test_advance(hass, 40 * 86400.0);
    ck_assert_uint_eq(count_removed(hass), 2);
    hass_device_registry_async_clear_config_entry(hass, "e1", NULL);
    hass_entity_registry_async_clear_config_entry(hass, "e1", NULL);
    test_advance(hass, 30 * 86400.0);
    ck_assert_uint_eq(count_removed(hass), 2);
    test_advance(hass, 86400);
    ck_assert_uint_eq(count_removed(hass), 0);
}
END_TEST

CASES_MAIN("files of registries", ROWS(files_of_all_releases_are_read_and_written, golden),
           ROWS(what_was_written_is_read_as_it_was, golden),
           ONCE(a_split_device_of_a_later_release_has_its_entry),
           { a_cut_file_is_set_aside, sizeof(cut_devices) },
           ROWS(a_corrupt_file_is_set_aside, corrupt),
           ONCE(a_newer_file_is_refused_and_never_written),
           ROWS(a_bad_device_is_left_out, bad_devices),
           ROWS(a_value_of_a_wrong_type_gives_way_to_the_default, device_keys),
           ROWS(a_bad_entity_is_left_out, bad_entities),
           ROWS(an_entity_keeps_all_but_the_members_that_are_not_understood, odd_entities),
           ONCE(a_list_of_a_file_has_1000_items_and_no_more),
           ONCE(a_file_with_a_bad_row_is_kept_as_a_copy), ONCE(a_row_has_a_limit),
           { a_file_with_a_row_beyond_measure_is_corrupt, 4 },
           ONCE(the_first_problems_are_reported_and_the_others_counted),
           ONCE(a_burst_of_changes_is_one_write), ONCE(rows_change_while_they_are_written),
           ONCE(removed_rows_are_kept_thirty_days_after_their_last_entry))
