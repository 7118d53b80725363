/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues. A file keeps of one that is not persistent only whether it was dismissed: such a stub is inactive until somebody
 * raises the issue again.
 */
#include "registry/issue.h"

#include <string.h>

#include <hass/hass.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "registry/access.h"
#include "registry/table_rows.h"

static const char *const severities[] = {
    [HASS_ISSUE_WARNING] = "warning",
    [HASS_ISSUE_ERROR] = "error",
    [HASS_ISSUE_CRITICAL] = "critical",
    NULL,
};

struct issue_values {
    struct hass_issue issue;
    const char *rest;
};

#define STUB TABLE_OWN /* in files: what is kept of an issue that must be raised anew */
#define FIELD(member, kind, uses, ...)                                                             \
    ROW_FIELD(issue_values, #member, issue.member, kind, uses, __VA_ARGS__)

static const struct row_field row_fields[] = {
    FIELD(active, ROW_FLAG, 0),
    FIELD(breaks_in_ha_version, ROW_TEXT, TABLE_ALWAYS),
    FIELD(created, ROW_ISO, TABLE_ALWAYS | STUB | TABLE_STAMP),
    FIELD(data, ROW_JSON, TABLE_STORED),
    FIELD(dismissed_version, ROW_TEXT, TABLE_ALWAYS | STUB),
    FIELD(domain, ROW_TEXT, TABLE_ALWAYS | STUB, .required = true),
    FIELD(is_fixable, ROW_FLAG, TABLE_ALWAYS),
    FIELD(is_persistent, ROW_FLAG, TABLE_STORED | STUB),
    FIELD(issue_domain, ROW_TEXT, TABLE_ALWAYS),
    FIELD(issue_id, ROW_TEXT, TABLE_ALWAYS | STUB, .required = true),
    FIELD(learn_more_url, ROW_TEXT, TABLE_ALWAYS),
    FIELD(severity, ROW_WORD, TABLE_ALWAYS, .words = severities),
    FIELD(translation_key, ROW_TEXT, TABLE_ALWAYS),
    FIELD(translation_placeholders, ROW_JSON, TABLE_ALWAYS),
    ROW_REST(issue_values),
};
static const struct row_type row_type = ROW_TYPE(issue_values, issue, row_fields);
static const struct row_format row_format = TABLE_FORMAT(issue_values, &row_type);

/* the file */

static uint32_t uses_of(const void *row)
{
    const struct issue_values *values = row;

    return values->issue.is_persistent ? TABLE_STORED : STUB;
}

static int complete(enum row_list list, struct row_reader *reader, struct hass_error *err)
{
    struct issue_values *values = reader->draft;

    values->issue.active = values->issue.is_persistent;
    return 0;
}

/* What was raised before the file had been read says the latest; the file knows whether it was dismissed. */
static int add(void *registry, enum row_list list, const void *row, struct hass_error *err)
{
    struct table *table = registry;
    const struct issue_values *stored = row;
    const struct issue_values *early =
        table_find_row(table, stored->issue.domain, stored->issue.issue_id);

    if (!early)
        return table_file_add(registry, list, row, err);
    struct issue_values values = *early;
    values.issue.created = stored->issue.created;
    values.issue.dismissed_version = stored->issue.dismissed_version;
    values.rest = stored->rest;
    table_place(table, row_new(&row_type, &values));
    row_unref(row);
    return 0;
}

static const struct table_kind issue_kind = {
    .what = "issue",
    .event = "repairs_issue_registry_updated",
    .slot = REGISTRY_ISSUES,
    .file = TABLE_FILE("repairs.issue_registry", 2, &row_format, "issues", .uses_of = uses_of,
                       .complete = complete, .add = add),
    .id = offsetof(struct issue_values, issue.issue_id),
    .group = offsetof(struct issue_values, issue.domain),
};

/* rows */

const struct hass_issue *hass_issue_ref(const struct hass_issue *issue)
{
    return row_ref(issue);
}

const struct hass_issue *hass_issue_unref(const struct hass_issue *issue)
{
    return row_unref(issue);
}

json_t *hass_issue_as_json(const struct hass_issue *issue)
{
    json_t *json = table_row_json(&issue_kind, issue);

    json_object_set_new(json, "ignored", json_boolean(issue->dismissed_version != NULL));
    return json;
}

/* what may be raised */

static int check_text(const char *what, const char *text, size_t limit, struct hass_error *err)
{
    size_t length = text ? strlen(text) : 0;

    if (length == 0 || !utf8_valid(text, length) || utf8_count(text, length) > limit ||
        strchr(text, '\x1f'))
        return hass_fail(err, HASS_E_INVALID, "the %s of an issue has 1 to %zu characters of UTF-8",
                         what, limit);
    return 0;
}

static int check_optional(const char *what, const char *text, struct hass_error *err)
{
    return text ? check_text(what, text, TABLE_MAX_NAME, err) : 0;
}

/* One to three digits. */
static const char *skip_number(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return length >= 1 && length <= 3 ? text + length : NULL;
}

/* "2026.5", "2026.5.1", "2026.5.0b2". */
static bool is_calendar_version(const char *text)
{
    if (strspn(text, "0123456789") != 4 || text[4] != '.')
        return false;
    text = skip_number(text + 5);
    if (text && *text == '.')
        text = skip_number(text + 1);
    if (text && *text == 'b')
        text = skip_number(text + 1);
    return text && *text == '\0';
}

static bool are_placeholders(const json_t *value)
{
    const char *key;
    json_t *text;

    json_object_foreach((json_t *)value, key, text)
        if (!json_is_string(text))
            return false;
    return !value || json_is_object(value);
}

static int check_options(const struct hass_issue_options *options, struct hass_error *err)
{
    int r = check_optional("translation key", options->translation_key, err);

    if (r == 0)
        r = check_optional("issue domain", options->issue_domain, err);
    if (r == 0 && options->learn_more_url)
        r = check_text("URL", options->learn_more_url, 2048, err);
    if (r < 0)
        return r;
    if (options->breaks_in_ha_version && !is_calendar_version(options->breaks_in_ha_version))
        return hass_fail(err, HASS_E_INVALID, "'%.40s' is no version such as 2026.5.0",
                         options->breaks_in_ha_version);
    if ((unsigned)options->severity > HASS_ISSUE_CRITICAL)
        return hass_fail(err, HASS_E_INVALID, "%d is no severity", (int)options->severity);
    if (!are_placeholders(options->translation_placeholders))
        return hass_fail(err, HASS_E_INVALID, "the placeholders of an issue are texts by name");
    if (options->data && !json_is_object(options->data))
        return hass_fail(err, HASS_E_INVALID, "the data of an issue is an object");
    return 0;
}

static int check_id(const char *domain, const char *issue_id, struct hass_error *err)
{
    int r = check_text("domain", domain, HASS_MAX_DOMAIN, err);

    return r < 0 ? r : check_text("id", issue_id, TABLE_MAX_NAME, err);
}

/* What @options say, as a row; a reference. */
static const struct issue_values *said_by(const char *domain, const char *issue_id,
                                          const struct hass_issue_options *options)
{
    struct arena arena = { 0 };
    const char *key = options->translation_key ? options->translation_key : issue_id;
    const struct issue_values values = {
        .issue = {
            .domain = domain,
            .issue_id = issue_id,
            .active = true,
            .is_fixable = options->is_fixable,
            .is_persistent = options->is_persistent,
            .severity = options->severity,
            .translation_key = key,
            .breaks_in_ha_version = options->breaks_in_ha_version,
            .issue_domain = options->issue_domain,
            .learn_more_url = options->learn_more_url,
            .translation_placeholders = row_json_text(options->translation_placeholders, &arena),
            .data = row_json_text(options->data, &arena),
        },
    };
    const struct issue_values *said = row_new(&row_type, &values);

    arena_fini(&arena);
    return said;
}

/* Checks what is asked for and says it as a row; what @given owns is taken. */
static int read_options(const char *domain, const char *issue_id,
                        const struct hass_issue_options *given,
                        const struct issue_values **ret_said, struct hass_error *err)
{
    struct hass_issue_options options;

    OPTIONS_READ(&options, given);
    int r = check_id(domain, issue_id, err);
    if (r == 0)
        r = check_options(&options, err);
    if (r == 0)
        *ret_said = said_by(domain, issue_id, &options);
    json_decref(options.translation_placeholders);
    json_decref(options.data);
    return r;
}

/* on the loop */

/* When it came up and whether it was dismissed stays. */
static HASS_CALLBACK int raise(struct hass *hass, const struct issue_values *said,
                               struct hass_error *err)
{
    const struct issue_values *former =
        table_get(hass, &issue_kind, said->issue.domain, said->issue.issue_id);
    struct issue_values values = *said;

    values.issue.created = former ? former->issue.created : hass_now(hass);
    values.issue.dismissed_version = former ? former->issue.dismissed_version : NULL;
    values.rest = former ? former->rest : NULL;
    int r = table_put(hass, &issue_kind, &values, NULL, err);
    return r < 0 ? r : 0;
}

int hass_issue_async_create(struct hass *hass, const char *domain, const char *issue_id,
                            const struct hass_issue_options *options, struct hass_error *err)
{
    const struct issue_values *said;

    VERIFY_LOOP(hass, "hass.issue.async_create", err);
    int r = read_options(domain, issue_id, options, &said, err);
    if (r < 0)
        return r;
    r = raise(hass, said, err);
    row_unref(said);
    return r;
}

int hass_issue_async_delete(struct hass *hass, const char *domain, const char *issue_id,
                            struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.issue.async_delete", err);
    if (!table_get(hass, &issue_kind, domain, issue_id))
        return 0;
    return table_delete(hass, &issue_kind, domain, issue_id, err);
}

int hass_issue_async_ignore(struct hass *hass, const char *domain, const char *issue_id,
                            bool ignore, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.issue.async_ignore", err);
    const struct issue_values *former = table_get(hass, &issue_kind, domain, issue_id);
    if (!former)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no issue %s of %s", issue_id, domain);
    struct issue_values values = *former;
    values.issue.dismissed_version = ignore ? HASS_MODEL_VERSION : NULL;
    int r = table_put(hass, &issue_kind, &values, NULL, err);
    return r < 0 ? r : 0;
}

const struct hass_issue *hass_issue_async_get(struct hass *hass, const char *domain,
                                              const char *issue_id)
{
    VERIFY_LOOP_OR(hass, "hass.issue.async_get", NULL);
    return table_get(hass, &issue_kind, domain, issue_id);
}

bool hass_issue_async_next(struct hass *hass, size_t *pos, const struct hass_issue **ret_issue)
{
    VERIFY_LOOP_OR(hass, "hass.issue.async_next", false);
    return table_next(hass, &issue_kind, pos, (const void **)ret_issue);
}

/* of the core */

void issue_async_raise(struct hass *hass, const char *issue_id,
                       const struct hass_issue_options *options)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_issue_async_create(hass, "homeassistant", issue_id, options, &err) < 0)
        hass_warning("The issue %s was not raised: %s", issue_id, err.message);
}

void issue_async_settle(struct hass *hass, const char *issue_id)
{
    (void)hass_issue_async_delete(hass, "homeassistant", issue_id, NULL);
}

int issues_async_load(struct hass *hass, struct hass_error *err)
{
    return table_load(hass, &issue_kind, err);
}

/* from other threads */

static void release(void *said)
{
    row_unref(said);
}

static HASS_CALLBACK int raise_said(struct hass *hass, void *said, struct hass_error *err)
{
    return raise(hass, said, err);
}

static HASS_CALLBACK int delete (struct hass *hass, const struct access_key *key, json_t *fields,
                                 struct hass_error *err)
{
    return hass_issue_async_delete(hass, key->group, key->id, err);
}

/* @ignore: true or false. */
static HASS_CALLBACK int ignore_or_not(struct hass *hass, const struct access_key *key,
                                       json_t *ignore, struct hass_error *err)
{
    autojson *taken = ignore;

    return hass_issue_async_ignore(hass, key->group, key->id, json_is_true(taken), err);
}

int hass_issue_create(struct hass *hass, const char *domain, const char *issue_id,
                      const struct hass_issue_options *options, struct hass_error *err)
{
    const struct issue_values *said;
    int r = read_options(domain, issue_id, options, &said, err);

    if (r < 0)
        return r;
    return runtime_post(hass, "hass.issue.create", raise_said, (void *)(uintptr_t)said, release,
                        err);
}

int hass_issue_delete(struct hass *hass, const char *domain, const char *issue_id,
                      struct hass_error *err)
{
    const struct access_key key = { .group = domain, .id = issue_id };

    return access_queue(hass, "hass.issue.delete", delete, &key, NULL, err);
}

int hass_issue_ignore(struct hass *hass, const char *domain, const char *issue_id, bool ignore,
                      struct hass_error *err)
{
    const struct access_key key = { .group = domain, .id = issue_id };

    return access_queue(hass, "hass.issue.ignore", ignore_or_not, &key, json_boolean(ignore), err);
}
