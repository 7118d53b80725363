/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Importable templates: what template_hass.c needs of template_custom.c.
 */
#pragma once

#include "helpers/template_hass.h"

/** The template of that name, or NULL with the error of a file that could not be compiled, if it is one. Lent until they are read anew. */
const struct tmpl_template *template_custom_find(struct hass *hass, const char *name, size_t length,
                                                 struct tmpl_error *ret_error) HASS_CALLBACK;
