"""Sums up what gcov measured: coverage.py OBJECTS SOURCES [--list]"""

import collections
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Where the source itself decides something.
DECISION = re.compile(r"\b(if|while|for|switch|case)\b|\?|&&|\|\|")
COMMENT = re.compile(r"//.*")


def measured(objects):
    """What gcov says about each object, as JSON."""
    for data in sorted(objects.rglob("*.gcda")):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--object-directory", data.parent, data],
                           cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for report in pathlib.Path(folder).glob("*.gz"):
                yield json.loads(gzip.open(report).read())


def collect(objects, sources):
    """Counts by file and line; branches by file, line, function and place, because templates are compiled more than once."""
    lines = collections.defaultdict(int)
    branches = collections.defaultdict(int)
    for report in measured(objects):
        for file in report["files"]:
            path = pathlib.Path(report["current_working_directory"], file["file"]).resolve()
            if not path.is_relative_to(sources):
                continue
            for line in file["lines"]:
                lines[path, line["line_number"]] += line["count"]
                for place, branch in enumerate(line["branches"]):
                    if not branch["throw"]:
                        branches[path, line["line_number"], line.get("function_name", ""), place] += branch["count"]
    return lines, branches


def decides(texts, path, number):
    if path not in texts:
        texts[path] = path.read_text().splitlines()
    return DECISION.search(COMMENT.sub("", texts[path][number - 1]))


def main():
    objects, sources = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    lines, branches = collect(objects, sources)
    texts = {}
    branches = {key: count for key, count in branches.items() if decides(texts, key[0], key[1])}
    missed_lines = sorted(key for key, count in lines.items() if count == 0)
    missed_branches = sorted({key[:2] for key, count in branches.items() if count == 0})
    reached = sum(count > 0 for count in branches.values())
    print(f"lines: {len(lines) - len(missed_lines)} of {len(lines)} ({100 * (1 - len(missed_lines) / len(lines)):.1f} %)")
    print(f"branches: {reached} of {len(branches)} ({100 * reached / len(branches):.1f} %)")
    if "--list" not in sys.argv and len(missed_lines) + len(missed_branches) > 80:
        return
    for name, missed in (("line", missed_lines), ("branch", missed_branches)):
        for path, number in missed:
            decides(texts, path, number)
            print(f"{name} {path.relative_to(sources)}:{number}: {texts[path][number - 1].strip()}")


main()
