/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Case folding as Unicode has it, for names that differ in case only: "STRASSE", "Straße" and "strasse" are one.
 */
#pragma once

struct hass_buf;

/** Appends @text folded; bytes that are no UTF-8 are kept. */
void casefold(const char *text, struct hass_buf *buf);
