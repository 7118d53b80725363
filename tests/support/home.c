/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Homes over the loader's fixture, and the two things every test of an integration does: looking at states, calling services.
 */
#include "support/home.h"

struct hass *test_home(const char *yaml)
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    struct hass_options options = loader_options();

    options.plugin_dirs = folders;
    loader_configure(yaml ? yaml : "");
    struct hass *hass = loader_hass_with(&options);
    loader_boot(hass);
    test_settle(hass);
    return hass;
}

const char *home_state(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);

    return state ? hass_state_state(state) : "(none)";
}

json_t *home_attribute(struct hass *hass, const char *entity_id, const char *key)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    autojson *attributes = state ? hass_state_attributes(state) : NULL;

    return json_incref(json_object_get(attributes, key));
}

struct call {
    const char *domain, *service, *data;
};

static HASS_COROUTINE int call_service(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct call *call = userdata;
    const struct hass_call_options options = { .size = sizeof(options), .blocking = true };

    return hass_services_async_call(hass, call->domain, call->service, test_json(call->data),
                                    &options, NULL, err);
}

int home_call(struct hass *hass, const char *domain, const char *service, const char *data,
              struct hass_error *err)
{
    struct call call = { domain, service, data };
    int r = test_run_job(hass, HASS_JOB_COROUTINE(call_service, &call), err);

    test_settle(hass);
    return r;
}
