/* SPDX-License-Identifier: Apache-2.0 */
/* Where an automation does something else than was recorded, on purpose: README.md says why. */
#include <string.h>

#include "support/test.h"
#include "vectors/automations.h"

/* A call of test.rec by a script that step 0 has called. */
#define CALL(at, data)                                                                             \
    "{'at': " at ", 'domain': 'test', 'service': 'rec', 'data': " data                             \
    ", 'context': 'step0', 'parent': null}"

static const struct {
    const char *id;
    const char *expected; /* members instead of those that were recorded; ' stands for " */
} deviations[] = {
    /* `variables` assigns to the scope that knows the name. */
    { "s-scope-2024",
      "{'calls': [" CALL("1.0", "{'a': 2, 'b': 3}") "," CALL("1.0", "{'a': 2, 'b': 3}") "]}" },
    { "x-parallel-variables",
      "{'calls': [" CALL("1.5", "{'a': 2, 'b': 2}") "," CALL("2.0", "{'a': 2, 'b': 1}") "]}" },
    /* A consequence of an event comes before what the firer does next. */
    { "ev-call-service",
      "{'calls': [{'at': 1.0, 'domain': 'test', 'service': 'rec', 'data': {'d': {'a': '1', 'b': "
      "[1]}},"
      " 'context': 'c1', 'parent': 'step0'}, {'at': 1.0, 'domain': 'test', 'service': 'other',"
      " 'data': {'a': '1', 'b': [1]}, 'context': 'step0', 'parent': null},"
      " {'at': 2.0, 'domain': 'test', 'service': 'rec', 'data': {'z': 1}, 'context': 'step1',"
      " 'parent': null}]}" },
};

json_t *automation_deviation(const json_t *vector)
{
    const char *id = hass_json_get_string(vector, "id", "");

    for (size_t i = 0; i < sizeof(deviations) / sizeof(*deviations); i++) {
        if (strcmp(deviations[i].id, id) != 0)
            continue;
        autojson *ours = test_json(deviations[i].expected);
        json_t *expected = json_copy((json_t *)hass_json_get(vector, "expected"));
        json_object_update(expected, ours);
        return expected;
    }
    return NULL;
}
