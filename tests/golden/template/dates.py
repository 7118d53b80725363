#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes moments.jsonl, strftime.jsonl and strptime.jsonl beside itself: what Python makes of dates and times.

The names are those that test_moment.c gives its templates. Run it by hand, with TZ=Europe/Berlin as the local zone.
"""
import datetime as d
import itertools
import json
import os
import random
import re
import time
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ["TZ"] = "Europe/Berlin"
time.tzset()
random.seed(20240229)
BERLIN, KOLKATA, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe")
UTC = d.timezone.utc

NAMES = {
    "naive": d.datetime(2024, 2, 29, 12, 30, 45, 123456),
    "plain": d.datetime(1999, 12, 31),
    "utc": d.datetime(2024, 1, 15, 12, 0, tzinfo=UTC),
    "west": d.datetime(2024, 5, 1, 10, 20, 30, 5, tzinfo=d.timezone(d.timedelta(hours=-3))),
    "odd": d.datetime(2024, 1, 1, 0, 0, 1, tzinfo=d.timezone(d.timedelta(seconds=-3661))),
    "berlin": d.datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN),
    "gap": d.datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN),
    "first": d.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
    "second": d.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
    "same": d.datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "kolkata": d.datetime(2024, 2, 29, 20, 0, tzinfo=KOLKATA),
    "lord_howe": d.datetime(2025, 4, 6, 1, 45, tzinfo=LORD_HOWE),
    "low": d.datetime.min,
    "high": d.datetime.max,
    "day": d.date(2024, 2, 29),
    "other": d.date(2023, 12, 31),
    "clock": d.time(6, 5),
    "exact": d.time(23, 59, 59, 999999),
    "zoned": d.time(1, 0, tzinfo=BERLIN),
    "fixed": d.time(1, 0, tzinfo=UTC),
    "hour": d.timedelta(hours=1),
    "back": d.timedelta(days=-1, seconds=5),
    "tiny": d.timedelta(microseconds=7),
    "long": d.timedelta(days=100000, microseconds=3),
    "zero": d.timedelta(0),
}

MOMENTS = [n for n, v in NAMES.items() if isinstance(v, d.datetime)]
SPANS = ["hour", "back", "tiny", "long", "zero"]
NUMBERS = ["2", "-3", "0", "0.5", "1.5", "-0.1", "1e-7", "1e300", "true", "'a'", "none"]

METHODS = {
    "datetime": "isoformat() isoformat(' ') isoformat('T','minutes') isoformat(timespec='milliseconds') isoformat('xx') "
    "isoformat(timespec='day') timestamp() date() time() timetz() weekday() isoweekday() isocalendar() ctime() toordinal() "
    "utcoffset() dst() tzname() timetuple() utctimetuple() astimezone().isoformat() replace(hour=3) replace(year=2023) replace(day=31) "
    "replace(month=13) replace(minute=60) replace(second=-1) replace(microsecond=1000000) replace(2000,1,2) replace(tzinfo=none) "
    "replace(tzinfo=utc.tzinfo) replace(tzinfo=5) replace(fold=1) replace(fold=2) replace(hour='1') replace(hour=1.5) "
    "astimezone(utc.tzinfo) astimezone(berlin.tzinfo) astimezone(5) fromisoformat('2024-05-05T01:02:03+01:00') "
    "strptime('5/2024','%m/%Y') combine(day,clock) combine(day,zoned) combine(day,clock,tzinfo=utc.tzinfo) combine(5,clock) "
    "year month day hour minute second microsecond tzinfo fold",
    "date": "isoformat() weekday() isoweekday() isocalendar() ctime() toordinal() timetuple() replace(day=1) replace(year=2023) "
    "replace(month=0) replace(2000,1,2) replace(day='a') fromisoformat('2024-05-05') year month day",
    "time": "isoformat() isoformat('hours') isoformat('milliseconds') utcoffset() dst() tzname() replace(hour=0) replace(second=61) "
    "replace(tzinfo=utc.tzinfo) replace(tzinfo=none) hour minute second microsecond tzinfo fold",
    "timedelta": "total_seconds() days seconds microseconds",
}


def outcome(expression):
    names = dict(NAMES, true=True, none=None)
    try:
        return {"result": repr(eval(expression, {"__builtins__": {"__import__": __import__}}, names))}
    except OverflowError as e:  # ours begins at fewer days, and says so
        return {"error": "OverflowError: " if "C int" in str(e) else f"OverflowError: {e}"}
    except Exception as e:  # noqa: BLE001 whatever Python says is the expectation
        return {"error": f"{type(e).__name__}: {e}"}


def expressions():
    for a, b in itertools.product(NAMES, NAMES):
        yield f"{a} - {b}"
        yield f"{a} < {b}"
        yield f"{a} == {b}"
    for a, b in itertools.product(NAMES, SPANS):
        yield f"{a} + {b}"
        yield f"{b} + {a}"
    for a, b, op in itertools.product(SPANS, SPANS + NUMBERS, ["*", "/", "//", "%"]):
        yield f"{a} {op} {b}"
    for a, b in itertools.product(NUMBERS, SPANS):
        yield f"{a} * {b}"
        yield f"{a} / {b}"
    for a in SPANS:
        yield f"-{a}"
        yield f"+{a}"
    for name, value in NAMES.items():
        yield name
        for method in METHODS[type(value).__name__].split(" "):
            if method != "":
                yield f"{name}.{method}"
    yield "utc.isocalendar()[1]"
    yield "utc.isocalendar().week"
    yield "utc.isocalendar() == (2024, 3, 1)"
    yield "utc.timetuple().tm_yday"
    yield "berlin.tzinfo == gap.tzinfo"
    yield "berlin.tzinfo == utc.tzinfo"
    yield "berlin.tzinfo.key"


def write(name, rows):
    with open(Path(__file__).parent / name, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def moment_rows():
    seen = set()
    for expression in expressions():
        # A space in a method's arguments was cut.
        # A naive day at the edge has neighbours that Python cannot ask for its offset.
        if expression in seen or expression.count("(") != expression.count(")") or re.match(r"(low|high)\.(timestamp|astimezone)", expression):
            continue
        seen.add(expression)
        yield {"expression": expression, **outcome(expression)}


FORMATS = (
    "%a %A %b %B %c %C %d %D %e %f %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %Z %% "
    "%-d %-m %-H %-I %-M %-j %_d %_m %05d %^a %^B %#p %#B %10A %-10d %010Y %Ey %Od %EY %q %E %- % %5% %5q"
).split(" ")


def strftime_rows():
    moments = [NAMES[n] for n in ("naive", "plain", "utc", "west", "odd", "berlin", "second", "kolkata", "low", "high")]
    for _ in range(40):
        second = random.randrange(-62135596800, 253402300800)
        moments.append(d.datetime(1970, 1, 1) + d.timedelta(seconds=second, microseconds=random.randrange(10**6)))
    for moment in moments:
        zone = getattr(moment.tzinfo, "key", None)
        offset = moment.utcoffset()
        for form in FORMATS if moment.tzinfo else random.sample(FORMATS, 24):
            if form == "%s" and moment.year < 2:
                continue
            yield {
                "iso": moment.replace(tzinfo=None).isoformat(),
                **({"zone": zone, "fold": moment.fold} if zone else {}),
                **({"offset": offset.total_seconds()} if offset is not None and not zone else {}),
                "format": form,
                "text": moment.strftime(form),
            }


READ = "%a %A %b %B %d %f %H %I %j %m %M %p %S %U %W %w %u %y %Y %z %Z %% %c %x %X %G %V %q".split(" ")


def strptime_outcome(text, form):
    try:
        return {"result": d.datetime.strptime(text, form).isoformat()}
    except Exception as e:  # noqa: BLE001
        return {"error": type(e).__name__}


def strptime_rows():
    fixed = [
        ("15.01.2024 08:05", "%d.%m.%Y %H:%M"), ("2024-01-15T08:05+0100", "%Y-%m-%dT%H:%M%z"), ("3 March 2024", "%d %B %Y"),
        ("Mon Jan 15 2024", "%a %b %d %Y"), ("08:05 PM", "%I:%M %p"), ("12:05 am", "%I:%M %p"), ("12:05 PM", "%I:%M %p"), ("x", "%Y"),
        ("2024 extra", "%Y"), ("68", "%y"), ("69", "%y"), ("111", "%d%m"), ("1111", "%d%m"), ("11", "%d%m"), ("2024366", "%Y%j"),
        ("2023366", "%Y%j"), ("2023 60", "%Y %j"), ("2024-W03-1", "%G-W%V-%u"), ("2024-W53-1", "%G-W%V-%u"), ("2020-W53-7", "%G-W%V-%u"),
        ("2024 3", "%G %V"), ("2024 3 1", "%Y %V %u"), ("2024 03 1", "%Y %U %w"), ("2024 00 0", "%Y %U %w"), ("2023 00 1", "%Y %W %w"),
        ("2024 53 6", "%Y %W %w"), ("29 Feb", "%d %b"), ("29 Feb 2023", "%d %b %Y"), ("30 Feb 2024", "%d %b %Y"), ("61", "%S"), ("60", "%S"),
        ("59.1", "%S.%f"), ("59.1234567", "%S.%f"), ("+01:30:15", "%z"), ("+013015", "%z"), ("-0030", "%z"), ("+01:3015", "%z"), ("Z", "%z"),
        ("+2400", "%z"), ("+0130.5", "%z"), ("UTC", "%Z"), ("gmt", "%Z"), ("  2024", " %Y"), ("2024", " %Y"),
        ("2024   01", "%Y %m"), ("5%", "%d%%"), ("a.b 5", "a.b %d"), ("axb 5", "a.b %d"), ("", ""), ("", "%Y"), ("2024", ""), ("2024", "%"),
        ("2024", "%Y%Y"), ("2024", "%5Y"), ("2024 ", "%Y "), ("JAN", "%b"), ("may", "%B"), ("MONDAY", "%A"), ("1 5", "%H %d"), (" 5", "%d"),
        ("0000", "%Y"), ("24", "%H"), ("00", "%I"), ("0", "%V"), ("13", "%m"), ("2024-13", "%Y-%m"), ("é5", "é%d"), ("2024\n01", "%Y %m"),
    ]
    for text, form in fixed:
        yield {"text": text, "format": form, **strptime_outcome(text, form)}
    moments = [d.datetime(1970, 1, 1, tzinfo=UTC) + d.timedelta(seconds=random.randrange(-2 * 10**9, 4 * 10**9)) for _ in range(60)]
    for _ in range(900):
        parts = random.sample(READ, random.randrange(1, 5))
        glue = [random.choice(["", " ", "-", ":", ".", "T"]) for _ in parts]
        form = "".join(a + b for a, b in zip(parts, glue))
        text = random.choice(moments).strftime(form)
        if random.random() < 0.3 and text:
            at = random.randrange(len(text))
            text = text[:at] + random.choice(["", "0", "9", " ", "x", text[at].upper()]) + text[at + 1 :]
        yield {"text": text, "format": form, **strptime_outcome(text, form)}


write("moments.jsonl", moment_rows())
write("strftime.jsonl", strftime_rows())
write("strptime.jsonl", strptime_rows())
