/* SPDX-License-Identifier: Apache-2.0 */
/* Last states: kept over a restart, and over being removed and added again. */
#include <hass/dt.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "entity/restore.h"
#include "things.h"

#define FILE_NAME ".storage/core.restore_state"

static struct thing things[4];
static char seen[128];

static HASS_COROUTINE int note_last(struct hass_entity *entity, struct hass_error *err)
{
    const struct hass_state *state = hass_entity_async_last_state(entity);
    const json_t *extra = hass_entity_async_last_extra_data(entity);

    snprintf(seen, sizeof(seen), "%s %d", state ? hass_state_state(state) : "(none)",
             (int)hass_json_get_int(extra, "level", -1));
    return 0;
}

static json_t *extra(struct hass_entity *entity)
{
    return json_pack("{s:i}", "level", 5);
}

static const struct hass_entity_ops restored_ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .state = thing_state,
                    .async_added_to_hass = note_last, .extra_restore_state_data = extra,
                    .destroy = thing_destroy);

static HASS_CALLBACK void add(struct hass *hass, struct thing *thing, const char *name)
{
    thing->description.restore = true;
    ck_assert_int_eq(add_thing(hass, thing, &restored_ops, name), 0);
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return restore_async_load(hass, err);
}

static struct hass *home(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    return hass;
}

/* What is in the file: the list of rows. */
static json_t *stored(void)
{
    autofree char *path = mem_printf("%s/" FILE_NAME, test_dir());
    autofree char *text = test_read_file(path);
    json_t *json = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), SIZE_MAX, &json, NULL), 0);
    json_t *data = hass_json_ref(hass_json_get(json, "data"));
    json_decref(json);
    return data;
}

static const char *stored_state(const json_t *rows, size_t index)
{
    return hass_json_get_string(hass_json_get(json_array_get(rows, index), "state"), "state",
                                "(none)");
}

static HASS_CALLBACK void stop(struct hass *hass)
{
    ck_assert_int_eq(hass_stop(hass, 0, NULL), 0);
    test_settle(hass);
    test_advance(hass, 1);
}

/* writing */

START_TEST(last_states_are_written_at_the_start_and_every_15_minutes)
{
    struct hass *hass = home();

    add(hass, &things[0], "A");
    add_thing(hass, &things[1], &plain_ops, "B");
    test_start(hass);
    test_settle(hass);
    autojson *first = stored();
    ck_assert_uint_eq(json_array_size(first), 1);
    ck_assert_str_eq(stored_state(first, 0), "0");
    ck_assert_int_eq(
        hass_json_get_int(hass_json_get(json_array_get(first, 0), "extra_data"), "level", 0), 5);
    ((struct values *)hass_entity_async_values(things[0].entity))->number = 7;
    hass_entity_async_write_ha_state(things[0].entity, NULL);
    test_advance(hass, 899);
    autojson *second = stored();
    ck_assert_str_eq(stored_state(second, 0), "0");
    test_advance(hass, 2);
    autojson *third = stored();
    ck_assert_str_eq(stored_state(third, 0), "7");
}
END_TEST

START_TEST(what_counts_is_how_it_was_when_the_stop_began)
{
    struct hass *hass = home();

    add(hass, &things[0], "A");
    test_start(hass);
    ((struct values *)hass_entity_async_values(things[0].entity))->number = 7;
    hass_entity_async_write_ha_state(things[0].entity, NULL);
    stop(hass);
    autojson *rows = stored();
    ck_assert_uint_eq(json_array_size(rows), 1);
    ck_assert_str_eq(stored_state(rows, 0), "7");
}
END_TEST

START_TEST(placeholders_are_not_written)
{
    struct hass *hass = home();

    hass_states_async_set(hass, "sensor.a", "unavailable", test_json("{'restored': true}"), NULL,
                          NULL);
    things[0].description.entity_id = "sensor.a";
    things[0].result = HASS_E_GENERAL;
    things[0].description.restore = true;
    test_logs();
    add_thing(hass, &things[0], &plain_ops, "A"); /* its hook fails: the placeholder stays */
    test_start(hass);
    test_settle(hass);
    autojson *rows = stored();
    ck_assert_uint_eq(json_array_size(rows), 0);
}
END_TEST

/* reading */

#define ROW(id, state, time)                                                                       \
    "{\"state\": {\"entity_id\": \"" id "\", \"state\": \"" state "\", \"attributes\": {\"x\": "   \
    "1}, \"last_changed\": \"2023-12-31T10:00:00+00:00\", \"last_updated\": "                      \
    "\"2023-12-31T11:00:00+00:00\", \"context\": {\"id\": \"01H\", \"parent_id\": null, "          \
    "\"user_id\": null}}, \"extra_data\": {\"level\": 3}, \"last_seen\": \"" time "\"}"
#define STORE(version, rows)                                                                       \
    "{\"version\": " version ", \"minor_version\": 1, \"key\": \"core.restore_state\", "           \
    "\"data\": [" rows "]}"
#define RECENT "2023-12-31T12:00:00+00:00"

START_TEST(an_entity_finds_its_last_state_and_what_it_kept)
{
    test_file(FILE_NAME, STORE("1", ROW("sensor.a", "9", RECENT)));
    struct hass *hass = home();

    add(hass, &things[0], "A");
    ck_assert_str_eq(seen, "9 3");
    const struct hass_state *state = hass_entity_async_last_state(things[0].entity);
    struct hass_value x;
    ck_assert(hass_state_attr(state, "x", &x) && x.integer == 1);
    ck_assert_int_eq(hass_state_last_updated(state) - hass_state_last_changed(state),
                     3600 * HASS_USEC_PER_SEC);
    ck_assert_str_eq(hass_state_entity_id(state), "sensor.a");
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
    add(hass, &things[1], "B");
    ck_assert_str_eq(seen, "(none) -1");
}
END_TEST

START_TEST(rows_that_are_no_good_are_left_out_alone)
{
    struct logs *logs = test_logs();
    test_file(FILE_NAME,
              STORE("1", ROW("sensor.a", "9", "yesterday") ", 7, {}, " ROW(
                             "nonsense", "9", RECENT) ", " ROW("sensor.b", "8", RECENT)));
    struct hass *hass = home();

    add(hass, &things[0], "A");
    ck_assert_str_eq(seen, "(none) -1");
    add(hass, &things[1], "B");
    ck_assert_str_eq(seen, "8 3");
    ck_assert_uint_eq(logs_matching(logs, "A last state is left out"), 4);
}
END_TEST

START_TEST(rows_are_kept_for_seven_days_after_they_were_seen)
{
    test_file(FILE_NAME, STORE("1", ROW("sensor.old", "1", "2023-12-24T23:59:59+00:00") ", " ROW(
                                        "sensor.new", "2", "2023-12-25T00:00:01+00:00")));
    struct hass *hass = home();

    test_start(hass);
    test_settle(hass);
    autojson *rows = stored();
    ck_assert_uint_eq(json_array_size(rows), 1);
    ck_assert_str_eq(stored_state(rows, 0), "2");
}
END_TEST

START_TEST(a_row_goes_whose_entity_cares_no_more)
{
    test_file(FILE_NAME, STORE("1", ROW("sensor.a", "9", RECENT)));
    struct hass *hass = home();

    add_thing(hass, &things[0], &plain_ops, "A");
    test_start(hass);
    test_settle(hass);
    autojson *rows = stored();
    ck_assert_uint_eq(json_array_size(rows), 0);
}
END_TEST

START_TEST(a_corrupt_file_is_no_last_state)
{
    test_logs();
    test_file(FILE_NAME, "{\"version\": 1, \"data\": [" ROW("sensor.a", "9", RECENT) ", {");
    struct hass *hass = home();

    add(hass, &things[0], "A");
    ck_assert_str_eq(seen, "(none) -1");
}
END_TEST

START_TEST(a_newer_file_is_refused_and_stays)
{
    struct hass *hass = test_hass();
    const char *path = test_file(FILE_NAME, STORE("2", ""));
    autofree char *before = test_read_file(path);

    test_logs();
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), HASS_E_UNSUPPORTED);
    test_start(hass);
    test_settle(hass);
    autofree char *kept = mem_printf("%s/" FILE_NAME, test_dir());
    autofree char *after = test_read_file(kept);
    ck_assert_str_eq(before, after);
}
END_TEST

/* without a restart */

START_TEST(one_that_is_removed_and_added_again_finds_its_state)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "A");
    ck_assert_str_eq(seen, "(none) -1");
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity_task, things[0].entity), 0);
    add(hass, &things[1], "A");
    ck_assert_str_eq(seen, "0 5");
}
END_TEST

static json_t *domain_extra(struct hass_entity *entity)
{
    return json_pack("{s:i}", "level", 8);
}

START_TEST(a_domain_may_restore_all_its_entities)
{
    static const struct hass_domain_ops ops = { .size = sizeof(ops),
                                                .restore = true,
                                                .extra_restore_state_data = domain_extra };
    struct hass *hass = test_hass();

    component_with(hass, "sensor", &ops);
    add_thing(hass, &things[0], &restored_ops, "A");
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity_task, things[0].entity), 0);
    add_thing(hass, &things[1], &restored_ops, "A");
    ck_assert_str_eq(seen, "0 8");
}
END_TEST

START_TEST(before_it_is_added_nothing_is_known)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct hass_entity *entity = thing_entity(hass, &things[0], &restored_ops, "A");

    component_with(hass, "sensor", NULL);
    ck_assert_ptr_null(hass_entity_async_last_state(entity));
    ck_assert_ptr_nonnull(logs_find(logs, "not known before it has been added"));
    hass_entity_unref(entity);
}
END_TEST

static HASS_BLOCKING int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    autounref(hass_state) const *state = hass_entity_last_state(userdata);
    autojson *kept = hass_entity_last_extra_data(userdata);

    return state && !strcmp(hass_state_state(state), "0") &&
                   hass_json_get_int(kept, "level", 0) == 5
               ? 0
               : -1;
}

START_TEST(other_threads_get_references)
{
    struct hass *hass = test_hass();

    add(hass, &things[0], "A");
    ck_assert_int_eq(test_run_coroutine(hass, remove_entity_task, things[0].entity), 0);
    add(hass, &things[1], "A");
    ck_assert_int_eq(test_on_pool(hass, ask, things[1].entity), 0);
}
END_TEST

TEST_MAIN("restore", last_states_are_written_at_the_start_and_every_15_minutes,
          what_counts_is_how_it_was_when_the_stop_began, placeholders_are_not_written,
          an_entity_finds_its_last_state_and_what_it_kept, rows_that_are_no_good_are_left_out_alone,
          rows_are_kept_for_seven_days_after_they_were_seen, a_row_goes_whose_entity_cares_no_more,
          a_corrupt_file_is_no_last_state, a_newer_file_is_refused_and_stays,
          one_that_is_removed_and_added_again_finds_its_state,
          a_domain_may_restore_all_its_entities, before_it_is_added_nothing_is_known,
          other_threads_get_references)
