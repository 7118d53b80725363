/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The switch between stacks: makecontext once a stack, sigsetjmp and siglongjmp ever after. They are in every libc on every
 * architecture, save no signal mask (swapcontext costs a system call for that), and all tools can be told about them.
 * _FORTIFY_SOURCE is off here and nowhere else: its longjmp takes a jump to another stack for a corrupted one and aborts.
 */
#undef _FORTIFY_SOURCE

#include "run/co_switch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_feature)
#    define HAS_FEATURE(x) __has_feature(x)
#else
#    define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#    define WITH_ASAN 1
#    include <sanitizer/asan_interface.h>
#    include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__) || HAS_FEATURE(thread_sanitizer)
#    define WITH_TSAN 1
#    include <sanitizer/tsan_interface.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#    define WITH_VALGRIND 1
#    include <valgrind/valgrind.h>
#endif

/* What a parked execution needs of its stack; co_stack_trim leaves it alone. */
#define PARKED_SIZE ((size_t)8192)

/* Lies at the upper end of its own mapping: what overflows the stack meets the guard page at the lower end. */
struct co_stack {
    sigjmp_buf inside;  /* where the stack goes on */
    sigjmp_buf outside; /* where whoever switched to it goes on */
    co_switch_fn *fn;   /* NULL while parked */
    void *arg;
    char *mapping;
    size_t mapped;
    char *bottom;
    size_t size;
#ifdef WITH_ASAN
    void *fake_inside;
    void *fake_outside;
    const void *outside_bottom;
    size_t outside_size;
#endif
#ifdef WITH_TSAN
    void *fiber;
    void *outside_fiber;
#endif
#ifdef WITH_VALGRIND
    unsigned valgrind_id;
#endif
};

/* what the tools are told */

/* Inlined always: a function that is entered on one stack and left on another confuses ThreadSanitizer's own call stack. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void before_switch_in(struct co_stack *stack)
{
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(&stack->fake_outside, stack->bottom, stack->size);
#endif
#ifdef WITH_TSAN
    stack->outside_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(stack->fiber, 0);
#endif
}

ALWAYS_INLINE void after_switch_in(struct co_stack *stack)
{
#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(stack->fake_inside, &stack->outside_bottom,
                                    &stack->outside_size);
#endif
}

ALWAYS_INLINE void before_switch_out(struct co_stack *stack)
{
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(&stack->fake_inside, stack->outside_bottom, stack->outside_size);
#endif
#ifdef WITH_TSAN
    __tsan_switch_to_fiber(stack->outside_fiber, 0);
#endif
}

ALWAYS_INLINE void after_switch_out(struct co_stack *stack)
{
#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(stack->fake_outside, NULL, NULL);
#endif
}

static void announce(struct co_stack *stack)
{
#ifdef WITH_TSAN
    stack->fiber = __tsan_create_fiber(0);
#endif
#ifdef WITH_VALGRIND
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->bottom, stack->bottom + stack->size);
#endif
}

static void renounce(struct co_stack *stack)
{
#ifdef WITH_ASAN
    __asan_unpoison_memory_region(stack->bottom, stack->size);
#endif
#ifdef WITH_TSAN
    __tsan_destroy_fiber(stack->fiber);
#endif
#ifdef WITH_VALGRIND
    VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
#endif
}

/* switching */

/* Between setjmp and longjmp stands the tools' switch: a jump buffer is looked up on the stack that made it. */
static bool switch_in(struct co_stack *stack)
{
    if (sigsetjmp(stack->outside, 0) == 0) {
        before_switch_in(stack);
        siglongjmp(stack->inside, 1);
    }
    after_switch_out(stack);
    return !stack->fn;
}

static void switch_out(struct co_stack *stack)
{
    if (sigsetjmp(stack->inside, 0) == 0) {
        before_switch_out(stack);
        siglongjmp(stack->outside, 1);
    }
    after_switch_in(stack);
}

/* Where a stack begins, and where it is parked between two functions. makecontext passes ints only. */
static void trampoline(unsigned high, unsigned low)
{
    struct co_stack *stack = (struct co_stack *)(uintptr_t)((uint64_t)high << 32 | low);

    after_switch_in(stack);
    for (;;) {
        switch_out(stack);
        stack->fn(stack->arg);
        stack->fn = NULL;
    }
}

/* Runs the trampoline up to where it parks. */
static void park(struct co_stack *stack)
{
    ucontext_t context;

    getcontext(&context);
    context.uc_link = NULL;
    context.uc_stack.ss_sp = stack->bottom;
    context.uc_stack.ss_size = stack->size;
    uint64_t address = (uintptr_t)stack;
    makecontext(&context, (void (*)(void))trampoline, 2, (unsigned)(address >> 32),
                (unsigned)address);
    if (sigsetjmp(stack->outside, 0) == 0) {
        before_switch_in(stack);
        setcontext(&context);
    }
    after_switch_out(stack);
}

bool co_switch_start(struct co_stack *stack, co_switch_fn *fn, void *arg)
{
    stack->fn = fn;
    stack->arg = arg;
    return switch_in(stack);
}

bool co_switch_resume(struct co_stack *stack)
{
    return switch_in(stack);
}

void co_switch_suspend(struct co_stack *stack)
{
    switch_out(stack);
}

/* stacks */

struct co_stack *co_stack_create(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t mapped = (size + page - 1) / page * page + page;
    char *mapping = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);

    if (mapping == MAP_FAILED)
        return NULL;
    if (mprotect(mapping, page, PROT_NONE) < 0) {
        int saved = errno;
        munmap(mapping, mapped);
        errno = saved;
        return NULL;
    }
    size_t header = (sizeof(struct co_stack) + 63) / 64 * 64;
    struct co_stack *stack = (struct co_stack *)(void *)(mapping + mapped - header);
    stack->mapping = mapping;
    stack->mapped = mapped;
    stack->bottom = mapping + page;
    stack->size = mapped - page - header;
    announce(stack);
    park(stack);
    return stack;
}

struct co_stack *co_stack_destroy(struct co_stack *stack)
{
    if (!stack)
        return NULL;
    renounce(stack);
    munmap(stack->mapping, stack->mapped);
    return NULL;
}

void co_stack_trim(struct co_stack *stack)
{
    madvise(stack->bottom, stack->size - stack->size % PARKED_SIZE - PARKED_SIZE, MADV_DONTNEED);
}
