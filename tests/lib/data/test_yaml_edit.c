/* SPDX-License-Identifier: Apache-2.0 */
/* Editing one item of a file: what people have written around it stays. */
#include <string.h>

#include <hass/buf.h>

#include "data/yaml_edit.h"
#include "support/cases.h"
#include "support/test.h"

#define LIST                                                                                       \
    "# all of them\n- id: a\n  alias: A # mine\n\n# about b\n- id: \"b\"\n  alias: >\n    B\n    " \
    "b\n# the end\n"
#define MAP "# scripts\none:\n  sequence: []\n\n# two\ntwo:\n- x\n"

static const struct {
    const char *name, *text, *id_key, *id, *value, *wanted;
    int result;
} edits[] = {
    { "replace the first", LIST, "id", "a", "{'id':'a','x':1}",
      "# all of them\n- id: a\n  x: 1\n\n# about b\n- id: \"b\"\n  alias: >\n    B\n    b\n# the "
      "end\n",
      1 },
    { "replace the last", LIST, "id", "b", "{'id':'b'}",
      "# all of them\n- id: a\n  alias: A # mine\n\n# about b\n- id: b\n# the end\n", 1 },
    { "take out", LIST, "id", "a", NULL,
      "# all of them\n\n# about b\n- id: \"b\"\n  alias: >\n    B\n    b\n# the end\n", 1 },
    { "add", LIST, "id", "c", "{'id':'c'}",
      "# all of them\n- id: a\n  alias: A # mine\n\n# about b\n- id: \"b\"\n  alias: >\n    B\n    "
      "b\n- id: c\n# the end\n",
      0 },
    { "take out what is not there", LIST, "id", "c", NULL, LIST, 0 },
    { "an empty file", "", "id", "a", "{'id':'a'}", "- id: a\n", 0 },
    { "only comments", "# nothing yet", "id", "a", "{'id':'a'}", "# nothing yet\n- id: a\n", 0 },
    { "empty brackets", "# none\n[]\n# end\n", "id", "a", "{'id':'a'}", "# none\n- id: a\n# end\n",
      0 },
    { "an indented list", "  - id: a\n    b: 1\n  - id: c\n", "id", "a", "{'id':'a','b':{'c':2}}",
      "  - id: a\n    b:\n      c: 2\n  - id: c\n", 1 },
    { "the id is not the first key", "- alias: x\n  list: [id, a]\n  id: a\n- id: b\n", "id", "a",
      "{'id':'a'}", "- id: a\n- id: b\n", 1 },
    { "an id further down is not the item's",
      "- id: a\n  sub: {id: b}\n  more:\n    id: b\n- id: b\n", "id", "b", NULL,
      "- id: a\n  sub: {id: b}\n  more:\n    id: b\n", 1 },
    { "an item in brackets", "- {id: a, x: 1}\n- id: b\n", "id", "a", "{'id':'a'}",
      "- id: a\n- id: b\n", 1 },
    { "tags are left alone", "- id: a\n  x: !secret y\n- !include z.yaml\n- id: b\n", "id", "b",
      "{'id':'b','q':1}", "- id: a\n  x: !secret y\n- !include z.yaml\n- id: b\n  q: 1\n", 1 },
    { "no line end", "- id: a\n- id: b", "id", "c", "{'id':'c'}", "- id: a\n- id: b\n- id: c\n",
      0 },
    { "a block of text at the end", "- id: a\n  t: |\n    x\n\n- id: b\n", "id", "a", "{'id':'a'}",
      "- id: a\n\n- id: b\n", 1 },
    { "a map", MAP, NULL, "one", "{'sequence':[1]}",
      "# scripts\none:\n  sequence:\n    - 1\n\n# two\ntwo:\n- x\n", 1 },
    { "the last of a map", MAP, NULL, "two", "{'y':1}",
      "# scripts\none:\n  sequence: []\n\n# two\ntwo:\n  y: 1\n", 1 },
    { "add to a map", MAP, NULL, "three", "{'y':1}",
      "# scripts\none:\n  sequence: []\n\n# two\ntwo:\n- x\nthree:\n  y: 1\n", 0 },
    { "an inner key of a map", "a:\n  b: 1\nb:\n  a: 2\n", NULL, "b", NULL, "a:\n  b: 1\n", 1 },
    { "letters beyond ASCII", "- id: ä\n  alias: Küche\n- id: ö\n", "id", "ö", "{'id':'ö'}",
      "- id: ä\n  alias: Küche\n- id: \"ö\"\n", 1 },
    { "a document's end", "- id: a\n...\n", "id", "b", "{'id':'b'}", "- id: a\n- id: b\n...\n", 0 },
};

START_TEST(an_edit_touches_one_item)
{
    const struct yaml_item item = { .id = edits[_i].id, .id_key = edits[_i].id_key };
    autojson *value = edits[_i].value ? test_json(edits[_i].value) : NULL;
    struct hass_error err = HASS_ERROR_INIT;
    autobuf result = HASS_BUF_INIT;

    int r = yaml_edit(edits[_i].text, strlen(edits[_i].text), &item, value, &result, &err);
    ck_assert_msg(r == edits[_i].result, "%s: %d %s", edits[_i].name, r, err.message);
    ck_assert_msg(strcmp(hass_buf_string(&result), edits[_i].wanted) == 0, "%s:\n%s\nwanted:\n%s",
                  edits[_i].name, hass_buf_string(&result), edits[_i].wanted);
}
END_TEST

static const struct {
    const char *text, *id_key, *said;
} refused[] = {
    { "[{id: a}]\n", "id", "brackets" }, { "a: 1\n", "id", "expected a list" },
    { "- a\n", NULL, "expected a map" }, { "- \"\n", "id", "line 2" },
    { "{a: 1}\n", NULL, "brackets" },
};

START_TEST(a_file_of_another_shape_is_left_alone)
{
    const struct yaml_item item = { .id = "a", .id_key = refused[_i].id_key };
    autojson *value = json_object();
    struct hass_error err = HASS_ERROR_INIT;
    autobuf result = HASS_BUF_INIT;

    ck_assert_int_lt(
        yaml_edit(refused[_i].text, strlen(refused[_i].text), &item, value, &result, &err), 0);
    ck_assert_msg(strstr(err.message, refused[_i].said) != NULL, "%s", err.message);
    ck_assert_uint_eq(result.length, 0);
}
END_TEST

CASES_MAIN("yaml_edit", ROWS(an_edit_touches_one_item, edits),
           ROWS(a_file_of_another_shape_is_left_alone, refused))
