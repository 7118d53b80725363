/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the versions in an envelope that arrives in pieces, wherever they stand in it.
 */
#pragma once

#include <hass/error.h>

#include "data/json_scan.h"

/* Zero-initialised at the beginning. */
struct envelope {
    struct json_scan scan;
    char key[24], value[24]; /* of the member being read; longer ones are none of ours */
    size_t key_length, value_length;
    bool behind_colon;
    bool opened; /* it is an object */
    bool any;    /* it has a member */
    char version[24], minor_version[24];
};

/** Takes the next bytes. True when both versions are known: no more is needed. */
bool envelope_feed(struct envelope *envelope, const char *data, size_t size);
/** At the end: 0 with the versions, both 0 when it is {}; HASS_E_PARSE. */
int envelope_result(const struct envelope *envelope, int *ret_version, int *ret_minor_version,
                    struct hass_error *err);
