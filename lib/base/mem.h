/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that cannot fail: out of memory ends the process with one line on stderr, and the service manager restarts
 * us. Everything given out is freed by free().
 */
#pragma once

#include <stddef.h>

#define MEM_RETURNS __attribute__((malloc, returns_nonnull, warn_unused_result))

void *mem_alloc(size_t size) MEM_RETURNS __attribute__((alloc_size(1)));
void *mem_zalloc(size_t size) MEM_RETURNS __attribute__((alloc_size(1)));
/** Zeroed room for @count elements; an overflowing product is out of memory. */
void *mem_calloc(size_t count, size_t size) MEM_RETURNS __attribute__((alloc_size(1, 2)));
void *mem_realloc(void *data, size_t size)
    __attribute__((returns_nonnull, warn_unused_result, alloc_size(2)));
char *mem_strdup(const char *text) MEM_RETURNS;
/** Copies at most @length bytes, up to the first NUL. */
char *mem_strndup(const char *text, size_t length) MEM_RETURNS;
void *mem_memdup(const void *data, size_t size) MEM_RETURNS;
char *mem_printf(const char *format, ...) MEM_RETURNS __attribute__((format(printf, 1, 2)));
/** "head->tail" of "->": the separator stands only behind a head that is not empty. Where printf would cost too much. */
char *mem_join(const char *head, const char *separator, const char *tail) MEM_RETURNS;
char *mem_join_number(const char *head, const char *separator, size_t number) MEM_RETURNS;

/** Ends the process. */
void mem_out_of_memory(size_t size) __attribute__((noreturn, cold));

/** Makes jansson abort as we do. Before the first json_t; calling it again does no harm. */
void mem_install_hooks(void);
