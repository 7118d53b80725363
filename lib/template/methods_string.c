/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the methods of texts and of bytes, which share most of them.
 */
#include "template/methods_string.h"

#include "template/methods.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct tmpl_function string_table[] = {
    { "capitalize", string_capitalize, "self", METHOD },
    { "casefold", string_casefold, "self", METHOD },
    { "center", string_center, "self width ?fillchar", METHOD },
    { "count", string_count_method, "self sub ?start end", METHOD },
    { "encode", string_encode, "self ?encoding errors", METHOD },
    { "endswith", string_endswith, "self suffix ?start end", METHOD },
    { "expandtabs", string_expandtabs, "self ?tabsize", METHOD },
    { "find", string_find, "self sub ?start end", METHOD },
    { "format", string_format, "self * **", METHOD },
    { "format_map", string_format_map, "self mapping", METHOD },
    { "index", string_index, "self sub ?start end", METHOD },
    { "isalnum", string_isalnum, "self", METHOD },
    { "isalpha", string_isalpha, "self", METHOD },
    { "isascii", string_isascii, "self", METHOD },
    { "isdecimal", string_isdecimal, "self", METHOD },
    { "isdigit", string_isdigit, "self", METHOD },
    { "isidentifier", string_isidentifier, "self", METHOD },
    { "islower", string_islower, "self", METHOD },
    { "isnumeric", string_isnumeric, "self", METHOD },
    { "isprintable", string_isprintable, "self", METHOD },
    { "isspace", string_isspace, "self", METHOD },
    { "istitle", string_istitle, "self", METHOD },
    { "isupper", string_isupper, "self", METHOD },
    { "join", string_join, "self iterable", METHOD },
    { "ljust", string_ljust, "self width ?fillchar", METHOD },
    { "lower", string_lower, "self", METHOD },
    { "lstrip", string_lstrip, "self ?chars", METHOD },
    { "partition", string_partition, "self sep", METHOD },
    { "removeprefix", string_removeprefix, "self prefix", METHOD },
    { "removesuffix", string_removesuffix, "self suffix", METHOD },
    { "replace", string_replace, "self old new ?count", METHOD },
    { "rfind", string_rfind, "self sub ?start end", METHOD },
    { "rindex", string_rindex, "self sub ?start end", METHOD },
    { "rjust", string_rjust, "self width ?fillchar", METHOD },
    { "rpartition", string_rpartition, "self sep", METHOD },
    { "rsplit", string_rsplit, "self ?sep maxsplit", METHOD },
    { "rstrip", string_rstrip, "self ?chars", METHOD },
    { "split", string_split, "self ?sep maxsplit", METHOD },
    { "splitlines", string_splitlines, "self ?keepends", METHOD },
    { "startswith", string_startswith, "self prefix ?start end", METHOD },
    { "strip", string_strip, "self ?chars", METHOD },
    { "swapcase", string_swapcase, "self", METHOD },
    { "title", string_title, "self", METHOD },
    { "upper", string_upper, "self", METHOD },
    { "zfill", string_zfill, "self width", METHOD },
};

const struct tmpl_functions tmpl_string_methods = { string_table, COUNT(string_table) };

static int bytes_hex(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    static const char digits[] = "0123456789abcdef";
    const struct tmpl_value *bytes = &call->args[0], *separator = &call->args[1];
    bool separated = separator->kind == TMPL_STRING && separator->length == 1;
    size_t at = 0;

    if (separator->kind != TMPL_ABSENT && !separated)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "sep must be length 1.");
    if (tmpl_reserve(vm, (size_t)bytes->length * 3) < 0)
        return -1;
    char *text = tmpl_alloc(&vm->heap, (size_t)bytes->length * 3);
    for (uint32_t i = 0; i < bytes->length; i++) {
        unsigned char byte = (unsigned char)bytes->text[i];
        if (i && separated)
            text[at++] = *separator->text;
        text[at++] = digits[byte >> 4];
        text[at++] = digits[byte & 15];
    }
    *ret_value = tmpl_string_view(text, at);
    ret_value->flags = TMPL_ASCII;
    return 0;
}

static const struct tmpl_function bytes_table[] = {
    { "center", string_center, "self width ?fillchar", METHOD },
    { "count", string_count_method, "self sub ?start end", METHOD },
    { "decode", bytes_decode, "self ?encoding errors", METHOD },
    { "endswith", string_endswith, "self suffix ?start end", METHOD },
    { "find", string_find, "self sub ?start end", METHOD },
    { "hex", bytes_hex, "self ?sep", METHOD },
    { "index", string_index, "self sub ?start end", METHOD },
    { "join", string_join, "self iterable", METHOD },
    { "ljust", string_ljust, "self width ?fillchar", METHOD },
    { "lstrip", string_lstrip, "self ?bytes", METHOD },
    { "partition", string_partition, "self sep", METHOD },
    { "removeprefix", string_removeprefix, "self prefix", METHOD },
    { "removesuffix", string_removesuffix, "self suffix", METHOD },
    { "replace", string_replace, "self old new ?count", METHOD },
    { "rfind", string_rfind, "self sub ?start end", METHOD },
    { "rindex", string_rindex, "self sub ?start end", METHOD },
    { "rjust", string_rjust, "self width ?fillchar", METHOD },
    { "rpartition", string_rpartition, "self sep", METHOD },
    { "rsplit", string_rsplit, "self ?sep maxsplit", METHOD },
    { "rstrip", string_rstrip, "self ?bytes", METHOD },
    { "split", string_split, "self ?sep maxsplit", METHOD },
    { "splitlines", string_splitlines, "self ?keepends", METHOD },
    { "startswith", string_startswith, "self prefix ?start end", METHOD },
    { "strip", string_strip, "self ?bytes", METHOD },
    { "zfill", string_zfill, "self width", METHOD },
};

const struct tmpl_functions tmpl_bytes_methods = { bytes_table, COUNT(bytes_table) };
