/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running recorded cases: `vectors KIND FILE…`. A kind gives a function that runs one case; the frame reads files, counts,
 * and prints. What differs is printed as expected beside got.
 */
#pragma once

#include <hass/buf.h>
#include <hass/device_registry.h>
#include <hass/entity.h>
#include <hass/hass.h>

enum verdict {
    VERDICT_PASSED,
    VERDICT_FAILED,
    VERDICT_SKIPPED, /* needs what is not built yet */
};

/** Runs one case; says in @why, one line, why it failed or was skipped. */
typedef enum verdict case_fn(const json_t *vector, struct hass_buf *why);

enum verdict core_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;

/* the core's cases */

/* A case under way. Listeners, services and entities live as long as it. */
struct stage {
    struct hass *hass;
    int64_t start;
    json_t *events, *delivered, *handled; /* of the present step */
    json_t *kept;                         /* what userdata points into */
    struct hass_strmap *listeners;        /* struct stage_listener by id */
    struct hass_strmap *entities;         /* struct live_entity by handle */
    json_t *devices;                      /* "dev1", … by id */
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

extern const struct operation core_operations[];     /* ends with a NULL name */
extern const struct operation entity_operations[];   /* likewise */
extern const struct operation registry_operations[]; /* likewise */

void entities_fini(struct stage *stage) HASS_CALLBACK;
/** A state as the cases record it, or null. */
json_t *state_record(const struct stage *stage, const struct hass_state *state);
/** A scalar as the model's str() writes it; to be freed. */
char *python_text(const json_t *value);

/* registries */

/** What a device is called in the cases, from its first appearance on. NULL for NULL. */
const char *device_alias(struct stage *stage, const char *id);
/** A copy with the aliases of devices for their ids. */
json_t *with_aliases(struct stage *stage, const json_t *value);

#define DEVICE_PAIRS 8

/** Device info as a step gives it, whose texts it lends. */
struct described_device {
    struct hass_device_info info;
    struct hass_device_pair identifiers[DEVICE_PAIRS], connections[DEVICE_PAIRS];
};
void read_device_info(const json_t *fields, struct described_device *ret_device);
enum hass_entity_category read_category(const char *word);
