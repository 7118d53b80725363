/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user should know: the last problem of each integration, with what to do about it. It goes when the integration has
 * been set up, or is no longer wanted.
 */
#include <string.h>

#include <hass/cleanup.h>
#include <hass/log.h>

#include "base/mem.h"
#include "loader/loader.h"
#include "registry/issue.h"

struct problem {
    enum problem_stage stage;
    char *file; /* or NULL */
    char *message;
};

void problem_destroy(void *object)
{
    struct problem *problem = object;

    free(problem->file);
    free(problem->message);
    free(problem);
}

static void log_problem(const char *domain, const struct problem *problem, bool critical)
{
    enum hass_log_level level = critical ? HASS_LOG_CRITICAL : HASS_LOG_ERROR;

    HASS__LOG(level, NULL, "Integration %s is left out: %s", domain, problem->message);
}

static bool is_critical(const struct loader *loader, const char *domain)
{
    const struct integration *integration = integration_find(loader, domain);

    return integration && integration->plugin && integration->plugin->manifest.critical;
}

/* Owned by the caller. */
static char *remedy(const char *domain, const struct problem *problem)
{
    switch (problem->stage) {
    case PROBLEM_OPENING:
        return mem_printf("put a good %s.so in its place: a changed file is loaded by itself",
                          domain);
    case PROBLEM_SETTINGS:
        return mem_printf("correct the configuration and reload it (hassctl reload)");
    case PROBLEM_SETUP:
        return mem_printf("when the reason is gone: hassctl reload %s", domain);
    case PROBLEM_LEFT_OUT:
        return mem_printf("replace or remove %s.so, or try it again: hassctl reload %s", domain,
                          domain);
    }
    return mem_strdup("");
}

/* Non-persistent: it is found anew at the next start. */
static HASS_CALLBACK void raise_issue(struct loader *loader, const char *domain,
                                      const struct problem *problem, bool critical)
{
    autofree char *issue_id = mem_printf("integration_left_out_%s", domain);
    autofree char *what_to_do = remedy(domain, problem);

    issue_async_raise(
        loader->hass, issue_id,
        &(struct hass_issue_options){
            .size = sizeof(struct hass_issue_options),
            .severity = critical ? HASS_ISSUE_CRITICAL : HASS_ISSUE_ERROR,
            .issue_domain = domain,
            .translation_key = "integration_left_out",
            .translation_placeholders = json_pack("{s:s, s:s, s:s}", "domain", domain, "error",
                                                  problem->message, "remedy", what_to_do),
        });
}

void problem_report(struct loader *loader, const char *domain, enum problem_stage stage,
                    const char *file, const char *message)
{
    const struct problem *old = hass_strmap_get(loader->problems, domain);

    if (old && strcmp(old->message, message) == 0)
        return;
    struct problem *problem = mem_alloc(sizeof(*problem));
    *problem = (struct problem){
        .stage = stage,
        .file = file ? mem_strdup(file) : NULL,
        .message = mem_strdup(message),
    };
    bool critical = is_critical(loader, domain);
    log_problem(domain, problem, critical);
    raise_issue(loader, domain, problem, critical);
    hass_strmap_set(loader->problems, domain, problem);
}

void problem_clear(struct loader *loader, const char *domain)
{
    autofree char *issue_id = mem_printf("integration_left_out_%s", domain);

    if (hass_strmap_remove(loader->problems, domain))
        issue_async_settle(loader->hass, issue_id);
}

json_t *problems_as_json(const struct loader *loader)
{
    json_t *list = json_array();
    const char *domain;
    const struct problem *problem;

    strmap_foreach(loader->problems, domain, problem) {
        autofree char *what_to_do = remedy(domain, problem);
        json_array_append_new(list, json_pack("{s:s, s:s?, s:s, s:s}", "domain", domain, "file",
                                              problem->file, "message", problem->message, "remedy",
                                              what_to_do));
    }
    return list;
}
