/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of config entries: what integrations do with them, and the dialogues that make them (tests/plugins/flows.c). */
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "registry/flow.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

static struct hass *boot(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(void)
{
    loader_configure("thing:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    return hass;
}

/* An entry with nothing in it, lent. */
static HASS_CALLBACK struct hass_entry *add_entry(struct hass *hass, const char *domain,
                                                  const char *data)
{
    struct hass_entry *entry = entry_new(hass, domain, "user", NULL);

    entry->version = strcmp(domain, "flows") ? 2 : 4; /* those of the plugins */
    entry->minor_version = strcmp(domain, "flows") ? 3 : 1;
    entry_set_text(&entry->title, "Hub");
    entry_set_json(entry, &entry->data, test_json(data));
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    hass_entry_unref(entry);
    return entry;
}

static HASS_CALLBACK int add(struct hass_entry *entry, const char *part)
{
    hass_error_clear(&err);
    return hass_entry_async_add_subentry(entry, test_json(part), NULL, &err);
}

/* A member of a part, lent. */
static HASS_CALLBACK const char *member(const struct hass_entry *entry, size_t part,
                                        const char *key)
{
    return hass_json_get_string(json_array_get(hass_entry_async_subentries(entry), part), key,
                                "(none)");
}

static HASS_COROUTINE int set_up(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_setup(hass, userdata, error);
}

static HASS_CALLBACK void load(const struct hass_entry *entry)
{
    ck_assert_int_eq(test_run_job(hass_entry_hass(entry),
                                  HASS_JOB_COROUTINE(set_up, (void *)hass_entry_id(entry)), NULL),
                     0);
}

START_TEST(a_part_is_added_changed_and_removed)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    const json_t *part = NULL;

    ck_assert_int_eq(hass_entry_async_add_subentry(
                         entry,
                         test_json("{'subentry_type': 'room', 'title': 'Bath', 'unique_id': 'b', "
                                   "'data': {'x': 1}}"),
                         &part, NULL),
                     0);
    autofree char *id = mem_strdup(hass_json_get_string(part, "subentry_id", ""));
    ck_assert_uint_eq(strlen(id), 26);
    ck_assert_ptr_eq(hass_entry_async_subentry(entry, id), part);
    ck_assert_json(hass_json_get(part, "data"), "{'x': 1}");
    ck_assert_int_eq(
        hass_entry_async_update_subentry(entry, id, test_json("{'title': 'Bath'}"), NULL), 0);
    ck_assert_int_eq(
        hass_entry_async_update_subentry(
            entry, id, test_json("{'title': 'Spa', 'unique_id': null, 'data': {'y': 2}}"), NULL),
        1);
    part = hass_entry_async_subentry(entry, id);
    ck_assert_str_eq(hass_json_get_string(part, "title", ""), "Spa");
    ck_assert_str_eq(hass_json_get_string(part, "subentry_type", ""), "room");
    ck_assert(json_is_null(hass_json_get(part, "unique_id")));
    ck_assert_json(hass_json_get(part, "data"), "{'y': 2}");
    ck_assert_int_eq(hass_entry_async_remove_subentry(entry, id, NULL), 0);
    ck_assert_uint_eq(json_array_size(hass_entry_async_subentries(entry)), 0);
    ck_assert_ptr_null(hass_entry_async_subentry(entry, id));
    ck_assert_int_eq(hass_entry_async_remove_subentry(entry, id, NULL), HASS_E_NOT_FOUND);
    ck_assert_int_eq(hass_entry_async_update_subentry(entry, id, json_object(), NULL),
                     HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(each_change_is_told)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    load(entry);
    capture_clear(seen);
    add(entry, "{'subentry_type': 'room', 'title': 'Bath'}");
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_str_eq(hass_json_get_string(hass_event_data(capture_event(seen, 0)), "what", ""),
                     "update");
    autofree char *id = mem_strdup(member(entry, 0, "subentry_id"));
    hass_entry_async_update_subentry(entry, id, test_json("{'title': 'Bath'}"), NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 1);
    hass_entry_async_update_subentry(entry, id, test_json("{'title': 'Spa'}"), NULL);
    hass_entry_async_remove_subentry(entry, id, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 3);
}
END_TEST

/* What is no part. */
static const struct {
    const char *part;
    int code;
} bad_parts[] = {
    { "{'title': 'Bath'}", HASS_E_INVALID },
    { "{'subentry_type': 'room'}", HASS_E_INVALID },
    { "{'subentry_type': '', 'title': 'Bath'}", HASS_E_INVALID },
    { "{'subentry_type': 'room', 'title': []}", HASS_E_INVALID },
    { "{'subentry_type': 'room', 'title': 'Bath', 'unique_id': ''}", HASS_E_INVALID },
    { "{'subentry_type': 'room', 'title': 'Bath', 'data': []}", HASS_E_INVALID },
    { "{'subentry_type': 'room', 'title': 'Bath', 'colour': 'red'}", HASS_E_INVALID },
    { "{'subentry_type': 'room', 'title': 'Bath', 'unique_id': 'taken'}", HASS_E_EXISTS },
    { "[]", HASS_E_INVALID },
};

START_TEST(a_wrong_part_is_refused)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    ck_assert_int_eq(add(entry, "{'subentry_type': 'room', 'title': 'A', 'unique_id': 'taken'}"),
                     0);
    ck_assert_int_eq(add(entry, bad_parts[_i].part), bad_parts[_i].code);
    ck_assert_uint_eq(json_array_size(hass_entry_async_subentries(entry)), 1);
}
END_TEST

START_TEST(a_part_keeps_its_unique_id_to_itself)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    add(entry, "{'subentry_type': 'room', 'title': 'A', 'unique_id': 'a'}");
    add(entry, "{'subentry_type': 'room', 'title': 'B', 'unique_id': 'b'}");
    autofree char *id = mem_strdup(member(entry, 1, "subentry_id"));
    ck_assert_int_eq(
        hass_entry_async_update_subentry(entry, id, test_json("{'unique_id': 'a'}"), NULL),
        HASS_E_EXISTS);
    ck_assert_int_eq(
        hass_entry_async_update_subentry(entry, id, test_json("{'unique_id': 'b'}"), NULL), 0);
}
END_TEST

/* {"subentry_type": "room", "title": "aaa…", "data": {"x": "aaa…"}} of so many bytes. */
static json_t *large_part(size_t title, size_t data)
{
    autofree char *a = mem_alloc((title > data ? title : data) + 1);

    memset(a, 'a', title > data ? title : data);
    return json_pack("{s:s, s:s%, s:{s:s%}}", "subentry_type", "room", "title", a, title, "data",
                     "x", a, data);
}

START_TEST(what_a_part_holds_has_limits)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    size_t most = ENTRY_DATA_MAX - strlen("{\"x\":\"\"}");

    ck_assert_int_eq(hass_entry_async_add_subentry(entry, large_part(255, most), NULL, NULL), 0);
    ck_assert_int_eq(hass_entry_async_add_subentry(entry, large_part(256, 1), NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_int_eq(hass_entry_async_add_subentry(entry, large_part(1, most + 1), NULL, NULL),
                     HASS_E_LIMIT);
}
END_TEST

START_TEST(an_entry_has_a_thousand_parts_at_most)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    for (int i = 0; i < SUBENTRIES_MAX; i++)
        ck_assert_int_eq(add(entry, "{'subentry_type': 'room', 'title': 'A'}"), 0);
    ck_assert_int_eq(add(entry, "{'subentry_type': 'room', 'title': 'A'}"), HASS_E_LIMIT);
}
END_TEST

START_TEST(devices_and_entities_go_with_their_part)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{'things': true}");
    const struct hass_entity_entry *row;
    size_t pos = 0;

    add(entry, "{'subentry_type': 'room', 'title': 'A'}");
    add(entry, "{'subentry_type': 'room', 'title': 'B'}");
    load(entry);
    autofree char *id = mem_strdup(member(entry, 0, "subentry_id"));
    autofree char *other = mem_strdup(member(entry, 1, "subentry_id"));
    row = hass_entity_registry_async_find(hass, "thing", "entries", id);
    ck_assert_str_eq(row->config_subentry_id, id);
    ck_assert_str_eq(row->config_entry_id, hass_entry_id(entry));
    autojson *device = hass_device_as_json(hass_device_registry_async_get(hass, row->device_id));
    autojson *expected = json_pack("{s:[s]}", hass_entry_id(entry), id);
    ck_assert(json_equal(hass_json_get(device, "config_entries_subentries"), expected));

    ck_assert_int_eq(hass_entry_async_remove_subentry(entry, id, NULL), 0);
    test_settle(hass);
    ck_assert_ptr_null(hass_entity_registry_async_find(hass, "thing", "entries", id));
    ck_assert_ptr_nonnull(hass_entity_registry_async_find(hass, "thing", "entries", other));
    const struct hass_device *left;
    ck_assert(hass_device_registry_async_next(hass, &pos, &left));
    ck_assert_str_eq(left->identifiers[0].second, other);
    ck_assert(!hass_device_registry_async_next(hass, &pos, &left));
}
END_TEST

START_TEST(a_device_of_two_parts_stays_with_the_other)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    const struct hass_device_pair identifiers[] = { { "entries", "shared" }, { NULL, NULL } };
    const struct hass_device *device;

    add(entry, "{'subentry_type': 'room', 'title': 'A'}");
    add(entry, "{'subentry_type': 'room', 'title': 'B'}");
    for (size_t i = 0; i < 2; i++) {
        const struct hass_device_info info =
            HASS_DEVICE_INFO(.identifiers = identifiers, .name = "Shared",
                             .config_subentry_id = member(entry, i, "subentry_id"));
        ck_assert_int_eq(hass_device_registry_async_get_or_create(hass, hass_entry_id(entry), &info,
                                                                  &device, NULL),
                         0);
    }
    autofree char *id = mem_strdup(device->id);
    autofree char *first = mem_strdup(member(entry, 0, "subentry_id"));
    autofree char *second = mem_strdup(member(entry, 1, "subentry_id"));
    ck_assert_int_eq(hass_entry_async_remove_subentry(entry, first, NULL), 0);
    device = hass_device_registry_async_get(hass, id);
    ck_assert_ptr_nonnull(device);
    autojson *json = hass_device_as_json(device);
    autojson *expected = json_pack("{s:[s]}", hass_entry_id(entry), second);
    ck_assert(json_equal(hass_json_get(json, "config_entries_subentries"), expected));
    ck_assert_int_eq(hass_entry_async_remove_subentry(entry, second, NULL), 0);
    ck_assert_ptr_null(hass_device_registry_async_get(hass, id));
}
END_TEST

/* dialogues */

struct talk {
    const char *handler; /* or flow id */
    json_t *context, *input, *result;
};

static HASS_COROUTINE int run_init(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct talk *talk = userdata;

    return hass_flows_async_init(hass, HASS_FLOW_SUBENTRY, talk->handler, talk->context, NULL,
                                 &talk->result, error);
}

static HASS_COROUTINE int run_configure(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct talk *talk = userdata;

    return hass_flows_async_configure(hass, HASS_FLOW_SUBENTRY, talk->handler, talk->input,
                                      &talk->result, error);
}

static json_t *last; /* of the last call; lent until the next */

static HASS_CALLBACK int begin(const struct hass_entry *entry, const char *context)
{
    struct talk talk = { hass_entry_id(entry), test_json(context), NULL, NULL };
    int r = test_run_job(hass_entry_hass(entry), HASS_JOB_COROUTINE(run_init, &talk), NULL);

    json_decref(last);
    last = talk.result;
    return r;
}

/* Enters @input in the flow that was begun last. */
static HASS_CALLBACK int enter(const struct hass_entry *entry, const char *input)
{
    autofree char *id = mem_strdup(hass_json_get_string(last, "flow_id", ""));
    struct talk talk = { id, NULL, test_json(input), NULL };
    int r = test_run_job(hass_entry_hass(entry), HASS_JOB_COROUTINE(run_configure, &talk), NULL);

    json_decref(last);
    last = talk.result;
    return r;
}

static const char *of_last(const char *key)
{
    return hass_json_get_string(last, key, "(none)");
}

#define USER "{'source': 'user', 'subentry_type': 'room'}"

START_TEST(a_dialogue_makes_a_part)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "flows", "{}");
    autojson *handler = json_pack("[s, s]", hass_entry_id(entry), "room");

    ck_assert_int_eq(begin(entry, USER), 0);
    ck_assert_str_eq(of_last("step_id"), "user");
    ck_assert(json_equal(hass_json_get(last, "handler"), handler));
    ck_assert_int_eq(enter(entry, "{}"), 1);
    begin(entry, USER);
    ck_assert_int_eq(enter(entry, "{'name': 'Bath', 'serial': 's1'}"), 0);
    ck_assert_str_eq(of_last("type"), "create_entry");
    ck_assert_str_eq(of_last("title"), "Bath");
    ck_assert_str_eq(of_last("unique_id"), "s1");
    ck_assert(hass_json_get_bool(last, "result", false));
    ck_assert_str_eq(member(entry, 0, "title"), "Bath");
    ck_assert_str_eq(member(entry, 0, "unique_id"), "s1");
    ck_assert_str_eq(member(entry, 0, "subentry_type"), "room");
    ck_assert_json(hass_json_get(json_array_get(hass_entry_async_subentries(entry), 0), "data"),
                   "{'name': 'Bath', 'serial': 's1'}");
}
END_TEST

START_TEST(a_part_that_is_there_is_not_made_again)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "flows", "{}");

    for (int i = 0; i < 2; i++) {
        begin(entry, USER);
        enter(entry, "{'name': 'Bath', 'serial': 's1'}");
    }
    ck_assert_str_eq(of_last("reason"), "already_configured");
    ck_assert_int_eq(begin(entry, USER), 0);
    enter(entry, "{'name': 'Bath', 'serial': 's1', 'check': true}");
    ck_assert_str_eq(of_last("reason"), "already_configured");
    ck_assert_uint_eq(json_array_size(hass_entry_async_subentries(entry)), 1);
    ck_assert_json(hass_json_get(json_array_get(hass_entry_async_subentries(entry), 0), "data"),
                   "{'name': 'Bath', 'serial': 's1', 'again': true}");
}
END_TEST

static HASS_CALLBACK int begin_again(const struct hass_entry *entry, const char *part)
{
    autofree char *context =
        mem_printf("{'source': 'reconfigure', 'subentry_type': 'room', 'subentry_id': '%s'}", part);

    return begin(entry, context);
}

START_TEST(a_part_is_reconfigured)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "flows", "{}");

    add(entry, "{'subentry_type': 'room', 'title': 'A', 'unique_id': 's1', 'data': {'name': 'A', "
               "'kept': 1}}");
    autofree char *id = mem_strdup(member(entry, 0, "subentry_id"));
    ck_assert_int_eq(begin_again(entry, id), 0);
    ck_assert_json(
        hass_json_get(json_array_get(hass_json_get(last, "data_schema"), 0), "description"),
        "{'suggested_value': 'A'}");
    ck_assert_int_eq(enter(entry, "{'name': 'B', 'serial': 's2'}"), 0);
    ck_assert_str_eq(of_last("reason"), "unique_id_mismatch");
    begin_again(entry, id);
    enter(entry, "{'name': 'B', 'serial': 's1'}");
    ck_assert_str_eq(of_last("reason"), "reconfigure_successful");
    ck_assert_json(hass_json_get(json_array_get(hass_entry_async_subentries(entry), 0), "data"),
                   "{'name': 'B', 'kept': 1, 'serial': 's1'}");
    /* Its flow makes no other. */
    begin_again(entry, id);
    ck_assert_int_eq(enter(entry, "{'name': 'B', 'check': true}"), HASS_E_INVALID);
    /* Nor does it go on when the part has gone. */
    begin_again(entry, id);
    hass_entry_async_remove_subentry(entry, id, NULL);
    ck_assert_int_eq(enter(entry, "{'name': 'B'}"), HASS_E_INVALID);
}
END_TEST

START_TEST(what_cannot_begin_says_why)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "flows", "{}");

    ck_assert_int_eq(begin(entry, "{'source': 'user', 'subentry_type': 'attic'}"),
                     HASS_E_NOT_FOUND);
    ck_assert_int_eq(begin(entry, "{'source': 'user'}"), HASS_E_NOT_FOUND);
    ck_assert_int_eq(begin_again(entry, "unknown"), HASS_E_NOT_FOUND);
    add(entry, "{'subentry_type': 'shelf', 'title': 'A'}");
    autofree char *context =
        mem_printf("{'source': 'reconfigure', 'subentry_type': 'shelf', 'subentry_id': '%s'}",
                   member(entry, 0, "subentry_id"));
    ck_assert_int_eq(begin(entry, context), HASS_E_UNSUPPORTED);
}
END_TEST

START_TEST(an_entry_shows_which_parts_it_can_have)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "flows", "{}");

    load(entry);
    autojson *json = hass_entry_async_as_json(entry);
    ck_assert_json(hass_json_get(json, "supported_subentry_types"),
                   "{'room': {'supports_reconfigure': true}, 'shelf': {'supports_reconfigure': "
                   "false}}");
    add(entry, "{'subentry_type': 'shelf', 'title': 'A'}");
    autojson *after = hass_entry_async_as_json(entry);
    ck_assert_int_eq(hass_json_get_int(after, "num_subentries", 0), 1);
}
END_TEST

CASES_MAIN("subentries", ONCE(a_part_is_added_changed_and_removed), ONCE(each_change_is_told),
           ROWS(a_wrong_part_is_refused, bad_parts), ONCE(a_part_keeps_its_unique_id_to_itself),
           ONCE(what_a_part_holds_has_limits), ONCE(an_entry_has_a_thousand_parts_at_most),
           ONCE(devices_and_entities_go_with_their_part),
           ONCE(a_device_of_two_parts_stays_with_the_other), ONCE(a_dialogue_makes_a_part),
           ONCE(a_part_that_is_there_is_not_made_again), ONCE(a_part_is_reconfigured),
           ONCE(what_cannot_begin_says_why), ONCE(an_entry_shows_which_parts_it_can_have))
