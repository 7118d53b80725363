/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/data/schema.c lib/data/schema_types.c lib/data/schema_names.c lib/data/schema_doc.c
 */
/*
 * Field tables: a YAML text is checked against a table that has everything. What comes out is good, and stays what it is when
 * checked again; both ways of checking agree.
 */
#include <stdlib.h>

#include <hass/json.h>

#include "data/schema_check.h"
#include "data/yaml_load.h"
#include "fuzz.h"
#include "lib/data/golden_schema.h"

static void check_again(const json_t *checked)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *again = NULL;

    if (hass_schema_check(golden_schema, checked, &again, &err) < 0)
        abort();
    if (!json_equal(checked, again))
        abort();
}

static void check_value(const json_t *value, const struct yaml_marks *marks)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked = NULL, *strict = NULL;
    int r = schema_check_marked(golden_schema, value, marks, "root", &diagnostics, &checked);
    int strict_r = hass_schema_check(golden_schema, value, &strict, &err);

    if (r < 0 && diagnostics.errors == 0)
        abort();
    if (r >= 0)
        check_again(checked);
    // What is strictly good has no errors, and is the same.
    if (strict_r >= 0 && (diagnostics.errors || !json_equal(strict, checked)))
        abort();
    if (strict_r < 0 && !diagnostics.errors)
        abort();
    diagnostics_fini(&diagnostics);
}

static void print_table(void)
{
    static const struct hass_schema *const schemas[] = { &golden_root, &golden_fields, &golden_list,
                                                         &golden_extra };

    for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
        json_decref(hass_schema_as_json_schema(schemas[i]));
        json_decref(hass_schema_describe(schemas[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autojson *value = NULL;

    print_table();
    // A value with errors has holes, which are no further errors: only whole ones can be compared.
    if (yaml_load_text("text", (const char *)data, size, marks, &diagnostics, &value) >= 0 &&
        diagnostics.errors == 0)
        check_value(value, marks);
    yaml_marks_unref(marks);
    diagnostics_fini(&diagnostics);
    return 0;
}
