/* SPDX-License-Identifier: Apache-2.0 */
/* Ways through the graph of dependencies. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <hass/cleanup.h>
#include <hass/integration.h>

#include "loader/manifest.h"
#include "loader/resolve.h"

struct node {
    const char *domain;
    const char *const *edges;
};

static const char *const *edges_of(const char *domain, void *userdata)
{
    for (const struct node *node = userdata; node->domain; node++)
        if (strcmp(node->domain, domain) == 0)
            return node->edges;
    return NULL;
}

static const struct node graph[] = {
    { "a", HASS_LIST("b", "x") },
    { "b", HASS_LIST("c", "x") },
    { "c", HASS_LIST("d", "a") },
    { "d", HASS_LIST("nowhere") },
    { "x", HASS_LIST("d") },
    { "self", HASS_LIST("self") },
    { "leaf", NULL },
    { NULL, NULL },
};

static const struct {
    const char *from, *to, *path;
} cases[] = {
    { "a", "b", "a -> b" },
    { "a", "d", "a -> x -> d" },
    { "a", "a", "a -> b -> c -> a" },
    { "b", "b", "b -> c -> a -> b" },
    { "self", "self", "self -> self" },
    { "d", "a", NULL },
    { "leaf", "leaf", NULL },
    { "unknown", "a", NULL },
    { "d", "nowhere", "d -> nowhere" },
};

START_TEST(the_shortest_way_is_found)
{
    autofree char *path = resolve_path(cases[_i].from, cases[_i].to, edges_of, (void *)graph);

    if (cases[_i].path)
        ck_assert_str_eq(path, cases[_i].path);
    else
        ck_assert_ptr_null(path);
}
END_TEST

START_TEST(domains_are_slugs)
{
    ck_assert(manifest_is_domain("light"));
    ck_assert(manifest_is_domain("input_boolean2"));
    const char *bad[] = { "",       "Light", "_light", "light_",  "li__ght",
                          "li-ght", "../x",  "a b",    "\xc3\xa4" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(!manifest_is_domain(bad[i]), "%s", bad[i]);
    char name[64 + 2] = "";
    memset(name, 'a', 64);
    ck_assert(manifest_is_domain(name));
    name[64] = 'a';
    ck_assert(!manifest_is_domain(name));
}
END_TEST

START_TEST(a_shorter_manifest_is_completed_with_zeros)
{
    struct hass_manifest old, read;

    memset(&old, 0xff, sizeof(old));
    old.size = offsetof(struct hass_manifest, config);
    old.abi = HASS_ABI;
    old.domain = "old";
    old.name = "Old";
    old.version = "1.0";
    ck_assert_int_eq(manifest_read(&old, "old", &read, NULL), 0);
    ck_assert_ptr_null(read.config);
    ck_assert_ptr_null(read.platforms);
    ck_assert_ptr_nonnull(read.dependencies);
    ck_assert_ptr_null(read.dependencies[0]);
    ck_assert_int_eq(read.parallel_updates, 0);
}
END_TEST

static int read_with(const char *domain, const char *version, const char *const *dependencies,
                     struct hass_error *err)
{
    struct hass_manifest read;
    const struct hass_manifest manifest = {
        .size = sizeof(manifest),
        .abi = HASS_ABI,
        .domain = domain,
        .version = version,
        .dependencies = dependencies,
    };

    return manifest_read(&manifest, "wanted", &read, err);
}

START_TEST(an_incomplete_manifest_is_refused_with_the_remedy)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(read_with(NULL, "1", NULL, &err), HASS_E_PLUGIN);
    ck_assert_ptr_nonnull(strstr(err.message, "add .domain = \"wanted\""));
    hass_error_clear(&err);
    ck_assert_int_eq(read_with("other", "1", NULL, &err), HASS_E_PLUGIN);
    ck_assert_ptr_nonnull(strstr(err.message, "name the file other.so"));
    hass_error_clear(&err);
    ck_assert_int_eq(read_with("wanted", NULL, NULL, &err), HASS_E_PLUGIN);
    ck_assert_ptr_nonnull(strstr(err.message, ".version"));
    hass_error_clear(&err);
    ck_assert_int_eq(read_with("wanted", "1", HASS_LIST("not a domain"), &err), HASS_E_PLUGIN);
    ck_assert_ptr_nonnull(strstr(err.message, "'not a domain' in .dependencies"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resolve");
    TCase *tcase = tcase_create("graph");

    tcase_add_loop_test(tcase, the_shortest_way_is_found, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(tcase, domains_are_slugs);
    tcase_add_test(tcase, a_shorter_manifest_is_completed_with_zeros);
    tcase_add_test(tcase, an_incomplete_manifest_is_refused_with_the_remedy);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
