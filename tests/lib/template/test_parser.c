/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees: what was checked against the reference's parser when the tables were written. The form is that of support/template_tree.h.
 */
#include "support/cases.h"
#include "support/template_tree.h"
#include "template/lexer.h"

struct row {
    const char *source;
    const char *tree;
};

static void check_row(const struct row *row)
{
    autobuf buf = HASS_BUF_INIT;

    template_tree(row->source, strlen(row->source), &buf, NULL);
    ck_assert_str_eq(hass_buf_string(&buf), row->tree);
}

static const struct row literals[] = {
    { "{{ 42 }}", "(output 42)" },
    { "{{ 1_000 }}", "(output 1000)" },
    { "{{ 0xFf }}", "(output 255)" },
    { "{{ 0o17 }}", "(output 15)" },
    { "{{ 0b1_0 }}", "(output 2)" },
    { "{{ 000 }}", "(output 0)" },
    { "{{ 9223372036854775807 }}", "(output 9223372036854775807)" },
    { "{{ 9223372036854775808 }}", "(output 0x8000000000000000)" },
    { "{{ 123456789012345678901234567890 }}", "(output 0x18ee90ff6c373e0ee4e3f0ad2)" },
    { "{{ 0xffffffffffffffff }}", "(output 0xffffffffffffffff)" },
    { "{{ 1e3 }}", "(output f1000)" },
    { "{{ 1_0.2_5 }}", "(output f10.25)" },
    { "{{ 007.5 }}", "(output f7.5)" },
    { "{{ 2E-3 }}", "(output f0.002)" },
    { "{{ 'it' \"s\" '' }}", "(output \"its\")" },
    { "{{ 'a\\tb\\\\' }}", "(output \"a\\x09b\\\\\")" },
    { "{{ '\\x41\\u20ac\\U0001F600\\101\\0' }}", "(output \"A€😀A\\x00\")" },
    { "{{ '\\d\\w' }}", "(output \"\\\\d\\\\w\")" },
    { "{{ '\\é\\€' }}", "(output \"\\\\xe9\\\\u20ac\")" },
    { "{{ 'a\\\nb' }}", "(output \"ab\")" },
    { "{{ 'a\\\r\nb' }}", "(output \"ab\")" },
    { "{{ 'x\r\ny\rz' }}", "(output \"x\\x0ay\\x0az\")" },
    { "{{ true }}{{ False }}{{ none }}{{ None }}", "(output true false none none)" },
    { "{{ TRUE }}", "(output TRUE)" },
    { "{{ [] }}", "(output (list))" },
    { "{{ [1, 'a',] }}", "(output (list 1 \"a\"))" },
    { "{{ () }}", "(output (tuple))" },
    { "{{ (1,) }}", "(output (tuple 1))" },
    { "{{ (1) }}", "(output 1)" },
    { "{{ 1, 2 }}", "(output (tuple 1 2))" },
    { "{{ 7, }}", "(output (tuple 7))" },
    { "{{ {} }}", "(output (dict))" },
    { "{{ {'a': 1, 2: [],} }}", "(output (dict (pair \"a\" 1) (pair 2 (list))))" },
    { "{{ {'a': {'b': {}}}}}", "(output (dict (pair \"a\" (dict (pair \"b\" (dict))))))" },
    { "{{ küche }}", "(output küche)" },
};

START_TEST(literals_become_constants)
{
    check_row(&literals[_i]);
}
END_TEST

static const struct row operators[] = {
    { "{{ -2 ** 2 }}", "(output (** (neg 2) 2))" },
    { "{{ 2 ** 3 ** 2 }}", "(output (** (** 2 3) 2))" },
    { "{{ 2 ** -1 }}", "(output (** 2 (neg 1)))" },
    { "{{ 1 + 2 * 3 }}", "(output (+ 1 (* 2 3)))" },
    { "{{ 1 + 2 ~ 3 }}", "(output (+ 1 (concat 2 3)))" },
    { "{{ 1 ~ 2 ~ 3 * 4 }}", "(output (concat 1 2 (* 3 4)))" },
    { "{{ 7 // 2 % 3 / 1 }}", "(output (/ (% (// 7 2) 3) 1))" },
    { "{{ 10 - 3 - 2 }}", "(output (- (- 10 3) 2))" },
    { "{{ -5 | abs }}", "(output (filter abs (neg 5)))" },
    { "{{ -x.y[0](1) }}", "(output (neg (call (item (attr y x) 0) 1)))" },
    { "{{ - -+x }}", "(output (neg (neg (pos x))))" },
    { "{{ 2 + 3 | string }}", "(output (+ 2 (filter string 3)))" },
    { "{{ 2 ** 3 | string }}", "(output (** 2 (filter string 3)))" },
    { "{{ not a == b }}", "(output (not (compare a (== b))))" },
    { "{{ not not a and b }}", "(output (and (not (not a)) b))" },
    { "{{ a and b or c and d }}", "(output (or (and a b) (and c d)))" },
    { "{{ 1 < 2 <= 3 }}", "(output (compare 1 (< 2) (<= 3)))" },
    { "{{ a == b != c > d >= e }}", "(output (compare a (== b) (!= c) (> d) (>= e)))" },
    { "{{ a in b }}", "(output (compare a (in b)))" },
    { "{{ a not in b in c }}", "(output (compare a (notin b) (in c)))" },
    { "{{ not a in b }}", "(output (not (compare a (in b))))" },
    { "{{ a if b }}", "(output (cond b a _))" },
    { "{{ a if b else c }}", "(output (cond b a c))" },
    { "{{ a if b else c if d else e }}", "(output (cond b a (cond d c e)))" },
    { "{{ (a if b else c) if d }}", "(output (cond d (cond b a c) _))" },
    { "{{ a if b if c }}", "(output (cond c (cond b a _) _))" },
    { "{{ a ~ 'b' == c }}", "(output (compare (concat a \"b\") (== c)))" },
    { "{{ 1 + not }}", "(output (+ 1 not))" },
};

START_TEST(operators_bind_as_in_jinja)
{
    check_row(&operators[_i]);
}
END_TEST

static const struct row postfix[] = {
    { "{{ a.b.c }}", "(output (attr c (attr b a)))" },
    { "{{ a.0.b }}", "(output (attr b (item a 0)))" },
    { "{{ a['b'] }}", "(output (item a \"b\"))" },
    { "{{ a[0][1] }}", "(output (item (item a 0) 1))" },
    { "{{ a[:] }}", "(output (item a (slice _ _ _)))" },
    { "{{ a[1:] }}", "(output (item a (slice 1 _ _)))" },
    { "{{ a[:2] }}", "(output (item a (slice _ 2 _)))" },
    { "{{ a[1:2] }}", "(output (item a (slice 1 2 _)))" },
    { "{{ a[::3] }}", "(output (item a (slice _ _ 3)))" },
    { "{{ a[1:2:3] }}", "(output (item a (slice 1 2 3)))" },
    { "{{ a[1:2:] }}", "(output (item a (slice 1 2 _)))" },
    { "{{ a[1, 2:3] }}", "(output (item a (tuple 1 (slice 2 3 _))))" },
    { "{{ a[] }}", "(output (item a (tuple)))" },
    { "{{ f() }}", "(output (call f))" },
    { "{{ f(1, b, c=2) }}", "(output (call f 1 b (keyword c 2)))" },
    { "{{ f(a,) }}", "(output (call f a))" },
    { "{{ f(*a) }}", "(output (call f (star a)))" },
    { "{{ f(1, *a, b=2, **c) }}", "(output (call f 1 (keyword b 2) (star a) (starstar c)))" },
    { "{{ f(b=2, *a) }}", "(output (call f (keyword b 2) (star a)))" },
    { "{{ f(a)(b) }}", "(output (call (call f a) b))" },
    { "{{ a | b | c(1) | d(e=2) }}",
      "(output (filter d (filter c (filter b a) 1) (keyword e 2)))" },
    { "{{ a | b.c }}", "(output (filter b.c a))" },
    { "{{ a | b . c }}", "(output (filter b.c a))" },
    { "{{ a|f(x)(y) }}", "(output (call (filter f a x) y))" },
    { "{{ a is b }}", "(output (test b a))" },
    { "{{ a is not b }}", "(output (not (test b a)))" },
    { "{{ a is divisibleby 3 }}", "(output (test divisibleby a 3))" },
    { "{{ a is divisibleby(3) }}", "(output (test divisibleby a 3))" },
    { "{{ a is in [1] }}", "(output (test in a (list 1)))" },
    { "{{ a is not in b.c }}", "(output (not (test in a (attr c b))))" },
    { "{{ a is b and c is d or e }}", "(output (or (and (test b a) (test d c)) e))" },
    { "{{ a if a is defined else b }}", "(output (cond (test defined a) a b))" },
    { "{{ a is eq b.c(1) }}", "(output (test eq a (call (attr c b) 1)))" },
    { "{{ 1 is number == true }}", "(output (compare (test number 1) (== true)))" },
    { "{{ a is b | c }}", "(output (filter c (test b a)))" },
    { "{{ 'x'.split(',')[0] | int }}",
      "(output (filter int (item (call (attr split \"x\") \",\") 0)))" },
};

START_TEST(calls_filters_and_tests_bind_to_what_is_before_them)
{
    check_row(&postfix[_i]);
}
END_TEST

static const struct row statements[] = {
    { "a{% if b %}c{% endif %}d",
      "(output data:\"a\") (if b (body (output data:\"c\"))) (output data:\"d\")" },
    { "{% if a: %}1{% elif b %}2{% elif c %}3{% else %}4{% endif %}",
      "(if a (body (output data:\"1\")) (else (if b (body (output data:\"2\")) (else (if c (body "
      "(output data:\"3\")) (else (output data:\"4\")))))))" },
    { "{% if a, b %}{% endif %}", "(if (tuple a b) (body))" },
    { "{% for x in y %}{{ x }}{% endfor %}", "(for x y _ (body (output x)))" },
    { "{% for k, v in d.items() %}{% else %}none{% endfor %}",
      "(for (tuple k v) (call (attr items d)) _ (body) (else (output data:\"none\")))" },
    { "{% for x in y if x.z recursive %}{{ loop(x) }}{% endfor %}",
      "(for :recursive x y (attr z x) (body (output (call loop x))))" },
    { "{% for (a, b), c in d %}{% endfor %}", "(for (tuple (tuple a b) c) d _ (body))" },
    { "{% for x in 1, 2 %}{% break %}{% continue %}{% endfor %}",
      "(for x (tuple 1 2) _ (body (break) (continue)))" },
    { "{% for x in [1] %}{% if x %}{% break %}{% endif %}{% endfor %}",
      "(for x (list 1) _ (body (if x (body (break)))))" },
    { "{% set a = 1 %}", "(set a 1)" },
    { "{% set a, b = 1, 2 %}", "(set (tuple a b) (tuple 1 2))" },
    { "{% set (a, b) = c %}", "(set (tuple a b) c)" },
    { "{% set ns.x = a if b else c %}", "(set (nsref ns x) (cond b a c))" },
    { "{% set a %}x{{ y }}{% endset %}", "(setblock a (body (output data:\"x\" y)))" },
    { "{% set a | upper | trim %}x{% endset %}",
      "(setblock a (filter trim (filter upper)) (body (output data:\"x\")))" },
    { "{% set ns.x %}y{% endset %}", "(setblock (nsref ns x) (body (output data:\"y\")))" },
    { "{% macro f() %}{% endmacro %}", "(macro f (params) (body))" },
    { "{% macro f(a, b=1, c='x') %}{{ a }}{% endmacro %}",
      "(macro f (params a b=1 c=\"x\") (body (output a)))" },
    { "{% call f(1) %}x{% endcall %}",
      "(callblock (params) (call f 1) (body (output data:\"x\")))" },
    { "{% call(a, b=2) f.g() %}x{% endcall %}",
      "(callblock (params a b=2) (call (attr g f)) (body (output data:\"x\")))" },
    { "{% filter upper %}x{% endfilter %}",
      "(filterblock (filter upper) (body (output data:\"x\")))" },
    { "{% filter trim | replace('a', 'b') %}x{% endfilter %}",
      "(filterblock (filter replace (filter trim) \"a\" \"b\") (body (output data:\"x\")))" },
    { "{% with %}x{% endwith %}", "(with (body (output data:\"x\")))" },
    { "{% with a = 1, b = a + 1 %}{{ b }}{% endwith %}",
      "(with (pair a 1) (pair b (+ a 1)) (body (output b)))" },
    { "{% with a, b = c %}{% endwith %}", "(with (pair (tuple a b) c) (body))" },
    { "{% autoescape true %}x{% endautoescape %}", "(autoescape true (body (output data:\"x\")))" },
    { "{% do f(1) %}", "(do (call f 1))" },
    { "{% do a, b %}", "(do (tuple a b))" },
    { "{% print 1, a %}", "(output 1 a)" },
    { "{% print %}", "(output)" },
    { "{% include 'a' %}", "(include \"a\")" },
    { "{% include a ~ 'b' ignore missing %}", "(include :ignore-missing (concat a \"b\"))" },
    { "{% include ['a', 'b'] ignore missing without context %}",
      "(include :without-context :ignore-missing (list \"a\" \"b\"))" },
    { "{% include 'a' with context %}", "(include \"a\")" },
    { "{% import 'a' as b %}", "(import b \"a\")" },
    { "{% import 'a' as b with context %}", "(import :with-context b \"a\")" },
    { "{% import 'a' as b without context %}", "(import b \"a\")" },
    { "{% from 'a' import b %}", "(from \"a\" b)" },
    { "{% from 'a' import b as c, d with context %}", "(from :with-context \"a\" b=c d)" },
    { "{% from 'a' import with, without with context %}",
      "(from :with-context \"a\" with without)" },
    { "{% extends 'a' %}", "(extends \"a\")" },
    { "{% block a %}x{% endblock %}", "(block a (body (output data:\"x\")))" },
    { "{% block a scoped required %} {# c #}{% endblock a %}",
      "(block :scoped :required a (body (output data:\" \")))" },
    { "{% block a %}{% block b %}{% endblock b %}{% endblock %}",
      "(block a (body (block b (body))))" },
    { "{% macro f() %}{% for x in y %}{% endfor %}{% endmacro %}",
      "(macro f (params) (body (for x y _ (body))))" },
};

START_TEST(every_tag_has_its_tree)
{
    check_row(&statements[_i]);
}
END_TEST

static const struct row texts[] = {
    { "", "" },
    { "x", "(output data:\"x\")" },
    { "a {{ 1 }} b {{ 2 }} c", "(output data:\"a \" 1 data:\" b \" 2 data:\" c\")" },
    { "a \n {%- if b -%} \n c \n {%- endif -%} d",
      "(output data:\"a\") (if b (body (output data:\"c\"))) (output data:\"d\")" },
    { "a {%+ if b +%} c {% endif %}", "(output data:\"a \") (if b (body (output data:\" c \")))" },
    { "a {{- 1 -}} b", "(output data:\"a\" 1 data:\"b\")" },
    { "a {{+ 1 }} b", "(output data:\"a \" 1 data:\" b\")" },
    { "{{-5 }}{{- -5 -}} x", "(output 5 (neg 5) data:\"x\")" },
    { "a {#- b -#} c", "(output data:\"a\" data:\"c\")" },
    { "a{# {{ x }} #}b", "(output data:\"a\" data:\"b\")" },
    { "{#-#}x", "(output data:\"x\")" },
    { "a {# b +#} c", "(output data:\"a \" data:\" c\")" },
    { "x\n", "(output data:\"x\")" },
    { "x\n\n", "(output data:\"x\\x0a\")" },
    { "x\r\n", "(output data:\"x\")" },
    { "x\r", "(output data:\"x\")" },
    { "a\r\nb\rc\n", "(output data:\"a\\x0ab\\x0ac\")" },
    { "{{ 1 }}\r\n", "(output 1)" },
    { "a {% raw %}{{ b }} {% if %}{% endraw %} c",
      "(output data:\"a \" data:\"{{ b }} {% if %}\" data:\" c\")" },
    { "a {%- raw -%} {{ b }} {%- endraw -%} c", "(output data:\"a\" data:\"{{ b }}\" data:\"c\")" },
    { "{% raw %}{{{% endraw %}x", "(output data:\"{{\" data:\"x\")" },
    { "{%raw%}{# {%+endraw+%} x", "(output data:\"{# \" data:\" x\")" },
    { "{% raw %}a{% endraw x %}{% endraw %}", "(output data:\"a{% endraw x %}\")" },
    { "50 % {{ 1 }} %} }} #}", "(output data:\"50 % \" 1 data:\" %} }} #}\")" },
    { "{ {{ 1 }} }", "(output data:\"{ \" 1 data:\" }\")" },
    { "{{ '}}' }}{{ '%}' }}", "(output \"}}\" \"%}\")" },
    { "{{ 1　+ 2 }}", "(output (+ 1 2))" },
    { "a {{- 1 -}} b", "(output data:\"a\" 1 data:\"b\")" },
    { "{{ a\n+\tb }}", "(output (+ a b))" },
    { "ä{{ 'ö' }}ü", "(output data:\"ä\" \"ö\" data:\"ü\")" },
};

START_TEST(text_between_tags_is_cut_where_the_tags_say)
{
    check_row(&texts[_i]);
}
END_TEST

/* @count times @open, @middle, @count times @close. Freed with @heap. */
static struct tmpl_node *parse_nested(struct tmpl_heap *heap, struct tmpl_error *error,
                                      const char *open, const char *middle, const char *close,
                                      size_t count)
{
    autobuf buf = HASS_BUF_INIT;

    hass_buf_add_string(&buf, *open == '{' ? "" : "{{ ");
    for (size_t i = 0; i < count; i++)
        hass_buf_add_string(&buf, open);
    hass_buf_add_string(&buf, middle);
    for (size_t i = 0; i < count; i++)
        hass_buf_add_string(&buf, close);
    hass_buf_add_string(&buf, *open == '{' ? "" : " }}");
    const char *source = arena_strndup(&heap->arena, buf.data, buf.length);
    return tmpl_parse(heap, source, buf.length, error);
}

static const struct {
    const char *open;
    const char *close;
    size_t most;
} nested[] = {
    { "(", ")", 199 },
    { "[", "]", 199 },
    { "f(", ")", 199 },
    { "a[", "]", 199 },
    { "a|f(", ")", 199 },
    { "-", "", 199 },
    { "not ", "", 199 },
    { "1 if a else ", "", 199 },
    { "1 + ", "", 248 },
    { "", ".b", 248 },
    { "", "|b", 248 },
    { "{% if a %}", "{% endif %}", 200 },
    { "{% for a in b %}", "{% endfor %}", 200 },
};

START_TEST(nesting_has_a_limit)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;

    ck_assert_ptr_nonnull(
        parse_nested(&heap, &error, nested[_i].open, "a", nested[_i].close, nested[_i].most));
    ck_assert_ptr_null(
        parse_nested(&heap, &error, nested[_i].open, "a", nested[_i].close, nested[_i].most + 1));
    ck_assert_int_eq(error.class, TMPL_LIMIT_ERROR);
    ck_assert_ptr_nonnull(strstr(error.message, "more than 2"));
    ck_assert_str_ne(error.hint, "");
    arena_fini(&heap.arena);
}
END_TEST

START_TEST(a_chain_of_elif_may_be_long)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;
    autobuf buf = HASS_BUF_INIT;
    size_t count = 0;

    hass_buf_add_string(&buf, "{% if a %}");
    for (size_t i = 0; i < 5000; i++)
        hass_buf_add_string(&buf, "{% elif a %}b");
    hass_buf_add_string(&buf, "{% endif %}");
    struct tmpl_node *root = tmpl_parse(&heap, buf.data, buf.length, &error);
    ck_assert_ptr_nonnull(root);
    for (struct tmpl_node *node = root->list; node; node = node->orelse)
        count++;
    ck_assert_uint_eq(count, 5001);
    ck_assert_uint_lt(root->height, 5);
    arena_fini(&heap.arena);
}
END_TEST

static void check_size(size_t length, bool good)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;
    char *source = tmpl_alloc(&heap, length);

    memset(source, 'x', length);
    ck_assert_int_eq(tmpl_parse(&heap, source, length, &error) != NULL, good);
    ck_assert(good || error.class == TMPL_LIMIT_ERROR);
    arena_fini(&heap.arena);
}

START_TEST(a_template_has_a_greatest_size)
{
    check_size(TMPL_MAX_SOURCE, true);
    check_size(TMPL_MAX_SOURCE + 1, false);
}
END_TEST

START_TEST(what_is_no_utf_8_is_refused)
{
    static const char *const sources[] = { "\xff", "{{ 'a\xc3' }}", "{{ \xed\xa0\x80 }}" };

    for (size_t i = 0; i < 3; i++) {
        autobuf buf = HASS_BUF_INIT;
        ck_assert_int_lt(template_tree(sources[i], strlen(sources[i]), &buf, NULL), 0);
        ck_assert_str_eq(hass_buf_string(&buf), "the template is not valid UTF-8");
    }
}
END_TEST

START_TEST(nodes_know_where_they_stand)
{
    static const char source[] = "a\n{{ b.c | d(1) + e }}{% if f %}{% endif %}";
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;
    struct tmpl_node *root = tmpl_parse(&heap, source, strlen(source), &error);
    struct tmpl_node *sum = root->list->list->next;
    uint32_t line, column;

    ck_assert_uint_eq(sum->at, 16);              // the operator
    ck_assert_uint_eq(sum->a->at, 11);           // the filter's name
    ck_assert_uint_eq(sum->a->a->at, 7);         // the attribute's
    ck_assert_uint_eq(root->list->next->at, 25); // the tag's
    tmpl_locate(source, strlen(source), sum->at, &line, &column);
    ck_assert_uint_eq(line, 2);
    ck_assert_uint_eq(column, 15);
    arena_fini(&heap.arena);
}
END_TEST

START_TEST(texts_without_escapes_are_views_of_the_source)
{
    static const char source[] = "text {{ 'string' }}";
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;
    struct tmpl_node *root = tmpl_parse(&heap, source, strlen(source), &error);
    struct tmpl_node *text = root->list->list;

    ck_assert_ptr_eq(text->value.text, source);
    ck_assert_ptr_eq(text->next->value.text, source + 9);
    ck_assert_uint_eq(text->next->value.flags, TMPL_ASCII);
    arena_fini(&heap.arena);
}
END_TEST

CASES_MAIN("parser of templates", ROWS(literals_become_constants, literals),
           ROWS(operators_bind_as_in_jinja, operators),
           ROWS(calls_filters_and_tests_bind_to_what_is_before_them, postfix),
           ROWS(every_tag_has_its_tree, statements),
           ROWS(text_between_tags_is_cut_where_the_tags_say, texts),
           ROWS(nesting_has_a_limit, nested), ONCE(a_chain_of_elif_may_be_long),
           ONCE(a_template_has_a_greatest_size), ONCE(what_is_no_utf_8_is_refused),
           ONCE(nodes_know_where_they_stand), ONCE(texts_without_escapes_are_views_of_the_source))
