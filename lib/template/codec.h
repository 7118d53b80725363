/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to bytes and back: UTF-8, UTF-16, UTF-32, ASCII, Latin-1, with Python's ways to deal with what does not fit. */
#pragma once

#include "template/vm.h"

/** @encoding and @errors are strings; TMPL_ABSENT: "utf-8", "strict". */
int codec_encode(struct tmpl_vm *vm, const struct tmpl_value *text,
                 const struct tmpl_value *encoding, const struct tmpl_value *errors,
                 struct tmpl_value *ret_value);
int codec_decode(struct tmpl_vm *vm, const struct tmpl_value *bytes,
                 const struct tmpl_value *encoding, const struct tmpl_value *errors,
                 struct tmpl_value *ret_value);
