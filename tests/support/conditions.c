/* SPDX-License-Identifier: Apache-2.0 */
/* See the header. */
#include "support/conditions.h"

#include <hass/states.h>

json_t *test_check_conditions(struct hass *hass, const char *text, struct hass_error *err)
{
    autojson *given = test_json(text);
    json_t *checked = NULL;
    int r = hass_conditions_check(hass, given, &checked, err);

    test_require((r == 0) == (checked != NULL), "a check returns a value or an error");
    return checked;
}

struct hass_conditions *test_compile_conditions(struct hass *hass, const char *text)
{
    struct hass_conditions *conditions = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked = test_check_conditions(hass, text, &err);

    if (checked)
        hass_conditions_async_create(hass, checked, &conditions, &err);
    test_require(conditions, "%s: %s", text, err.message);
    return conditions;
}

int test_conditions(struct hass *hass, const char *text, struct hass_variables *variables,
                    struct hass_error *err)
{
    struct hass_conditions *conditions = test_compile_conditions(hass, text);
    int r = hass_conditions_async_test(conditions, HASS_CONDITIONS_RAISE, variables, NULL, NULL,
                                       "test", err);

    hass_conditions_destroy(conditions);
    hass_variables_unref(variables);
    return r;
}

void test_set(struct hass *hass, const char *entity_id, const char *state, const char *attributes)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_states_async_set(hass, entity_id, state, attributes ? test_json(attributes) : NULL,
                              NULL, &err) < 0)
        test_fail(__FILE__, __LINE__, "%s: %s", entity_id, err.message);
}
