/* SPDX-License-Identifier: Apache-2.0 */
/* The entity for tests of a domain. */
#include "support/fake.h"

#include <stdio.h>
#include <string.h>

struct fake fake;

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, userdata, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, fake.domain), &entity,
                                             1, err);
}

struct hass *fake_home(const char *domain, const void *ops)
{
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "%s:\n", domain);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    fake.domain = domain;
    fake.description.size = sizeof(fake.description);
    fake.description.name = "Fake";
    ck_assert_int_eq(test_run_coroutine(hass, add, (void *)ops), 0);
    return hass;
}

const char *fake_state(struct hass *hass)
{
    autobuf entity_id = HASS_BUF_INIT;

    hass_buf_printf(&entity_id, "%s.fake", fake.domain);
    return home_state(hass, hass_buf_string(&entity_id));
}

void fake_check_attributes(struct hass *hass, const char *expected)
{
    autobuf entity_id = HASS_BUF_INIT;

    hass_buf_printf(&entity_id, "%s.fake", fake.domain);
    autojson *attributes =
        hass_state_attributes(hass_states_async_get(hass, hass_buf_string(&entity_id)));
    json_object_del(attributes, "friendly_name");
    ck_assert_json(attributes, expected);
}

int fake_call(struct hass *hass, const char *service, const char *data, struct hass_error *err)
{
    autobuf all = HASS_BUF_INIT;

    hass_buf_printf(&all, "{'entity_id':'%s.fake'%s%s}", fake.domain, *data ? "," : "", data);
    return home_call(hass, fake.domain, service, hass_buf_string(&all), err);
}

void fake_tell(const char *format, ...)
{
    size_t length = strlen(fake.told);
    va_list args;

    if (length)
        length += (size_t)snprintf(fake.told + length, sizeof(fake.told) - length, "; ");
    va_start(args, format);
    vsnprintf(fake.told + length, sizeof(fake.told) - length, format, args);
    va_end(args);
}
