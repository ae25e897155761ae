"""The files a judge looks at, and what it says about one."""

import dataclasses
import functools
import os
import pathlib
import re

# What a build, a run or a cache leaves behind is not the project's own.
SKIPPED_FOLDERS = {".git", "build", "ferry-data", "__pycache__"}
CODE_SUFFIXES = {".cpp", ".hpp", ".proto", ".py"}
# Bytes that are data: samples as people export them, golden files that never change, and what
# fuzzing begins with.
DATA_FOLDERS = ("deploy/sample/", "tests/golden/", "tests/fuzz/corpus/")


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


@dataclasses.dataclass(frozen=True)
class File:
    root: pathlib.Path
    path: str

    @functools.cached_property
    def text(self):
        return (self.root / self.path).read_bytes().decode("utf-8", errors="replace")

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def room(self):
        return self.path.split("/", 1)[0] if "/" in self.path else ""

    @property
    def suffix(self):
        return pathlib.PurePath(self.path).suffix

    @property
    def is_data(self):
        return self.path.startswith(DATA_FOLDERS)

    @property
    def is_cpp(self):
        return self.suffix in {".cpp", ".hpp"} and not self.is_data

    @property
    def is_script(self):
        return not self.is_data and self.text.startswith("#!")

    @property
    def is_cmake(self):
        return self.name == "CMakeLists.txt" or self.suffix == ".cmake"

    @property
    def is_code(self):
        if self.is_data:
            return False
        return self.suffix in CODE_SUFFIXES or self.is_cmake or self.is_script

    @property
    def is_executable(self):
        return os.access(self.root / self.path, os.X_OK)

    @functools.cached_property
    def code(self):
        """The text with comments, strings and characters blanked out, line breaks kept."""
        return blank(self.text)


def read_tree(root):
    root = pathlib.Path(root)
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder, name).relative_to(root).as_posix()
            if path != ".git":  # in a worktree it is a file
                files.append(File(root, path))
    return files


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r"""|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)\""""
    r"""|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def blank(text):
    return TOKEN.sub(lambda token: '""' + "\n" * token.group().count("\n"), text)
