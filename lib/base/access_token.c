/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets for the addresses of pictures. */
#include <stdio.h>
#include <string.h>

#include <hass/access_token.h>

#include "base/random.h"

#define TOKEN_BYTES 32

void hass_access_tokens_renew(struct hass_access_tokens *tokens)
{
    unsigned char secret[TOKEN_BYTES];

    memcpy(tokens->former, tokens->current, sizeof(tokens->former));
    random_bytes(secret, sizeof(secret));
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        snprintf(tokens->current + 2 * i, 3, "%02x", secret[i]);
}

/* An empty token is of no use: it is what there is before the first renewal. */
static bool equal(const char *token, const char *given)
{
    unsigned char difference = 0;

    if (strlen(given) != 2 * TOKEN_BYTES || !token[0])
        return false;
    for (size_t i = 0; i < 2 * TOKEN_BYTES; i++)
        difference |= (unsigned char)(token[i] ^ given[i]);
    return !difference;
}

bool hass_access_tokens_valid(const struct hass_access_tokens *tokens, const char *token)
{
    bool current = equal(tokens->current, token);

    return equal(tokens->former, token) || current;
}
