/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of integrations: from their files to whoever asks. */
#include <string.h>

#include <hass/config.h>
#include <hass/entity_registry.h>
#include <hass/states.h>
#include <hass/translation.h>

#include "support/loader_fixture.h"

static struct hass *hass_with(const char *plugin, const char *language)
    HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass *hass = loader_hass();

    ck_assert_int_eq(hass_config_async_update(hass, json_pack("{s:s}", "language", language), NULL),
                     0);
    ck_assert_int_eq(loader_set_up(hass, plugin, NULL), 0);
    return hass;
}

START_TEST(texts_are_found_by_a_path_of_keys)
{
    struct hass *hass = hass_with("talks", "en");

    ck_assert_str_eq(hass_async_translation(hass, "talks", "title"), "Talks");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "entity.sensor.mood.name"), "Mood");
}
END_TEST

START_TEST(what_is_no_text_is_not_found)
{
    struct hass *hass = hass_with("talks", "en");

    ck_assert_ptr_null(hass_async_translation(hass, "talks", "entity.sensor"));
    ck_assert_ptr_null(hass_async_translation(hass, "talks", "title.name"));
    ck_assert_ptr_null(hass_async_translation(hass, "talks", "entity.sensor.mood.name.x"));
    ck_assert_ptr_null(hass_async_translation(hass, "talks", ".."));
    ck_assert_ptr_null(hass_async_translation(hass, "talks", ""));
    ck_assert_ptr_null(hass_async_translation(hass, "other", "title"));
}
END_TEST

START_TEST(texts_in_the_homes_language_win)
{
    struct hass *hass = hass_with("talks", "de");

    ck_assert_str_eq(hass_async_translation(hass, "talks", "entity.sensor.mood.name"), "Laune");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "entity.sensor.news.name"), "News");
}
END_TEST

START_TEST(a_language_that_nobody_speaks_is_english)
{
    struct hass *hass = hass_with("talks", "pt-BR");

    ck_assert_str_eq(hass_async_translation(hass, "talks", "entity.sensor.mood.name"), "Mood");
}
END_TEST

START_TEST(references_are_followed)
{
    struct hass *hass = hass_with("talks", "en");

    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.own"), "Mood");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.within"), "My Mood today");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.within"), "My Mood today");
}
END_TEST

/* Where one is missing in the language, the whole text is English. */
START_TEST(references_are_followed_in_the_language_of_their_text)
{
    struct hass *hass = hass_with("talks", "de");

    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.within"),
                     "Meine Laune und Talks");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.own"), "Mood");
}
END_TEST

START_TEST(a_reference_to_another_integration_is_followed_once_that_is_there)
{
    struct logs *logs = test_logs();
    struct hass *hass = hass_with("talks", "en");

    ck_assert_ptr_null(hass_async_translation(hass, "talks", "refers.other"));
    ck_assert_uint_eq(logs_matching(logs, "title of rambles leads nowhere"), 1);
    ck_assert_int_eq(loader_set_up(hass, "rambles", NULL), 0);
    ck_assert_str_eq(hass_async_translation(hass, "talks", "refers.other"), "Mm");
}
END_TEST

START_TEST(a_reference_that_leads_nowhere_or_in_a_circle_is_a_warning)
{
    struct logs *logs = test_logs();
    struct hass *hass = hass_with("talks", "en");

    ck_assert_ptr_null(hass_async_translation(hass, "talks", "refers.nowhere"));
    ck_assert_uint_eq(logs_matching(logs, "refers.nowhere of talks is no use: reference to nothing "
                                          "of talks leads nowhere"),
                      1);
    ck_assert_ptr_null(hass_async_translation(hass, "talks", "refers.round"));
    ck_assert_uint_eq(logs_matching(logs, "goes in a circle"), 1);
}
END_TEST

static HASS_CALLBACK void speak(struct hass *hass, const char *language)
{
    ck_assert_int_eq(hass_config_async_update(hass, json_pack("{s:s}", "language", language), NULL),
                     0);
    test_settle(hass);
}

/* The friendly name of an entity; lent until the next. */
static HASS_CALLBACK const char *name_of(struct hass *hass, const char *entity_id)
{
    static char name[64];
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    struct hass_value value;

    ck_assert_ptr_nonnull(state);
    ck_assert(hass_state_attr(state, "friendly_name", &value));
    snprintf(name, sizeof(name), "%s", value.text.data);
    return name;
}

static HASS_CALLBACK const char *registered_name(struct hass *hass)
{
    return hass_entity_registry_async_get(hass, "thing.mood")->original_name;
}

/* Two things of talks, in English. */
static struct hass *boot(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *boot(void)
{
    loader_configure("homeassistant:\n  language: en\nthing:\n  - platform: talks\n");
    struct hass *hass = loader_hass();
    loader_boot(hass);
    test_settle(hass);
    return hass;
}

START_TEST(names_follow_the_language_while_everything_runs)
{
    struct hass *hass = boot();

    ck_assert_str_eq(name_of(hass, "thing.mood"), "Mood");
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    speak(hass, "de");
    ck_assert_str_eq(hass_async_translation(hass, "talks", "entity.sensor.mood.name"), "Laune");
    ck_assert_str_eq(name_of(hass, "thing.mood"), "Laune");
    ck_assert_str_eq(registered_name(hass), "Laune");
    ck_assert_str_eq(name_of(hass, "thing.news"), "News");
    ck_assert_uint_eq(capture_count(seen), 1);
    speak(hass, "fr");
    ck_assert_str_eq(name_of(hass, "thing.mood"), "Mood");
    ck_assert_str_eq(registered_name(hass), "Mood");
}
END_TEST

START_TEST(the_last_language_counts)
{
    struct hass *hass = boot();

    hass_config_async_update(hass, json_pack("{s:s}", "language", "de"), NULL);
    hass_config_async_update(hass, json_pack("{s:s}", "language", "en"), NULL);
    speak(hass, "de");
    ck_assert_str_eq(name_of(hass, "thing.mood"), "Laune");
    hass_config_async_update(hass, json_pack("{s:s}", "language", "en"), NULL);
    hass_config_async_update(hass, json_pack("{s:s}", "language", "de"), NULL);
    speak(hass, "en");
    ck_assert_str_eq(name_of(hass, "thing.mood"), "Mood");
}
END_TEST

START_TEST(a_name_that_its_user_gave_stays_in_another_language)
{
    struct hass *hass = boot();

    hass_entity_registry_async_update(hass, "thing.mood", test_json("{'name': 'Mine'}"), NULL,
                                      NULL);
    speak(hass, "de");
    ck_assert_str_eq(name_of(hass, "thing.mood"), "Mine");
    ck_assert_str_eq(registered_name(hass), "Laune");
}
END_TEST

START_TEST(broken_texts_are_one_warning)
{
    struct logs *logs = test_logs();
    struct hass *hass = hass_with("stammers", "en");

    ck_assert_uint_eq(logs_matching(logs, "The texts in stammers.so (hass_strings) are no use"), 1);
    ck_assert_ptr_null(hass_async_translation(hass, "stammers", "title"));
    ck_assert_int_eq(loader_reload(hass, "stammers", NULL), 0);
    ck_assert_uint_eq(logs_matching(logs, "The texts in stammers.so"), 1);
}
END_TEST

START_TEST(texts_may_have_a_mebibyte)
{
    struct logs *logs = test_logs();
    struct hass *hass = hass_with("rambles", "en");

    ck_assert_str_eq(hass_async_translation(hass, "rambles", "title"), "Mm");
    ck_assert_int_eq(loader_set_up(hass, "rambles_on", NULL), 0);
    ck_assert_ptr_null(hass_async_translation(hass, "rambles_on", "title"));
    ck_assert_uint_eq(logs_matching(logs, "The texts in rambles_on.so"), 1);
    ck_assert_uint_eq(logs_matching(logs, "The texts in"), 1);
}
END_TEST

static HASS_BLOCKING int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    autofree char *title = hass_translation(hass, "talks", "title");
    autofree char *none = hass_translation(hass, "talks", "none");

    return title && !strcmp(title, "Talks") && !none ? 0 : -1;
}

START_TEST(the_twin_gives_a_copy)
{
    struct hass *hass = hass_with("talks", "en");

    ck_assert_int_eq(test_on_pool(hass, ask, NULL), 0);
}
END_TEST

TEST_MAIN("strings", texts_are_found_by_a_path_of_keys, what_is_no_text_is_not_found,
          texts_in_the_homes_language_win, a_language_that_nobody_speaks_is_english,
          references_are_followed, references_are_followed_in_the_language_of_their_text,
          a_reference_to_another_integration_is_followed_once_that_is_there,
          a_reference_that_leads_nowhere_or_in_a_circle_is_a_warning,
          names_follow_the_language_while_everything_runs, the_last_language_counts,
          a_name_that_its_user_gave_stays_in_another_language, broken_texts_are_one_warning,
          texts_may_have_a_mebibyte, the_twin_gives_a_copy)
