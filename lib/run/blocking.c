/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking libc calls on the loop, as the executable's interposers report them in debug mode. Who is to blame is the job that
 * runs: a return address misleads where the call was the caller's last.
 */
#include <hass/log.h>

#include "base/log.h"
#include "run/loop.h"
#include "run/scope.h"
#include "run/symbol.h"
#include "run/thread_safety.h"

bool hass__blocking_matters(void)
{
    const struct runtime *runtime = runtime__thread;

    return runtime && runtime->debug && !symbol_looking && BEAT_LOAD(runtime->beat->name) != NULL;
}

void hass__blocking_report(const char *call, const char *detail, const char *instead,
                           const void *site)
{
    const struct runtime *runtime = runtime__thread;
    const struct scope *scope = scope__current ? scope__current : runtime->root;
    char symbol[SYMBOL_SIZE];

    if (!thread_safety_remember(runtime->thread_safety, site, call))
        return;
    log_write_as(
        scope_name(scope), HASS_LOG_WARNING, NULL, __FILE__, __LINE__, __func__,
        "Integration %s calls %s%s%s%s on the loop: job %s, from %s. Everything waits for it; use "
        "%s (lib/README.md#blocking)",
        scope_name(scope), call, detail ? "(" : "", detail ? detail : "", detail ? ")" : "",
        BEAT_LOAD(runtime->beat->name), symbol_describe(site, symbol), instead);
}
