#!/usr/bin/env python3
"""Counts the tests of stages: count-tests.py DIR...

Each DIR holds ctest.xml, what `ctest --output-junit` wrote, and gtest/, what the test programs wrote themselves. A
program with a report of its own counts with its cases, any other with one.

Prints a line `PASSED FAILED SKIPPED`, then one line per failure and skip: `failed NAME` or `skipped NAME: REASON`.
"""

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def add_case(self, program: str, case: ET.Element):
        name = f"{program}: {case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            self.failed.append(name)
        elif skipped is not None or case.get("status") == "notrun":
            self.skipped.append(f"{name}: {reason_of_case(skipped)}")
        else:
            self.passed += 1

    def add_program(self, name: str, test: ET.Element):
        skipped = test.find("skipped")
        reason = skipped.get("message", "") if skipped is not None else ""
        if test.get("status") == "run":
            self.passed += 1
        elif reason.startswith("SKIP_"):
            self.skipped.append(f"{name}: {reason_of_program(test)}")
        else:
            self.failed.append(f"{name} ({reason or 'as a program: crash, time limit or exit status'})")


def reason_of_case(skipped):
    if skipped is None:
        return "disabled"
    # GoogleTest puts the place before the reason.
    lines = (skipped.get("message") or "").splitlines()
    return " ".join(line.strip() for line in lines if not re.match(r"^\s*\S+:\d+\s*$", line)) or "no reason given"


def reason_of_program(test: ET.Element) -> str:
    """A program that skips itself says why in its last line."""
    lines = (test.findtext("system-out") or "").strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"


def parse(report: Path) -> ET.Element:
    """What a failed test shows may be any bytes, and the programs write them as they are."""
    text = report.read_bytes().decode(errors="replace")
    return ET.fromstring(re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))


def count_stage(stage: Path, tally: Tally):
    report = stage / "ctest.xml"
    if not report.exists():
        tally.failed.append(f"{stage.name} (no test was run)")
        return
    for test in parse(report).iter("testcase"):
        name = test.get("name")
        own = stage / "gtest" / f"{name}.xml"
        try:
            cases = list(parse(own).iter("testcase")) if own.exists() else []
        except ET.ParseError as error:
            cases = []
            tally.failed.append(f"{stage.name} {name} (its report cannot be read: {error})")
        failed_before = len(tally.failed)
        for case in cases:
            tally.add_case(name, case)
        # A sanitizer or a crash at the end fails a program whose cases all passed.
        if not cases or (test.get("status") == "fail" and len(tally.failed) == failed_before):
            tally.add_program(name, test)


def main():
    tally = Tally()
    for stage in sys.argv[1:]:
        count_stage(Path(stage), tally)
    print(tally.passed, len(tally.failed), len(tally.skipped))
    for name in tally.failed:
        print("failed", name)
    for name in tally.skipped:
        print("skipped", name)


if __name__ == "__main__":
    main()
