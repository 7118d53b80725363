/* SPDX-License-Identifier: Apache-2.0 */
/* MD5, SHA-1, SHA-256 and SHA-512 for templates: names and checksums, never secrets. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum digest_kind {
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA512,
};

#define DIGEST_MAX 64

/** Writes the digest of @data and returns its length: 16, 20, 32 or 64. */
size_t digest(enum digest_kind kind, const void *data, size_t length,
              unsigned char out[DIGEST_MAX]);
