#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders generated templates with Debian's Jinja and with ours, and shows where text, or being an error, differs.

differential.py BUILD [SEED [COUNT]]. The seed is printed, so that a run can be had again; `make check` always has the same one.
Without COUNT HASS_DIFFERENTIAL says how many, or 5,000 it is.
"""
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import jinja2
import jinja2.sandbox

from grammar import VARIABLES, Grammar

warnings.simplefilter("ignore")  # Python's, of templates that call what cannot be called
COUNT = int(os.environ.get("HASS_DIFFERENTIAL", "5000"))
SEED = 20240115
SHOWN = 20
LIMIT = 262144  # characters of output, ours

# What ours has and bare Jinja has not: a mistake can make one of these names.
OURS = re.compile(
    r"\b(?:float|int|round|random|bool|iif|version|apply|zip|now|utcnow|timedelta|strptime|log|sin|cos|tan|sqrt|pi|tau|is_number|contains|match|search|add|"
    r"multiply|ord|ordinal|slugify|flatten|shuffle|union|difference|intersect|combine|typeof|wrap|clamp|remap|average|median|set\(|tuple\()\b"
    r"|(?<![|'\"\w])e\b"
)
# Printed forms with an address in them, or of what is a list here.
ADDRESS = re.compile(r" at 0x[0-9a-f]+|<generator|<bound method|<built-in method|<function|&lt;(?:bound|built-in|generator|function)|<class|dict_(?:items|keys|values)|<(?:Macro|LoopContext|Namespace|Cycler)", re.I)


# Not optimised: Jinja's constants forget the brackets of (-2) ** x, and unknown filters behind `false and`.
ENV = jinja2.sandbox.ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"], optimized=False)


def render(source):
    try:
        text = ENV.from_string(source.strip()).render(**json.loads(json.dumps(VARIABLES)))
        return {"text": text.strip()}
    except RecursionError:
        return None
    except Exception as e:  # noqa: BLE001 whatever it is, ours has to be one, too
        return {"error": f"{type(e).__name__}: {e}"}


def generate(seed, count):
    grammar = Grammar(random.Random(seed))
    templates = []
    while len(templates) < count:
        source = grammar.template()
        if not OURS.search(source):
            templates.append(source)
    return templates


def ours(build, templates):
    with tempfile.TemporaryDirectory() as folder:
        sources, variables = Path(folder, "templates"), Path(folder, "variables")
        sources.write_text("".join(json.dumps(t) + "\n" for t in templates), encoding="utf-8")
        variables.write_text(json.dumps(VARIABLES), encoding="utf-8")
        run = subprocess.run([build / "tests/differential/render", variables, sources], stdout=subprocess.PIPE, check=False)
    results = [json.loads(line) for line in run.stdout.decode().splitlines()]
    if run.returncode or len(results) != len(templates):
        print(f"render ended with {run.returncode} at template {len(results)}: {templates[len(results)]!r}" if len(results) < len(templates) else run.returncode)
        sys.exit(1)
    return results


def is_comparable(theirs):
    return theirs is not None and not ADDRESS.search(theirs.get("text", "")) and len(theirs.get("text", "")) <= LIMIT


def main():
    build = Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    count = int(sys.argv[3]) if len(sys.argv) > 3 else COUNT
    print(f"seed {seed}, {count} templates, Jinja {jinja2.__version__}", flush=True)
    templates = generate(seed, count)
    with multiprocessing.Pool(2) as pool:
        recorded = pool.map_async(render, templates, chunksize=100)
        rendered = ours(build, templates)
        expected = recorded.get()
    passed = failed = errors = 0
    for source, theirs, got in zip(templates, expected, rendered):
        if not is_comparable(theirs):
            continue
        errors += "error" in theirs
        if theirs.get("text") == got.get("text"):
            passed += 1
            continue
        failed += 1
        if failed <= SHOWN:
            print(f"FAILED {source!r}\n  jinja: {theirs}\n  ours:  {got}")
    print(f"{errors} of them errors\n{passed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
