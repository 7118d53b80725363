/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formatting as Python's format() and % do it. A specification says how a value is laid out; numbers come as parts, so that zeros and
 * separators can be put between sign and digits.
 */
#pragma once

#include "template/vm.h"

struct format_spec {
    uint32_t fill; /* character; 0: a blank */
    char align;    /* < > = ^, or 0 */
    char sign;     /* + - blank, or 0 */
    bool alternate;
    bool positive_zero; /* -0.0 is written as 0.0 */
    bool zero;          /* a 0 before the width */
    char grouping;      /* , _ or 0 */
    char type;          /* 0: none */
    int64_t width;      /* -1: none */
    int64_t precision;  /* -1: none */
};

#define FORMAT_MAX_WIDTH 1000000 /* also of precisions; more raises ValueError */

/** Appends format(value, spec): what `{:spec}` stands for. */
int format_value(struct tmpl_vm *vm, const struct tmpl_value *value, const char *spec,
                 size_t length, struct hass_buf *buf);

/** Appends @text, cut to the precision, in the width. */
int format_text(struct tmpl_vm *vm, const char *text, size_t length, const struct format_spec *spec,
                struct hass_buf *buf);
/** An integer, by type: b d o x X n. The precision is the least count of digits. */
int format_integer(struct tmpl_vm *vm, const struct tmpl_value *integer,
                   const struct format_spec *spec, struct hass_buf *buf);
/** A float, by type: e E f F g G n %, or none. */
int format_double(struct tmpl_vm *vm, double number, const struct format_spec *spec,
                  struct hass_buf *buf);
/** The character of a code point; raises OverflowError beyond U+10FFFF. */
int format_char(struct tmpl_vm *vm, const struct tmpl_value *integer, char ret_bytes[4],
                size_t *ret_length);
