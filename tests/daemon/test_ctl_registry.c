/* SPDX-License-Identifier: Apache-2.0 */
/* What hassctl makes of the words that name rows, filter lists and set values. */
#include <string.h>

#include "daemon/ctl_registry.h"
#include "support/cases.h"
#include "support/test.h"

#define AREAS                                                                                      \
    "[{'area_id': 'kitchen', 'name': 'Kitchen'}, {'area_id': 'bath', 'name': 'Bath Room'},"        \
    " {'area_id': 'bath_2', 'name': 'bath room'}, {'area_id': 'x', 'name': 'Cellar'}]"

static const char *found(const char *word, int expected, const char *text)
{
    autojson *rows = test_json(AREAS);
    struct hass_error err = HASS_ERROR_INIT;
    const json_t *row = NULL;
    static char id[32];

    ck_assert_int_eq(ctl_find(&ctl_area, rows, word, &row, &err), expected);
    if (text)
        ck_assert_msg(strstr(err.message, text), "'%s' lacks '%s'", err.message, text);
    snprintf(id, sizeof(id), "%s", row ? ctl_row_id(&ctl_area, row) : "");
    return id;
}

START_TEST(a_row_is_found_by_id_or_by_name_in_any_case)
{
    ck_assert_str_eq(found("kitchen", 0, NULL), "kitchen");
    ck_assert_str_eq(found("CELLAR", 0, NULL), "x");
    ck_assert_str_eq(found("bath", 0, NULL), "bath");
}
END_TEST

START_TEST(a_name_that_several_have_is_refused_with_their_ids)
{
    found("Bath Room", HASS_E_EXISTS, "'Bath Room' may be bath or bath_2");
}
END_TEST

#define STATES                                                                                     \
    "[{'entity_id': 'automation.hall', 'state': 'on',"                                             \
    "  'attributes': {'friendly_name': 'Hall light', 'id': '17'}},"                                \
    " {'entity_id': 'automations.hall', 'state': 'on', 'attributes': {'friendly_name': 'No'}},"    \
    " {'entity_id': 'script.hall', 'state': 'off', 'attributes': {'friendly_name': 'Hall "         \
    "light'}}]"

static const char *state_found(const char *word, const char *domain, int expected, const char *text)
{
    autojson *states = test_json(STATES);
    const char *const domains[] = { domain, NULL };
    struct hass_error err = HASS_ERROR_INIT;
    autojson *row = NULL;
    static char id[32];

    ck_assert_int_eq(
        ctl_find_state(states, domain ? domains : NULL, "automation", word, &row, &err), expected);
    if (text)
        ck_assert_msg(strstr(err.message, text), "'%s' lacks '%s'", err.message, text);
    snprintf(id, sizeof(id), "%s", hass_json_get_string(row, "entity_id", ""));
    return id;
}

START_TEST(a_state_is_found_by_its_entity_id_or_its_name_among_those_of_the_domains)
{
    ck_assert_str_eq(state_found("automation.hall", "automation", 0, NULL), "automation.hall");
    ck_assert_str_eq(state_found("hall LIGHT", "automation", 0, NULL), "automation.hall");
    ck_assert_str_eq(state_found("Hall light", "script", 0, NULL), "script.hall");
    ck_assert_str_eq(state_found("no", NULL, 0, NULL), "automations.hall");
    state_found("No", "automation", HASS_E_NOT_FOUND, "there is no automation 'No'");
    state_found("Hall light", NULL, HASS_E_EXISTS, "may be automation.hall or script.hall");
}
END_TEST

START_TEST(an_unknown_word_gets_the_nearest_known_one)
{
    found("kichen", HASS_E_NOT_FOUND, "there is no area 'kichen'; did you mean 'Kitchen'?");
    found("attic", HASS_E_NOT_FOUND, "there is no area 'attic'");
}
END_TEST

START_TEST(the_first_name_that_is_set_counts_else_the_id)
{
    autojson *device = test_json("{'id': 'd', 'name_by_user': null, 'name': 'Hub'}");
    autojson *nameless = test_json("{'id': 'd', 'name_by_user': null, 'name': null}");
    autojson *named = test_json("{'id': 'd', 'name_by_user': 'Mine', 'name': 'Hub'}");

    ck_assert_str_eq(ctl_row_name(&ctl_device, device), "Hub");
    ck_assert_str_eq(ctl_row_name(&ctl_device, nameless), "d");
    ck_assert_str_eq(ctl_row_name(&ctl_device, named), "Mine");
    ck_assert_str_eq(ctl_row_name(&ctl_device, NULL), "");
}
END_TEST

START_TEST(rows_are_counted_by_a_text_or_a_list_of_texts)
{
    autojson *rows = test_json("{'a': {'area_id': 'k', 'labels': ['x', 'y']},"
                               " 'b': {'area_id': 'k', 'labels': ['y']},"
                               " 'c': {'area_id': null, 'labels': []}}");
    autojson *areas = ctl_count_by(rows, "area_id");
    autojson *labels = ctl_count_by(rows, "labels");
    autofree char *some = ctl_count_text(labels, "y");
    autofree char *none = ctl_count_text(labels, "z");

    ck_assert_json(areas, "{'k': 2}");
    ck_assert_json(labels, "{'x': 1, 'y': 2}");
    ck_assert_str_eq(some, "2");
    ck_assert_str_eq(none, "");
}
END_TEST

static const struct ctl_setting settings[] = {
    { "name", "name_by_user", CTL_TEXT },
    { "level", "level", CTL_NUMBER },
    { "disabled", "disabled_by", CTL_USER },
    { "aliases", "aliases", CTL_TEXTS },
    { NULL, NULL, CTL_TEXT },
};

static const struct {
    const char *word;
    const char *members; /* NULL: refused as wrong usage */
} given[] = {
    { "name=Lamp", "{'name_by_user': 'Lamp'}" },
    { "name=a=b", "{'name_by_user': 'a=b'}" },
    { "name=", "{'name_by_user': null}" },
    { "level=-2", "{'level': -2}" },
    { "level=", "{'level': null}" },
    { "level=two", NULL },
    { "level=2x", NULL },
    { "disabled=user", "{'disabled_by': 'user'}" },
    { "disabled=yes", "{'disabled_by': 'user'}" },
    { "disabled=no", "{'disabled_by': null}" },
    { "disabled=", "{'disabled_by': null}" },
    { "disabled=integration", NULL },
    { "aliases=a,b c,,d", "{'aliases': ['a', 'b c', 'd']}" },
    { "aliases=", "{'aliases': []}" },
    { "nmae=Lamp", NULL },
    { "name", NULL },
    { "=x", NULL },
    { "", NULL },
};

START_TEST(settings_are_read_by_their_type)
{
    struct ctl ctl = { 0 };
    autofree char *word = strdup(given[_i].word);
    autojson *members = NULL;
    int r = ctl_settings(&ctl, settings, 1, &word, &members, NULL);

    ck_assert_int_eq(r, given[_i].members ? 0 : CTL_USAGE);
    if (given[_i].members)
        ck_assert_json(members, given[_i].members);
}
END_TEST

static int read_filters(struct ctl_filter *filters, const char *word, const char **pattern)
{
    return ctl_filters(filters, 1, (char *[]){ (char *)word }, pattern);
}

START_TEST(filters_take_ids_and_names_and_one_pattern)
{
    struct ctl_filter filters[] = { { "area", NULL }, { "domain", NULL }, { NULL, NULL } };
    const char *pattern = NULL;

    ck_assert(ctl_filter_takes(&filters[0], "kitchen", "Kitchen"));
    ck_assert_int_eq(read_filters(filters, "area=KITCHEN", &pattern), 0);
    ck_assert(ctl_filter_takes(&filters[0], "kitchen", NULL));
    ck_assert(ctl_filter_takes(&filters[0], "k", "Kitchen"));
    ck_assert(!ctl_filter_takes(&filters[0], "bath", "Bath"));
    ck_assert(!ctl_filter_takes(&filters[0], NULL, NULL));
    ck_assert_int_eq(read_filters(filters, "area=", &pattern), 0);
    ck_assert(ctl_filter_takes(&filters[0], NULL, ""));
    ck_assert(!ctl_filter_takes(&filters[0], "bath", "Bath"));
    ck_assert_int_eq(read_filters(filters, "lamp", &pattern), 0);
    ck_assert_str_eq(pattern, "lamp");
    ck_assert_int_eq(read_filters(filters, "lamp2", &pattern), CTL_USAGE);
    ck_assert_int_eq(read_filters(filters, "are=x", &pattern), CTL_USAGE);
    ck_assert_int_eq(read_filters(filters, "=x", &pattern), CTL_USAGE);
}
END_TEST

START_TEST(a_pattern_is_a_part_or_has_wildcards)
{
    ck_assert(ctl_matches("light.kitchen", NULL));
    ck_assert(ctl_matches("light.kitchen", "KITCH"));
    ck_assert(ctl_matches("light.kitchen", "light.*"));
    ck_assert(!ctl_matches("light.kitchen", "switch.*"));
}
END_TEST

static int note_verb(struct ctl *ctl, const void *subject, int count, char *args[],
                     struct hass_error *err)
{
    return *(const int *)subject + count;
}

START_TEST(a_verb_gets_the_words_behind_it_and_their_number_is_checked)
{
    static const struct ctl_verb verbs[] = { { "add", 1, 2, "NAME [MORE]", note_verb },
                                             { NULL, 0, 0, NULL, NULL } };
    char *words[] = { "add", "x", "y", "z" };
    char *wrong[] = { "ad", "x" };
    const int subject = 40;
    struct ctl ctl = { 0 };

    ck_assert_int_eq(ctl_run_verb(&ctl, "areas", verbs, &subject, 3, words, NULL), 42);
    ck_assert_int_eq(ctl_run_verb(&ctl, "areas", verbs, &subject, 4, words, NULL), CTL_USAGE);
    ck_assert_int_eq(ctl_run_verb(&ctl, "areas", verbs, &subject, 1, words, NULL), CTL_USAGE);
    ck_assert_int_eq(ctl_run_verb(&ctl, "areas", verbs, &subject, 2, wrong, NULL), CTL_USAGE);
}
END_TEST

CASES_MAIN("hassctl's rows and settings", ONCE(a_row_is_found_by_id_or_by_name_in_any_case),
           ONCE(a_name_that_several_have_is_refused_with_their_ids),
           ONCE(an_unknown_word_gets_the_nearest_known_one),
           ONCE(a_state_is_found_by_its_entity_id_or_its_name_among_those_of_the_domains),
           ONCE(the_first_name_that_is_set_counts_else_the_id),
           ONCE(rows_are_counted_by_a_text_or_a_list_of_texts),
           ROWS(settings_are_read_by_their_type, given),
           ONCE(filters_take_ids_and_names_and_one_pattern),
           ONCE(a_pattern_is_a_part_or_has_wildcards),
           ONCE(a_verb_gets_the_words_behind_it_and_their_number_is_checked))
