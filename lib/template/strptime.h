/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading dates and times by a format, as Python's datetime.strptime does.
 */
#pragma once

#include "template/moment.h"

/**
 * Reads @text, all of it, by @format (%a %A %b %B %c %d %f %G %H %I %j %m %M %p %S %u %U %V %w %W %x %X %y %Y %z %Z %%; blanks match any
 * number of blanks, letters of either case). Returns 0 and a moment, naive without %z; or -1 with ValueError raised, re.error for
 * a directive that stands twice.
 */
int tmpl_strptime(struct tmpl_vm *vm, const char *text, size_t text_length, const char *format,
                  size_t format_length, struct tmpl_moment *ret_moment);
