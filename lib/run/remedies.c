/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table behind every refusal of a call from the wrong thread: what to call there instead, and how that differs. A test
 * compares it with the public headers.
 */
#include "run/remedies.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Half sentences that follow the alternative. */
#define QUEUED       ", which queues it to the loop and returns at once"
#define WAITS        ", which waits until the loop has done it"
#define REFERENCE    ", which gives a reference"
#define COPY         ", which gives a copy"
#define IN_COROUTINE ", which runs a coroutine on the loop and gives a future of its result"
#define IN_CALLBACK  ", which runs a callback on the loop and gives a future of its result"
#define BLOCKS       ", which blocks only the calling thread"
#define REGISTERED   ", which waits until it is registered"
#define ANYWHERE     ", which works on any thread"

static const struct remedy table[] = {
    /* jobs and tasks */
    { "hass_async_run_job", "hass_add_job", QUEUED },
    { "hass_async_add_job", "hass_add_job", QUEUED },
    { "hass_async_create_task", "hass_create_task", QUEUED },
    { "hass_async_create_background_task", "hass_create_background_task", QUEUED },
    { "hass_async_add_executor_job", NULL, "A pool thread may simply call the function" },
    { "hass_async_run_in_executor", NULL, "A pool thread may simply call the function" },
    { "hass_async_add_shutdown_job", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_add_startup_job", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_task_async_cancel", "hass_task_cancel", QUEUED },
    { "hass_sub_async_remove", "hass_sub_remove",
      ", which waits until no call of the job is running" },

    /* waiting */
    { "hass_async_await", "hass_future_wait", BLOCKS },
    { "hass_async_await_task", "hass_future_wait",
      " with hass_task_future, which blocks only the calling thread" },
    { "hass_async_shield", "hass_future_wait", BLOCKS },
    { "hass_async_wait_any", "hass_future_wait", " for each of them" },
    { "hass_async_wait_all", "hass_future_wait", " for each of them" },
    { "hass_async_sleep", "hass_worker_sleep",
      ", which ends early when the integration is unloaded" },
    { "hass_async_block_till_done", "hass_block_till_done", BLOCKS },
    { "hass_async_wait_fd", NULL, "A pool thread may call poll()" },
    { "hass_mutex_async_lock", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_mutex_async_unlock", "hass_add_job", QUEUED },
    { "hass_semaphore_async_acquire", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_semaphore_async_release", "hass_add_job", " to queue a callback that releases it" },
    { "hass_queue_async_put", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_queue_async_try_put", "hass_add_job", " to queue a callback that puts it" },
    { "hass_queue_async_get", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_queue_async_length", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* time, descriptors, sockets, children */
    { "hass_async_call_at", "hass_call_later", REGISTERED },
    { "hass_async_watch_fd", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_stream_async_listen_unix", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_stream_async_read_line", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_stream_async_read", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_stream_async_write", "hass_add_job", " to queue a callback that writes" },
    { "hass_stream_async_drain", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_stream_async_shutdown", "hass_add_job", " to queue a callback that shuts it down" },
    { "hass_process_async_run", "hass_process_run", BLOCKS },
    { "hass_process_async_watch_signal", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* the bus */
    { "hass_bus_async_fire", "hass_bus_fire", ", which queues the event" },
    { "hass_bus_async_fire_with", "hass_bus_fire", ", which queues the event" },
    { "hass_bus_async_listen", "hass_bus_listen", REGISTERED },
    { "hass_bus_async_listen_once", "hass_bus_listen_once", REGISTERED },
    { "hass_bus_async_listeners", "hass_bus_listeners", WAITS },
    { "hass_bus_async_wait", "hass_run_coroutine_threadsafe", IN_COROUTINE },

    /* states */
    { "hass_states_async_set", "hass_states_set", WAITS },
    { "hass_states_async_write", "hass_states_set", WAITS },
    { "hass_states_async_remove", "hass_states_remove", WAITS },
    { "hass_states_async_reserve", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_states_async_available", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_states_async_get", "hass_states_get", REFERENCE },
    { "hass_states_async_all", "hass_states_all", ANYWHERE },
    { "hass_states_async_count", "hass_states_count", ANYWHERE },
    { "hass_states_async_write_json", "hass_states_all",
      " and write each state with hass_state_write_json" },

    /* services */
    { "hass_services_async_register", "hass_services_register", QUEUED },
    { "hass_services_async_remove", "hass_services_remove", QUEUED },
    { "hass_services_async_has", "hass_services_has", ANYWHERE },
    { "hass_services_async_intercept", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_services_async_is_admin", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_services_async_supports_response", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_services_async_describe", "hass_services_describe", WAITS },
    { "hass_services_async_call", "hass_services_call", ", which waits for the handler" },
    { "hass_services_async_call_later", "hass_services_call", " without .blocking" },

    /* configuration and life */
    { "hass_blueprint_async_load", "hass_blueprint_load", ", which blocks" },
    { "hass_blueprint_async_use", "hass_blueprint_load",
      ", which blocks, and hass_blueprint_substitute" },
    { "hass_config_file_async_edit", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_config_file_async_read", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_config_file_async_write", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_config_file_async_remove", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_config_async_update", "hass_config_update", QUEUED },
    { "hass_config_async_as_json", "hass_config_home",
      ", which copies the scalar values on any thread" },
    { "hass_async_stop", "hass_stop", ", which asks for it and returns at once" },
    { "hass_async_request_stop", "hass_stop", ", which asks for it and returns at once" },
    { "hass_async_reload_config", "hass_services_call", " for homeassistant.reload_all" },
    { "hass_async_check_config", "hass_check_config",
      ", which reads the folder on the calling thread" },
    { "hass_async_info", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_top", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_set_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_get_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_setup_component", "hass_setup_component", ", which waits until it is set up" },
    { "hass_async_unload_component", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_reload_component", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_config_section", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_config_place", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_reload_section", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_report_config", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_report_item", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_flow_handlers", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_integration_type", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_provide_api", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_get_api", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* registries */
    { "hass_device_registry_async_get_or_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_update", "hass_device_registry_update", QUEUED },
    { "hass_device_registry_async_remove", "hass_device_registry_remove", QUEUED },
    { "hass_device_registry_async_clear_config_entry", "hass_run_callback_threadsafe",
      IN_CALLBACK },
    { "hass_device_registry_async_get", "hass_device_registry_get",
      ", which waits for the loop and gives a reference" },
    { "hass_device_registry_async_find", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_next_of_area", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_next_of_label", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_next_of_entry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_next_via", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_device_registry_async_count", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_get_or_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_update", "hass_entity_registry_update", QUEUED },
    { "hass_entity_registry_async_remove", "hass_entity_registry_remove", QUEUED },
    { "hass_entity_registry_async_clear_config_entry", "hass_run_callback_threadsafe",
      IN_CALLBACK },
    { "hass_entity_registry_async_get", "hass_entity_registry_get",
      ", which waits for the loop and gives a reference" },
    { "hass_entity_registry_async_find", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_next_of_device", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_next_of_area", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_next_of_label", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_next_of_entry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_count", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_registry_async_generate_id", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* entities and platforms */
    { "hass_entity_async_write_ha_state", "hass_entity_schedule_update_ha_state", QUEUED },
    { "hass_entity_async_schedule_update_ha_state", "hass_entity_schedule_update_ha_state",
      QUEUED },
    { "hass_entity_async_update_ha_state", "hass_entity_schedule_update_ha_state", QUEUED },
    { "hass_entity_async_remove", "hass_entity_remove", ", which waits until it is gone" },
    { "hass_entity_async_domain_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_fetch", NULL, "A pool thread may simply call the function" },
    { "hass_entity_async_registry_entry", "hass_entity_registry_entry", REFERENCE },
    { "hass_entity_async_device", "hass_entity_device", REFERENCE },
    { "hass_entity_async_last_state", "hass_entity_last_state", REFERENCE },
    { "hass_entity_async_last_extra_data", "hass_entity_last_extra_data", REFERENCE },
    { "hass_entity_async_values", NULL,
      "A pool function of an entity gets a private copy of its values" },
    { "hass_entity_async_entity_id", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_available", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_set_available", "hass_entity_set_available", QUEUED },
    { "hass_entity_async_context", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_set_context", "hass_add_job", " to queue a callback that sets it" },
    { "hass_entity_async_on_remove", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_remove_later", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entity_async_work", NULL,
      "A pool thread may simply do the work; only its values belong to the loop" },
    { "hass_entity_async_command", NULL,
      "A pool thread may simply do the work; only its values belong to the loop" },
    { "hass_platform_async_add_entities", "hass_platform_add_entities",
      ", which waits until they are added" },
    { "hass_platform_async_schedule_add_entities", "hass_platform_add_entities",
      ", which waits until they are added" },
    { "hass_component_async_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_component_async_get", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_component_async_get_entity", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_component_async_add_entities", "hass_component_add_entities",
      ", which waits until they are added" },
    { "hass_component_async_register_service", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_domain_async_setup", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_component_async_register_services", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_get_entity", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_extract_from_target", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_load_platform", "hass_load_platform", QUEUED },
    { "hass_async_translation", "hass_translation", ", which gives a copy" },

    /* stores */
    { "hass_store_async_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_store_async_destroy", "hass_add_job", " to queue a callback that destroys it" },
    { "hass_store_async_load", "hass_store_load", BLOCKS },
    { "hass_store_async_save", "hass_store_save", BLOCKS },
    { "hass_store_async_delay_save", "hass_store_delay_save", QUEUED },
    { "hass_store_async_remove", "hass_store_remove", BLOCKS },

    /* config entries */
    { "hass_entry_async_title", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_unique_id", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_data", "hass_entry_data", COPY },
    { "hass_entry_async_options", "hass_entry_options", COPY },
    { "hass_entry_async_state", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_version", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_as_json", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_set_runtime_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_runtime_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_on_unload", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_on_update", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_forward_setups", "hass_entry_forward_setups",
      ", which waits until the platforms are set up" },
    { "hass_entry_async_update", "hass_entry_update", QUEUED },
    { "hass_entry_async_remove_device", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_entry_async_subentries", "hass_entry_subentries", COPY },
    { "hass_entry_async_subentry", "hass_entry_subentries", COPY },
    { "hass_entry_async_add_subentry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_update_subentry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entry_async_remove_subentry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entries_async_get", "hass_entries_get", REFERENCE },
    { "hass_entries_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_entries_async_setup", "hass_entries_setup", QUEUED },
    { "hass_entries_async_unload", "hass_entries_unload", QUEUED },
    { "hass_entries_async_reload", "hass_entries_reload", QUEUED },
    { "hass_entries_async_schedule_reload", "hass_entries_reload", QUEUED },
    { "hass_entries_async_remove", "hass_entries_remove", QUEUED },
    { "hass_entries_async_set_disabled_by", "hass_entries_set_disabled_by", QUEUED },

    /* areas, floors, labels, categories */
    { "hass_area_registry_async_create", "hass_area_registry_create", QUEUED },
    { "hass_area_registry_async_get_or_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_area_registry_async_update", "hass_area_registry_update", QUEUED },
    { "hass_area_registry_async_delete", "hass_area_registry_delete", QUEUED },
    { "hass_area_registry_async_reorder", "hass_add_job", " to queue a callback that orders them" },
    { "hass_area_registry_async_get", "hass_area_registry_get", REFERENCE },
    { "hass_area_registry_async_get_by_name", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_area_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_floor_registry_async_create", "hass_floor_registry_create", QUEUED },
    { "hass_floor_registry_async_update", "hass_floor_registry_update", QUEUED },
    { "hass_floor_registry_async_delete", "hass_floor_registry_delete", QUEUED },
    { "hass_floor_registry_async_reorder", "hass_add_job",
      " to queue a callback that orders them" },
    { "hass_floor_registry_async_get", "hass_floor_registry_get", REFERENCE },
    { "hass_floor_registry_async_get_by_name", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_floor_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_label_registry_async_create", "hass_label_registry_create", QUEUED },
    { "hass_label_registry_async_update", "hass_label_registry_update", QUEUED },
    { "hass_label_registry_async_delete", "hass_label_registry_delete", QUEUED },
    { "hass_label_registry_async_get", "hass_label_registry_get", REFERENCE },
    { "hass_label_registry_async_get_by_name", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_label_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_category_registry_async_create", "hass_category_registry_create", QUEUED },
    { "hass_category_registry_async_update", "hass_category_registry_update", QUEUED },
    { "hass_category_registry_async_delete", "hass_category_registry_delete", QUEUED },
    { "hass_category_registry_async_get", "hass_category_registry_get", REFERENCE },
    { "hass_category_registry_async_get_by_name", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_category_registry_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* issues */
    { "hass_issue_async_create", "hass_issue_create", QUEUED },
    { "hass_issue_async_delete", "hass_issue_delete", QUEUED },
    { "hass_issue_async_ignore", "hass_issue_ignore", QUEUED },
    { "hass_issue_async_get", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_issue_async_next", "hass_run_callback_threadsafe", IN_CALLBACK },

    /* flows */
    { "hass_flow_async_show_form", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_show_menu", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_create_entry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_abort", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_show_external", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_external_done", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_show_progress", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_progress_result", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_update_progress", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_data", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_context", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_entry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_subentry", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_set_title_placeholders", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_set_unique_id", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_abort_if_configured", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_abort_if_mismatch", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flow_async_update_and_abort", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flows_async_init", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_flows_async_configure", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_flows_async_get", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flows_async_progress", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flows_async_abort", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_flows_async_ignore", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_flows_async_discover", "hass_flows_discover", QUEUED },
    { "hass_entry_async_start_reauth", "hass_entry_start_reauth", QUEUED },

    /* helpers */
    { "hass_async_dispatcher_connect", "hass_dispatcher_connect",
      ", which waits until it is connected" },
    { "hass_async_dispatcher_send", "hass_dispatcher_send", ", which queues the signal" },
    { "hass_async_track_state_change_event", "hass_track_state_change_event", REGISTERED },
    { "hass_async_track_state_report_event", "hass_track_state_report_event", REGISTERED },
    { "hass_async_track_state_change", "hass_track_state_change", REGISTERED },
    { "hass_async_track_state_added_domain", "hass_track_state_added_domain", REGISTERED },
    { "hass_async_track_state_removed_domain", "hass_track_state_removed_domain", REGISTERED },
    { "hass_async_track_same_state", "hass_track_same_state", REGISTERED },
    { "hass_async_track_point_in_time", "hass_track_point_in_time", REGISTERED },
    { "hass_async_track_point_in_utc_time", "hass_track_point_in_utc_time", REGISTERED },
    { "hass_async_call_later", "hass_call_later", REGISTERED },
    { "hass_async_track_time_interval", "hass_track_time_interval", REGISTERED },
    { "hass_async_track_time_change", "hass_track_time_change", REGISTERED },
    { "hass_async_track_utc_time_change", "hass_track_utc_time_change", REGISTERED },
    { "hass_async_track_sunrise", "hass_track_sunrise", REGISTERED },
    { "hass_async_track_sunset", "hass_track_sunset", REGISTERED },
    { "hass_async_track_template_result", "hass_track_template_result", REGISTERED },
    { "hass_async_track_template", "hass_track_template", REGISTERED },
    { "hass_track_template_async_refresh", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_track_template_async_listeners", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_register", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_own", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_disown", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_fire", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_change", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_recheck", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_disarm", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_armed", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_period", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trigger_async_nearly", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_triggers_async_attach", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_triggers_async_check", "hass_triggers_check", ", of what is registered" },
    { "hass_triggers_async_detach", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_triggers_async_pending", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_check", "hass_script_check", ", of what is registered" },
    { "hass_script_async_check_part", "hass_script_check", ", of what is registered" },
    { "hass_script_async_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_destroy", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_run", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_script_async_start", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_stop", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_current", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_last_action", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_referenced", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_load_journal", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_script_async_resume", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_async_calling", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_runs_async_list", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_runs_async_stop", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_breakpoint_async_set", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_breakpoint_async_clear", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_breakpoints_async_clear", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_breakpoints_async_list", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_runs_async_debug", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_script_steps_async_list", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_location_async_zone", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_location_async_zones", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_template_async_render", "hass_template_render", WAITS },
    { "hass_template_async_render_complex", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_template_async_render_with_possible_json_value",
      "hass_template_render_with_possible_json_value", WAITS },
    { "hass_template_async_render_to_info", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_template_async_explain", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_find_refusal", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_as_json", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_new", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_set_trigger", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_step", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_detail", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_step_error", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_child", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_trace_async_finish", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_traces_async_load", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_traces_async_list", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_traces_async_get", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_traces_async_contexts", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_traces_async_forget", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_variables_async_render", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_template_async_load_custom", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_at_start", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_at_started", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_collection_async_create", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_collection_async_reload", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_collection_async_has", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_collection_async_as_json", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_collection_async_create_item", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_collection_async_update_item", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_collection_async_delete_item", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_conditions_async_check", "hass_conditions_check", ", of what is registered" },
    { "hass_conditions_async_create", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_conditions_async_test", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_condition_async_register", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_debouncer_async_call", "hass_debouncer_call", QUEUED },
    { "hass_debouncer_async_schedule_call", "hass_debouncer_call", QUEUED },
    { "hass_debouncer_async_cancel", "hass_add_job", " to queue a callback that cancels it" },
    { "hass_debouncer_async_shutdown", "hass_add_job", " to queue a callback that shuts it down" },
};

/* What to call on the loop instead of something that waits; not listed where only the prefix async_ differs. */
static const struct remedy waits[] = {
    { "hass_async_await", "hass_future_wait", BLOCKS },
    { "hass_async_run_job", "hass_run_callback_threadsafe", IN_CALLBACK },
    { "hass_async_create_task", "hass_run_coroutine_threadsafe", IN_COROUTINE },
    { "hass_async_sleep", "hass_worker_sleep", BLOCKS },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct remedy *remedies(size_t *ret_count)
{
    *ret_count = COUNT(table);
    return table;
}

/* "hass.bus.async_fire" is hass_bus_async_fire. */
static bool is_function(const char *operation, const char *function)
{
    for (; *operation && *function; operation++, function++) {
        if (*operation != *function && !(*operation == '.' && *function == '_'))
            return false;
    }
    return *operation == *function;
}

/* "hass.bus.listen" is the twin of hass_bus_async_listen. */
static bool is_twin(const char *operation, const char *function)
{
    const char *prefix = strstr(function, "async_");
    size_t before = (size_t)(prefix - function);
    char twin[96];

    snprintf(twin, sizeof(twin), "%.*s%s", (int)before, function, prefix + strlen("async_"));
    return is_function(operation, twin);
}

const struct remedy *remedy_for_operation(const char *operation)
{
    for (size_t i = 0; i < COUNT(table); i++) {
        if (is_function(operation, table[i].function))
            return &table[i];
    }
    return NULL;
}

const struct remedy *remedy_for_wait(const char *operation)
{
    for (size_t i = 0; i < COUNT(waits); i++) {
        if (is_function(operation, waits[i].instead))
            return &waits[i];
    }
    for (size_t i = 0; i < COUNT(table); i++) {
        if (is_twin(operation, table[i].function))
            return &table[i];
    }
    return NULL;
}
