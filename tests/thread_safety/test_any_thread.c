/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 64 threads call everything that any thread may call, all at once, a million times, while the loop runs. The table below
 * is compared with what the headers export, so that a new function is not forgotten.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <hass/device_registry.h>
#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/entity_registry.h>
#include <hass/integration.h>
#include <hass/process.h>
#include <hass/template.h>

#include "registry/entry.h"
#include "run/runtime.h"
#include "support/exports.h"
#include "support/test.h"

#define THREADS 64

/* One of the 64. */
struct caller {
    struct hass *hass;
    struct hass_entity *entity;
    struct hass_entry *entry;
    unsigned number, round;
    char entity_id[32], other_id[32];
};

static _Atomic unsigned callers_left;

static HASS_CALLBACK int plain(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

static HASS_COROUTINE int coroutine(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_sleep(hass, 0, err);
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int on_signal(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int on_service(const struct hass_service_call *call, void *userdata,
                                    struct hass_error *err)
{
    return 0;
}

static bool always(const char *entity_id, const struct hass_state *old_state,
                   const struct hass_state *new_state, void *userdata)
{
    return true;
}

/* one call of each function; a failure ends the test */

#define GOOD(call) ck_assert_int_ge((call), 0)

#define CALLS(name) static HASS_BLOCKING void calls_##name(struct caller *c)

/* A tracker is registered and removed. */
#define CALLS_TRACKER(name, ...)                                                                   \
    CALLS(hass_##name)                                                                             \
    {                                                                                              \
        struct hass_sub *sub = NULL;                                                               \
        GOOD(hass_##name(c->hass, __VA_ARGS__, &sub, NULL));                                       \
        ck_assert_ptr_null(hass_sub_remove(sub));                                                  \
    }

#define IDS       ((const char *const[]){ c->entity_id, NULL })
#define DOMAINS   ((const char *const[]){ "stress", NULL })
#define EVENT_JOB HASS_JOB_CALLBACK(on_event, NULL)
#define TICK_JOB  HASS_JOB_CALLBACK(on_tick, NULL)

static const struct hass_track_time pattern = { .size = sizeof(pattern),
                                                .minute = "0",
                                                .second = "0" };

CALLS_TRACKER(track_state_change_event, IDS, EVENT_JOB)
CALLS_TRACKER(track_state_report_event, IDS, EVENT_JOB)
CALLS_TRACKER(track_state_change, IDS, NULL, NULL, EVENT_JOB)
CALLS_TRACKER(track_state_added_domain, DOMAINS, EVENT_JOB)
CALLS_TRACKER(track_state_removed_domain, DOMAINS, EVENT_JOB)
CALLS_TRACKER(track_same_state, 3600, IDS, always, TICK_JOB)
CALLS_TRACKER(track_point_in_time, INT64_MAX / 4, TICK_JOB)
CALLS_TRACKER(track_point_in_utc_time, INT64_MAX / 4, TICK_JOB)
CALLS_TRACKER(call_later, 3600, TICK_JOB)
CALLS_TRACKER(track_time_interval, 3600, TICK_JOB)
CALLS_TRACKER(track_time_change, &pattern, TICK_JOB)
CALLS_TRACKER(track_utc_time_change, &pattern, TICK_JOB)
CALLS_TRACKER(track_sunrise, 0, TICK_JOB)
CALLS_TRACKER(track_sunset, 0, TICK_JOB)
CALLS_TRACKER(bus_listen, "stress", NULL, EVENT_JOB)
CALLS_TRACKER(bus_listen_once, "stress_never", EVENT_JOB)
CALLS_TRACKER(dispatcher_connect, "stress", HASS_JOB_CALLBACK(on_signal, c))

static HASS_CALLBACK int on_template(const struct hass_template_updates *updates, void *userdata,
                                     struct hass_error *err)
{
    return 0;
}

CALLS(hass_track_template_result)
{
    autounref(hass_template) *template = NULL;
    struct hass_sub *sub = NULL;

    GOOD(hass_template_new(c->hass, "{{ states('stress.x') }}", &template, NULL));
    const struct hass_track_template one = { .template = template };
    GOOD(hass_track_template_result(c->hass, HASS_TRACK_TEMPLATES(.templates = &one, .count = 1),
                                    HASS_JOB_CALLBACK(on_template, NULL), &sub, NULL));
    ck_assert_ptr_null(hass_sub_remove(sub));
}

CALLS(hass_track_template)
{
    autounref(hass_template) *template = NULL;
    struct hass_sub *sub = NULL;

    GOOD(hass_template_new(c->hass, "{{ states('stress.x') }}", &template, NULL));
    GOOD(hass_track_template(c->hass, template, NULL, HASS_JOB_CALLBACK(on_template, NULL), &sub,
                             NULL));
    ck_assert_ptr_null(hass_sub_remove(sub));
}

CALLS(hass_template_new)
{
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;

    GOOD(hass_template_new(c->hass, "{{ 6 * 7 }}", &template, NULL));
    GOOD(hass_template_render(template, NULL, &result, NULL));
    ck_assert_int_eq(json_integer_value(result), 42);
}

CALLS(hass_add_job)
{
    GOOD(hass_add_job(c->hass, HASS_JOB_CALLBACK(plain, NULL), NULL));
}

CALLS(hass_try_add_job)
{
    int r = hass_try_add_job(c->hass, HASS_JOB_CALLBACK(plain, NULL), NULL);

    ck_assert(r == 0 || r == -EAGAIN);
}

CALLS(hass_create_task)
{
    GOOD(hass_create_task(c->hass, HASS_JOB_COROUTINE(coroutine, NULL), NULL));
}

CALLS(hass_create_background_task)
{
    GOOD(hass_create_background_task(c->hass, HASS_JOB_COROUTINE(coroutine, NULL), NULL));
}

CALLS(hass_run_callback_threadsafe)
{
    autounref(hass_future) *future = NULL;

    GOOD(hass_run_callback_threadsafe(c->hass, HASS_JOB_CALLBACK(plain, NULL), &future, NULL));
    GOOD(hass_future_wait(future, HASS_FOREVER, NULL));
    ck_assert(hass_future_done(future));
    GOOD(hass_future_result(future, NULL));
    ck_assert_ptr_null(hass_future_value(future));
}

CALLS(hass_run_coroutine_threadsafe)
{
    autounref(hass_future) *future = NULL;

    GOOD(
        hass_run_coroutine_threadsafe(c->hass, HASS_JOB_COROUTINE(coroutine, NULL), &future, NULL));
    GOOD(hass_future_wait(future, HASS_FOREVER, NULL));
}

CALLS(hass_future_new)
{
    autounref(hass_future) *future = hass_future_new(c->hass);
    autounref(hass_future) *again = hass_future_ref(future);

    GOOD(hass_future_set(future, 1, NULL, NULL, NULL));
    ck_assert_int_eq(hass_future_result(again, NULL), 1);
}

CALLS(hass_bus_fire)
{
    GOOD(hass_bus_fire(c->hass, "stress", json_pack("{s:i}", "round", (int)c->round), NULL, NULL));
}

CALLS(hass_bus_listeners)
{
    json_decref(hass_bus_listeners(c->hass));
}

CALLS(hass_dispatcher_send)
{
    GOOD(hass_dispatcher_send(c->hass, "stress", json_integer(c->round), NULL));
}

CALLS(hass_states_set)
{
    GOOD(hass_states_set(c->hass, c->entity_id, c->round % 2 ? "on" : "off",
                         json_pack("{s:i}", "round", (int)c->round), NULL, NULL));
}

CALLS(hass_states_get)
{
    autounref(hass_state) const *state = hass_states_get(c->hass, c->other_id);

    if (state)
        ck_assert_str_eq(hass_state_entity_id(state), c->other_id);
}

CALLS(hass_translation)
{
    ck_assert_ptr_null(hass_translation(c->hass, "stress", "title"));
}

CALLS(hass_states_is_state)
{
    (void)hass_states_is_state(c->hass, c->other_id, "on");
}

CALLS(hass_states_all)
{
    struct hass_state_list list = { 0 };

    if (c->round % 16)
        return;
    GOOD(hass_states_all(c->hass, "stress", &list, NULL));
    for (size_t i = 0; i < list.count; i++)
        ck_assert_ptr_nonnull(hass_state_state(list.items[i]));
    hass_state_list_fini(&list);
}

CALLS(hass_states_count)
{
    ck_assert_uint_le(hass_states_count(c->hass, "stress"), THREADS);
}

CALLS(hass_states_remove)
{
    GOOD(hass_states_remove(c->hass, c->entity_id, NULL, NULL));
}

CALLS(hass_services_register)
{
    GOOD(hass_services_register(c->hass, "stress", c->entity_id + 7, NULL,
                                HASS_JOB_CALLBACK(on_service, NULL), NULL));
}

CALLS(hass_services_call)
{
    const struct hass_call_options blocking = { .size = sizeof(blocking), .blocking = true };

    GOOD(hass_services_call(c->hass, "stress", "always", NULL, &blocking, NULL, NULL));
}

CALLS(hass_services_has)
{
    ck_assert(hass_services_has(c->hass, "stress", "always"));
}

CALLS(hass_services_describe)
{
    if (c->round % 16 == 0)
        json_decref(hass_services_describe(c->hass));
}

CALLS(hass_services_remove)
{
    GOOD(hass_services_remove(c->hass, "stress", c->entity_id + 7, NULL));
}

CALLS(hass_config_home)
{
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(c->hass, &home);
    ck_assert_str_ne(home.time_zone, "");
}

CALLS(hass_home_fahrenheit)
{
    const struct hass_value shown =
        hass_display_temperature(c->hass, HASS_DOUBLE(20), hass_home_fahrenheit(c->hass), 0.5);

    ck_assert_int_eq(shown.type, HASS_VALUE_DOUBLE);
    ck_assert(hass_thing_temperature(c->hass, 20, false) <= 20);
}

CALLS(hass_config_zone)
{
    hass_zone_unref(hass_config_zone(c->hass));
}

CALLS(hass_config_update)
{
    if (c->round % 64 == 0)
        GOOD(hass_config_update(c->hass, json_pack("{s:i}", "elevation", (int)c->number), NULL));
}

CALLS(hass_config_dir)
{
    autofree char *path = hass_config_path(c->hass, "x");

    ck_assert_str_ne(path, "");
    ck_assert(!hass_config_allows_path(c->hass, path)); /* a file of the folder itself */
    ck_assert_ptr_nonnull(hass_config_dir(c->hass));
    ck_assert_ptr_nonnull(hass_config_state_dir(c->hass));
}

CALLS(hass_context_new)
{
    autounref(hass_context) const *context = hass_context_new(c->hass, "user", NULL);

    ck_assert_uint_eq(strlen(hass_context_id(context)), 26);
}

CALLS(hass_core_state)
{
    ck_assert_int_eq(hass_core_state(c->hass), HASS_RUNNING);
    ck_assert(hass_is_running(c->hass));
    ck_assert(!hass_is_scratch(c->hass));
    ck_assert(!hass_is_stopping(c->hass));
    ck_assert(!hass_on_loop(c->hass));
    ck_assert(!hass_in_coroutine(c->hass));
    ck_assert_int_gt(hass_now(c->hass), 0);
    ck_assert_int_ge(hass_monotonic(c->hass), 0);
    (void)hass_component_loaded(c->hass, "stress");
}

CALLS(hass_sun_next)
{
    int64_t when;

    GOOD(hass_sun_next(c->hass, HASS_SUNRISE, hass_now(c->hass), 0, &when, NULL));
    (void)hass_sun_is_up(c->hass, when);
}

CALLS(hass_sun_position)
{
    double elevation, azimuth;

    hass_sun_position(c->hass, hass_now(c->hass), &elevation, &azimuth);
}

CALLS(hass_entity_new)
{
    autounref(hass_entity) *entity = hass_entity_ref(c->entity);

    ck_assert_ptr_eq(hass_entity_hass(entity), c->hass);
    ck_assert_ptr_null(hass_entity_userdata(entity));
    ck_assert_ptr_null(hass_entity_domain_ops(entity));
    ck_assert_ptr_nonnull(hass_entity_description(entity));
    GOOD(hass_entity_schedule_update_ha_state(entity, false, NULL));
}

CALLS(hass_entry_update)
{
    if (c->round % 16 == 0)
        GOOD(hass_entry_update(c->entry,
                               json_pack("{s:{s:i}, s:{s:i}}", "data", "round", (int)c->round,
                                         "options", "n", (int)c->number),
                               NULL));
}

CALLS(hass_entry_data)
{
    autounref(hass_entry) *entry = hass_entry_ref(c->entry);
    autojson *data = hass_entry_data(entry);
    autojson *options = hass_entry_options(entry);
    autojson *parts = hass_entry_subentries(entry);

    ck_assert(json_is_object(data) && json_is_object(options) && json_is_array(parts));
    ck_assert_ptr_eq(hass_entry_hass(entry), c->hass);
    ck_assert_str_eq(hass_entry_domain(entry), "stress");
    ck_assert_str_eq(hass_entry_source(entry), "user");
    ck_assert_uint_eq(strlen(hass_entry_id(entry)), 26);
}

CALLS(hass_entries_get)
{
    ck_assert_ptr_null(hass_entries_get(c->hass, "unknown"));
}

CALLS(hass_mutex_create)
{
    hass_mutex_destroy(hass_mutex_create(c->hass));
    hass_semaphore_destroy(hass_semaphore_create(c->hass, 1));
    hass_queue_destroy(hass_queue_create(c->hass, 1, NULL));
}

CALLS(hass_block_till_done)
{
    if (c->round % 64 == 0)
        GOOD(hass_block_till_done(c->hass, false, NULL));
}

CALLS(hass_process_run)
{
    const struct hass_process_options options = { .size = sizeof(options), .shell = "echo" };
    struct hass_process_result result = HASS_PROCESS_RESULT_INIT;

    if (c->round)
        return;
    GOOD(hass_process_run(c->hass, &options, &result, NULL));
    hass_process_result_fini(&result);
}

/* Nothing is registered under these ids: what fails then is logged. */
CALLS(hass_device_registry_get)
{
    ck_assert_ptr_null(hass_device_registry_get(c->hass, c->entity_id));
    if (c->round % 64 == 0) {
        GOOD(hass_device_registry_update(c->hass, c->entity_id, json_object(), NULL));
        GOOD(hass_device_registry_remove(c->hass, c->entity_id, NULL));
    }
}

CALLS(hass_entity_registry_get)
{
    ck_assert_ptr_null(hass_entity_registry_get(c->hass, c->entity_id));
    if (c->round % 64 == 0) {
        GOOD(hass_entity_registry_update(c->hass, c->entity_id, json_object(), NULL));
        GOOD(hass_entity_registry_remove(c->hass, c->entity_id, NULL));
    }
}

#define CALL(name)                                                                                 \
    {                                                                                              \
#        name, calls_##name                                                                        \
    }

static const struct {
    const char *name;
    void (*call)(struct caller *caller);
} calls[] = {
    CALL(hass_add_job),
    CALL(hass_template_new),
    CALL(hass_try_add_job),
    CALL(hass_create_task),
    CALL(hass_create_background_task),
    CALL(hass_run_callback_threadsafe),
    CALL(hass_run_coroutine_threadsafe),
    CALL(hass_future_new),
    CALL(hass_bus_fire),
    CALL(hass_bus_listen),
    CALL(hass_bus_listen_once),
    CALL(hass_bus_listeners),
    CALL(hass_dispatcher_connect),
    CALL(hass_dispatcher_send),
    CALL(hass_states_set),
    CALL(hass_states_get),
    CALL(hass_states_is_state),
    CALL(hass_translation),
    CALL(hass_states_all),
    CALL(hass_states_count),
    CALL(hass_states_remove),
    CALL(hass_services_register),
    CALL(hass_services_call),
    CALL(hass_services_has),
    CALL(hass_services_describe),
    CALL(hass_services_remove),
    CALL(hass_config_home),
    CALL(hass_home_fahrenheit),
    CALL(hass_config_zone),
    CALL(hass_config_update),
    CALL(hass_config_dir),
    CALL(hass_context_new),
    CALL(hass_core_state),
    CALL(hass_sun_next),
    CALL(hass_sun_position),
    CALL(hass_entity_new),
    CALL(hass_device_registry_get),
    CALL(hass_entity_registry_get),
    CALL(hass_entry_update),
    CALL(hass_entry_data),
    CALL(hass_entries_get),
    CALL(hass_mutex_create),
    CALL(hass_block_till_done),
    CALL(hass_process_run),
    CALL(hass_call_later),
    CALL(hass_track_state_change_event),
    CALL(hass_track_state_report_event),
    CALL(hass_track_state_change),
    CALL(hass_track_state_added_domain),
    CALL(hass_track_state_removed_domain),
    CALL(hass_track_same_state),
    CALL(hass_track_point_in_time),
    CALL(hass_track_point_in_utc_time),
    CALL(hass_track_time_interval),
    CALL(hass_track_time_change),
    CALL(hass_track_utc_time_change),
    CALL(hass_track_sunrise),
    CALL(hass_track_sunset),
    CALL(hass_track_template_result),
    CALL(hass_track_template),
};
#define CALL_COUNT (sizeof(calls) / sizeof(calls[0]))

/* Called by one of the functions above beside the one it is named after. */
static const char *const called_along[] = {
    "hass_component_loaded",
    "hass_config_allows_path",
    "hass_config_path",
    "hass_config_state_dir",
    "hass_device_registry_remove",
    "hass_device_registry_update",
    "hass_display_temperature",
    "hass_entity_description",
    "hass_entity_domain_ops",
    "hass_entity_hass",
    "hass_entity_ref",
    "hass_entity_registry_remove",
    "hass_entity_registry_update",
    "hass_entity_schedule_update_ha_state",
    "hass_entity_unref",
    "hass_entity_userdata",
    "hass_entry_domain",
    "hass_entry_hass",
    "hass_entry_id",
    "hass_entry_options",
    "hass_entry_ref",
    "hass_entry_source",
    "hass_entry_subentries",
    "hass_entry_unref",
    "hass_future_done",
    "hass_future_ref",
    "hass_future_result",
    "hass_future_set",
    "hass_future_unref",
    "hass_future_value",
    "hass_future_wait",
    "hass_in_coroutine",
    "hass_is_running",
    "hass_is_scratch",
    "hass_is_stopping",
    "hass_monotonic",
    "hass_now",
    "hass_on_loop",
    "hass_queue_create",
    "hass_semaphore_create",
    "hass_sub_remove",
    "hass_sun_is_up",
    "hass_thing_temperature",
};

/* Not for 64 threads at once, and why. */
static const char *const left_out[] = {
    "hass_run",
    "hass_destroy",
    "hass_set_notify",      /* the owner of a hass only */
    "hass_stop",            /* ends the test: tests/lib/core */
    "hass_setup_component", /* needs files: tests/lib/loader */
    "hass_load_platform",
    "hass_platform_add_entities",
    "hass_platform_domain",
    "hass_platform_hass",
    "hass_platform_name",
    "hass_platform_entry",
    "hass_entity_remove",
    "hass_component_add_entities",
    "hass_entity_set_available",
    "hass_entity_registry_entry",
    "hass_entity_device",
    "hass_entity_last_state",
    "hass_entity_last_extra_data", /* need a platform: tests/lib/entity */
    "hass_entry_forward_setups",
    "hass_entry_start_reauth",
    "hass_flows_discover",
    "hass_entries_setup",
    "hass_entries_unload",
    "hass_entries_reload",
    "hass_entries_remove",
    "hass_entries_set_disabled_by", /* need an integration: tests/lib/registry */
    "hass_blueprint_parse",
    "hass_blueprint_load",
    "hass_blueprint_metadata",
    "hass_blueprint_domain",
    "hass_blueprint_substitute",
    "hass_blueprint_valid_path", /* tests/lib/helpers */
    "hass_config_report",        /* of one check */
    "hass_conditions_check",
    "hass_conditions_count",
    "hass_conditions_destroy", /* tests/lib/helpers */
    "hass_script_check",       /* tests/lib/helpers */
    "hass_triggers_check",
    "hass_trigger_hass",
    "hass_trigger_config",
    "hass_trigger_variables",
    "hass_trigger_at_start",
    "hass_trigger_set_data",
    "hass_trigger_data",
    "hass_trigger_period_is_template", /* need a trigger: tests/lib/helpers */
    "hass_debouncer_create",
    "hass_debouncer_destroy",
    "hass_debouncer_call", /* tests/lib/helpers */
    "hass_area_registry_create",
    "hass_area_registry_update",
    "hass_area_registry_delete",
    "hass_area_registry_get",
    "hass_floor_registry_create",
    "hass_floor_registry_update",
    "hass_floor_registry_delete",
    "hass_floor_registry_get",
    "hass_label_registry_create",
    "hass_label_registry_update",
    "hass_label_registry_delete",
    "hass_label_registry_get",
    "hass_category_registry_create",
    "hass_category_registry_update",
    "hass_category_registry_delete",
    "hass_category_registry_get", /* tests/lib/registry */
    "hass_issue_create",
    "hass_issue_delete",
    "hass_issue_ignore",
    "hass_store_load",
    "hass_store_save",
    "hass_store_delay_save",
    "hass_store_remove", /* write files: tests/lib/registry */
    "hass_stream_hass",
    "hass_stream_peer",
    "hass_task_cancel",
    "hass_task_cancelling",
    "hass_task_future",
    "hass_task_name",
    "hass_task_ref",
    "hass_task_unref",
    "hass_worker_cancelled",
    "hass_worker_hass",
    "hass_worker_sleep", /* need one: tests/lib/run */
};

static bool listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static bool has_call(const char *name)
{
    for (size_t i = 0; i < CALL_COUNT; i++)
        if (!strcmp(calls[i].name, name))
            return true;
    return false;
}

static bool is_about_a_live_object(const char *subject)
{
    static const char *const live[] = { "struct hass",          "struct hass_entity",
                                        "struct hass_future",   "struct hass_task",
                                        "struct hass_stream",   "struct hass_sub",
                                        "struct hass_platform", "struct hass_debouncer",
                                        "struct hass_worker",   "struct hass_component",
                                        "struct hass_entry" };

    return listed(live, sizeof(live) / sizeof(live[0]), subject);
}

START_TEST(no_function_for_any_thread_is_forgotten)
{
    struct exports exports = exports_read();

    for (size_t i = 0; i < exports.count; i++) {
        const struct exported *one = &exports.items[i];
        if (exported_is_async(one) || !is_about_a_live_object(one->subject))
            continue;
        ck_assert_msg(has_call(one->name) ||
                          listed(called_along, sizeof(called_along) / sizeof(char *), one->name) ||
                          listed(left_out, sizeof(left_out) / sizeof(char *), one->name),
                      "%s is for any thread, and nobody calls it here", one->name);
    }
    exports_free(&exports);
}
END_TEST

static unsigned rounds(void)
{
    const char *wanted = getenv("HASS_STRESS_CALLS");
    unsigned long total = wanted ? strtoul(wanted, NULL, 10) : 1000000;

    return (unsigned)(total / THREADS / CALL_COUNT + 1);
}

static HASS_BLOCKING void *call_everything(void *userdata)
{
    struct caller *caller = userdata;

    for (caller->round = 0; caller->round < rounds(); caller->round++)
        for (size_t i = 0; i < CALL_COUNT; i++)
            calls[(i + caller->number) % CALL_COUNT].call(caller);
    if (--callers_left == 0)
        runtime_quit(runtime_of(caller->hass));
    return NULL;
}

static void start_callers(struct caller callers[THREADS], pthread_t threads[THREADS],
                          struct hass *hass, struct hass_entity *entity, struct hass_entry *entry)
{
    callers_left = THREADS;
    for (unsigned i = 0; i < THREADS; i++) {
        struct caller *caller = &callers[i];
        *caller = (struct caller){ .hass = hass, .entity = entity, .entry = entry, .number = i };
        snprintf(caller->entity_id, sizeof(caller->entity_id), "stress.n%u", i);
        snprintf(caller->other_id, sizeof(caller->other_id), "stress.n%u", (i + 1) % THREADS);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call_everything, caller), 0);
    }
}

START_TEST(sixty_four_threads_call_everything_at_once)
{
    static const struct hass_entity_ops ops = { .size = sizeof(ops) };
    static const struct hass_entity_description description = { .size = sizeof(description) };
    static struct caller callers[THREADS];
    pthread_t threads[THREADS];
    struct hass *hass = test_hass();
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, NULL, NULL, NULL);
    struct hass_entry *entry = entry_new(hass, "stress", "user", NULL);

    test_start(hass);
    GOOD(hass_services_async_register(hass, "stress", "always", NULL,
                                      HASS_JOB_CALLBACK(on_service, NULL), NULL));
    start_callers(callers, threads, hass, entity, entry);
    runtime_run(runtime_of(hass));
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    test_settle(hass);
    ck_assert_uint_le(hass_states_async_count(hass, "stress"), THREADS);
    hass_entry_unref(entry);
    hass_entity_unref(entity);
}
END_TEST

TEST_MAIN("the API of any thread", no_function_for_any_thread_is_forgotten,
          sixty_four_threads_call_everything_at_once)
