/* SPDX-License-Identifier: Apache-2.0 */
/* Where a template gives something else than was recorded, on purpose: README.md says why. */
#include <string.h>

#include "support/test.h"
#include "vectors/templates.h"

/* What a render that fails depends on. */
#define FAILED                                                                                     \
    " 'info': {'entities': [], 'domains': [], 'domains_lifecycle': [], 'all_states': false,"       \
    " 'all_states_lifecycle': false, 'has_time': false, 'is_static': false, 'rate_limit': 60.0}"

/* A line of the log that begins so; the rest has quotes of its own. */
#define LOGGED(level, message) "'logs': [{'level': '" level "', 'message': '" message "'}]"

/* As the other methods that would change a value. */
#define REFUSED                                                                                    \
    "{'error': {'phase': 'render', 'compare': 'contains', 'contains': 'SecurityError'}," FAILED    \
    "," LOGGED("error", "Template variable error: access to attribute ") "}"

static const struct {
    const char *id;
    const char *expected; /* instead of what was recorded; ' stands for " */
} deviations[] = {
    /* Lists instead of iterators that can be used once. */
    { "filters-sequence/length-generator-error",
      "{'text': '2', 'native_type': 'int', 'native': 2}" },
    { "filters-sequence/map-lazy-error-on-use",
      "{'error': {'phase': 'render', 'compare': 'contains', 'contains': 'ValueError'}," FAILED
      "}" },
    { "sandbox/generator-attrs", "{'text': '', 'native_type': 'str', 'native': ''," LOGGED(
                                     "warning", "Template variable warning: ") "}" },
    { "dependencies/lazy-map-not-consumed",
      "{'text': 'ok', 'native_type': 'str', 'native': 'ok', 'info': {'entities':"
      " ['light.kitchen'], 'domains': [], 'domains_lifecycle': [], 'all_states': false,"
      " 'all_states_lifecycle': false, 'has_time': false, 'is_static': false,"
      " 'rate_limit': null}}" },
    /* What later releases have. */
    { "blocks/do-tag-not-in-2024", "{'text': '', 'native_type': 'str', 'native': ''}" },
    { "states/is-state-attr-none-trap",
      "{'text': 'True False', 'native_type': 'str', 'native': 'True False'}" },
    { "registries/area-id-alias-not-in-2024",
      "{'text': 'living_room', 'native_type': 'str', 'native': 'living_room'}" },
    { "datetime/as-datetime-datetime-error-2024",
      "{'text': '2024-01-15 13:30:45+01:00', 'native_type': 'str',"
      " 'native': '2024-01-15 13:30:45+01:00'}" },
    { "math/zip-not-in-2024",
      "{'text': '[(1, 2)]', 'native_type': 'list', 'native': [{'$tuple': [1, 2]}], 'logs': []}" },
    { "sandbox/list-pop", REFUSED },
    { "sandbox/list-clear", REFUSED },
};

json_t *template_deviation(const char *id)
{
    for (size_t i = 0; i < sizeof(deviations) / sizeof(*deviations); i++)
        if (strcmp(deviations[i].id, id) == 0)
            return test_json(deviations[i].expected);
    /* Its text has quotes of both kinds. */
    if (strcmp(id, "filters-sequence/generator-consumed-once") == 0)
        return json_pack("{s:s, s:s, s:s}", "text", "['1', '2']['1', '2']", "native_type", "str",
                         "native", "['1', '2']['1', '2']");
    return NULL;
}
