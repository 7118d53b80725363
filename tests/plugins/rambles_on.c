/* SPDX-License-Identifier: Apache-2.0 */
/* One byte more of text than may be. */
#define SPACES "1048562"
#define DOMAIN "rambles_on"
#include "tests/plugins/rambles.c"
