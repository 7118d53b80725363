/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issues. A file keeps of one that is not persistent only whether it was dismissed: such a stub is inactive until somebody
 * raises the issue again.
 */
#include "registry/issue.h"

#include <string.h>

#include <hass/dt.h>
#include <hass/hass.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/core.h"
#include "registry/table.h"

static const char *const severities[] = {
    [HASS_ISSUE_WARNING] = "warning",
    [HASS_ISSUE_ERROR] = "error",
    [HASS_ISSUE_CRITICAL] = "critical",
    NULL,
};

static const struct table_field row_fields[] = {
    TABLE_FIELD(hass_issue, TABLE_BOOL, active),
    TABLE_FIELD(hass_issue, TABLE_TEXT, breaks_in_ha_version),
    TABLE_FIELD(hass_issue, TABLE_TIME, created),
    TABLE_FIELD(hass_issue, TABLE_JSON, data),
    TABLE_FIELD(hass_issue, TABLE_TEXT, dismissed_version),
    TABLE_FIELD(hass_issue, TABLE_TEXT, domain, .required = true),
    TABLE_FIELD(hass_issue, TABLE_BOOL, is_fixable),
    TABLE_FIELD(hass_issue, TABLE_BOOL, is_persistent),
    TABLE_FIELD(hass_issue, TABLE_TEXT, issue_domain),
    TABLE_FIELD(hass_issue, TABLE_TEXT, issue_id, .required = true),
    TABLE_FIELD(hass_issue, TABLE_TEXT, learn_more_url),
    TABLE_FIELD(hass_issue, TABLE_WORD, severity, .words = severities),
    TABLE_FIELD(hass_issue, TABLE_TEXT, translation_key),
    TABLE_FIELD(hass_issue, TABLE_JSON, translation_placeholders),
};
static const struct table_layout layout = TABLE_LAYOUT(hass_issue, row_fields);

/* the file */

/* What is kept of an issue that must be raised anew. */
static const char *const stub_keys[] = { "created",       "dismissed_version", "domain",
                                         "is_persistent", "issue_id",          NULL };

static json_t *stub_of(const json_t *row)
{
    json_t *stub = json_object();

    for (const char *const *key = stub_keys; *key; key++)
        json_object_set(stub, *key, json_object_get(row, *key));
    return stub;
}

static json_t *to_file(json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        if (hass_json_get_bool(row, "is_persistent", false))
            json_object_del(row, "active");
        else
            json_array_set_new(rows, i, stub_of(row));
    }
    return rows;
}

static json_t *from_file(json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        bool active = hass_json_get_bool(row, "is_persistent", false);
        if (json_is_object(row))
            json_object_set_new(row, "active", json_boolean(active));
    }
    return rows;
}

static const struct table_kind issue_kind = {
    .what = "issue",
    .store_key = "repairs.issue_registry",
    .minor_version = 2,
    .rows = "issues",
    .event = "repairs_issue_registry_updated",
    .slot = REGISTRY_ISSUES,
    .layout = &layout,
    .id = offsetof(struct hass_issue, issue_id),
    .group = offsetof(struct hass_issue, domain),
    .from_file = from_file,
    .to_file = to_file,
};

/* rows */

const struct hass_issue *hass_issue_ref(const struct hass_issue *issue)
{
    return table_row_ref(issue);
}

const struct hass_issue *hass_issue_unref(const struct hass_issue *issue)
{
    return table_row_unref(issue);
}

json_t *hass_issue_as_json(const struct hass_issue *issue)
{
    static const char *const hidden[] = { "active", "data", "is_persistent", NULL };
    json_t *json = table_row_as_json(issue, TABLE_STORED);

    for (const char *const *key = hidden; *key; key++)
        json_object_del(json, *key);
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
    return 0;
}

static int check_id(const char *domain, const char *issue_id, struct hass_error *err)
{
    int r = check_text("domain", domain, HASS_MAX_DOMAIN, err);

    return r < 0 ? r : check_text("id", issue_id, TABLE_MAX_NAME, err);
}

/* What @options say, in the stored form; owned by the caller. */
static json_t *options_as_json(const char *issue_id, const struct hass_issue_options *options)
{
    const char *key = options->translation_key ? options->translation_key : issue_id;

    return json_pack("{s:b, s:s?, s:O?, s:b, s:b, s:s?, s:s?, s:s, s:s, s:O?}", "active", true,
                     "breaks_in_ha_version", options->breaks_in_ha_version, "data", options->data,
                     "is_fixable", options->is_fixable, "is_persistent", options->is_persistent,
                     "issue_domain", options->issue_domain, "learn_more_url",
                     options->learn_more_url, "severity", severities[options->severity],
                     "translation_key", key, "translation_placeholders",
                     options->translation_placeholders);
}

/* Checks what is asked for and says it in the stored form; what @given owns is taken. */
static int read_options(const char *domain, const char *issue_id,
                        const struct hass_issue_options *given, json_t **ret_said,
                        struct hass_error *err)
{
    struct hass_issue_options options;

    OPTIONS_READ(&options, given);
    int r = check_id(domain, issue_id, err);
    if (r == 0)
        r = check_options(&options, err);
    if (r == 0)
        *ret_said = options_as_json(issue_id, &options);
    json_decref(options.translation_placeholders);
    json_decref(options.data);
    return r;
}

/* on the loop */

/* @said is taken. */
static HASS_CALLBACK int raise(struct hass *hass, const char *domain, const char *issue_id,
                               json_t *said, struct hass_error *err)
{
    autojson *taken = said;
    const void *former = table_get(hass, &issue_kind, domain, issue_id);
    json_t *stored = former ? table_row_as_json(former, TABLE_STORED) : json_object();
    char now[HASS_DT_TEXT];

    hass_dt_iso(hass_now(hass), NULL, now);
    json_object_update(stored, taken);
    json_object_set_new(stored, "domain", json_string(domain));
    json_object_set_new(stored, "issue_id", json_string(issue_id));
    if (!former)
        json_object_set_new(stored, "created", json_string(now));
    int r = table_put(hass, &issue_kind, stored, NULL, err);
    return r < 0 ? r : 0;
}

int hass_issue_async_create(struct hass *hass, const char *domain, const char *issue_id,
                            const struct hass_issue_options *options, struct hass_error *err)
{
    json_t *said;

    VERIFY_LOOP(hass, "hass.issue.async_create", err);
    int r = read_options(domain, issue_id, options, &said, err);
    return r < 0 ? r : raise(hass, domain, issue_id, said, err);
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
    const void *former = table_get(hass, &issue_kind, domain, issue_id);
    if (!former)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no issue %s of %s", issue_id, domain);
    json_t *stored = table_row_as_json(former, TABLE_STORED);
    json_object_set_new(stored, "dismissed_version",
                        ignore ? json_string(HASS_MODEL_VERSION) : json_null());
    int r = table_put(hass, &issue_kind, stored, NULL, err);
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

/* Raises again what was raised before the file had been read: that knows what was dismissed. */
static HASS_CALLBACK void raise_again(struct hass *hass, const struct hass_issue *issue)
{
    json_t *said = table_row_as_json(issue, TABLE_STORED);

    json_object_del(said, "created");
    json_object_del(said, "dismissed_version");
    if (raise(hass, issue->domain, issue->issue_id, said, NULL) < 0)
        hass_warning("The issue %s of %s is lost", issue->issue_id, issue->domain);
}

int issues_async_load(struct hass *hass, struct hass_error *err)
{
    HASS_VEC(const struct hass_issue *) early = { 0 };
    const void *row;

    for (size_t pos = 0; table_next(hass, &issue_kind, &pos, &row);)
        vec_push(&early, table_row_ref(row));
    table_clear(hass, &issue_kind);
    int r = table_load(hass, &issue_kind, err);
    vec_foreach(&early, issue) {
        raise_again(hass, *issue);
        hass_issue_unref(*issue);
    }
    vec_fini(&early);
    return r;
}

/* from other threads */

enum verb {
    RAISE,
    DELETE,
    IGNORE,
    UNIGNORE,
};

struct request {
    enum verb verb;
    json_t *said; /* of RAISE */
    char *domain;
    char *issue_id;
};

static void request_free(void *object)
{
    struct request *request = object;

    json_decref(request->said);
    free(request->domain);
    free(request->issue_id);
    free(request);
}

static HASS_CALLBACK int run_request(struct hass *hass, void *arg, struct hass_error *err)
{
    struct request *request = arg;

    switch (request->verb) {
    case RAISE:
        return raise(hass, request->domain, request->issue_id, steal(request->said), err);
    case DELETE:
        return hass_issue_async_delete(hass, request->domain, request->issue_id, err);
    case IGNORE:
    case UNIGNORE:
        break;
    }
    return hass_issue_async_ignore(hass, request->domain, request->issue_id,
                                   request->verb == IGNORE, err);
}

static int post(struct hass *hass, const char *operation, enum verb verb, const char *domain,
                const char *issue_id, json_t *said, struct hass_error *err)
{
    struct request *request = mem_alloc(sizeof(*request));

    *request = (struct request){
        .verb = verb,
        .said = said,
        .domain = mem_strdup(domain),
        .issue_id = mem_strdup(issue_id),
    };
    return runtime_post(hass, operation, run_request, request, request_free, err);
}

int hass_issue_create(struct hass *hass, const char *domain, const char *issue_id,
                      const struct hass_issue_options *options, struct hass_error *err)
{
    json_t *said;
    int r = read_options(domain, issue_id, options, &said, err);

    return r < 0 ? r : post(hass, "hass.issue.create", RAISE, domain, issue_id, said, err);
}

int hass_issue_delete(struct hass *hass, const char *domain, const char *issue_id,
                      struct hass_error *err)
{
    return post(hass, "hass.issue.delete", DELETE, domain, issue_id, NULL, err);
}

int hass_issue_ignore(struct hass *hass, const char *domain, const char *issue_id, bool ignore,
                      struct hass_error *err)
{
    return post(hass, "hass.issue.ignore", ignore ? IGNORE : UNIGNORE, domain, issue_id, NULL, err);
}
