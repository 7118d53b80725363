/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One config entry: its members, what it looks like from outside, and what its integration hangs on it.
 */
#include "registry/entry.h"

#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "core/core.h"
#include "registry/flow.h"
#include "run/scope.h"

static const char *const state_names[] = {
    [HASS_ENTRY_NOT_LOADED] = "not_loaded",
    [HASS_ENTRY_SETUP_IN_PROGRESS] = "setup_in_progress",
    [HASS_ENTRY_LOADED] = "loaded",
    [HASS_ENTRY_SETUP_ERROR] = "setup_error",
    [HASS_ENTRY_SETUP_RETRY] = "setup_retry",
    [HASS_ENTRY_MIGRATION_ERROR] = "migration_error",
    [HASS_ENTRY_FAILED_UNLOAD] = "failed_unload",
    [HASS_ENTRY_UNLOAD_IN_PROGRESS] = "unload_in_progress",
};

const char *hass_entry_state_name(enum hass_entry_state state)
{
    size_t count = sizeof(state_names) / sizeof(state_names[0]);

    return (size_t)state < count ? state_names[state] : "unknown";
}

bool entry_is_recoverable(const struct hass_entry *entry)
{
    switch (entry->state) {
    case HASS_ENTRY_NOT_LOADED:
    case HASS_ENTRY_LOADED:
    case HASS_ENTRY_SETUP_ERROR:
    case HASS_ENTRY_SETUP_RETRY:
        return true;
    case HASS_ENTRY_SETUP_IN_PROGRESS:
    case HASS_ENTRY_MIGRATION_ERROR:
    case HASS_ENTRY_FAILED_UNLOAD:
    case HASS_ENTRY_UNLOAD_IN_PROGRESS:
        break;
    }
    return false;
}

/* making and freeing */

struct hass_entry *entry_new(struct hass *hass, const char *domain, const char *source,
                             const char *id)
{
    struct hass_entry *entry = mem_zalloc(sizeof(*entry));
    char own[ULID_TEXT];

    if (!id) {
        struct ulid ulid;
        ulid_make(hass_now(hass), &ulid);
        ulid_encode(&ulid, own);
    }
    *entry = (struct hass_entry){
        .hass = hass,
        .refs = 1,
        .id = mem_strdup(id ? id : own),
        .domain = mem_strdup(domain),
        .source = mem_strdup(source),
        .title = mem_strdup(""),
        .version = 1,
        .minor_version = 1,
        .data = json_object(),
        .options = json_object(),
        .discovery_keys = json_object(),
        .subentries = json_array(),
        .created_at = hass_now(hass),
        .modified_at = hass_now(hass),
        .reason = HASS_ERROR_INIT,
        .mutex = hass_mutex_create(hass),
    };
    return entry;
}

static void entry_free(void *object)
{
    struct hass_entry *entry = object;

    vec_foreach(&entry->unload_jobs, job)
        job_destroy(job);
    vec_fini(&entry->unload_jobs);
    if (entry->destroy_runtime_data)
        entry->destroy_runtime_data(entry->runtime_data);
    hass__assert_loop();
    sub_list_fini(&entry->update_listeners);
    hass_mutex_destroy(entry->mutex);
    scope_unref(entry->scope);
    json_decref(entry->data);
    json_decref(entry->options);
    json_decref(entry->discovery_keys);
    json_decref(entry->subentries);
    json_decref(entry->unknown);
    free(entry->id);
    free(entry->domain);
    free(entry->source);
    free(entry->title);
    free(entry->unique_id);
    free(entry);
}

struct hass_entry *hass_entry_ref(struct hass_entry *entry)
{
    count_take(&entry->refs);
    return entry;
}

struct hass_entry *hass_entry_unref(struct hass_entry *entry)
{
    if (entry && count_drop(&entry->refs))
        object_free(entry->hass, entry, entry_free);
    return NULL;
}

/* members */

void entry_set_json(struct hass_entry *entry, json_t **member, json_t *value)
{
    lock_take(&entry->lock);
    json_t *old = *member;
    *member = value;
    lock_drop(&entry->lock);
    json_decref(old);
}

void entry_set_text(char **member, const char *text)
{
    char *copy = text ? mem_strdup(text) : NULL;

    free(*member);
    *member = copy;
}

char *entry_label(const struct hass_entry *entry)
{
    return mem_printf("Config entry '%s' of %s", entry->title, entry->domain);
}

struct hass *hass_entry_hass(const struct hass_entry *entry)
{
    return entry->hass;
}

const char *hass_entry_id(const struct hass_entry *entry)
{
    return entry->id;
}

const char *hass_entry_domain(const struct hass_entry *entry)
{
    return entry->domain;
}

const char *hass_entry_source(const struct hass_entry *entry)
{
    return entry->source;
}

const char *hass_entry_async_title(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_title", NULL);
    return entry->title;
}

const char *hass_entry_async_unique_id(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_unique_id", NULL);
    return entry->unique_id;
}

const json_t *hass_entry_async_data(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_data", NULL);
    return entry->data;
}

const json_t *hass_entry_async_options(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_options", NULL);
    return entry->options;
}

enum hass_entry_state hass_entry_async_state(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_state", HASS_ENTRY_NOT_LOADED);
    return entry->state;
}

int hass_entry_async_version(const struct hass_entry *entry, int *ret_minor_version)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_version", HASS_E_THREAD);
    if (ret_minor_version)
        *ret_minor_version = entry->minor_version;
    return entry->version;
}

bool entry_disables_polling(const struct hass_entry *entry)
{
    return entry->pref_disable_polling;
}

/*
 * The lock belongs to the entry's readers, which change nothing else of it. A copy, since the count of a value must not change
 * on two threads at once.
 */
static json_t *take_copy(const struct hass_entry *entry, json_t *const *member)
{
    struct lock *lock = (struct lock *)&entry->lock;

    lock_take(lock);
    json_t *value = json_deep_copy(*member);
    lock_drop(lock);
    return value;
}

json_t *hass_entry_data(const struct hass_entry *entry)
{
    return take_copy(entry, &entry->data);
}

json_t *hass_entry_options(const struct hass_entry *entry)
{
    return take_copy(entry, &entry->options);
}

json_t *hass_entry_subentries(const struct hass_entry *entry)
{
    return take_copy(entry, &entry->subentries);
}

/* as JSON */

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *seconds(int64_t time)
{
    return json_real((double)time / HASS_USEC_PER_SEC);
}

/* Shape: {type: {"supports_reconfigure": bool}} */
static json_t *subentry_types(const struct hass_manifest *manifest)
{
    const struct hass_subentry_flow *flow = manifest ? manifest->subentry_flows : NULL;
    json_t *types = json_object();
    struct hass_flow_step step;

    for (; flow && flow->type; flow++)
        json_object_set_new(types, flow->type,
                            json_pack("{s:b}", "supports_reconfigure",
                                      flow_find_step(flow->flow, "reconfigure", &step)));
    return types;
}

static HASS_CALLBACK void add_support(const struct hass_entry *entry, json_t *json)
{
    const struct entry_loader *loader = entries_of(entry->hass)->loader;
    const struct hass_manifest *manifest =
        loader ? loader->manifest(entry->hass, entry->domain) : NULL;
    struct hass_flow_step step;

    json_object_set_new(json, "supports_options", json_boolean(manifest && manifest->options_flow));
    json_object_set_new(json, "supports_remove_device",
                        json_boolean(loader && loader->can_remove_device(entry)));
    json_object_set_new(json, "supports_unload", json_boolean(manifest != NULL));
    json_object_set_new(json, "supports_reconfigure",
                        json_boolean(manifest && manifest->config_flow &&
                                     flow_find_step(manifest->config_flow, "reconfigure", &step)));
    json_object_set_new(json, "supported_subentry_types", subentry_types(manifest));
}

json_t *hass_entry_async_as_json(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_as_json", NULL);
    json_t *json = json_object();
    json_object_set_new(json, "created_at", seconds(entry->created_at));
    json_object_set_new(json, "entry_id", json_string(entry->id));
    json_object_set_new(json, "domain", json_string(entry->domain));
    json_object_set_new(json, "modified_at", seconds(entry->modified_at));
    json_object_set_new(json, "title", json_string(entry->title));
    json_object_set_new(json, "source", json_string(entry->source));
    json_object_set_new(json, "state", json_string(hass_entry_state_name(entry->state)));
    add_support(entry, json);
    json_object_set_new(json, "pref_disable_new_entities",
                        json_boolean(entry->pref_disable_new_entities));
    json_object_set_new(json, "pref_disable_polling", json_boolean(entry->pref_disable_polling));
    json_object_set_new(json, "disabled_by", text_or_null(entry->disabled_by ? "user" : NULL));
    json_object_set_new(json, "reason", text_or_null(entry->reason.message));
    json_object_set_new(json, "error_reason_translation_key", text_or_null(entry->reason.key));
    json_object_set_new(json, "error_reason_translation_placeholders", json_null());
    json_object_set_new(json, "num_subentries",
                        json_integer((json_int_t)json_array_size(entry->subentries)));
    return json;
}

/* what the integration hangs on it */

int hass_entry_async_set_runtime_data(struct hass_entry *entry, void *value,
                                      hass_destroy_fn *destroy, struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_set_runtime_data", err);
    if (!entry->scope && value) {
        if (destroy)
            destroy(value);
        return hass_fail(err, HASS_E_CLOSED, "the entry is not being set up");
    }
    hass_destroy_fn *destroy_old = entry->destroy_runtime_data;
    void *old = entry->runtime_data;
    entry->runtime_data = value;
    entry->destroy_runtime_data = destroy;
    if (destroy_old)
        destroy_old(old);
    return 0;
}

void *hass_entry_async_runtime_data(const struct hass_entry *entry)
{
    VERIFY_LOOP_OR(entry->hass, "hass.entry.async_runtime_data", NULL);
    return entry->runtime_data;
}

int hass_entry_async_on_unload(struct hass_entry *entry, struct hass_job job,
                               struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_on_unload", err);
    int r = 0;
    if (job.subject != HASS_SUBJECT_HASS)
        r = hass_fail(err, HASS_E_INVALID, "job %s does not take a struct hass *", job.symbol);
    else if (!entry->scope)
        r = hass_fail(err, HASS_E_CLOSED, "the entry is not being set up");
    if (r < 0) {
        job_destroy(&job);
        return r;
    }
    vec_push(&entry->unload_jobs, job);
    return 0;
}

int hass_entry_async_on_update(struct hass_entry *entry, struct hass_job job,
                               struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(entry->hass, "hass.entry.async_on_update", err);
    const struct sub_options options = { .job = job };
    return sub_list_add(entry->hass, &entry->update_listeners, HASS_SUBJECT_HASS, &options, ret_sub,
                        err);
}
