/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The marks that say on which thread a function runs, checked by clang's thread-safety analysis.
 *
 * The loop is a capability ("role"). A prototype carries its mark at the end; a definition without a prototype
 * carries it before the return type (`static HASS_CALLBACK int on_event(…)`). gcc sees nothing of this.
 *
 *   HASS_CALLBACK    on the loop thread, never suspends
 *   HASS_COROUTINE   on the loop thread inside a coroutine, may suspend
 *   HASS_BLOCKING    not on the loop thread, may block
 *   (no mark)        any thread, does not wait
 *
 * Flags for authors: clang -Wthread-safety -Wthread-safety-negative -Werror (`pkg-config --variable=lint_cflags hass`).
 */
#pragma once

#include <hass/types.h>

#if defined(__clang__)
#    define HASS__ANALYSIS(x) __attribute__((x))
#else
#    define HASS__ANALYSIS(x)
#endif

struct HASS__ANALYSIS(capability("role")) hass_role {
    char unused;
};

/* Never read: they exist for the analysis only, and are const pointers so that !hass_loop is an expression. */
extern HASS_API struct hass_role *const hass_loop;
extern HASS_API struct hass_role *const hass_suspendable;

#define HASS_CALLBACK  HASS__ANALYSIS(requires_capability(hass_loop))
#define HASS_COROUTINE HASS__ANALYSIS(requires_capability(hass_loop, hass_suspendable))
#define HASS_BLOCKING  HASS__ANALYSIS(requires_capability(!hass_loop))

/** False, but the compiler cannot know: guards the dead calls in which the HASS_JOB_… macros show a job to the analysis. */
extern HASS_API const bool hass__never;

static inline void hass__assert_loop(void) HASS__ANALYSIS(assert_capability(hass_loop));
static inline void hass__assert_loop(void)
{
}

static inline void hass__assert_coroutine(void) HASS__ANALYSIS(assert_capability(hass_loop))
    HASS__ANALYSIS(assert_capability(hass_suspendable));
static inline void hass__assert_coroutine(void)
{
}

static inline void hass__leave_loop(void) HASS__ANALYSIS(release_capability(hass_loop))
    HASS__ANALYSIS(no_thread_safety_analysis);
static inline void hass__leave_loop(void)
{
}

/** True on the loop thread of @hass. */
HASS_API bool hass_on_loop(const struct hass *hass);

/** True when the caller runs inside a coroutine of @hass and may suspend. */
HASS_API bool hass_in_coroutine(const struct hass *hass);

/** For an executable's interposers of blocking libc calls: true where one is worth a report: in a job on a loop in debug mode. */
HASS_API bool hass__blocking_matters(void);
/** Reports, once a call site, that the running job makes blocking call @call (of @detail, may be NULL); @site called it. */
HASS_API void hass__blocking_report(const char *call, const char *detail, const char *instead,
                                    const void *site);
