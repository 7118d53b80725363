/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the householder is told of a store's file: a line in the log, and an issue.
 */
#include <string.h>

#include <hass/log.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/issue.h"
#include "registry/store_file.h"

/* An integration's store is its issue: "todo.list" is todo's. */
static HASS_CALLBACK char *issue_domain_of(const struct store_file *file)
{
    char *domain = mem_strdup(file->key);
    char *end = strchr(domain, '.');

    if (end)
        *end = '\0';
    if (end && config_has_component(file->stores->hass, domain))
        return domain;
    free(domain);
    return NULL;
}

void store_file_report_corrupt(struct store_file *file, const struct disk_content *content)
{
    struct hass *hass = file->stores->hass;
    const char *time = strrchr(content->aside, '/') + 1 + strlen(file->key) + strlen(".corrupt.");
    autofree char *issue_id = mem_printf("storage_corruption_%s_%s", file->key, time);
    autofree char *domain = issue_domain_of(file);
    autofree char *original = mem_printf("%s/%s", file->stores->folder, file->key);

    hass_error("The file of %s was corrupt (%s): it is now %s, and a new one is begun", file->key,
               content->reason.message, content->aside);
    issue_async_raise(
        hass, issue_id,
        &(struct hass_issue_options){
            .size = sizeof(struct hass_issue_options),
            .severity = HASS_ISSUE_CRITICAL,
            .is_fixable = true,
            .is_persistent = true,
            .issue_domain = domain ? domain : "homeassistant",
            .translation_key = "storage_corruption",
            .translation_placeholders = json_pack("{s:s, s:s, s:s, s:s}", "storage_key", file->key,
                                                  "original_path", original, "corrupt_path",
                                                  content->aside, "error", content->reason.message),
        });
}

/* A problem of the file that goes again; @what is the issue's kind. */
static HASS_CALLBACK void raise_problem(const struct store_file *file, const char *what,
                                        const struct hass_error *err)
{
    autofree char *issue_id = mem_printf("%s_%s", what, file->key);
    autofree char *domain = issue_domain_of(file);

    issue_async_raise(file->stores->hass, issue_id,
                      &(struct hass_issue_options){
                          .size = sizeof(struct hass_issue_options),
                          .severity = HASS_ISSUE_CRITICAL,
                          .issue_domain = domain ? domain : "homeassistant",
                          .translation_key = what,
                          .translation_placeholders = json_pack("{s:s, s:s}", "storage_key",
                                                                file->key, "error", err->message),
                      });
}

void store_file_report_newer(const struct store_file *file, const struct hass_error *err)
{
    raise_problem(file, "storage_newer", err);
}

void store_file_report_failure(struct store_file *file, const struct hass_error *err)
{
    if (file->failing)
        return;
    file->failing = true;
    hass_error("%s is not saved: %s; it is tried again", file->key, err->message);
    raise_problem(file, "storage_failure", err);
}

void store_file_report_recovery(struct store_file *file)
{
    autofree char *issue_id = mem_printf("storage_failure_%s", file->key);

    file->backoff = 0;
    if (!file->failing)
        return;
    file->failing = false;
    hass_info("%s is saved again", file->key);
    issue_async_settle(file->stores->hass, issue_id);
}
