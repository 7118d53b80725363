/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A home whose service test.rec keeps what it was called with, for template entities that are told things.
 */
#pragma once

#include "support/cases.h"
#include "support/home.h"

#define REC(name, data) "{action: test.rec, data: {name: '" name "'" data "}}"

static inline HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state)
{
    ck_assert_int_eq(hass_states_async_set(hass, entity_id, state, NULL, NULL, NULL), 0);
    test_settle(hass);
}

/* The calls of test.rec: "name" says which action, the rest what it got. */
static inline HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                        struct hass_error *err)
{
    json_array_append_new(userdata, json_deep_copy(hass_service_call_data(call)));
    return 0;
}

static json_t *calls; /* [data] of test.rec */

static inline HASS_CALLBACK struct hass *home(const char *yaml)
{
    struct hass *hass = test_home(yaml);

    calls = json_array();
    ck_assert_int_eq(hass_services_async_register(hass, "test", "rec", NULL,
                                                  HASS_JOB_CALLBACK(on_call, calls), NULL),
                     0);
    return hass;
}
