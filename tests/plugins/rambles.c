/* SPDX-License-Identifier: Apache-2.0 */
/* Its texts are as long as they may be: spaces, then a map. rambles_on.c has one byte more. */
#include <hass/integration.h>

#ifndef SPACES
#    define SPACES "1048561"
#endif
#ifndef DOMAIN
#    define DOMAIN "rambles"
#endif

HASS_MANIFEST(.domain = DOMAIN, .name = "Rambles", .version = "1.0");
__asm__(".pushsection .rodata\n"
        ".balign 4\n"
        ".globl hass_strings\n"
        ".type hass_strings, %object\n"
        "hass_strings:\n"
        ".4byte " SPACES " + 15\n"
        ".fill " SPACES ", 1, 32\n"
        ".ascii \"{\\\"title\\\": \\\"Mm\\\"}\"\n"
        ".byte 0\n"
        ".popsection");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
