/* SPDX-License-Identifier: Apache-2.0 */
/* The file of the config entries: of all minor versions, newer ones, and wrong ones. */
#include <string.h>

#include <hass/issue_registry.h>

#include "base/mem.h"
#include "registry/entry.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

#define FILE_NAME ".storage/core.config_entries"

/* A file with the text in which ' stands for ". */
static void write_entries(int version, int minor_version, const char *rows)
{
    autofree char *text =
        mem_printf("{'version': %d, 'minor_version': %d, 'key': 'core.config_entries', "
                   "'data': {'entries': [%s], 'later': {'x': 1}}}",
                   version, minor_version, rows);

    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    test_file(FILE_NAME, text);
}

static json_t *read_data(void)
{
    autofree char *path = mem_printf("%s/" FILE_NAME, test_dir());
    autofree char *text = test_read_file(path);
    autojson *file = json_loads(text, 0, NULL);

    return hass_json_ref(hass_json_get(file, "data"));
}

static struct hass *boot(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(void)
{
    loader_configure("thing:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    return hass;
}

static HASS_CALLBACK const char *state_of(struct hass *hass, const char *id)
{
    const struct hass_entry *entry = hass_entries_async_get(hass, id);

    return entry ? hass_entry_state_name(hass_entry_async_state(entry)) : "(none)";
}

/* As each minor version wrote them; 1.1 is that of before 2021, too. */
static const struct {
    int minor_version;
    const char *row;
} versions[] = {
    { 1, "{'entry_id': 'e1', 'version': 2, 'domain': 'entries', 'title': 'Hub', 'data': {'a': 1}, "
         "'options': {'b': 2}, 'system_options': {'disable_new_entities': true}, "
         "'source': 'user', 'connection_class': 'local_push', 'unique_id': 'u1'}" },
    { 1, "{'entry_id': 'e1', 'version': 2, 'domain': 'entries', 'title': 'Hub', 'data': {'a': 1}, "
         "'options': {'b': 2}, 'pref_disable_new_entities': true, 'pref_disable_polling': false, "
         "'source': 'user', 'unique_id': 'u1', 'disabled_by': null}" },
    { 2, "{'entry_id': 'e1', 'version': 2, 'minor_version': 3, 'domain': 'entries', "
         "'title': 'Hub', 'data': {'a': 1}, 'options': {'b': 2}, "
         "'pref_disable_new_entities': true, 'pref_disable_polling': false, 'source': 'user', "
         "'unique_id': 'u1', 'disabled_by': null}" },
    { 3, "{'created_at': '2024-07-01T10:00:00.5+00:00', 'modified_at': "
         "'2024-07-02T10:00:00+00:00', 'entry_id': 'e1', 'version': 2, 'minor_version': 3, "
         "'domain': 'entries', 'title': 'Hub', 'data': {'a': 1}, 'options': {'b': 2}, "
         "'pref_disable_new_entities': true, 'pref_disable_polling': false, 'source': 'user', "
         "'unique_id': 'u1', 'disabled_by': null}" },
    { 5, "{'created_at': '2024-07-01T10:00:00.500000+00:00', 'modified_at': "
         "'2024-07-02T10:00:00+00:00', 'entry_id': 'e1', 'version': 2, 'minor_version': 3, "
         "'domain': 'entries', 'title': 'Hub', 'data': {'a': 1}, 'options': {'b': 2}, "
         "'pref_disable_new_entities': true, 'pref_disable_polling': false, 'source': 'user', "
         "'unique_id': 'u1', 'disabled_by': null, 'discovery_keys': {}, 'subentries': "
         "[{'subentry_id': 's1', 'subentry_type': 'room', 'title': 'Bath', 'unique_id': null, "
         "'data': {}}]}" },
    { 9, "{'entry_id': 'e1', 'version': 2, 'domain': 'entries', 'title': 'Hub', 'data': {'a': 1}, "
         "'options': {'b': 2}, 'source': 'user', 'unique_id': 'u1', 'colour': 'red', "
         "'pref_disable_new_entities': true}" },
};

START_TEST(a_file_of_each_minor_version_is_read_and_set_up)
{
    write_entries(1, versions[_i].minor_version, versions[_i].row);
    struct hass *hass = boot();
    struct hass_entry *entry = hass_entries_async_get(hass, "e1");

    ck_assert_ptr_nonnull(entry);
    ck_assert_str_eq(state_of(hass, "e1"), "loaded");
    ck_assert_str_eq(hass_entry_async_title(entry), "Hub");
    ck_assert_str_eq(hass_entry_async_unique_id(entry), "u1");
    ck_assert_json(hass_entry_async_data(entry), "{'a': 1}");
    ck_assert_json(hass_entry_async_options(entry), "{'b': 2}");
    ck_assert(entry->pref_disable_new_entities);
    ck_assert(!entry->pref_disable_polling);
    ck_assert_str_eq(hass_entry_source(entry), "user");
}
END_TEST

START_TEST(what_is_written_is_what_was_read_with_what_we_do_not_know)
{
    write_entries(1, 5,
                  "{'entry_id': 'e1', 'domain': 'nowhere', 'title': 'Hub', 'colour': 'red', "
                  "'created_at': '2024-07-01T10:00:00.500000+00:00', 'modified_at': "
                  "'2024-07-02T10:00:00+00:00'}, {'entry_id': 7}, 'rubbish'");
    struct hass *hass = boot();
    struct hass_entry *entry = hass_entries_async_get(hass, "e1");

    ck_assert_str_eq(state_of(hass, "e1"), "setup_error");
    ck_assert_int_eq(hass_entry_async_update(entry, test_json("{'title': 'New'}"), NULL), 1);
    test_advance(hass, 0.9);
    autojson *early = read_data();
    ck_assert_str_eq(
        hass_json_get_string(json_array_get(hass_json_get(early, "entries"), 0), "title", ""),
        "Hub");
    test_advance(hass, 0.2);
    autojson *data = read_data();
    json_t *row = json_array_get(hass_json_get(data, "entries"), 0);
    ck_assert_str_ne(hass_json_get_string(row, "modified_at", ""), "2024-07-02T10:00:00+00:00");
    json_object_del(row, "modified_at");
    ck_assert_json(
        data, "{'entries': [{'created_at': '2024-07-01T10:00:00.500000+00:00', 'data': {}, "
              "'disabled_by': null, 'discovery_keys': {}, 'domain': 'nowhere', 'entry_id': 'e1', "
              "'minor_version': 1, 'options': {}, 'pref_disable_new_entities': false, "
              "'pref_disable_polling': false, 'source': 'user', 'subentries': [], 'title': 'New', "
              "'unique_id': null, 'version': 1, 'colour': 'red'}, {'entry_id': 7}, 'rubbish'], "
              "'later': {'x': 1}}");
}
END_TEST

/* Rows that are no entries: each is reported and kept, and its neighbour is used. */
static const char *const bad_rows[] = {
    "5",
    "null",
    "{}",
    "{'entry_id': '', 'domain': 'entries'}",
    "{'entry_id': 'e2'}",
    "{'entry_id': 'e2', 'domain': []}",
    "{'entry_id': 'e2', 'domain': 'entries', 'data': 5}",
    "{'entry_id': 'e2', 'domain': 'entries', 'options': []}",
    "{'entry_id': 'e2', 'domain': 'entries', 'version': 0}",
    "{'entry_id': 'e2', 'domain': 'entries', 'version': 'two'}",
    "{'entry_id': 'e2', 'domain': 'entries', 'title': {}}",
    "{'entry_id': 'e2', 'domain': 'entries', 'subentries': ['x']}",
    "{'entry_id': 'e2', 'domain': 'entries', 'discovery_keys': 7}",
    "{'entry_id': 'e1', 'domain': 'entries', 'title': 'Twice'}",
};

START_TEST(a_wrong_row_is_left_alone_with_its_neighbours)
{
    struct logs *logs = test_logs();
    autofree char *rows =
        mem_printf("{'entry_id': 'e1', 'version': 2, 'domain': 'entries'}, %s", bad_rows[_i]);

    write_entries(1, 5, rows);
    struct hass *hass = boot();
    ck_assert_str_eq(state_of(hass, "e1"), "loaded");
    ck_assert_str_eq(state_of(hass, "e2"), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "Config entry 1 of the file cannot be used"));
    ck_assert_int_eq(hass_entry_async_update(hass_entries_async_get(hass, "e1"),
                                             test_json("{'title': 'New'}"), NULL),
                     1);
    test_advance(hass, 2);
    autojson *data = read_data();
    autojson *kept = test_json(bad_rows[_i]);
    ck_assert_uint_eq(json_array_size(hass_json_get(data, "entries")), 2);
    ck_assert(json_equal(json_array_get(hass_json_get(data, "entries"), 1), kept));
}
END_TEST

START_TEST(a_newer_file_is_refused_and_not_touched)
{
    struct logs *logs = test_logs();

    write_entries(2, 1, "{'entry_id': 'e1', 'version': 2, 'domain': 'entries'}");
    autojson *before = read_data();
    struct hass *hass = boot();
    ck_assert_str_eq(state_of(hass, "e1"), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "The config entries cannot be loaded"));
    struct hass_entry *entry = entry_new(hass, "entries", "user", NULL);
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    hass_entry_unref(entry);
    test_advance(hass, 700);
    autojson *after = read_data();
    ck_assert(json_equal(before, after));
}
END_TEST

START_TEST(a_disabled_or_ignored_one_is_not_set_up)
{
    write_entries(1, 5,
                  "{'entry_id': 'e1', 'version': 2, 'domain': 'entries', 'disabled_by': 'user'}, "
                  "{'entry_id': 'e2', 'version': 2, 'domain': 'entries', 'source': 'ignore'}");
    struct hass *hass = boot();

    ck_assert_str_eq(state_of(hass, "e1"), "not_loaded");
    ck_assert_str_eq(state_of(hass, "e2"), "not_loaded");
    ck_assert(!hass_component_loaded(hass, "entries"));
}
END_TEST

START_TEST(two_with_one_unique_id_are_an_issue)
{
    write_entries(1, 5,
                  "{'entry_id': 'e1', 'version': 2, 'domain': 'entries', 'unique_id': 'u'}, "
                  "{'entry_id': 'e2', 'version': 2, 'domain': 'entries', 'unique_id': 'u'}, "
                  "{'entry_id': 'e3', 'domain': 'nowhere', 'unique_id': 'u'}");
    struct hass *hass = boot();

    ck_assert_str_eq(state_of(hass, "e1"), "loaded");
    ck_assert_str_eq(state_of(hass, "e2"), "loaded");
    ck_assert_ptr_nonnull(
        hass_issue_async_get(hass, "homeassistant", "config_entry_unique_id_collision_entries_e2"));
    ck_assert_ptr_null(
        hass_issue_async_get(hass, "homeassistant", "config_entry_unique_id_collision_nowhere_e3"));
}
END_TEST

START_TEST(a_removed_one_is_not_in_the_file)
{
    write_entries(1, 5, "{'entry_id': 'e1', 'version': 2, 'domain': 'entries'}");
    struct hass *hass = boot();

    ck_assert_int_eq(hass_entries_remove(hass, "e1", NULL), 0);
    test_advance(hass, 5);
    autojson *data = read_data();
    ck_assert_uint_eq(json_array_size(hass_json_get(data, "entries")), 0);
}
END_TEST

CASES_MAIN("entries_store", ROWS(a_file_of_each_minor_version_is_read_and_set_up, versions),
           ONCE(what_is_written_is_what_was_read_with_what_we_do_not_know),
           ROWS(a_wrong_row_is_left_alone_with_its_neighbours, bad_rows),
           ONCE(a_newer_file_is_refused_and_not_touched),
           ONCE(a_disabled_or_ignored_one_is_not_set_up), ONCE(two_with_one_unique_id_are_an_issue),
           ONCE(a_removed_one_is_not_in_the_file))
