/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, base64, digests, struct, names. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ {'b': 1, 'a': [true, none, 1.5, 'x']} | to_json }}|{{ 'q\"\\\\\\n\\t/é€😀\\x01\\x7f' | "
      "to_json }}|{{ {'a': 'é😀'} | to_json(ensure_ascii=true) }}|{{ [1, {'a': 2}] | to_json(true) "
      "}}|{{ {'b': 1, 'a': {'d': 1, 'c': 2}} | to_json(sort_keys=true) }}",
      "{\"b\":1,\"a\":[true,null,1.5,\"x\"]}|\"q\\\"\\\\\\n\\t/é€😀\\u0001\177\"|{\"a\": "
      "\"\\u00e9\\ud83d\\ude00\"}|[1, {\"a\": 2}]|{\"a\":{\"c\":2,\"d\":1},\"b\":1}" },
    { "{{ {'a': [1, {'b': []}], 'c': {}} | to_json(pretty_print=true) }}",
      "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}" },
    { "{{ [1.0, 0.1, 1e16, 1e15, 1e-7, 0.00001, 1e22, -0.0, 1.5e300, 123456.789, 1e-5, 1.234e-6] | "
      "to_json }}",
      "[1.0,0.1,1e16,1000000000000000.0,1e-7,0.00001,1e22,-0.0,1.5e300,123456.789,0.00001,1.234e-"
      "6]" },
    { "{{ ['nan' | float, 'inf' | float] | to_json }}|{{ ['nan' | float, 'inf' | float, -('inf' | "
      "float)] | to_json(ensure_ascii=true) }}",
      "[null,null]|[NaN, Infinity, -Infinity]" },
    { "{{ {1: 'a', 2.5: 'b', none: 'd', false: 1} | to_json }}|{{ (1, 'a') | to_json }}|{{ (2 ** "
      "64 - 1) | to_json }}|{{ (-(2 ** 63)) | to_json }}|{{ version('1.2') | to_json }}",
      "{\"1\":\"a\",\"2.5\":\"b\",\"null\":\"d\",\"false\":1}|[1,\"a\"]|18446744073709551615|-"
      "9223372036854775808|\"1.2\"" },
    { "{{ (2 ** 64) | to_json }}", "TypeError: Integer exceeds 64-bit range" },
    { "{{ (2 ** 64) | to_json(ensure_ascii=true) }}", "18446744073709551616" },
    { "{{ set([1]) | to_json }}", "TypeError: Type is not JSON serializable: set" },
    { "{{ {(1, 2): 3} | to_json }}",
      "TypeError: Dict key must a type serializable with OPT_NON_STR_KEYS, not tuple" },
    { "{{ missing | to_json }}", "TypeError: Type is not JSON serializable: LoggingUndefined" },
    { "{{ '{\"a\": 1, \"b\": 1.0, \"c\": null, \"d\": true, \"e\": [1, \"x\"]}' | from_json }}|{{ "
      "'[1, 1.0, 1e2, -0, -0.0, 1E-2]' | from_json }}|{{ '18446744073709551615' | from_json }}|{{ "
      "'18446744073709551616' | from_json }}|{{ '-9223372036854775808' | from_json }}|{{ "
      "'-9223372036854775809' | from_json }}|{{ ' 5 ' | from_json }}|{{ '\"\"' | from_json }}|{{ "
      "'{}' | from_json }}|{{ '[]' | from_json }}",
      "{'a': 1, 'b': 1.0, 'c': None, 'd': True, 'e': [1, 'x']}|[1, 1.0, 100.0, 0, -0.0, "
      "0.01]|18446744073709551615|1.8446744073709552e+19|-9223372036854775808|-9.223372036854776e+"
      "18|5||{}|[]" },
    { "{{ '\"\\\\u00e9\\\\ud83d\\\\ude00\\\\n\\\\\"\\\\/\"' | from_json }}|{{ '{\"a\": 1, \"a\": "
      "2}' | from_json }}|{{ '\"a\\\\u0000b\"' | from_json | length }}",
      "é😀\n\"/|{'a': 2}|3" },
    { "{{ '{bad}' | from_json }}",
      "JSONDecodeError: unexpected character: line 1 column 2 (char 1)" },
    { "{{ '[1,]' | from_json }}",
      "JSONDecodeError: unexpected character: line 1 column 4 (char 3)" },
    { "{{ '1 2' | from_json }}",
      "JSONDecodeError: unexpected content after document: line 1 column 3 (char 2)" },
    { "{{ '' | from_json }}", "JSONDecodeError: input length is 0: line 1 column 1 (char 0)" },
    { "{{ '01' | from_json }}",
      "JSONDecodeError: number with leading zero is not allowed: line 1 column 1 (char 0)" },
    { "{{ '-' | from_json }}",
      "JSONDecodeError: no digit after minus sign: line 1 column 2 (char 1)" },
    { "{{ '1.' | from_json }}",
      "JSONDecodeError: no digit after decimal point: line 1 column 3 (char 2)" },
    { "{{ '1e400' | from_json }}",
      "JSONDecodeError: number is infinity when parsed as double: line 1 column 1 (char 0)" },
    { "{{ '\"\\\\ud800\"' | from_json }}",
      "JSONDecodeError: no matched low surrogate in string: line 1 column 8 (char 7)" },
    { "{{ '\"\\\\x\"' | from_json }}",
      "JSONDecodeError: invalid escaped character in string: line 1 column 4 (char 3)" },
    { "{{ '\"abc' | from_json }}",
      "JSONDecodeError: unexpected end of data: line 1 column 5 (char 4)" },
    { "{{ '\"a\\nb\"' | from_json }}",
      "JSONDecodeError: unexpected control character in string: line 1 column 3 (char 2)" },
    { "{{ '[\\n1,\\n x]' | from_json }}",
      "JSONDecodeError: unexpected character: line 3 column 2 (char 6)" },
    { "{{ 5 | from_json }}", "JSONDecodeError: Input must be bytes, bytearray, memoryview, or str: "
                             "line 1 column 1 (char 0)" },
    { "{{ 'x' | from_json(default='d') }}|{{ 5 | from_json(none) }}|{{ ('[' * 65 ~ ']' * 65) | "
      "from_json('deep') }}|{{ ('[' * 64 ~ ']' * 64) | from_json('deep') | length }}",
      "d|None|deep|1" },
    { "{{ 'hello wörld' | base64_encode }}|{{ '' | base64_encode }}|{{ 'a' | base64_encode }}|{{ "
      "'ab' | base64_encode }}|{{ 'aGVsbG8=' | base64_decode }}|{{ 'aGV\\nsbG8=' | base64_decode "
      "}}|{{ 'QUL/' | base64_decode(none) }}|{{ '6Q==' | base64_decode('latin-1') }}|{{ '' | "
      "base64_decode }}",
      "aGVsbG8gd8O2cmxk||YQ==|YWI=|hello|hello|b'AB\\xff'|é|" },
    { "{{ 'aGVsbG8' | base64_decode }}", "ValueError: Incorrect padding" },
    { "{{ 'aGVsb' | base64_decode }}", "ValueError: Invalid base64-encoded string: number of data "
                                       "characters (5) cannot be 1 more than a multiple of 4" },
    { "{{ '/w==' | base64_decode }}",
      "UnicodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte" },
    { "{{ 5 | base64_encode }}", "AttributeError: 'int' object has no attribute 'encode'" },
    { "{{ '4142' | from_hex }}|{{ '41 42' | from_hex }}", "b'AB'|b'AB'" },
    { "{{ '4x' | from_hex }}",
      "ValueError: non-hexadecimal number found in fromhex() arg at position 1" },
    { "{{ '' | md5 }}|{{ 'Home – 21 °C' | md5 }}|{{ 'Home – 21 °C' | sha1 }}|{{ sha256('abc') }}",
      "d41d8cd98f00b204e9800998ecf8427e|5ae3c9feaa9dbbfa43c0750a3d32370b|"
      "bbd388bf695c0e85b0f403274007cb4edc9056ed|"
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "{{ sha512('abc') }}", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a21929"
                             "92a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    { "{{ ('a' * 55) | md5 }}|{{ ('a' * 56) | md5 }}|{{ ('a' * 64) | sha1 }}|{{ ('a' * 119) | "
      "sha256 }}|{{ ('a' * 111) | sha512 == ('a' * 111) | sha512 }}",
      "ef1772b6dff9a122358552954ad0df65|3b0c8ac703f828b04c6c197006d17218|"
      "0098ba824b5c16427bd7a1122a5a442a25ec644d|"
      "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb|True" },
    { "{{ ('a' * 112) | sha512 }}",
      "c01d080efd492776a1c43bd23dd99d0a2e626d481e16782e75d54c2503b5dc32bd05f0f1ba33e568b88fd2d97092"
      "9b719ecbb152f58f130a407c8830604b70ca" },
    { "{{ 255 | pack('>I') }}|{{ pack(1, '<H') }}|{{ 300 | pack('B') }}|{{ 'x' | pack('>I') }}|{{ "
      "-1 | pack('b') }}|{{ 128 | pack('b') }}|{{ 1.5 | pack('>f') }}|{{ 1.5 | pack('<d') }}|{{ "
      "1.5 | pack('>e') }}|{{ 65504 | pack('>e') }}|{{ 6e-8 | pack('>e') }}|{{ true | pack('?') "
      "}}|{{ 'ab'.encode() | pack('4s') }}|{{ 'abcdef'.encode() | pack('4p') }}|{{ 'a'.encode() | "
      "pack('c') }}|{{ 1 | pack('xB') }}|{{ 1 | pack('2B') }}|{{ 1 | pack('') }}|{{ 1 | pack('Z') "
      "}}|{{ (2 ** 64 - 1) | pack('>Q') }}|{{ (2 ** 64) | pack('>Q') }}|{{ 1 | pack('bi') }}|{{ 1 "
      "| pack('>n') }}",
      "b'\\x00\\x00\\x00\\xff'|b'\\x01\\x00'|None|None|b'\\xff'|None|b'?\\xc0\\x00\\x00'|b'"
      "\\x00\\x00\\x00\\x00\\x00\\x00\\xf8?'|b'>\\x00'|b'{\\xff'|b'\\x00\\x01'|b'\\x01'|b'"
      "ab\\x00\\x00'|b'\\x03abc'|b'a'|b'\\x00\\x01'|None|None|None|b'"
      "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff'|None|None|None" },
    { "{{ 65520 | pack('>e') }}", "OverflowError: float too large to pack with e format" },
    { "{{ 1e300 | pack('f') }}", "OverflowError: float too large to pack with f format" },
    { "{{ 'AB'.encode() | unpack('>H') }}|{{ unpack('\\x01\\x02\\x03'.encode(), '>B', 2) }}|{{ "
      "'\\xff\\xfe'.encode('latin-1') | unpack('>h') }}|{{ (21.5 | pack('>f')) | unpack('>f') "
      "}}|{{ (1.5 | pack('e')) | unpack('e') }}|{{ 'A'.encode() | unpack('>I') }}|{{ 'A'.encode() "
      "| unpack('Z') }}|{{ 'abcd'.encode() | unpack('3s') }}|{{ '\\x02abc'.encode() | unpack('4p') "
      "}}|{{ 'abcd'.encode() | unpack('<H', -2) }}|{{ ('ff' * 8) | from_hex | unpack('>Q') }}|{{ "
      "('ff' * 8) | from_hex | unpack('<q') }}|{{ '01' | from_hex | unpack('?') }}",
      "16706|3|-2|21.5|1.5|None|None|b'abc'|b'ab'|25699|18446744073709551615|-1|True" },
    { "{{ 'a' | unpack('B') }}", "TypeError: a bytes-like object is required, not 'str'" },
    { "{{ 'a'.encode() | unpack('x') }}", "IndexError: tuple index out of range" },
    { "{{ slugify('Living Room') }}|{{ slugify('Küche Größe') }}|{{ slugify('a b c', '-') }}|{{ "
      "slugify('') }}|{{ slugify('!!!') }}|{{ slugify(none) }}",
      "living_room|kuche_grosse|a-b-c||unknown|" },
    { "{{ slugify(5) }}", "TypeError: decoding to str: need a bytes-like object, int found" },
    { "{% for n in [0, 1, 2, 3, 4, 11, 12, 13, 21, 101, 111, -1, '2'] %}{{ n | ordinal }} {% "
      "endfor %}",
      "0th 1st 2nd 3rd 4th 11th 12th 13th 21st 101st 111th -1st 2nd" },
    { "{{ 'x' | ordinal }}", "ValueError: invalid literal for int() with base 10: 'x'" },
    { "{{ 'A' | ord }}|{{ '€' | ord }}", "65|8364" },
    { "{{ 'ab' | ord }}", "TypeError: ord() expected a character, but string of length 2 found" },
    { "{{ urlencode({'a': 'b c', 'd': 'é'}) }}|{{ urlencode([('x', 1), ('y', 'z&')]) }}",
      "b'a=b+c&d=%C3%A9'|b'x=1&y=z%26'" },
    { "{{ urlencode('x') }}", "TypeError: not a valid non-string sequence or mapping object" },
};

START_TEST(codecs_give_what_the_models_give)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

START_TEST(pack_says_what_it_could_not_pack)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine_render(&engine, "{{ 'x' | pack('>I') }}", NULL, 0);
    ck_assert_str_eq(hass_buf_string(&engine.logged),
                     "Template warning: 'pack' unable to pack object 'x' with type 'str' and "
                     "format_string '>I' see "
                     "https://docs.python.org/3/library/struct.html for more information");
    hass_buf_clear(&engine.logged);
    engine_render(&engine, "{{ 'A'.encode() | unpack('>I') }}", NULL, 0);
    ck_assert_str_eq(hass_buf_string(&engine.logged),
                     "Template warning: 'unpack' unable to unpack object 'b'A'' with format_string "
                     "'>I' and offset 0 see "
                     "https://docs.python.org/3/library/struct.html for more information");
    engine_fini(&engine);
}
END_TEST

static const char *const absent[] = { "base64_encode", "base64_decode", "md5",
                                      "sha1",          "sha256",        "sha512" };

START_TEST(limited_templates_have_no_digests)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.limited = true;
    autofree char *template = mem_printf("{{ 'YQ==' | %s }}", absent[_i]);
    autofree char *message = mem_printf("No filter named '%s'", absent[_i]);
    ck_assert_ptr_nonnull(strstr(engine_render(&engine, template, NULL, 0), message));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("codecs", ROWS(codecs_give_what_the_models_give, rows),
           ONCE(pack_says_what_it_could_not_pack), ROWS(limited_templates_have_no_digests, absent))
