"""The judge judged: each violation is planted in a small clean tree and has to be named."""

import pathlib
import tempfile

from .rules import judge

CLEAN = {
    "CMakeLists.txt": "include(cmake/room.cmake)\n"
    "ferry_room(events LINKS ferry_proto)\n"
    "ferry_room(engine LINKS ferry_events)\n"
    "add_library(ferry_cli cli/main.cpp)\n"
    "target_link_libraries(ferry_cli PUBLIC ferry_engine)\n",
    "cmake/room.cmake": "file(GLOB sources ${PROJECT_SOURCE_DIR}/${name}/*.cpp)\n",
    "README.md": "# Clean\n\nSee [more](docs/more.md).\n\n```sh\n# not a title\n```\n",
    "docs/more.md": "# More\n",
    "events/commit.hpp": "#pragma once\nint commit();\n",
    "events/commit.cpp": '#include "events/commit.hpp"\nint commit() {\n    return 1;\n}\n',
    "engine/decide.cpp": '#include "events/commit.hpp"\nint decide() { return commit(); }\n',
    "cli/main.cpp": "int main() {\n    return google::protobuf::ut" + "il::ok;\n}\n",
}
LONG_BODY = "    commit();\n" * 71
INITIALISED = "struct Reader {\n    Reader(int a) : a_{a}, b_{a} {\n" + LONG_BODY + "    }\n};\n"
MARK = "TO" + "DO"

# What is planted where (added to the file's text), and what has to be said about it.
PLANTS = [
    ("events/commit.cpp", "// line\n" * 400, "events/commit.cpp:404: file is over 400 lines"),
    ("events/commit.cpp", "int a() {\n" + LONG_BODY + "}\n", ":5: function a has 73 lines"),
    ("events/commit.cpp", INITIALISED, ":6: function Reader has 73 lines"),
    ("events/commit.cpp", "// " + "x" * 98 + "\n", ":5: line is over 100 columns"),
    ("events/commit.cpp", '#include "engine/decide.hpp"\n', "events may not include engine/"),
    ("engine/decide.cpp", '#include "tests/model.hpp"\n', "engine may not include tests/"),
    ("engine/decide.cpp", '#include "commit.hpp"\n', "is no path from the root"),
    ("CMakeLists.txt", "target_link_libraries(ferry_events ferry::cli)\n", "may not link cli"),
    ("CMakeLists.txt", "ferry_room(events LINKS ferry_engine)\n", "events may not link engine"),
    ("engine/log_ut" + "il.cpp", "int b();\n", "a file's name may not say"),
    ("engine/decide.cpp", "class LogMana" + "ger {};\n", "may not say mana"),
    ("docs/more.md", f"{MARK}: write\n", f"docs/more.md:2: {MARK} is left over"),
    ("cli/main.cpp", "// ======== reading\n", "banner"),
    ("engine/decide.cpp", "__builtin_pre" + "fetch(&a);\n", "is left to engine/prefetch.hpp"),
    ("docs/more.md", "cd /wo" + "rk/main\n", "belongs to one machine"),
    ("events/orphan.hpp", "#pragma once\n", "events/orphan.hpp:1: nothing includes"),
    ("events/inner/orphan.cpp", "int d();\n", "inner/orphan.cpp:1: nothing includes"),
    ("bench/orphan.cpp", "int c();\n", "bench/orphan.cpp:1: nothing includes"),
    ("docs/orphan.md", "# Orphan\n", "docs/orphan.md:1: nothing includes"),
    ("docs/more.md", "# Again\n", "one title, this one has 2"),
    ("tests/some_test", "#!/bin/sh\n", "tests/some_test:1: a script needs its executable bit"),
]


def write(root, path, text):
    file = pathlib.Path(root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as out:
        out.write(text)


def findings_with(plants):
    with tempfile.TemporaryDirectory() as root:
        for path, text in list(CLEAN.items()) + plants:
            write(root, path, text)
        return [str(finding) for _, findings in judge(root) for finding in findings]


def median_plants():
    return [(f"events/part{n}.cpp", "// line\n" * 101) for n in range(9)]


def self_test():
    """Yields (what, passed) for the clean tree and for every plant."""
    yield "the clean tree passes", findings_with([]) == []
    for path, text, expected in PLANTS:
        said = findings_with([(path, text)])
        yield f"planted in {path}: {expected}", any(expected in finding for finding in said)
    yield "a median too high is named", any("median" in f for f in findings_with(median_plants()))
