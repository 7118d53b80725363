/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for what is no template: Jinja's words, since people search for them, at the right place, and the hint beside it.
 */
#include "support/cases.h"
#include "support/template_tree.h"

static const struct {
    const char *source;
    const char *message;
    uint32_t line;
    uint32_t column;
    const char *hint;
} rows[] = {
    { "{{ .5 }}", "unexpected '.'", 1, 4, "a number needs a digit before its point: 0.5" },
    { "{{ 5. }}", "expected name or number", 1, 7,
      "the name of a part, or a digit, belongs behind the dot" },
    { "{{ {1, 2} }}", "expected token ':', got ','", 1, 6, "a dict is written {'key': value}" },
    { "{{ {'a': 1} | {'b': 2} }}", "expected token 'name', got '{'", 1, 15,
      "the name of a filter is missing behind |" },
    { "{{ 1 +}}", "unexpected 'end of print statement'", 1, 7,
      "a value is missing before the end of the tag" },
    { "{% nosuchtag %}", "Encountered unknown tag 'nosuchtag'.", 1, 4, "" },
    { "{% if false %}a{% elseif true %}b{% endif %}",
      "Encountered unknown tag 'elseif'. Jinja was looking for the following tags: 'elif' or "
      "'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
      1, 19, "write elif" },
    { "{% break %}", "'break' outside loop", 1, 4, "it works between {% for %} and {% endfor %}" },
    { "{% for a.b in [1] %}{% endfor %}", "expected token 'in', got '.'", 1, 9,
      "write: for name in list" },
    { "{% for a of [1] %}{% endfor %}", "expected token 'in', got 'of'", 1, 10,
      "write: for name in list" },
    { "{% for loop in [1] %}{{ loop }}{% endfor %}",
      "Can't assign to special loop variable in for-loop target", 1, 8,
      "loop is the loop itself here: choose another name" },
    { "{% set d = {} %}{% set d['a'] = 2 %}", "expected token 'end of statement block', got '['", 1,
      25, "a variable, several, or one attribute of a namespace can be set, once in a tag" },
    { "{% set ns = namespace(a=0, b=0) %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}",
      "expected token 'end of statement block', got ','", 1, 46,
      "a variable, several, or one attribute of a namespace can be set, once in a tag" },
    { "{% set true = 1 %}{{ true }}", "can't assign to 'const'", 1, 8,
      "what is assigned to is a name" },
    { "{% set a %}{{ 1 }}",
      "Unexpected end of template. Jinja was looking for the following tags: 'endset'. The "
      "innermost block that needs to be closed is 'set'.",
      1, 19, "the 'set' of line 1 is never closed: add {% endset %}, or = and a value" },
    { "{% set a = b = 1 %}", "expected token 'end of statement block', got '='", 1, 14,
      "write == to compare, or {% set name = value %} to assign" },
    { "{% macro f(a=1, b) %}{% endmacro %}", "non-default argument follows default argument", 1, 17,
      "put those without a default first" },
    { "{% macro (a) %}{% endmacro %}", "expected token 'name', got '('", 1, 10, "" },
    { "{% macro f(a, a) %}{% endmacro %}", "duplicate argument 'a' in function definition", 1, 15,
      "" },
    { "{% block x %}{% endblock %}{% block x %}{% endblock %}", "block 'x' defined twice", 1, 31,
      "" },
    { "{% trans %}x{% endtrans %}", "Encountered unknown tag 'trans'.", 1, 4, "" },
    { "{% debug %}", "Encountered unknown tag 'debug'.", 1, 4, "" },
    { "{% from 'tools.jinja' import _private %}{{ _private() }}",
      "names starting with an underline can not be imported", 1, 30, "" },
    { "{{ 1 is < 2 }}", "expected token 'name', got '<'", 1, 9, "comparisons need no is" },
    { "{{ 1", "unexpected end of template, expected 'end of print statement'.", 1, 5,
      "the {{ of line 1 is not closed: add }}" },
    { "{% if true", "unexpected end of template, expected 'end of statement block'.", 1, 11,
      "the {% of line 1 is not closed: add %}" },
    { "{# never ends", "Missing end of comment tag", 1, 1,
      "the comment that begins here is never closed: add #}" },
    { "{% if true %}a",
      "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or "
      "'endif'. The innermost block that needs to be closed is 'if'.",
      1, 15, "the 'if' of line 1 is never closed: add {% endif %}" },
    { "{% for i in [1] %}a",
      "Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. "
      "The innermost block that needs to be closed is 'for'.",
      1, 20, "the 'for' of line 1 is never closed: add {% endfor %}" },
    { "{% macro f() %}a",
      "Unexpected end of template. Jinja was looking for the following tags: 'endmacro'. The "
      "innermost block that needs to be closed is 'macro'.",
      1, 17, "the 'macro' of line 1 is never closed: add {% endmacro %}" },
    { "{% raw %}a", "Missing end of raw directive", 1, 1,
      "the raw block that begins here is never closed: add {% endraw %}" },
    { "{% set a %}x",
      "Unexpected end of template. Jinja was looking for the following tags: 'endset'. The "
      "innermost block that needs to be closed is 'set'.",
      1, 13, "the 'set' of line 1 is never closed: add {% endset %}, or = and a value" },
    { "{{ 'abc }}", "unexpected char \"'\" at 3", 1, 4,
      "the text that begins here has no closing quote" },
    { "{{ (1 + 2 }}", "unexpected '}', expected ')'", 1, 11,
      "the ( of line 1, column 4 is not closed yet" },
    { "{{ [1, 2 }}", "unexpected '}', expected ']'", 1, 10,
      "the [ of line 1, column 4 is not closed yet" },
    { "{{ {'a': 1 }}", "unexpected '}'", 1, 13, "what begins with {{ ends with }}" },
    { "{{ (1] }}", "unexpected ']', expected ')'", 1, 6,
      "the ( of line 1, column 4 is not closed yet" },
    { "{{ 1) }}", "unexpected ')'", 1, 5, "there is no ( that it closes" },
    { "{% endif %}", "Encountered unknown tag 'endif'.", 1, 4,
      "there is no open 'if' that it closes" },
    { "a{% endfor %}", "Encountered unknown tag 'endfor'.", 1, 5,
      "there is no open 'for' that it closes" },
    { "{% if true %}{% endfor %}",
      "Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or "
      "'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
      1, 17, "the 'if' of line 1 is still open: {% endif %} closes it" },
    { "{% else %}", "Encountered unknown tag 'else'.", 1, 4,
      "there is no open 'if' or 'for' that it belongs to" },
    { "{% if 1 %}a{% else %}b{% else %}c{% endif %}",
      "Encountered unknown tag 'else'. Jinja was looking for the following tags: 'endif'. The "
      "innermost block that needs to be closed is 'if'.",
      1, 26, "the 'if' of line 1 is still open: {% endif %} closes it" },
    { "{% if 1 %}a{% else %}b{% elif 1 %}c{% endif %}",
      "Encountered unknown tag 'elif'. Jinja was looking for the following tags: 'endif'. The "
      "innermost block that needs to be closed is 'if'.",
      1, 26, "the 'if' of line 1 is still open: {% endif %} closes it" },
    { "{{ }}", "Expected an expression, got 'end of print statement'", 1, 4,
      "write a value, or leave the tag out" },
    { "{% %}", "tag name expected", 1, 4, "" },
    { "{% if %}a{% endif %}", "Expected an expression, got 'end of statement block'", 1, 7,
      "write a value, or leave the tag out" },
    { "{% for x in %}a{% endfor %}", "Expected an expression, got 'end of statement block'", 1, 13,
      "write a value, or leave the tag out" },
    { "{% set 5 = 1 %}", "can't assign to 'const'", 1, 8, "what is assigned to is a name" },
    { "{% set 'a' = 1 %}", "can't assign to 'const'", 1, 8, "what is assigned to is a name" },
    { "{% set f() = 1 %}", "expected token 'end of statement block', got '('", 1, 9,
      "a variable, several, or one attribute of a namespace can be set, once in a tag" },
    { "{{ 1 * * 2 }}", "unexpected '*'", 1, 8, "" },
    { "{{ 1 + }}", "unexpected 'end of print statement'", 1, 8,
      "a value is missing before the end of the tag" },
    { "{{ * 2 }}", "unexpected '*'", 1, 4, "" },
    { "{{ 1 2 }}", "expected token 'end of print statement', got 'integer'", 1, 6,
      "an operator is missing before it; ~ joins texts" },
    { "{{ [1 2] }}", "expected token ',', got 'integer'", 1, 7,
      "a comma or an operator is missing before it" },
    { "{{ range(stop=1, 2) }}", "invalid syntax for function call expression", 1, 18,
      "positional arguments stand before name=value, * and **" },
    { "{{ dict(a=1, a=2) }}", "keyword argument repeated: a", 1, 14, "" },
    { "{{ 1 | }}", "expected token 'name', got 'end of print statement'", 1, 8,
      "the name of a filter is missing behind |" },
    { "{{ 1 | 5 }}", "expected token 'name', got 'integer'", 1, 8,
      "the name of a filter is missing behind |" },
    { "{{ 1 is }}", "expected token 'name', got 'end of print statement'", 1, 9, "" },
    { "{{ a. }}", "expected name or number", 1, 7,
      "the name of a part, or a digit, belongs behind the dot" },
    { "{{ $x }}", "unexpected char '$' at 3", 1, 4, "variables are written by their names alone" },
    { "{{ a ? b }}", "unexpected char '?' at 5", 1, 6, "write: a if condition else b" },
    { "{{ 1 && 2 }}", "unexpected char '&' at 5", 1, 6, "write and" },
    { "{{ @x }}", "unexpected char '@' at 3", 1, 4, "variables are written by their names alone" },
    { "{{ a = 1 }}", "expected token 'end of print statement', got '='", 1, 6,
      "write == to compare, or {% set name = value %} to assign" },
    { "{% if a = 1 %}{% endif %}", "expected token 'end of statement block', got '='", 1, 9,
      "write == to compare, or {% set name = value %} to assign" },
    { "{{ 1 not }}", "expected token 'end of print statement', got 'not'", 1, 6,
      "an operator is missing before it; ~ joins texts" },
    { "{{ lambda x: x }}", "expected token 'end of print statement', got 'x'", 1, 11,
      "an operator is missing before it; ~ joins texts" },
    { "{{ [x for x in [1]] }}", "expected token ',', got 'for'", 1, 7,
      "a comma or an operator is missing before it" },
    { "{{ 1 if }}", "unexpected 'end of print statement'", 1, 9,
      "a value is missing before the end of the tag" },
    { "{{ 1 if true else }}", "unexpected 'end of print statement'", 1, 19,
      "a value is missing before the end of the tag" },
    { "{{ 2 ** }}", "unexpected 'end of print statement'", 1, 9,
      "a value is missing before the end of the tag" },
    { "{{ 1++ }}", "unexpected 'end of print statement'", 1, 8,
      "a value is missing before the end of the tag" },
    { "{{ a -> b }}", "unexpected '>'", 1, 7, "write x.y or x['y'] for a part of x" },
    { "{% import 'x.jinja' %}", "expected token 'as', got 'end of statement block'", 1, 21,
      "write: import 'file' as name" },
    { "{% from 'x.jinja' %}", "expected token 'import', got 'end of statement block'", 1, 19,
      "write: from 'file' import name" },
    { "{% include %}", "unexpected 'end of statement block'", 1, 12,
      "a value is missing before the end of the tag" },
    { "{% extends %}", "unexpected 'end of statement block'", 1, 12,
      "a value is missing before the end of the tag" },
    { "{% iff true %}", "Encountered unknown tag 'iff'.", 1, 4, "did you mean 'if'?" },
    { "{% for i in [1] %}{% endif %}{% endfor %}",
      "Encountered unknown tag 'endif'. Jinja was looking for the following tags: 'endfor' or "
      "'else'. The innermost block that needs to be closed is 'for'.",
      1, 22, "the 'for' of line 1 is still open: {% endfor %} closes it" },
    { "{{ {{ 1 }} }}", "expected token ':', got '}'", 1, 9,
      "inside of a tag there is no further {{ }}: write the expression itself" },
    { "{% if {{ true }} %}{% endif %}", "expected token ':', got '}'", 1, 15,
      "inside of a tag there is no further {{ }}: write the expression itself" },
    { "{{ [1][1:2:3:4] }}", "expected token ',', got ':'", 1, 13, "" },
    { "{{ {'a' 1} }}", "expected token ':', got 'integer'", 1, 9,
      "a dict is written {'key': value}" },
    { "{{ states('a' }}", "unexpected '}', expected ')'", 1, 15,
      "the ( of line 1, column 10 is not closed yet" },
    { "{{ '\\xZZ' }}", "truncated \\xXX escape", 1, 5,
      "write \\\\ for a backslash that is meant as one" },
    { "{{ '\\u12' }}", "truncated \\uXXXX escape", 1, 5,
      "write \\\\ for a backslash that is meant as one" },
    { "{% filter %}x{% endfilter %}", "expected token 'name', got 'end of statement block'", 1, 11,
      "" },
    { "{% call 5 %}x{% endcall %}", "expected call", 1, 4, "call a macro: {% call name() %}" },
    { "{% with 5 %}x{% endwith %}", "can't assign to 'const'", 1, 9,
      "what is assigned to is a name" },
    { "{% raw x %}{% endraw %}", "Encountered unknown tag 'raw'.", 1, 4,
      "write {% raw %} with nothing else in it" },
    { "{{ 5abc }}", "expected token 'end of print statement', got 'abc'", 1, 5,
      "an operator is missing before it; ~ joins texts" },
    { "{%", "tag name expected", 1, 3, "" },
    { "{{", "unexpected 'end of template'", 1, 3, "" },
    { "line one\nline two {{ 1 + }}", "unexpected 'end of print statement'", 2, 17,
      "a value is missing before the end of the tag" },
    { "a\nb\n{% nonsense %}", "Encountered unknown tag 'nonsense'.", 3, 4, "" },
    { "{% set states.light.x = 1 %}", "expected token 'end of statement block', got '.'", 1, 20,
      "a variable, several, or one attribute of a namespace can be set, once in a tag" },
    { "{{ a is b is c }}", "You cannot chain multiple tests with is", 1, 11,
      "join them with and: x is a and x is b" },
    { "{{ [x|list][0]|first[0] }}", "expected token 'end of print statement', got '['", 1, 21,
      "put what it belongs to into parentheses: (value | filter)[0]" },
    { "{{ “x” }}", "unexpected char '“' at 3", 1, 4, "this is a typographic quote: write ' or \"" },
    { "{{ a || b }}", "expected token 'name', got '|'", 1, 7, "write or instead of ||" },
    { "{{ !a }}", "unexpected char '!' at 3", 1, 4, "write not, or != for unequal" },
    { "{{ x → y }}", "unexpected char '→' at 5", 1, 6, "" },
    { "{{ `a` }}", "unexpected char '`' at 3", 1, 4, "texts are written between ' or \"" },
    { "{{ a ≥ 1 }}", "unexpected char '≥' at 5", 1, 6, "write >=" },
    { "{{ a – b }}", "unexpected char '–' at 5", 1, 6, "this is a dash: write - for minus" },
    { "{{ 'a }}\n{{ b }}", "unexpected char \"'\" at 3", 1, 4,
      "the text that begins here has no closing quote" },
    { "{% if a %}\n{% else if b %}\n{% endif %}",
      "expected token 'end of statement block', got 'if'", 2, 9, "write elif instead of else if" },
    { "{% if a %}{% elsif b %}{% endif %}",
      "Encountered unknown tag 'elsif'. Jinja was looking for the following tags: 'elif' or 'else' "
      "or 'endif'. The innermost block that needs to be closed is 'if'.",
      1, 14, "write elif" },
    { "{% if a %}{% end %}",
      "Encountered unknown tag 'end'. Jinja was looking for the following tags: 'elif' or 'else' "
      "or 'endif'. The innermost block that needs to be closed is 'if'.",
      1, 14, "write {% endif %}" },
    { "{% for a in b %}\n{% if c %}\n{% endfor %}",
      "Encountered unknown tag 'endfor'. You probably made a nesting mistake. Jinja is expecting "
      "this tag, but currently looking for 'elif' or 'else' or 'endif'. The innermost block that "
      "needs to be closed is 'if'.",
      3, 4, "the 'if' of line 2 is still open: {% endif %} closes it" },
    { "{% fro a in b %}", "Encountered unknown tag 'fro'.", 1, 4, "did you mean 'for'?" },
    { "{% set a == 1 %}", "expected token 'end of statement block', got '=='", 1, 10,
      "write = to assign" },
    { "{% set a %}",
      "Unexpected end of template. Jinja was looking for the following tags: 'endset'. The "
      "innermost block that needs to be closed is 'set'.",
      1, 12, "the 'set' of line 1 is never closed: add {% endset %}, or = and a value" },
    { "{% for a in b %}\n\nc",
      "Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. "
      "The innermost block that needs to be closed is 'for'.",
      3, 2, "the 'for' of line 1 is never closed: add {% endfor %}" },
    { "{{ a }", "unexpected '}'", 1, 6, "what begins with {{ ends with }}" },
    { "{% if a }}", "unexpected '}'", 1, 9, "what begins with {% ends with %}" },
    { "{% if a }%}", "unexpected '}'", 1, 9, "what begins with {% ends with %}" },
    { "{{ a %}", "unexpected '}'", 1, 7, "what begins with {{ ends with }}" },
    { "{% set x = {{ 1 }} %}", "expected token ':', got '}'", 1, 17,
      "inside of a tag there is no further {{ }}: write the expression itself" },
    { "{{ states('a) }}", "unexpected char \"'\" at 10", 1, 11,
      "the text that begins here has no closing quote" },
    { "{{ states(\"a\"b\") }}", "expected token ',', got 'b'", 1, 14,
      "a quote ends a text: inside of \" write ', inside of ' write \"" },
    { "{{ f(a b) }}", "expected token ',', got 'b'", 1, 8,
      "a comma or an operator is missing before it" },
    { "{{ f(a = 1, b) }}", "invalid syntax for function call expression", 1, 13,
      "positional arguments stand before name=value, * and **" },
    { "{{ f(**a, *b) }}", "invalid syntax for function call expression", 1, 11,
      "positional arguments stand before name=value, * and **" },
    { "{{ f(*a, b) }}", "invalid syntax for function call expression", 1, 10,
      "positional arguments stand before name=value, * and **" },
    { "{{ {'a' = 1} }}", "expected token ':', got '='", 1, 9, "a dict is written {'key': value}" },
    { "{{ [1 = 2] }}", "expected token ',', got '='", 1, 7, "write == to compare" },
    { "{{\n\n a", "unexpected end of template, expected 'end of print statement'.", 3, 3,
      "the {{ of line 1 is not closed: add }}" },
    { "{% if a", "unexpected end of template, expected 'end of statement block'.", 1, 8,
      "the {% of line 1 is not closed: add %}" },
    { "{{ f(\n1", "unexpected end of template, expected ','.", 2, 2,
      "the ( of line 1 is not closed" },
    { "{{ '\\U00110000' }}", "illegal Unicode character", 1, 5, "" },
    { "{{ '\\N{DEGREE SIGN}' }}", "unknown Unicode character name", 1, 5,
      "names of characters are not known here: write the character itself" },
    { "{{ '\\N' }}", "malformed \\N character escape", 1, 5,
      "write the character itself, or \\\\ for a backslash" },
    { "{{ '\\U0011' }}", "truncated \\UXXXXXXXX escape", 1, 5,
      "write \\\\ for a backslash that is meant as one" },
    { "{{ x² }}", "Invalid character in identifier", 1, 4,
      "write ** for powers, digits for numbers" },
    { "{{ a = b }}", "expected token 'end of print statement', got '='", 1, 6,
      "write == to compare, or {% set name = value %} to assign" },
    { "{% block a-b %}{% endblock %}",
      "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use "
      "an underscore instead.",
      1, 11, "" },
    { "{% block a required %}x{% endblock %}",
      "Required blocks can only contain comments or whitespace", 1, 23, "" },
    { "{% if a if b else c %}{% endif %}", "expected token 'end of statement block', got 'if'", 1,
      9, "put an inline if into parentheses here: (a if b else c)" },
    { "{% continue %}", "'continue' not properly in loop", 1, 4,
      "it works between {% for %} and {% endfor %}" },
    { "{% for x in y %}{% macro f() %}{% break %}{% endmacro %}{% endfor %}",
      "'break' outside loop", 1, 35, "it works between {% for %} and {% endfor %}" },
    { "{% for x in y %}{% else %}{% break %}{% endfor %}", "'break' outside loop", 1, 30,
      "it works between {% for %} and {% endfor %}" },
    { "{% for x in y %}{% set loop = 1 %}{% endfor %}",
      "Can't assign to special loop variable in for-loop target", 1, 24,
      "loop is the loop itself here: choose another name" },
    { "{% for x, (loop, z) in y %}{% endfor %}",
      "Can't assign to special loop variable in for-loop target", 1, 8,
      "loop is the loop itself here: choose another name" },
    { "{% macro true() %}{% endmacro %}", "can't assign to 'name'", 1, 10, "" },
    { "{% import 'a' as none %}", "can't assign to 'name'", 1, 18, "" },
    { "{% set (a + b) = 1 %}", "can't assign to 'add'", 1, 11, "what is assigned to is a name" },
    { "{% set [a] = 1 %}", "can't assign to 'list'", 1, 8, "what is assigned to is a name" },
    { "{% set a, 1 = 1 %}", "can't assign to 'tuple'", 1, 8, "what is assigned to is a name" },
    { "{% from 'a' import b, %}", "expected token 'name', got 'end of statement block'", 1, 23,
      "" },
    { "{% from 'a' import %}", "expected token 'name', got 'end of statement block'", 1, 20, "" },
    { "{% include 'a' ignore %}", "expected token 'end of statement block', got 'ignore'", 1, 16,
      "an operator is missing before it; ~ joins texts" },
    { "say {{ 'it's' }}", "expected token 'end of print statement', got 's'", 1, 12,
      "a quote ends a text: inside of \" write ', inside of ' write \"" },
    { "{% endraw %}", "Encountered unknown tag 'endraw'.", 1, 4,
      "there is no open 'raw' that it closes" },
    { "{% x %}{% endx %}", "Encountered unknown tag 'x'.", 1, 4, "" },
    { "ä ü\nö {{ $ }}", "unexpected char '$' at 9", 2, 6,
      "variables are written by their names alone" },
    { "a\r\nb\r\n{{ ü ? }}", "unexpected char '?' at 9", 3, 6, "write: a if condition else b" },
    { "{{ ​1 }}", "unexpected char '\\u200b' at 3", 1, 4,
      "this is an invisible character: delete it" },
    { "{{ \001 }}", "unexpected char '\\x01' at 3", 1, 4, "" },
    { "{{ a\\b }}", "unexpected char '\\\\' at 4", 1, 5,
      "a backslash belongs inside a text: 'a\\nb'" },
};

START_TEST(errors_say_what_jinja_says_and_what_to_write_instead)
{
    struct tmpl_error error;
    autobuf buf = HASS_BUF_INIT;

    ck_assert_int_eq(template_tree(rows[_i].source, strlen(rows[_i].source), &buf, &error), -1);
    ck_assert_str_eq(error.message, rows[_i].message);
    ck_assert_uint_eq(error.line, rows[_i].line);
    ck_assert_uint_eq(error.column, rows[_i].column);
    ck_assert_str_eq(error.hint, rows[_i].hint);
}
END_TEST

static const struct {
    const char *source;
    enum tmpl_error_class class;
} classes[] = {
    { "{{", TMPL_SYNTAX_ERROR },
    { "{% endif %}", TMPL_SYNTAX_ERROR },
    { "{{ $ }}", TMPL_SYNTAX_ERROR },
    { "{% break %}", TMPL_SYNTAX_ERROR },
    { "{% block a %}{% endblock %}{% block a %}{% endblock %}", TMPL_ASSERTION_ERROR },
    { "{% from 'a' import _b %}", TMPL_ASSERTION_ERROR },
    { "{% for loop in a %}{% endfor %}", TMPL_ASSERTION_ERROR },
};

START_TEST(errors_are_of_the_class_that_jinja_raises)
{
    struct tmpl_error error;
    autobuf buf = HASS_BUF_INIT;

    template_tree(classes[_i].source, strlen(classes[_i].source), &buf, &error);
    ck_assert_int_eq(error.class, classes[_i].class);
}
END_TEST

/* `{{ f(a, a, …) }}` with @count arguments. */
static int parse_arguments(size_t count, struct tmpl_error *error)
{
    autobuf source = HASS_BUF_INIT;
    autobuf tree = HASS_BUF_INIT;

    hass_buf_add_string(&source, "{{ f(");
    for (size_t i = 0; i < count; i++)
        hass_buf_add_string(&source, "a,");
    hass_buf_add_string(&source, ") }}");
    return template_tree(source.data, source.length, &tree, error);
}

START_TEST(a_call_has_at_most_255_arguments)
{
    struct tmpl_error error;

    ck_assert_int_eq(parse_arguments(255, &error), 0);
    ck_assert_int_eq(parse_arguments(256, &error), -1);
    ck_assert_str_eq(error.message, "more than 255 arguments");
}
END_TEST

/* @count times @form with the number in it, between @open and @close. */
static int parse_numbered(const char *open, const char *form, const char *close, unsigned count,
                          struct tmpl_error *error)
{
    autobuf source = HASS_BUF_INIT;
    autobuf tree = HASS_BUF_INIT;

    hass_buf_add_string(&source, open);
    for (unsigned i = 0; i < count; i++) {
        hass_buf_add_string(&source, i && *open ? ", " : "");
        hass_buf_printf(&source, "%s%u%s", form, i, *open ? "" : " %}{% endblock %}");
    }
    hass_buf_add_string(&source, close);
    return template_tree(source.data, source.length, &tree, error);
}

START_TEST(a_macro_has_at_most_255_parameters)
{
    struct tmpl_error error;

    ck_assert_int_eq(parse_numbered("{% macro f(", "p", ") %}{% endmacro %}", 255, &error), 0);
    ck_assert_int_eq(parse_numbered("{% macro f(", "p", ") %}{% endmacro %}", 256, &error), -1);
    ck_assert_str_eq(error.message, "more than 255 parameters");
}
END_TEST

START_TEST(a_template_has_at_most_1000_blocks)
{
    struct tmpl_error error;

    ck_assert_int_eq(parse_numbered("", "{% block b", "", 1000, &error), 0);
    ck_assert_int_eq(parse_numbered("", "{% block b", "", 1001, &error), -1);
    ck_assert_str_eq(error.message, "more than 1000 blocks");
}
END_TEST

/* `{{ 1…1 }}`, with @prefix before the @count digits. */
static int parse_digits(const char *prefix, size_t count, struct tmpl_error *error)
{
    autobuf source = HASS_BUF_INIT;
    autobuf tree = HASS_BUF_INIT;

    hass_buf_printf(&source, "{{ %s", prefix);
    for (size_t i = 0; i < count; i++)
        hass_buf_add_char(&source, '1');
    hass_buf_add_string(&source, " }}");
    return template_tree(source.data, source.length, &tree, error);
}

START_TEST(integers_have_a_greatest_length)
{
    struct tmpl_error error;

    ck_assert_int_eq(parse_digits("", 4300, &error), 0);
    ck_assert_int_eq(parse_digits("", 4301, &error), -1);
    ck_assert_str_eq(error.message, "Exceeds the limit (4300 digits) for integer string "
                                    "conversion: value has 4301 digits");
    ck_assert_int_eq(parse_digits("0x", TMPL_BIG_BITS / 4, &error), 0);
    ck_assert_int_eq(parse_digits("0x", TMPL_BIG_BITS / 4 + 1, &error), -1);
}
END_TEST

START_TEST(a_long_name_is_cut_in_messages)
{
    struct tmpl_error error;
    autobuf source = HASS_BUF_INIT;
    autobuf tree = HASS_BUF_INIT;

    hass_buf_add_string(&source, "{% ");
    for (size_t i = 0; i < 400; i++)
        hass_buf_add_string(&source, "ä");
    hass_buf_add_string(&source, " %}");
    ck_assert_int_eq(template_tree(source.data, source.length, &tree, &error), -1);
    ck_assert_uint_eq(strlen(error.message), strlen("Encountered unknown tag ''.") + 62);
}
END_TEST

CASES_MAIN("errors of the parser of templates",
           ROWS(errors_say_what_jinja_says_and_what_to_write_instead, rows),
           ROWS(errors_are_of_the_class_that_jinja_raises, classes),
           ONCE(a_call_has_at_most_255_arguments), ONCE(a_macro_has_at_most_255_parameters),
           ONCE(a_template_has_at_most_1000_blocks), ONCE(integers_have_a_greatest_length),
           ONCE(a_long_name_is_cut_in_messages))
