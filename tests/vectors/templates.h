/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded templates: the home that a case is rendered in, how it is rendered, and what is compared.
 */
#pragma once

#include "helpers/template_hass.h"
#include "vectors/tagged.h"
#include "vectors/vectors.h"

/* A case under way. */
struct template_stage {
    const json_t *vector;
    const json_t *expected; /* the recorded one, or ours where we deviate */
    struct hass *hass;
    struct tmpl_vm *values; /* its heap holds the variables, and the native result */
    HASS_VEC(const struct hass_state *) states; /* among the variables */
    struct tmpl_template *template;
    struct template_info info;
    struct tmpl_error error; /* what compiling or rendering ended with */
    struct hass_buf text;
    struct tmpl_value result; /* mode value: what came instead of a text; else absent */
};

/* templates_home.c */

/** A home as the case describes it; the log is empty afterwards. */
void template_stage_begin(struct template_stage *stage, const json_t *vector) HASS_CALLBACK;
void template_stage_end(struct template_stage *stage) HASS_CALLBACK;
/** The value of an input of the case. */
struct tmpl_value template_stage_value(struct template_stage *stage, const json_t *json)
    HASS_CALLBACK;

/* templates_compare.c */

/** Compares what came with what is expected, info and logs included. Says in @why what differs first. */
bool template_stage_compare(struct template_stage *stage, bool compiled, bool rendered,
                            struct hass_buf *why) HASS_CALLBACK;

/* templates_deviations.c */

/** What we give on purpose instead of what was recorded, owned by the caller; NULL where we do not deviate. */
json_t *template_deviation(const char *id);
