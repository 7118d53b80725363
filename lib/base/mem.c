/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the answer to "what if malloc fails": nobody above has to ask. A size of 0 gives a pointer that can be freed.
 */
#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#define SMALL ((size_t)1024)

void mem_out_of_memory(size_t size)
{
    char line[80];
    int length =
        snprintf(line, sizeof(line), "hassd: out of memory allocating %zu bytes, aborting\n", size);

    // Not through the log: it allocates.
    if (write(STDERR_FILENO, line, (size_t)length) < 0)
        abort();
    abort();
}

static void *checked(void *data, size_t size)
{
    if (!data)
        mem_out_of_memory(size);
    return data;
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size ? size : 1), size);
}

void *mem_zalloc(size_t size)
{
    return mem_calloc(1, size);
}

/*
 * glibc's calloc goes past the thread's cache of small blocks, which costs more than clearing one; of a large one it may know
 * that it is clear.
 */
void *mem_calloc(size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        mem_out_of_memory(SIZE_MAX);
    if (total <= SMALL)
        return memset(mem_alloc(total), 0, total);
    return checked(calloc(1, total ? total : 1), total);
}

void *mem_realloc(void *data, size_t size)
{
    return checked(realloc(data, size ? size : 1), size);
}

char *mem_strdup(const char *text)
{
    return mem_memdup(text, strlen(text) + 1);
}

char *mem_strndup(const char *text, size_t length)
{
    size_t used = strnlen(text, length);
    char *copy = mem_alloc(used + 1);

    memcpy(copy, text, used);
    copy[used] = '\0';
    return copy;
}

void *mem_memdup(const void *data, size_t size)
{
    void *copy = mem_alloc(size);

    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *mem_printf(const char *format, ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        mem_out_of_memory(strlen(format));
    va_end(args);
    return text;
}

char *mem_join(const char *head, const char *separator, const char *tail)
{
    size_t before = strlen(head), between = before ? strlen(separator) : 0;
    size_t behind = strlen(tail) + 1;
    char *text = mem_alloc(before + between + behind);

    memcpy(text, head, before);
    memcpy(text + before, separator, between);
    memcpy(text + before + between, tail, behind);
    return text;
}

char *mem_join_number(const char *head, const char *separator, size_t number)
{
    char digits[24];
    char *digit = &digits[sizeof(digits) - 1];

    *digit = 0;
    do
        *--digit = (char)('0' + number % 10);
    while (number /= 10);
    return mem_join(head, separator, digit);
}

void mem_install_hooks(void)
{
    json_set_alloc_funcs(mem_alloc, free);
}
