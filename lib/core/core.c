/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and ending a hass, its states of life, and the data that integrations keep in it.
 */
#include "core/core.h"

#include "base/mem.h"
#include "run/lastwords.h"
#include "run/scope.h"

/* data of integrations */

struct datum {
    struct scope_member member;
    struct hass *hass;
    void *value;
    hass_destroy_fn *destroy;
    char *key;
};

static void destroy_datum(void *object)
{
    struct datum *datum = object;

    hass__assert_loop();
    struct scope *former = scope_enter(datum->member.scope);
    if (datum->destroy)
        datum->destroy(datum->value);
    scope_leave(former);
    scope_remove(&datum->member);
    free(datum->key);
    free(datum);
}

static void scope_closes(struct scope_member *member)
{
    struct datum *datum = list_entry(member, struct datum, member);

    hass_strmap_remove(datum->hass->data, datum->key);
}

int hass_async_set_data(struct hass *hass, const char *key, void *value, hass_destroy_fn *destroy,
                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_set_data", err);
    struct scope *scope = scope_of_caller(hass);
    int r = scope_check_open(scope, err);

    if (r < 0) {
        if (value && destroy)
            destroy(value);
        return r;
    }
    if (!value) {
        hass_strmap_remove(hass->data, key);
        return 0;
    }
    struct datum *datum = mem_alloc(sizeof(*datum));
    *datum = (struct datum){
        .member = { .close = scope_closes },
        .hass = hass,
        .value = value,
        .destroy = destroy,
        .key = mem_strdup(key),
    };
    scope_add(scope, &datum->member);
    hass_strmap_set(hass->data, key, datum);
    return 0;
}

void *hass_async_get_data(struct hass *hass, const char *key)
{
    VERIFY_LOOP_OR(hass, "hass.async_get_data", NULL);
    const struct datum *datum = hass_strmap_get(hass->data, key);

    return datum ? datum->value : NULL;
}

/* states of life */

enum hass_core_state hass_core_state(const struct hass *hass)
{
    return atomic_load_explicit(&((struct hass *)hass)->state, memory_order_relaxed);
}

const char *hass_core_state_name(enum hass_core_state state)
{
    static const char *const names[] = {
        [HASS_NOT_RUNNING] = "NOT_RUNNING", [HASS_STARTING] = "STARTING",
        [HASS_RUNNING] = "RUNNING",         [HASS_STOPPING] = "STOPPING",
        [HASS_FINAL_WRITE] = "FINAL_WRITE", [HASS_STOPPED] = "STOPPED",
    };

    return (size_t)state < sizeof(names) / sizeof(*names) ? names[state] : "UNKNOWN";
}

bool hass_is_running(const struct hass *hass)
{
    enum hass_core_state state = hass_core_state(hass);

    return state == HASS_STARTING || state == HASS_RUNNING;
}

bool hass_is_stopping(const struct hass *hass)
{
    enum hass_core_state state = hass_core_state(hass);

    return state == HASS_STOPPING || state == HASS_FINAL_WRITE;
}

/* What the next start is told, should this one end badly. */
static enum lastwords_phase phase_of(enum hass_core_state state)
{
    if (state == HASS_STARTING)
        return LAST_STARTING;
    return state == HASS_RUNNING ? LAST_RUNNING : LAST_STOPPING;
}

void core_set_state(struct hass *hass, enum hass_core_state state)
{
    atomic_store_explicit(&hass->state, state, memory_order_relaxed);
    lastwords_set_phase(hass->runtime->lastwords, phase_of(state));
}

bool hass_is_scratch(const struct hass *hass)
{
    return hass->scratch;
}

/* a hass */

int core_create(const struct core_options *options, struct hass **ret_hass, struct hass_error *err)
{
    mem_install_hooks();
    struct hass *hass = mem_zalloc(sizeof(*hass));
    int r = runtime_create(hass, &options->runtime, &hass->runtime, err);

    if (r < 0) {
        free(hass);
        return r;
    }
    hass__assert_loop();
    hass->empty = json_object();
    hass->scratch = options->scratch;
    hass->data = hass_strmap_create(destroy_datum);
    graveyard_init(hass);
    bus_init(hass);
    states_init(hass);
    services_init(hass);
    config_init(hass, options->config_dir, options->state_dir, options->debug);
    runtime_set_debug(hass, options->debug);
    *ret_hass = hass;
    return 0;
}

static void destroy_layers(struct hass *hass)
{
    for (int i = HASS_LAYER_COUNT - 1; i >= 0; i--) {
        void *data = atomic_exchange(&hass->layers[i].data, NULL);
        if (data && hass->layers[i].destroy)
            hass->layers[i].destroy(data);
    }
}

size_t core_destroy(struct hass *hass)
{
    if (!hass)
        return 0;
    hass__assert_loop();
    size_t abandoned = runtime_shutdown(hass->runtime);
    if (abandoned) { // they may use anything: it is left to the end of the process
        runtime_destroy(hass->runtime);
        return abandoned;
    }
    destroy_layers(hass);
    hass->data = hass_strmap_destroy(hass->data);
    sub_list_fini(&hass->startup_jobs);
    sub_list_fini(&hass->shutdown_jobs);
    services_fini(hass);
    states_fini(hass);
    bus_fini(hass);
    graveyard_empty(&hass->graveyard);
    config_fini(hass);
    json_decref(hass->empty);
    runtime_destroy(hass->runtime);
    free(hass);
    return 0;
}
