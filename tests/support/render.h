/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendering a template in a test.
 */
#pragma once

#include <hass/template.h>

#include "support/test.h"

/** The text that @template renders to, or the error it ends with. Lent until the next call. */
const char *render(struct hass *hass, const char *template) HASS_CALLBACK;
/** The same over @variables. */
const char *render_with(struct hass *hass, const char *template,
                        const struct hass_template_options *options) HASS_CALLBACK;
/** What a render looked at, "light.a light.b domains light …"; only what there is. Lent until the next call. */
const char *looks(struct hass *hass, const char *template) HASS_CALLBACK;
/** A table of templates and what they render to. */
struct rendered {
    const char *template, *expected;
};
#define CHECK_RENDERED(hass, row) ck_assert_str_eq(render((hass), (row).template), (row).expected)
