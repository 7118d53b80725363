/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Issues: what the householder should mend ("Repairs"). An issue is told by (domain, issue id).
 *
 * Model: helpers.issue_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

enum hass_issue_severity {
    HASS_ISSUE_WARNING = 0,
    HASS_ISSUE_ERROR,
    HASS_ISSUE_CRITICAL,
};

/** What an issue says. Strings are copied; the two values are taken, also on failure. */
struct hass_issue_options {
    uint32_t size;
    enum hass_issue_severity severity;
    bool is_fixable;
    bool is_persistent; /* kept with all it says; others must be raised anew after a restart */
    const char *translation_key;      /* NULL: the issue id */
    json_t *translation_placeholders; /* {str: str}, taken; or NULL */
    const char *breaks_in_ha_version; /* "2026.5" or "2026.5.0"; or NULL */
    const char *issue_domain;         /* whose doing it is, when not @domain's; or NULL */
    const char *learn_more_url;
    json_t *data; /* an object for the repair; taken; or NULL */
};

/** Immutable and counted. */
struct hass_issue {
    uint32_t size;
    const char *domain;
    const char *issue_id;
    bool active; /* false: a stub that remembers a dismissal */
    bool is_fixable, is_persistent;
    enum hass_issue_severity severity;
    const char *translation_key, *breaks_in_ha_version, *issue_domain, *learn_more_url;
    const char *dismissed_version;        /* or NULL */
    const char *translation_placeholders; /* JSON of an object; or NULL */
    const char *data;                     /* likewise */
    int64_t created;                      /* microseconds UTC */
};

HASS_API const struct hass_issue *hass_issue_ref(const struct hass_issue *issue);
HASS_API const struct hass_issue *hass_issue_unref(const struct hass_issue *issue);
/** Shape: as in repairs/list_issues. Owned by the caller; any thread. */
HASS_API json_t *hass_issue_as_json(const struct hass_issue *issue);
HASS_DEFINE_CONST_CLEANUP(hass_issue, hass_issue_unref)

/**
 * Raises an issue, or changes what it says; fires repairs_issue_registry_updated only on a difference. What its user has
 * dismissed stays dismissed.
 *
 * Returns: 0; HASS_E_INVALID; HASS_E_TOO_LONG; HASS_E_LIMIT.
 */
HASS_API int hass_issue_async_create(struct hass *hass, const char *domain, const char *issue_id,
                                     const struct hass_issue_options *options,
                                     struct hass_error *err) HASS_CALLBACK;
/** An unknown issue is no error. */
HASS_API int hass_issue_async_delete(struct hass *hass, const char *domain, const char *issue_id,
                                     struct hass_error *err) HASS_CALLBACK;
/** Dismisses it for this version, or takes that back. HASS_E_NOT_FOUND. */
HASS_API int hass_issue_async_ignore(struct hass *hass, const char *domain, const char *issue_id,
                                     bool ignore, struct hass_error *err) HASS_CALLBACK;
HASS_API const struct hass_issue *hass_issue_async_get(struct hass *hass, const char *domain,
                                                       const char *issue_id) HASS_CALLBACK;
/** Walks all, stubs included. */
HASS_API bool hass_issue_async_next(struct hass *hass, size_t *pos,
                                    const struct hass_issue **ret_issue) HASS_CALLBACK;
/** Queued twins, any thread. */
HASS_API int hass_issue_create(struct hass *hass, const char *domain, const char *issue_id,
                               const struct hass_issue_options *options, struct hass_error *err);
HASS_API int hass_issue_delete(struct hass *hass, const char *domain, const char *issue_id,
                               struct hass_error *err);
HASS_API int hass_issue_ignore(struct hass *hass, const char *domain, const char *issue_id,
                               bool ignore, struct hass_error *err);
