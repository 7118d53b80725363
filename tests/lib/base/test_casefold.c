/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Case folding: what differs in case only is one.
 */
#include <hass/buf.h>

#include "base/casefold.h"
#include "support/cases.h"
#include "support/test.h"

static const struct {
    const char *text, *folded;
} rows[] = {
    { "", "" },
    { "Living Room 2", "living room 2" },
    { "KÜCHE", "küche" },
    { "Straße", "strasse" },
    { "ΣΊΣΥΦΟΣ", "σίσυφοσ" },
    { "Σίσυφος", "σίσυφοσ" },
    { "КУХНЯ", "кухня" },
    { "ĀāĂă", "āāăă" },
    { "ﬃ", "ffi" },
    { "𐐀", "𐐨" },
    { "客厅", "客厅" },
    { "\xff"
      "A",
      "\xff"
      "a" },
};

START_TEST(case_is_folded)
{
    autobuf folded = HASS_BUF_INIT;

    casefold(rows[_i].text, &folded);
    ck_assert_str_eq(hass_buf_string(&folded), rows[_i].folded);
}
END_TEST

CASES_MAIN("casefold", ROWS(case_is_folded, rows))
