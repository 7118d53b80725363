/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running recorded cases: `vectors KIND FILE|FOLDER [PREFIX]`. A kind gives a function that runs one case; the frame reads files, counts,
 * and prints. What differs is printed as expected beside got.
 */
#pragma once

#include <hass/buf.h>
#include <hass/device_registry.h>
#include <hass/hass.h>
#include <hass/vec.h>

enum verdict {
    VERDICT_PASSED,
    VERDICT_FAILED,
    VERDICT_DEVIATES, /* does what we do on purpose instead */
    VERDICT_SKIPPED,  /* needs what is not built yet */
};

/** What is expected of a case where we deviate from what was recorded, owned by the caller; NULL for all others. */
json_t *deviation_expected(const json_t *vector);

/** Runs one case; says in @why, one line, why it failed or was skipped. */
typedef enum verdict case_fn(const json_t *vector, struct hass_buf *why);

enum verdict core_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
enum verdict utilities_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
enum verdict template_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
enum verdict automation_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
/** @vector: {"id": the file's name, "path"}. */
enum verdict household_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;

/* the core's cases */

/* A case under way. Listeners, services and entities live as long as it. */
struct stage {
    struct hass *hass;
    int64_t start;
    json_t *events, *delivered, *handled; /* of the present step */
    json_t *kept;                         /* what userdata points into */
    struct hass_strmap *listeners;        /* struct stage_listener by id */
    struct hass_strmap *entities;         /* struct live_entity by handle */
    struct hass_strmap *devices;          /* the case's names of devices, by id */
    struct hass_strmap *platforms; /* struct hass_platform by domain, integration and entry */
};

/** One operation. 0 with @ret_value set or left NULL, or an error. */
typedef int operation_fn(struct stage *stage, const json_t *step, json_t **ret_value,
                         struct hass_error *err);

struct operation {
    const char *name;
    operation_fn *run;
};

/** Runs a step's operation; HASS_E_UNSUPPORTED for one that is not known. */
int stage_run(struct stage *stage, const json_t *step, json_t **ret_value, struct hass_error *err)
    HASS_CALLBACK;

extern const struct operation core_operations[];   /* ends with a NULL name */
extern const struct operation entity_operations[]; /* likewise */
extern const struct operation registry_operations[];

void entities_fini(struct stage *stage) HASS_CALLBACK;
/** The data of an event with the case's names of devices, and sets in order. */
json_t *registry_event_data(struct stage *stage, const char *type, const json_t *data);
/* What a step says of a device; its texts are lent by the step. */
struct device_words {
    struct hass_device_info info;
    HASS_VEC(struct hass_device_pair) identifiers, connections;
};
void device_words_fill(struct device_words *words, const json_t *step);
void device_words_fini(struct device_words *words);
/** A state as the cases record it, or null. */
json_t *state_record(const struct stage *stage, const struct hass_state *state);
/** A scalar as the model's str() writes it; to be freed. */
char *python_text(const json_t *value);
