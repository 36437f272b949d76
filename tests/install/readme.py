#!/usr/bin/env python3
"""The C++ that README.md shows is C++ that works: readme.py README EXAMPLES_DIR COMPILER...

Each block of C++ must compile as a program with COMPILER (its flags included), or stand, line by line, in a file of
EXAMPLES_DIR, which the tests build and run. Lines may be indented differently; `// …` stands for lines left out.
"""

import re
import subprocess
import sys
from pathlib import Path


def blocks(text: str):
    for match in re.finditer(r"^```(?:cpp|c\+\+)[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, match.start()) + 1, match.group(1)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def pieces(block: str) -> list[list[str]]:
    """The runs of lines between the marks for what was left out."""
    result = [[]]
    for line in lines(block):
        if line in ("// …", "// ..."):
            result.append([])
        else:
            result[-1].append(line)
    return [piece for piece in result if piece]


def stands_in(piece: list[str], file: list[str]) -> bool:
    return any(file[i : i + len(piece)] == piece for i in range(len(file) - len(piece) + 1))


def compiles(block: str, compiler: list[str]) -> str:
    command = [*compiler, "-fsyntax-only", "-x", "c++", "-"]
    return subprocess.run(command, input=block, text=True, capture_output=True, timeout=120, check=False).stderr


def problem(block: str, examples: list[list[str]], compiler: list[str]) -> str:
    if re.search(r"\bint main\(", block):
        return compiles(block, compiler)
    if any(all(stands_in(piece, example) for piece in pieces(block)) for example in examples):
        return ""
    return "stands in no example and is no program"


def main() -> int:
    readme, folder, compiler = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    examples = [lines(file.read_text()) for file in sorted(folder.rglob("*.cpp"))]
    found = list(blocks(readme.read_text()))
    failures = 0
    for line, block in found:
        if words := problem(block, examples, compiler):
            failures += 1
            print(f"{readme.name}:{line}: {words}")
    print(f"{len(found)} blocks of C++, {failures} wrong")
    return 1 if failures or not found else 0


if __name__ == "__main__":
    sys.exit(main())
