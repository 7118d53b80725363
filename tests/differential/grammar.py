# SPDX-License-Identifier: Apache-2.0
"""Makes templates of the pure language at random, most of them meaningful, some of them wrong.

Left out is what differs on purpose: iterators (they are lists here, so every lazy filter is followed by one that consumes it), the filters
that the model has replaced (int, float, round, random), sets, and powers and repetitions that grow without bound. Where Jinja itself is wrong
there is nothing to agree on: Debian's asks xmlattr's keys for text.
"""
import random
import re

VARIABLES = {
    "num": 7,
    "neg": -3,
    "zero": 0,
    "big": 9007199254740993,
    "flo": 2.5,
    "third": 0.1,
    "huge": 1e22,
    "word": "Hello World",
    "text": "  a<b & 'c' \"d\"\n\tümlaut ß  ",
    "empty": "",
    "digits": "0042",
    "csv": "one,two,,three",
    "yes": True,
    "no": False,
    "nil": None,
    "nums": [3, 1, 2, 2],
    "words": ["pear", "Apple", "fig", "apple"],
    "mixed": [1, "1", 1.0, None, True, [1]],
    "none_at_all": [],
    "map": {"one": 1, "two": [1, 2], "three": {"x": "y", "items": "odd"}},
    "rows": [
        {"name": "b", "v": 2, "tags": ["x"]},
        {"name": "A", "v": 1, "tags": []},
        {"name": "c", "v": 2},
    ],
    "pairs": [["a", 1], ["b", 2]],
}

INTS = ["num", "neg", "zero", "big", "map.one"]
FLOATS = ["flo", "third", "huge"]
TEXTS = ["word", "text", "empty", "digits", "csv"]
LISTS = ["nums", "words", "mixed", "none_at_all", "rows", "pairs", "map.two"]
DICTS = ["map", "map.three", "rows[0]", "rows[2]"]

MAX_DEPTH = 4
PLACE = re.compile("<(i|f|t|l|d|b|v|q|s|test)>")
TESTS = "string number none defined odd even mapping sequence iterable integer float boolean true false lower upper callable undefined".split()
KINDS = ["i", "f", "t", "l", "d", "b", "leaf", "if", "undefined", "tuple", "filtered", "mac", "wrong"]
KIND_WEIGHTS = [5, 2, 6, 5, 2, 4, 3, 2, 1, 1, 3, 1, 0.7]

# Expressions of one kind, a line each: <i> is an int, <f> a float, <t> a text, <l> a list, <d> a dict, <b> a bool, <v> any value, <q> a literal
# text, <s> a slice, <test> the name of a test.
PATTERNS = {
    kind: [line for line in lines.strip().split("\n") if line]
    for kind, lines in {
        "i": """
(<i> + <i>)
<i> - <i>
<i> * <i>
(<i> // <i>)
<i> % <i>
-<i>
+<i>
<i>|abs
<t>|length
<l>|count
(<l>|sum)
(<t>).find('a')
(<t>).count(<q>)
(<l>).index(<i>)
(<l>).count(<v>)
(2 ** 3)
(2 ** -1)
<t>|wordcount
(<v> ~ <i>)|length
loop.index
loop.revindex0
(<i>).bit_length()
""",
        "f": """
<i> / <i>
(<f> + <i>)
<f> * <f>
<f> - <i>
(<f>)|abs
<f> // <i>
<i> % <f>
-<f>
(<f>).is_integer()
<f> ** 2
""",
        "t": """
<t> ~ <v>
(<t> + <t>)
<t> * 2
<t> * -1
3 * <t>
<t>|upper
<t>|lower
<t>|title
<t>|capitalize
<t>|trim
<t>|trim('a H')
<t>|replace(<q>, <q>)
<t>|replace('l', 'L', 1)
<v>|string
<l>|join(<q>)
<l>|join
<t>[<s>]
<t>[<i>]
<t>|center(20)
<t>|truncate(5)
<t>|truncate(3, true)
<t>|truncate(7, false, '…', 0)
<t>|truncate(6, true, '!', 1)
<t>|reverse
<t>|escape
<t>|forceescape
<t>|striptags
<t>|wordwrap(5)
<t>|wordwrap(4, false)
<t>|indent(2)
<t>|indent(4, true)
<t>|indent(1, false, true)
<t>|indent('> ')
(<t>).upper()
(<t>).strip()
(<t>).strip('a ')
(<t>).split(',')|join('|')
(<t>).replace('a', 'bb')
(<t>).title()
(<t>).zfill(8)
(<t>).center(9, '*')
(<t>).swapcase()
(<t>).ljust(12)
(<t>).rjust(7, '.')
(<t>).partition(' ')[0]
(<t>).format(<v>, b=<t>)
<t>|format(<v>)
(<t>) % (<v>)
'%05d|%x|%s|%r' % (<i>, <i>, <v>, <t>)
'%.2f %e %g' % (<f>, <f>, <i>)
'%-6s|%+d|% d|%%|%c' % (<t>, <i>, <i>, 'c')
'{:>8}|{:<5}|{:^7}'.format(<i>, <t>, <q>)
'{:.3f} {:+d} {:,}'.format(<f>, <i>, <i>)
'{0!r} {1[0]} {x}'.format(<v>, <l>, x=<i>)
'{:08.3f}|{:e}|{:%}|{:x}'.format(<f>, <f>, <f>, <i>)
<t>|tojson
<v>|tojson
<v>|tojson(indent=2)
<t>|urlencode
<d>|urlencode
<t>|first
<t>|last
<l>|pprint
<i>|filesizeformat
<i>|filesizeformat(true)
<t>|safe
(<t>).capitalize()
(<t>).removeprefix('H')
(<t>).rsplit(none, 1)|last
(<t>).splitlines()|join('/')
(<t>).casefold()
(<t>).expandtabs(4)
(<t>).lstrip()
<t>|urlize
rows[0]|xmlattr
(<t>).encode()|string
""",
        "l": """
[<v>]
[<v>, <v>]
[<v>, <v>,]
(<l> + <l>)
<l> * 2
<l>[<s>]
<l>|sort
<l>|sort(true)
<l>|sort(case_sensitive=true)
<l>|reverse|list
<l>|unique|list
<l>|list
<t>|list
range(3)|list
range(2, 5)|list
range(5, 0, -2)|list
<l>|map('string')|list
<l>|map('upper')|list
<l>|map('length')|list
<l>|map('default', 'x')|list
rows|map(attribute='name')|list
rows|map(attribute='tags.0')|list
rows|map(attribute='nope')|list
rows|map(attribute='tags', default=<v>)|list
rows|selectattr('tags')|list
rows|selectattr('v', 'eq', 2)|list
rows|selectattr('v', '>', 1)|list
rows|selectattr('nope', 'defined')|list
rows|rejectattr('name', 'equalto', 'b')|list
rows|rejectattr('tags')|list
<l>|select('<test>')|list
<l>|reject('<test>')|list
<l>|select|list
<l>|select('in', <l>)|list
rows|sort(attribute='v')
rows|sort(attribute='name')
rows|sort(attribute='v,name', reverse=true)
<l>|batch(2)|list
<l>|batch(3, 0)|list
<l>|slice(2)|list
<l>|slice(3, 'f')|list
rows|groupby('v')|map('last')|list
rows|groupby('v')|map(attribute='grouper')|list
rows|groupby('nope', default='z')|map('first')|list
<d>|dictsort
<d>|dictsort(by='value')
<d>|dictsort(true, reverse=true)
<d>|list
(<d>).keys()|list
(<d>).values()|list
(<d>).items()|list
<d>|items|list
(<t>).split()
(<t>).split('l', 1)
mixed|select('sameas', none)|list
words|map('replace', 'p', <q>)|list
<l>|map('abs')|list
(<l>).copy()
""",
        "d": """
{'a': <v>}
{<v>: <v>, 'b': <v>}
{'one': <v>, 1: <v>, none: 3}
{1: 'int', 1.0: 'float', true: 'bool'}
{(1, 2): <v>}
dict(x=<v>, y=<v>)
dict(map, z=<v>)
dict(pairs)
dict(rows[0], **{'q': 1})
{'n': {'m': <v>}}
(<d>).copy()
""",
        "b": """
<i> == <i>
<i> < <i>
<i> >= <f>
<v> == <v>
<v> != <v>
<v> < <v>
(<b> and <b>)
(<b> or <b>)
not <b>
(not <b>)
<v> in <l>
<v> not in <l>
<q> in <t>
<q> in <d>
<t> < <q>
<t> == <q>
<v> is <test>
<v> is not <test>
<i> is divisibleby 2
<i> is divisibleby(0)
0 < <i> < 10
1 <= <i> != 3 > 2
<v> is sameas <v>
<v> is eq <v>
<i> is ge(2)
<v> is in <l>
(<t>).startswith(<q>)
(<t>).endswith((<q>, 'x'))
(<t>).isdigit()
(<t>).isalpha()
<v> and <v>
<v> or <v>
nope is defined
map.nope is defined
'upper' is filter
'nofilter' is filter
'odd' is test
""",
        "if": """
(<v> if <b> else <v>)
(<v> if <b>)
(<v> if <b> else <v> if <b> else 0)
""",
        "undefined": """
nope
map.nope
rows[9]
map['nope']
nope|default(<v>)
map.nope|d(<v>)
<v>|default('d', true)
nope.x
nope|length
nope|list
nope ~ 'x'
empty|first
none_at_all|max
word.nope
nope + 1
nope == nope
""",
        "tuple": """
(<v>, <v>)
(<v>,)
()
(<v>, <v>, 1)[0]
(<v>, <v>, 1)[1:]
(<i>, <i>) < (<i>, <i>)
(<v>,) + (<v>,)
""",
        "filtered": """
<v>|first
<v>|last
<v>|length
<v>|list
<v>|upper
<v>|trim
<v>|abs
<v>|sum
<v>|max
<v>|min
<v>|e
<v>|title
<v>|pprint
<t>|xmlattr
<v>|items|list
<v>|join
<v>|sort
<v>|reverse|list
<v>|attr('upper')
<v>|attr('one')
word|attr('__class__')
<l>|max
<l>|min
rows|max(attribute='v')
rows|min(attribute='name')
rows|sum(attribute='v')
<l>|sum(start=1)
<l>|sum(start=[])
<l>|join(', ', attribute='name')
(<d>).get(<q>, <v>)
<d>[<q>]
(<d>).one
(<d>).items
(<d>).name
<v>[<i>]
(<v>).real
(<v>)._x
(<v>)|lower
<v>|urlencode
""",
        "mac": """
MACRO()
MACRO(<v>)
MACRO(<v>, <v>)
MACRO(b=<v>)
MACRO(<v>, c=<v>)
MACRO(*nums)
MACRO(**{'a': <v>})
MACRO.name
MACRO.arguments
""",
        "wrong": """
<v> + <v>
<v> - <v>
<v> < <v>
<v>(<v>)
(<v>).append(1)
<v>|nofilter
<v> is notest
[<v>][<v>]
{<v>: 1}
word.__class__
<v>|map('nofilter')|list
-<v>
<v> ** 2
<v> / 0
<v> % <v>
range(999999999)
""",
    }.items()
}


class Grammar:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.depth = 0
        self.names = []  # that may be set where we are
        self.macros = []
        self.in_loop = 0

    # --- choosing

    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, share):
        return self.rng.random() < share

    def weighted(self, table):
        return self.rng.choices([f for f, _ in table], [w for _, w in table])[0]()

    # --- literals

    def integer(self):
        return self.pick("0", "1", "2", "3", "10", "-1", "1_000", "0x1F", "0b101", "0o17", str(self.rng.randrange(-50, 200)))

    def floating(self):
        return self.pick("0.5", "1.0", "2.5e3", "1e-7", "1e16", "123456.789", "0.1", "3.0", "1_0.2_5")

    def string(self):
        quote = self.pick("'", '"')
        body = self.pick("", "a", "abc", "Hello", "a b", "x,y", "é", "\\n", "\\t\\\\", "\\x41", "\\u00fc", "%s", "%d-%s", "{}", "{0} {b}", "<i>", "a\\'b", "12", " 3 ")
        return quote + body + quote

    # --- expressions by what they mostly are

    def expand(self, pattern):
        """Replaces <x> by an expression of its kind."""
        return PLACE.sub(lambda match: self.of_kind(match.group(1)), pattern)

    def of_kind(self, kind):
        if kind == "q":
            return self.string()
        if kind == "s":
            return self.slice()
        if kind == "test":
            return self.pick(*TESTS)
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                return self.leaf(kind)
            if kind == "v":
                kind = self.rng.choices(KINDS, KIND_WEIGHTS)[0]
            if kind == "mac" and not self.macros:
                return self.leaf("v")
            if kind == "leaf" or self.chance(0.25):
                return self.leaf(kind)
            pattern = self.pick(*PATTERNS[kind])
            if "loop" in pattern and not self.in_loop and self.chance(0.9):
                return self.leaf(kind)
            return self.expand(pattern.replace("MACRO", self.pick(*self.macros) if self.macros else "mac"))
        finally:
            self.depth -= 1

    def leaf(self, kind="v"):
        if kind == "i":
            return self.pick(self.integer(), *INTS)
        if kind == "f":
            return self.pick(self.floating(), *FLOATS)
        if kind == "t":
            return self.pick(self.string(), *TEXTS)
        if kind == "l":
            return self.pick("[]", *LISTS)
        if kind == "d":
            return self.pick("{}", *DICTS)
        if kind == "b":
            return self.pick("true", "false", "yes", "no", "num > 3")
        return self.pick(self.integer(), self.string(), self.floating(), *self.rng.choices(INTS + FLOATS + TEXTS + LISTS + DICTS + ["yes", "no", "nil"] + self.names * 4, k=6))

    def any(self):
        return self.of_kind("v")

    def bool(self):
        return self.of_kind("b")

    def list(self):
        return self.of_kind("l")

    def dict(self):
        return self.of_kind("d")

    def slice(self):
        def edge():
            return self.pick("", "", "0", "1", "-1", "2", "-3", "9")

        return self.pick(f"{edge()}:{edge()}", f"{edge()}:{edge()}", f"{edge()}:{edge()}:{self.pick('', '1', '2', '-1', '3', '-2')}")

    # --- statements

    def open(self):
        return "{%" + self.pick("", "", "", "-", "-", "+") + self.pick(" ", " ", "", "\n ")

    def close(self):
        return self.pick(" ", " ", "", "\n") + self.pick("", "", "", "-", "-") + "%}"

    def tag(self, inside):
        return self.open() + inside + self.close()

    def output(self):
        return "{{" + self.pick("", "", "", "-", "+") + " " + self.any() + " " + self.pick("", "", "", "-") + "}}"

    def plain(self):
        return self.pick("text", " ", "\n", "  \n  ", "a{b}c", "<p>", "ü", "{", "}}", "%}", "\r\n", "#", "{ {", "x\n\n", "'", "\t")

    def name(self):
        name = self.pick("a1", "b2", "c3", "acc")
        return name

    def body(self, size=2):
        names, macros = list(self.names), list(self.macros)
        self.depth += 1
        parts = [self.statement() for _ in range(self.rng.randrange(0, size + 1))]
        self.depth -= 1
        self.names, self.macros = names, macros
        return "".join(parts)

    def statement(self):
        if self.depth > 2:
            return self.pick(self.plain, self.output)()
        return self.weighted(
            [
                (self.plain, 5), (self.output, 8), (self.if_, 3), (self.for_, 3), (self.set_, 3), (self.macro, 1), (self.comment, 0.7), (self.raw, 0.4), (self.with_, 0.8),
                (self.filter_block, 0.6), (self.call_block, 0.6), (self.namespace, 0.8), (self.do, 0.3), (self.loop_control, 0.7 if self.in_loop else 0.02), (self.block, 0.2), (self.autoescape, 0.1),
            ]
        )

    def if_(self):
        out = self.tag(f"if {self.bool()}") + self.body()
        while self.chance(0.3):
            out += self.tag(f"elif {self.any()}") + self.body()
        if self.chance(0.4):
            out += self.tag("else") + self.body()
        return out + self.tag("endif")

    def for_(self):
        target, items = self.pick(("item", self.list()), ("item", self.list()), ("k, v", self.dict() + ".items()"), ("k, v", "(('a', 1), ('b', 2))"), ("item", self.any()), ("item", f"range({self.pick('3', '5')})"), ("x, (y, z)", "[(1, (2, 3))]"))
        recursive = self.chance(0.05)
        head = f"for {target} in {items}" + (f" if {self.pick('item', 'k', 'loop is undefined', self.bool())}" if self.chance(0.25) else "") + (" recursive" if recursive else "")
        saved, self.names = list(self.names), self.names + [t.strip("() ") for t in target.split(",")]
        self.in_loop += 1
        body = self.body(3)
        if self.chance(0.5):
            body += "{{ loop." + self.pick("index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem", "depth", "cycle('a', 'b')", "changed(item)", "depth0", "nope") + " }}"
        if recursive and self.chance(0.6):
            body += "{{ loop(rows) if loop.depth < 3 }}"
        self.in_loop -= 1
        self.names = saved
        other = self.tag("else") + self.body() if self.chance(0.2) else ""
        return self.tag(head) + body + other + self.tag("endfor")

    def loop_control(self):
        return self.tag(f"if {self.bool()}") + self.tag(self.pick("break", "continue")) + self.tag("endif")

    def set_(self):
        name = self.name()
        kind = self.pick("plain", "plain", "plain", "tuple", "block", "block_filter")
        if kind == "plain":
            out = self.tag(f"set {name} = {self.any()}")
        elif kind == "tuple":
            out = self.tag(f"set {name}, other = {self.pick('pairs', '(1, 2)', '1, 2', self.any())}")
            self.names.append("other")
        elif kind == "block":
            out = self.tag(f"set {name}") + self.body() + self.tag("endset")
        else:
            out = self.tag(f"set {name} | {self.pick('upper', 'trim', 'length', 'replace(`a`, `b`)')}".replace("`", "'")) + self.body() + self.tag("endset")
        self.names.append(name)
        return out

    def macro(self):
        name = self.pick("mac", "mic")
        params = self.pick("", "a", "a, b", "a, b=2", "a=1, b='x'", "a, b=a", "b, c=num")
        saved, self.names = list(self.names), self.names + ["a", "b"]
        macros, self.macros = self.macros, []
        body = self.body(3) + self.pick("", "{{ a }}", "{{ varargs }}", "{{ kwargs }}", "{{ caller() if caller }}", "{{ b }}{{ a }}")
        self.names, self.macros = saved, macros + [name]
        return self.tag(f"macro {name}({params})") + body + self.tag("endmacro")

    def call_block(self):
        if not self.macros:
            return self.output()
        name = self.rng.choice(self.macros)
        return self.tag(f"call{self.pick('', '(q)', '(q=1)')} {name}({self.any()})") + self.body() + self.tag("endcall")

    def comment(self):
        return "{#" + self.pick("", "-") + self.pick(" note ", "", " {{ num }} ", "\n", " # ") + self.pick("", "-") + "#}"

    def raw(self):
        return self.tag("raw") + self.pick("{{ num }}", "{% if %}", " x ", "{# c #}", "") + self.tag("endraw")

    def with_(self):
        name = self.name()
        head = self.pick("with", f"with {name} = {self.any()}", f"with {name} = 1, other = {name}")
        saved = list(self.names)
        self.names.append(name)
        body = self.body(3)
        self.names = saved
        return self.tag(head) + body + self.tag("endwith")

    def filter_block(self):
        return self.tag(f"filter {self.pick('upper', 'trim', 'e', 'replace(`a`, `b`)', 'indent(2)', 'trim|lower')}".replace("`", "'")) + self.body() + self.tag("endfilter")

    def namespace(self):
        out = self.tag(f"set ns = namespace({self.pick('', 'x=0', 'x=1, y=[]', 'map')})")
        self.names.append("ns.x")
        return out + self.tag(f"set ns.x = {self.any()}") + self.pick("", "{{ ns.x }}", self.tag("for i in nums") + self.tag("set ns.x = ns.x ~ i") + self.tag("endfor") + "{{ ns.x }}")

    def do(self):
        return self.tag(f"do {self.any()}")

    def block(self):
        return self.tag(f"block {self.pick('one', 'two')}") + self.body() + self.tag("endblock")

    def autoescape(self):
        return self.tag(f"autoescape {self.pick('true', 'false')}") + self.body() + self.tag("endautoescape")

    # --- whole templates

    def template(self):
        self.names, self.macros, self.in_loop, self.depth = [], [], 0, 0
        source = "".join(self.statement() for _ in range(self.rng.randrange(1, 4)))
        return self.damage(source) if self.chance(0.12) else source

    def damage(self, source):
        """One small mistake, such as people make."""
        at = self.rng.randrange(len(source) + 1)
        piece = self.pick("(", ")", "|", "'", "{{", "}}", "{%", "%}", "-", ".", ",", "[", "]", "}", " if ", " in ", "=", "~", "1", "not ", "\n", "\\", ":", "is ", "%", "#}")
        return self.pick(source[:at] + source[at + 1 :], source[:at] + piece + source[at:], source[:at] + piece + source[at + 1 :], source[:at])
