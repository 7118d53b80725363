/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks and the switch between them; all that is dirty about coroutines is in co_switch.c. A stack is mapped once, with a
 * guard page below it, and an execution is parked on it that runs one function after another.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct co_stack;

typedef void co_switch_fn(void *arg);

/** Maps a stack of @size bytes. NULL with errno set when that is impossible. */
struct co_stack *co_stack_create(size_t size);
/** Unmaps a parked stack; takes NULL. Returns NULL. */
struct co_stack *co_stack_destroy(struct co_stack *stack);
/** Gives back the memory of a parked stack that a former function has used. */
void co_stack_trim(struct co_stack *stack);

/** Runs @fn(@arg) on a parked stack until it suspends or returns. True when it has returned: the stack is parked again. */
bool co_switch_start(struct co_stack *stack, co_switch_fn *fn, void *arg);
/** Goes on with a suspended function; returns as co_switch_start does. */
bool co_switch_resume(struct co_stack *stack);
/** Called on @stack: goes back to whoever started or resumed it. */
void co_switch_suspend(struct co_stack *stack);
