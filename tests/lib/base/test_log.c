/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: levels by logger, sinks, buckets, and many threads at once.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/error.h>

#include "base/log.h"
#include "golden.h"

static _Atomic size_t lines;
static char last_message[LOG_MAX_MESSAGE + 64];
static char last_logger[64];
static struct hass_log_record last;
static const char *scope;
static int64_t seconds; /* of the monotonic clock */

static void remember(const struct hass_log_record *record, void *userdata)
{
    lines++;
    last = *record;
    snprintf(last_message, sizeof(last_message), "%s", record->message);
    snprintf(last_logger, sizeof(last_logger), "%s", record->logger);
}

static void only_count(const struct hass_log_record *record, void *userdata)
{
    (*(_Atomic size_t *)userdata)++;
}

static const char *name_scope(void)
{
    return scope;
}

static int64_t wall(void)
{
    return 1709632800123456;
}

static int64_t monotonic(void)
{
    return seconds * 1000000;
}

static void set_up(void)
{
    lines = 0;
    scope = NULL;
    seconds = 1000;
    hass_log_reset_levels();
    hass_log_set_sink(remember, NULL);
    log_set_logger_hook(name_scope);
    log_set_clock_hook(wall, monotonic);
}

START_TEST(a_line_says_where_and_when)
{
    hass_warning("value %d", 7);
    ck_assert_uint_eq(lines, 1);
    ck_assert_str_eq(last_message, "value 7");
    ck_assert_str_eq(last_logger, "core");
    ck_assert_str_eq(last.file, "test_log.c");
    ck_assert_int_eq(last.line, __LINE__ - 5);
    ck_assert_int_eq(last.level, HASS_LOG_WARNING);
    ck_assert_int_eq(last.time, 1709632800123456);
    ck_assert_ptr_null(last.entity_id);
}
END_TEST

START_TEST(an_entity_is_named)
{
    hass_entity_log(HASS_LOG_ERROR, "light.kitchen", "broken");
    ck_assert_str_eq(last.entity_id, "light.kitchen");
    ck_assert_int_eq(last.level, HASS_LOG_ERROR);
}
END_TEST

START_TEST(the_default_level_is_warning)
{
    hass_info("no");
    hass_debug("no");
    ck_assert_uint_eq(lines, 0);
    hass_error("yes");
    hass_critical("yes");
    ck_assert_uint_eq(lines, 2);
}
END_TEST

START_TEST(a_logger_has_its_own_level)
{
    hass_log_set_level("mqtt", HASS_LOG_DEBUG);
    hass_log_set_level("light", HASS_LOG_ERROR);
    scope = "mqtt";
    hass_debug("yes");
    ck_assert_uint_eq(lines, 1);
    scope = "light";
    hass_warning("no");
    ck_assert_uint_eq(lines, 1);
    scope = "sun";
    hass_info("no");
    hass_warning("yes");
    ck_assert_uint_eq(lines, 2);
    ck_assert_str_eq(last_logger, "sun");
}
END_TEST

START_TEST(the_default_can_be_set)
{
    hass_log_set_level(NULL, HASS_LOG_DEBUG);
    hass_debug("yes");
    ck_assert_uint_eq(lines, 1);
    hass_log_set_level(NULL, HASS_LOG_CRITICAL);
    hass_error("no");
    ck_assert_uint_eq(lines, 1);
}
END_TEST

START_TEST(resetting_forgets_levels)
{
    hass_log_set_level("mqtt", HASS_LOG_DEBUG);
    hass_log_set_level(NULL, HASS_LOG_DEBUG);
    hass_log_reset_levels();
    scope = "mqtt";
    ck_assert(!hass_log_enabled(HASS_LOG_INFO));
    ck_assert(hass_log_enabled(HASS_LOG_WARNING));
}
END_TEST

START_TEST(levels_have_names)
{
    ck_assert_int_eq(hass_log_level_from_name("debug"), HASS_LOG_DEBUG);
    ck_assert_int_eq(hass_log_level_from_name("Warn"), HASS_LOG_WARNING);
    ck_assert_int_eq(hass_log_level_from_name("WARNING"), HASS_LOG_WARNING);
    ck_assert_int_eq(hass_log_level_from_name("fatal"), HASS_LOG_CRITICAL);
    ck_assert_int_eq(hass_log_level_from_name("notset"), 0);
    ck_assert_int_eq(hass_log_level_from_name("loud"), HASS_E_INVALID);
    ck_assert_int_eq(hass_log_level_from_name(""), HASS_E_INVALID);
    ck_assert_str_eq(hass_log_level_name(HASS_LOG_CRITICAL), "CRITICAL");
    ck_assert_str_eq(hass_log_level_name(HASS_LOG_WARNING), "WARNING");
}
END_TEST

START_TEST(a_long_message_is_cut_and_line_ends_go)
{
    char *text = malloc(40000);

    memset(text, 'x', 40000);
    memcpy(text + LOG_MAX_MESSAGE - 1, "€", 3);
    text[39999] = '\0';
    hass_error("%s", text);
    ck_assert_uint_eq(strlen(last_message), LOG_MAX_MESSAGE - 1);
    hass_error("two\r\n\n");
    ck_assert_str_eq(last_message, "two");
    hass_error("%s", "");
    ck_assert_str_eq(last_message, "");
    free(text);
}
END_TEST

START_TEST(a_message_has_16_kib_at_most)
{
    char *text = malloc(16384 + 2);

    memset(text, 'x', 16384 + 1);
    text[16384 + 1] = '\0';
    hass_error("%s", text);
    ck_assert_uint_eq(strlen(last_message), 16384);
    text[16384] = '\0';
    hass_error("%s", text);
    ck_assert_str_eq(last_message, text);
    free(text);
}
END_TEST

START_TEST(a_bucket_holds_a_hundred_lines)
{
    for (int i = 0; i < 150; i++)
        hass_error("line %d", i);
    ck_assert_uint_eq(lines, 100);
    ck_assert_str_eq(last_message, "line 99");
    scope = "other";
    hass_error("another logger");
    ck_assert_uint_eq(lines, 101);
    scope = NULL;
    seconds += 9;
    hass_critical("still full");
    ck_assert_uint_eq(lines, 101);
    seconds += 1;
    hass_error("next window");
    ck_assert_uint_eq(lines, 103);
    ck_assert_str_eq(last_message, "next window");
}
END_TEST

START_TEST(what_was_suppressed_is_reported_once)
{
    for (int i = 0; i < 142; i++)
        hass_error("line %d", i);
    log_flush_suppressed(false);
    ck_assert_uint_eq(lines, 100);
    seconds += 10;
    log_flush_suppressed(false);
    ck_assert_uint_eq(lines, 101);
    ck_assert_str_eq(last_message, "42 more lines suppressed");
    ck_assert_str_eq(last_logger, "core");
    log_flush_suppressed(true);
    hass_error("next");
    ck_assert_uint_eq(lines, 102);
}
END_TEST

/* Whether @name takes a level of its own, which debug would be. */
static bool takes_level(const char *name)
{
    hass_log_set_level(name, HASS_LOG_DEBUG);
    scope = name;
    return hass_log_enabled(HASS_LOG_DEBUG);
}

START_TEST(loggers_beyond_4096_share_what_they_have)
{
    char name[16];

    hass_warning("one of them");
    for (int i = 1; i < 4095; i++) {
        snprintf(name, sizeof(name), "logger_%d", i);
        hass_log_set_level(name, HASS_LOG_WARNING);
    }
    ck_assert(takes_level("last"));
    ck_assert(!takes_level("one_more"));
    ck_assert_str_eq(last_message, "one_more keeps the default level: 4096 loggers are known, "
                                   "which is the limit");
    scope = "and_another";
    size_t before = lines;
    for (int i = 0; i < 2 * LOG_BUCKET_LINES; i++)
        hass_error("line %d", i);
    ck_assert_str_eq(last_logger, "and_another");
    ck_assert_uint_le(lines - before, LOG_BUCKET_LINES);
    log_flush_suppressed(true);
    ck_assert_str_eq(last_logger, "others");
}
END_TEST

START_TEST(the_end_reports_a_full_bucket)
{
    for (int i = 0; i < 101; i++)
        hass_error("line");
    log_flush_suppressed(true);
    ck_assert_str_eq(last_message, "1 more line suppressed");
}
END_TEST

START_TEST(a_line_can_be_written_in_anothers_name)
{
    hass_log_set_level("quiet", HASS_LOG_CRITICAL);
    log_write_as("quiet", HASS_LOG_ERROR, NULL, "a/b.c", 3, "f", "no");
    ck_assert_uint_eq(lines, 0);
    log_write_as("mqtt", HASS_LOG_ERROR, NULL, "a/b.c", 3, "f", "%d", 5);
    ck_assert_str_eq(last_logger, "mqtt");
    ck_assert_str_eq(last.file, "b.c");
}
END_TEST

static void *log_a_lot(void *arg)
{
    char name[16];

    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof(name), "t%d", i % 20);
        log_write_as(name, HASS_LOG_ERROR, NULL, "x.c", 1, "f", "line %d", i);
        if (i % 50 == 0)
            hass_log_set_level(name, HASS_LOG_WARNING);
    }
    return NULL;
}

START_TEST(threads_lose_no_line_and_share_the_buckets)
{
    static _Atomic size_t counts[2];
    pthread_t threads[4];

    hass_log_set_sink(only_count, &counts[0]);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, log_a_lot, NULL);
    for (int i = 0; i < 50; i++)
        hass_log_set_sink(only_count, &counts[i % 2]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(counts[0] + counts[1], 20 * LOG_BUCKET_LINES);
    log_flush_suppressed(true);
    ck_assert_uint_eq(counts[0] + counts[1], 20 * LOG_BUCKET_LINES + 20);
}
END_TEST

START_TEST(the_default_sink_is_stderr)
{
    char text[256] = "";
    FILE *file = tmpfile();
    int copy = dup(STDERR_FILENO);

    hass_log_set_sink(NULL, NULL);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    hass_entity_log(HASS_LOG_ERROR, "light.a", "broken");
    fflush(stderr);
    dup2(copy, STDERR_FILENO);
    close(copy);
    rewind(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
    ck_assert_str_eq(text, "2024-03-05 10:00:00.123 ERROR [core] light.a: broken\n");
    fclose(file);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("log");

    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, a_line_says_where_and_when);
    tcase_add_test(tcase, an_entity_is_named);
    tcase_add_test(tcase, the_default_level_is_warning);
    tcase_add_test(tcase, a_logger_has_its_own_level);
    tcase_add_test(tcase, the_default_can_be_set);
    tcase_add_test(tcase, resetting_forgets_levels);
    tcase_add_test(tcase, levels_have_names);
    tcase_add_test(tcase, a_long_message_is_cut_and_line_ends_go);
    tcase_add_test(tcase, a_message_has_16_kib_at_most);
    tcase_add_test(tcase, a_bucket_holds_a_hundred_lines);
    tcase_add_test(tcase, loggers_beyond_4096_share_what_they_have);
    tcase_add_test(tcase, what_was_suppressed_is_reported_once);
    tcase_add_test(tcase, the_end_reports_a_full_bucket);
    tcase_add_test(tcase, a_line_can_be_written_in_anothers_name);
    tcase_add_test(tcase, threads_lose_no_line_and_share_the_buckets);
    tcase_add_test(tcase, the_default_sink_is_stderr);
    return run_tcase("log", tcase);
}
