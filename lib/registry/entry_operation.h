/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be done with an entry, one thing at a time.
 */
#pragma once

#include "registry/entry.h"

enum entry_operation_id {
    OPERATION_SETUP,
    OPERATION_SETUP_PREPARED, /* by its integration, which has just been set up */
    OPERATION_TRY_AGAIN,
    OPERATION_UNLOAD,
    OPERATION_CLOSE, /* its integration goes: whatever it says to being unloaded */
    OPERATION_RELOAD,
    OPERATION_REMOVE,
    OPERATION_DISABLE,
};

struct entry_operation {
    struct hass_entry *entry; /* counted */
    enum entry_operation_id kind;
    enum hass_entry_disabler disabled_by; /* of OPERATION_DISABLE */
};

struct entry_operation_kind {
    const char *name;
    int (*run)(struct entry_operation *operation, struct hass_error *err); /* a coroutine */
    bool prepare; /* the integration is set up first */
};

/**
 * Begins an operation, which waits for those before it. @flags: JOB_LOG_ERRORS or 0. @ret_done may be NULL, else gets a
 * reference to the future of its result.
 */
int entry_operation_begin(struct hass_entry *entry, enum entry_operation_id kind,
                          enum hass_entry_disabler disabled_by, unsigned flags,
                          struct hass_future **ret_done, struct hass_error *err) HASS_CALLBACK;
