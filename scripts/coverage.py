"""Sums up what gcov measured: coverage.py OBJECTS SOURCES REASONS

Prints a table of files, and every source line that was not reached, or not every way on from it, without a reason in
REASONS; also reasons that are not needed any more. Exit status 1 when there is either.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

# Where the source itself decides something.
DECISION = re.compile(r"\b(if|while|for|switch|case)\b|\?|&&|\|\|")
SWITCH = re.compile(r"\bswitch\b")
COMMENT = re.compile(r"//.*")


def decisions(branches, is_switch):
    """Counts of the ways on, without those of calls that throw or do not, and without what only exceptions come by."""
    if is_switch:
        return [branch["count"] for branch in branches if not branch["throw"]]
    counts = []
    # gcov tells of each place where the way parts both ways on, one after the other.
    for one, other in zip(branches[::2], branches[1::2]):
        if not one["throw"] and not other["throw"] and one["count"] + other["count"] != 0:
            counts += [one["count"], other["count"]]
    return counts


class Coverage:
    """Counts of all objects together: headers and templates are compiled more than once."""

    def __init__(self, objects, sources):
        self.sources = sources
        self.lines = collections.Counter()
        self.branches = {}
        self.texts = {}
        for data in sorted(objects.rglob("*.gcda")):
            command = ["gcov", "--json-format", "--branch-probabilities", "--stdout", data]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            for report in output.splitlines():
                self.add(json.loads(report))

    def add(self, report):
        for file in report["files"]:
            path = pathlib.Path(report["current_working_directory"], file["file"]).resolve()
            if not path.is_relative_to(self.sources):
                continue
            name = str(path.relative_to(self.sources))
            if name not in self.texts:
                self.texts[name] = path.read_text().splitlines()
            # What is made of one template begins in one place.
            places = {function["name"]: (function["start_line"], function["start_column"]) for function in file["functions"]}
            for line in file["lines"]:
                self.add_line(name, line, places.get(line.get("function_name")))

    def add_line(self, name, line, function):
        number = line["line_number"]
        self.lines[name, number] += line["count"]
        source = COMMENT.sub("", self.source(name, number))
        if not DECISION.search(source):
            return
        branches = line["branches"]
        key = (name, number, function, len(branches))
        known = self.branches.setdefault(key, [dict(branch, count=0) for branch in branches])
        for sum_of_all, branch in zip(known, branches):
            sum_of_all["count"] += branch["count"]

    def decided(self):
        """By file and line: counts of its ways on."""
        found = collections.defaultdict(list)
        for (name, number, _, _), branches in self.branches.items():
            found[name, number] += decisions(branches, bool(SWITCH.search(self.source(name, number))))
        return found

    def source(self, name, number):
        return self.texts[name][number - 1].strip()

    def is_code(self, name, number):
        return self.source(name, number) not in ("", "}", "{", "});", "};")

    def table(self):
        """By file: lines reached and all, branches reached and all."""
        rows = collections.defaultdict(lambda: [0, 0, 0, 0])
        for (name, number), count in self.lines.items():
            if self.is_code(name, number):
                rows[name][0] += count != 0
                rows[name][1] += 1
        for (name, _), counts in self.decided().items():
            rows[name][2] += sum(count != 0 for count in counts)
            rows[name][3] += len(counts)
        return dict(sorted(rows.items()))

    def unreached(self):
        found = set()
        for (name, number), count in self.lines.items():
            if count == 0 and self.is_code(name, number):
                found.add((name, self.source(name, number)))
        for (name, number), counts in self.decided().items():
            if 0 in counts and self.lines[name, number] != 0:
                found.add((name, self.source(name, number)))
        return found


def read_reasons(file):
    """A reason begins with #; what it is about follows, line by line, as FILE: SOURCE LINE. By file and source line."""
    reasons, reason = {}, ""
    for line in file.read_text().splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line:
            name, source = line.split(": ", 1)
            reasons[name, source.strip()] = reason
    return reasons


def print_table(rows, reasons):
    print("| File | Lines | Branches | What is left |\n|---|---|---|---|")
    for name, row in rows.items():
        left = dict.fromkeys(reason for (file, _), reason in reasons.items() if file == name)
        print(f"| `{name}` | {row[0]} of {row[1]} | {row[2]} of {row[3]} | {' '.join(left)} |")
    total = [sum(row[i] for row in rows.values()) for i in range(4)]
    print(f"| together | {total[0]} of {total[1]} | {total[2]} of {total[3]} | |")


def main():
    objects, sources, reasons_file = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    coverage = Coverage(objects, sources)
    unreached, reasons = coverage.unreached(), read_reasons(reasons_file)
    print_table(coverage.table(), reasons)
    for name, source in sorted(unreached - reasons.keys()):
        print(f"not reached: {name}: {source}")
    for name, source in sorted(reasons.keys() - unreached):
        print(f"reached, or gone: {name}: {source}")
    return 1 if unreached ^ reasons.keys() else 0


sys.exit(main())
