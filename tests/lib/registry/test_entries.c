/* SPDX-License-Identifier: Apache-2.0 */
/* The life of config entries, with an integration (tests/plugins/entries.c) whose entries say how it behaves. */
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "registry/entry.h"
#include "support/cases.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;

/* A home that runs, with the things' domain. */
static struct hass *boot(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(void)
{
    loader_configure("thing:\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    return hass;
}

/* An entry as a file or a flow makes it; lent. */
static HASS_CALLBACK struct hass_entry *add_entry(struct hass *hass, const char *domain,
                                                  const char *data)
{
    struct hass_entry *entry = entry_new(hass, domain, "user", NULL);

    entry->version = 2;
    entry->minor_version = 3;
    entry_set_text(&entry->title, "Hub");
    entry_set_json(entry, &entry->data, test_json(data));
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    hass_entry_unref(entry);
    return entry;
}

static HASS_COROUTINE int set_up(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_setup(hass, userdata, error);
}

static HASS_COROUTINE int unload(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_unload(hass, userdata, error);
}

static HASS_COROUTINE int reload(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_reload(hass, userdata, error);
}

static HASS_COROUTINE int take_away(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_remove(hass, userdata, error);
}

static HASS_COROUTINE int disable(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_set_disabled_by(hass, userdata, HASS_ENTRY_DISABLED_BY_USER, error);
}

static HASS_COROUTINE int enable(struct hass *hass, void *userdata, struct hass_error *error)
{
    return hass_entries_async_set_disabled_by(hass, userdata, HASS_ENTRY_ENABLED, error);
}

#define RUN(hass, fn, entry)                                                                       \
    (hass_error_clear(&err),                                                                       \
     test_run_job((hass), HASS_JOB_COROUTINE(fn, (void *)hass_entry_id(entry)), &err))

static HASS_CALLBACK const char *state_of(const struct hass_entry *entry)
{
    return hass_entry_state_name(hass_entry_async_state(entry));
}

/* "setup, ping": what the integration has told since the last call. */
static const char *told(struct capture *seen)
{
    static char text[1024];

    *text = '\0';
    for (size_t i = 0; i < capture_count(seen); i++) {
        const json_t *data = hass_event_data(capture_event(seen, i));
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? ", " : "",
                 hass_json_get_string(data, "what", "?"));
    }
    capture_clear(seen);
    return text;
}

START_TEST(an_entry_is_set_up_with_its_integration)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    ck_assert_str_eq(state_of(entry), "not_loaded");
    ck_assert_int_eq(RUN(hass, set_up, entry), 0);
    ck_assert_str_eq(state_of(entry), "loaded");
    ck_assert(hass_component_loaded(hass, "entries"));
    hass_bus_async_fire(hass, "entries_ping", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_str_eq(told(seen), "setup, ping");
    ck_assert_int_eq(RUN(hass, set_up, entry), HASS_E_NOT_ALLOWED);
}
END_TEST

START_TEST(unloading_ends_what_it_registered_and_runs_its_jobs_the_newest_first)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    RUN(hass, set_up, entry);
    told(seen);
    ck_assert_int_eq(RUN(hass, unload, entry), 0);
    test_settle(hass);
    ck_assert_str_eq(told(seen), "unload, on_unload 2, on_unload 1, cancelled, free");
    ck_assert_str_eq(state_of(entry), "not_loaded");
    hass_bus_async_fire(hass, "entries_ping", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_int_eq(RUN(hass, unload, entry), 0);
    ck_assert_int_eq(RUN(hass, reload, entry), 0);
    ck_assert_str_eq(told(seen), "setup");
    ck_assert_int_eq(RUN(hass, reload, entry), 0);
    ck_assert_str_eq(state_of(entry), "loaded");
}
END_TEST

START_TEST(its_platforms_come_and_go_with_it)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'things': true}");

    ck_assert_msg(RUN(hass, set_up, entry) == 0, "%s", err.message);
    ck_assert_ptr_nonnull(hass_states_async_get(hass, "thing.of_entry"));
    ck_assert(hass_component_loaded(hass, "thing.entries"));
    ck_assert_int_eq(RUN(hass, unload, entry), 0);
    ck_assert_ptr_null(hass_states_async_get(hass, "thing.of_entry"));
    test_settle(hass);
    ck_assert_str_eq(told(seen),
                     "setup, good-bye, unload, on_unload 2, on_unload 1, cancelled, free");
}
END_TEST

/* What a set-up says, what becomes of the entry, and why. */
static const struct {
    const char *data, *state, *reason, *key;
    int code;
} failures[] = {
    { "{'setup': 'not_ready'}", "setup_retry", "the hub is away", "", HASS_E_NOT_READY },
    { "{'setup': 'auth'}", "setup_error", "wrong password", "", HASS_E_AUTH_FAILED },
    { "{'setup': 'fail'}", "setup_error", "it cannot work", "cannot_work", HASS_E_GENERAL },
    { "{'setup': 'silent'}", "setup_error", "EIO", "", -EIO },
    { "{'setup': 'hang'}", "setup_error",
      "async_setup_entry did not end within 300 s: it has been given up", "", -ETIMEDOUT },
};

START_TEST(a_set_up_that_fails_says_why_and_leaves_nothing)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", failures[_i].data);

    ck_assert_int_eq(RUN(hass, set_up, entry), failures[_i].code);
    ck_assert_str_eq(state_of(entry), failures[_i].state);
    autojson *json = hass_entry_async_as_json(entry);
    ck_assert_str_eq(hass_json_get_string(json, "reason", ""), failures[_i].reason);
    ck_assert_str_eq(hass_json_get_string(json, "error_reason_translation_key", ""),
                     failures[_i].key);
    test_settle(hass);
    ck_assert_str_eq(told(seen), "setup, on_unload 2, on_unload 1, cancelled, free");
    hass_bus_async_fire(hass, "entries_ping", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

/* When the @index-th set-up began, seconds. */
static double set_up_at(const struct capture *seen, size_t index)
{
    for (size_t i = 0; i < capture_count(seen); i++) {
        const struct hass_event *event = capture_event(seen, i);
        if (!strcmp(hass_json_get_string(hass_event_data(event), "what", ""), "setup") &&
            index-- == 0)
            return (double)hass_event_time_fired(event) / 1e6;
    }
    ck_abort_msg("there were not so many set-ups");
}

START_TEST(an_entry_that_is_not_ready_is_tried_again_later_and_later)
{
    static const double waits[] = { 5, 10, 20, 40, 80, 160, 320, 600, 600, 600 };
    const double unloading = 1; /* of what is run then */
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'setup': 'not_ready'}");

    RUN(hass, set_up, entry);
    test_advance(hass, 3000);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        double wait = set_up_at(seen, i + 1) - set_up_at(seen, i) - unloading;
        ck_assert_double_ge(wait, waits[i] + 0.049);
        ck_assert_double_le(wait, waits[i] + 0.501);
    }
    ck_assert_int_eq(hass_entry_async_update(entry, test_json("{'data': {}}"), NULL), 1);
    test_advance(hass, 602);
    ck_assert_str_eq(state_of(entry), "loaded");
    ck_assert_uint_eq(entry->tries, 0);
}
END_TEST

START_TEST(nothing_is_tried_again_before_the_start_or_after_being_told_otherwise)
{
    loader_configure("thing:\n");
    struct hass *hass = loader_hass();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'setup': 'not_ready'}");

    RUN(hass, set_up, entry);
    test_advance(hass, 700);
    ck_assert_str_eq(told(seen), "setup, on_unload 2, on_unload 1, cancelled, free");
    loader_boot(hass);
    test_advance(hass, 2);
    ck_assert_str_eq(told(seen), "setup, on_unload 2, on_unload 1, cancelled, free");
    ck_assert_int_eq(RUN(hass, unload, entry), 0);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    test_advance(hass, 3600);
    ck_assert_uint_eq(capture_count(seen), 0);
}
END_TEST

START_TEST(one_that_refuses_to_be_unloaded_stays_until_its_integration_goes)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{'unload': 'fail'}");

    RUN(hass, set_up, entry);
    ck_assert_int_eq(RUN(hass, unload, entry), HASS_E_GENERAL);
    ck_assert_str_eq(state_of(entry), "failed_unload");
    ck_assert_int_eq(RUN(hass, unload, entry), HASS_E_NOT_ALLOWED);
    ck_assert_int_eq(RUN(hass, reload, entry), HASS_E_NOT_ALLOWED);
    ck_assert_int_eq(RUN(hass, disable, entry), 1);
    ck_assert_int_eq(RUN(hass, enable, entry), 1);
    ck_assert_int_eq(loader_unload(hass, "entries", NULL), 0);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    ck_assert_int_eq(RUN(hass, set_up, entry), 0);
    ck_assert_int_eq(RUN(hass, take_away, entry), 1);
}
END_TEST

START_TEST(a_removed_one_is_gone_and_its_integration_hears_of_it)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'remove': 'fail'}");
    autofree char *id = strdup(hass_entry_id(entry));

    RUN(hass, set_up, entry);
    told(seen);
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(take_away, id), NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(told(seen), "unload, on_unload 2, on_unload 1, cancelled, remove, free");
    ck_assert_ptr_null(hass_entries_async_get(hass, id));
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(take_away, id), NULL), HASS_E_NOT_FOUND);
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(reload, id), NULL), HASS_E_NOT_FOUND);
}
END_TEST

START_TEST(a_disabled_one_is_not_set_up)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    RUN(hass, set_up, entry);
    ck_assert_int_eq(RUN(hass, disable, entry), 0);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    test_settle(hass);
    told(seen);
    ck_assert_int_eq(RUN(hass, set_up, entry), 0);
    ck_assert_int_eq(RUN(hass, reload, entry), 0);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_int_eq(RUN(hass, enable, entry), 0);
    ck_assert_str_eq(state_of(entry), "loaded");
    ck_assert_int_eq(RUN(hass, enable, entry), 0);
    ck_assert_str_eq(told(seen), "setup");
}
END_TEST

/* Stored version and how its migration behaves; the state it leads to, and whether the integration was asked. */
static const struct {
    int version, minor_version;
    const char *data, *state, *told;
} migrations[] = {
    { 2, 3, "{}", "loaded", "setup" },
    { 2, 1, "{}", "loaded", "migrate, setup" },
    { 1, 1, "{}", "loaded", "migrate, setup" },
    { 1, 1, "{'migrate': 'fail'}", "migration_error", "migrate" },
    { 3, 1, "{}", "migration_error", "" },
};

START_TEST(an_older_one_is_migrated_first)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", migrations[_i].data);

    entry->version = migrations[_i].version;
    entry->minor_version = migrations[_i].minor_version;
    RUN(hass, set_up, entry);
    test_settle(hass);
    ck_assert_str_eq(state_of(entry), migrations[_i].state);
    ck_assert_str_eq(told(seen), migrations[_i].told);
    if (!strcmp(migrations[_i].state, "migration_error"))
        ck_assert_int_eq(RUN(hass, reload, entry), HASS_E_NOT_ALLOWED);
}
END_TEST

START_TEST(entries_of_a_missing_integration_are_kept_and_say_so)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "nowhere", "{}");

    ck_assert_int_eq(RUN(hass, set_up, entry), HASS_E_NOT_FOUND);
    ck_assert_str_eq(state_of(entry), "setup_error");
    autojson *json = hass_entry_async_as_json(entry);
    ck_assert_str_eq(hass_json_get_string(json, "reason", ""), "integration not found");
    loader_drop("good", "good");
    ck_assert_int_eq(RUN(hass, unload, entry), 0);
    ck_assert_ptr_nonnull(hass_entries_async_get(hass, hass_entry_id(entry)));
}
END_TEST

START_TEST(one_of_an_integration_without_entries_fails)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "good", "{}");

    entry->version = entry->minor_version = 1;
    ck_assert_int_eq(RUN(hass, set_up, entry), HASS_E_UNSUPPORTED);
    ck_assert_str_eq(state_of(entry), "setup_error");
}
END_TEST

START_TEST(an_entry_cannot_wait_for_itself)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{'setup': 'self'}");

    ck_assert_int_eq(RUN(hass, set_up, entry), HASS_E_WOULD_DEADLOCK);
    ck_assert_str_eq(state_of(entry), "setup_error");
}
END_TEST

START_TEST(its_integration_takes_its_entries_along)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'things': true}");

    RUN(hass, set_up, entry);
    ck_assert_int_eq(loader_reload(hass, "entries", NULL), 0);
    ck_assert_str_eq(state_of(entry), "loaded");
    ck_assert_ptr_nonnull(hass_states_async_get(hass, "thing.of_entry"));
    /* And so does the domain that it has entities in. */
    told(seen);
    ck_assert_int_eq(loader_reload(hass, "thing", NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(told(seen),
                     "good-bye, unload, on_unload 2, on_unload 1, cancelled, setup, free");
    ck_assert_str_eq(state_of(entry), "loaded");
    ck_assert_ptr_nonnull(hass_states_async_get(hass, "thing.of_entry"));
    ck_assert_int_eq(loader_unload(hass, "entries", NULL), 0);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    ck_assert_ptr_null(hass_states_async_get(hass, "thing.of_entry"));
}
END_TEST

START_TEST(a_set_up_that_hangs_does_not_keep_its_integration)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{'setup': 'hang'}");

    ck_assert_int_eq(hass_entries_setup(hass, hass_entry_id(entry), NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(entry), "setup_in_progress");
    int64_t before = hass_monotonic(hass);
    ck_assert_int_eq(loader_unload(hass, "entries", NULL), 0);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    ck_assert_int_lt(hass_monotonic(hass) - before, 20000000);
}
END_TEST

START_TEST(a_change_is_told_once_and_only_when_it_is_one)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{'a': 1}");

    RUN(hass, set_up, entry);
    told(seen);
    ck_assert_int_eq(hass_entry_async_update(entry, test_json("{'data': {'a': 1}}"), NULL), 0);
    ck_assert_int_eq(hass_entry_async_update(entry, test_json("{}"), NULL), 0);
    ck_assert_uint_eq(capture_count(seen), 0);
    autojson *before = hass_entry_data(entry);
    ck_assert_int_eq(
        hass_entry_async_update(entry, test_json("{'data': {'a': 2}, 'title': 'New'}"), NULL), 1);
    ck_assert_str_eq(told(seen), "update");
    ck_assert_json(before, "{'a': 1}");
    ck_assert_json(hass_entry_async_data(entry), "{'a': 2}");
    ck_assert_str_eq(hass_entry_async_title(entry), "New");
}
END_TEST

static const char *const bad_changes[] = {
    "{'data': 5}",
    "{'title': []}",
    "{'version': 0}",
    "{'nothing': 1}",
    "{'unique_id': ''}",
    "{'options': null}",
    "5",
    "{'unique_id': 'taken'}",
    "{'version': 4000000000}",
};

START_TEST(a_wrong_change_changes_nothing)
{
    struct hass *hass = boot();
    struct hass_entry *other = add_entry(hass, "entries", "{}");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    ck_assert_int_eq(hass_entry_async_update(other, test_json("{'unique_id': 'taken'}"), NULL), 1);
    autojson *before = hass_entry_async_as_json(entry);
    ck_assert_int_lt(hass_entry_async_update(entry, test_json(bad_changes[_i]), NULL), 0);
    autojson *after = hass_entry_async_as_json(entry);
    ck_assert(json_equal(before, after));
}
END_TEST

/* A title of @length characters, an entry's data of @length bytes. */
static HASS_CALLBACK int update_with(struct hass_entry *entry, const char *key, size_t length)
{
    char *text = malloc(length + 1);

    memset(text, 'x', length);
    text[length] = '\0';
    json_t *value = json_string(text);
    free(text);
    return hass_entry_async_update(entry,
                                   !strcmp(key, "title") ? json_pack("{s:o}", "title", value)
                                                         : json_pack("{s:{s:o}}", key, "a", value),
                                   NULL);
}

START_TEST(what_an_entry_holds_has_limits)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    const size_t around = strlen("{\"a\":\"\"}");

    ck_assert_int_eq(update_with(entry, "title", ENTRY_MAX_TEXT), 1);
    ck_assert_int_eq(update_with(entry, "title", ENTRY_MAX_TEXT + 1), HASS_E_INVALID);
    ck_assert_int_eq(update_with(entry, "data", ENTRY_DATA_MAX - around), 1);
    ck_assert_int_eq(update_with(entry, "data", ENTRY_DATA_MAX - around + 1), HASS_E_LIMIT);
    ck_assert_int_eq(update_with(entry, "options", ENTRY_DATA_MAX - around), 1);
    ck_assert_int_eq(update_with(entry, "options", ENTRY_DATA_MAX - around + 1), HASS_E_LIMIT);
}
END_TEST

START_TEST(there_are_ten_thousand_entries_at_most)
{
    struct hass *hass = boot();

    for (int i = 0; i < ENTRIES_MAX; i++)
        add_entry(hass, "entries", "{}");
    struct hass_entry *entry = entry_new(hass, "entries", "user", NULL);
    ck_assert_int_eq(entries_async_add(entry, NULL), HASS_E_LIMIT);
    hass_entry_unref(entry);
}
END_TEST

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *error)
{
    json_t *list = userdata;
    const char *state = hass_json_get_string(hass_json_get(signal->data, "entry"), "state", "");
    autofree char *text = malloc(64);

    snprintf(text, 64, "%s %s", hass_json_get_string(signal->data, "type", ""), state);
    return json_array_append_new(list, json_string(text));
}

START_TEST(a_signal_tells_of_each_change)
{
    struct hass *hass = boot();
    autojson *told_by_signal = json_array();

    hass_async_dispatcher_connect(hass, "config_entry_changed",
                                  HASS_JOB_CALLBACK(on_signal, told_by_signal), NULL, NULL);
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    RUN(hass, set_up, entry);
    RUN(hass, take_away, entry);
    ck_assert_json(told_by_signal,
                   "['added not_loaded', 'updated setup_in_progress', 'updated loaded', "
                   "'updated unload_in_progress', 'updated not_loaded', 'removed not_loaded']");
}
END_TEST

/* A device and an entity of an entry. */
static HASS_CALLBACK void add_things(struct hass *hass, const struct hass_entry *entry)
{
    const struct hass_device_info device =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "entries", "d1" }), .name = "Lamp");
    const struct hass_entity_entry_info entity = {
        .size = sizeof(entity),
        .domain = "thing",
        .platform = "entries",
        .unique_id = "e1",
        .config_entry_id = hass_entry_id(entry),
    };

    ck_assert_int_eq(
        hass_device_registry_async_get_or_create(hass, hass_entry_id(entry), &device, NULL, NULL),
        0);
    ck_assert_int_eq(hass_entity_registry_async_get_or_create(hass, &entity, NULL, NULL), 0);
}

static HASS_CALLBACK const struct hass_device *the_device(struct hass *hass)
{
    return hass_device_registry_async_find(hass, HASS_DEVICE_PAIRS({ "entries", "d1" }), NULL);
}

static HASS_CALLBACK const struct hass_entity_entry *the_entity(struct hass *hass)
{
    return hass_entity_registry_async_find(hass, "thing", "entries", "e1");
}

START_TEST(devices_and_entities_are_disabled_with_it_and_go_with_it)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    RUN(hass, set_up, entry);
    add_things(hass, entry);
    RUN(hass, disable, entry);
    ck_assert_int_eq(the_device(hass)->disabled_by, HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY);
    ck_assert_int_eq(the_entity(hass)->disabled_by, HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY);
    RUN(hass, enable, entry);
    ck_assert_int_eq(the_device(hass)->disabled_by, HASS_DEVICE_ENABLED);
    ck_assert_int_eq(the_entity(hass)->disabled_by, HASS_ENTITY_ENABLED);
    RUN(hass, take_away, entry);
    ck_assert_ptr_null(the_device(hass));
    ck_assert_ptr_null(the_entity(hass));
}
END_TEST

START_TEST(what_its_user_has_disabled_stays_disabled)
{
    struct hass *hass = boot();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    RUN(hass, set_up, entry);
    add_things(hass, entry);
    hass_entity_registry_async_update(hass, the_entity(hass)->entity_id,
                                      test_json("{'disabled_by': 'user'}"), NULL, NULL);
    RUN(hass, disable, entry);
    RUN(hass, enable, entry);
    ck_assert_int_eq(the_entity(hass)->disabled_by, HASS_ENTITY_DISABLED_BY_USER);
}
END_TEST

START_TEST(an_entity_that_is_enabled_has_its_entry_reloaded)
{
    struct hass *hass = boot();
    struct capture *seen = test_capture(hass, "entries_test");
    struct hass_entry *entry = add_entry(hass, "entries", "{}");

    RUN(hass, set_up, entry);
    add_things(hass, entry);
    told(seen);
    for (int i = 0; i < 2; i++) {
        hass_entity_registry_async_update(hass, the_entity(hass)->entity_id,
                                          test_json("{'disabled_by': 'user'}"), NULL, NULL);
        test_advance(hass, 20);
        hass_entity_registry_async_update(hass, the_entity(hass)->entity_id,
                                          test_json("{'disabled_by': null}"), NULL, NULL);
        ck_assert_uint_eq(capture_count(seen), 0);
    }
    test_advance(hass, 29);
    ck_assert_uint_eq(capture_count(seen), 0);
    test_advance(hass, 3);
    ck_assert_str_eq(told(seen), "unload, on_unload 2, on_unload 1, cancelled, setup, free");
}
END_TEST

struct from_thread {
    const char *id;
    bool done;
};

static HASS_BLOCKING int use_twins(struct hass *hass, void *userdata, struct hass_error *error)
{
    struct from_thread *from = userdata;
    autounref(hass_entry) *entry = hass_entries_get(hass, from->id);

    ck_assert_ptr_nonnull(entry);
    ck_assert_ptr_null(hass_entries_get(hass, "unknown"));
    ck_assert_int_eq(hass_entries_setup(hass, from->id, NULL), 0);
    ck_assert_int_eq(hass_entries_reload(hass, from->id, NULL), 0);
    ck_assert_int_eq(hass_entries_unload(hass, "unknown", NULL), 0);
    ck_assert_int_eq(hass_entry_update(entry, test_json("{'options': {'b': 1}}"), NULL), 0);
    ck_assert_int_eq(
        hass_entries_set_disabled_by(hass, from->id, HASS_ENTRY_DISABLED_BY_USER, NULL), 0);
    autojson *data = hass_entry_data(entry);
    ck_assert_json(data, "{}");
    from->done = true;
    return 0;
}

START_TEST(other_threads_queue_operations)
{
    struct hass *hass = boot();
    struct logs *logs = test_logs();
    struct hass_entry *entry = add_entry(hass, "entries", "{}");
    struct from_thread from = { .id = hass_entry_id(entry) };

    ck_assert_int_eq(test_on_pool(hass, use_twins, &from), 0);
    test_advance(hass, 10);
    ck_assert(from.done);
    ck_assert_str_eq(state_of(entry), "not_loaded");
    ck_assert_int_eq(entry->disabled_by, HASS_ENTRY_DISABLED_BY_USER);
    ck_assert_json(hass_entry_async_options(entry), "{'b': 1}");
    ck_assert_ptr_nonnull(logs_find(logs, "there is no config entry unknown"));
}
END_TEST

CASES_MAIN("entries", ONCE(an_entry_is_set_up_with_its_integration),
           ONCE(unloading_ends_what_it_registered_and_runs_its_jobs_the_newest_first),
           ONCE(its_platforms_come_and_go_with_it),
           ROWS(a_set_up_that_fails_says_why_and_leaves_nothing, failures),
           ONCE(an_entry_that_is_not_ready_is_tried_again_later_and_later),
           ONCE(nothing_is_tried_again_before_the_start_or_after_being_told_otherwise),
           ONCE(one_that_refuses_to_be_unloaded_stays_until_its_integration_goes),
           ONCE(a_removed_one_is_gone_and_its_integration_hears_of_it),
           ONCE(a_disabled_one_is_not_set_up), ROWS(an_older_one_is_migrated_first, migrations),
           ONCE(entries_of_a_missing_integration_are_kept_and_say_so),
           ONCE(one_of_an_integration_without_entries_fails), ONCE(an_entry_cannot_wait_for_itself),
           ONCE(its_integration_takes_its_entries_along),
           ONCE(a_set_up_that_hangs_does_not_keep_its_integration),
           ONCE(a_change_is_told_once_and_only_when_it_is_one),
           ROWS(a_wrong_change_changes_nothing, bad_changes), ONCE(what_an_entry_holds_has_limits),
           ONCE(there_are_ten_thousand_entries_at_most),
           ONCE(devices_and_entities_are_disabled_with_it_and_go_with_it),
           ONCE(what_its_user_has_disabled_stays_disabled),
           ONCE(an_entity_that_is_enabled_has_its_entry_reloaded),
           ONCE(a_signal_tells_of_each_change), ONCE(other_threads_queue_operations))
