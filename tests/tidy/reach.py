"""Reach: nothing lies dead, documents have one title, scripts can be run."""

import fnmatch
import re

from .tree import Finding

GLOB = re.compile(r"[\w./*${}-]*\*\.(?:cpp|proto)")
AT_THE_ROOT = re.compile(r"^\$\{(PROJECT|CMAKE)_SOURCE_DIR\}/")
BESIDE = re.compile(r"^\$\{CMAKE_CURRENT_SOURCE_DIR\}/")
ROOM = re.compile(r"^ferry_room\((\w+)", re.MULTILINE)
# Tools and people find these by their name alone.
FOUND_BY_NAME = {
    "README.md", "LICENSE", "CMakeLists.txt", "CMakePresets.json", ".gitignore", ".gitattributes",
    ".clang-format", ".clang-tidy", ".editorconfig", "run", "buf.yaml", "__init__.py",
}


def globs_of(files):
    cmake = [file for file in files if file.is_cmake]
    rooms = [room for file in cmake for room in ROOM.findall(file.text)]
    for file in cmake:
        folder = file.path.rpartition("/")[0]
        for glob in GLOB.findall(file.text):
            if AT_THE_ROOT.match(glob):
                glob = AT_THE_ROOT.sub("", glob)
            elif folder:
                glob = f"{folder}/{BESIDE.sub('', glob)}"
            # A variable left in a glob is the name of a room, given where the room is declared.
            variables = rooms if "${" in glob else [""]
            yield from (re.sub(r"\$\{\w+\}", value, glob) for value in variables)


def fits(path, glob):
    """Unlike fnmatch alone, `*` stays inside one folder, as it does in CMake."""
    return path.count("/") == glob.count("/") and fnmatch.fnmatchcase(path, glob)


def is_mentioned(file, files):
    """By its name, or by its folder where many of a kind lie together."""
    folder = file.path.rpartition("/")[0]
    stem = file.name.rsplit(".", 1)[0]
    words = {file.name, f"{folder}/"} if folder.count("/") else {file.name}
    if file.suffix == ".py":
        words.add(stem)
    return any(word in other.text for other in files if other != file for word in words)


def is_reached(file, files, globs):
    if file.name in FOUND_BY_NAME or file.is_data:
        return True
    if re.fullmatch(r"tests/\w+_test", file.path):
        return True  # tests/run runs them all
    if file.suffix in {".cpp", ".proto"}:
        by_name = (other.is_cmake and file.name in other.text for other in files)
        return any(by_name) or any(fits(file.path, glob) for glob in globs)
    if file.suffix == ".hpp":
        include = f'"{file.path}"'
        return any(include in other.text for other in files if other != file)
    return is_mentioned(file, files)


def nothing_unreached(files):
    globs = list(globs_of(files))
    for file in files:
        if not is_reached(file, files, globs):
            yield Finding(file.path, 1, "nothing includes, globs or mentions this file")


def one_title(files):
    for file in files:
        if file.suffix != ".md" or file.is_data:
            continue
        prose = re.sub(r"^(```|~~~).*?^\1", "", file.text, flags=re.MULTILINE | re.DOTALL)
        titles = len(re.findall(r"^# \S", prose, flags=re.MULTILINE))
        if titles != 1:
            yield Finding(file.path, 1, f"a document has one title, this one has {titles}")


def scripts_can_be_run(files):
    for file in files:
        if file.is_script and not file.is_executable:
            yield Finding(file.path, 1, "a script needs its executable bit")
        if file.is_executable and not file.text.startswith("#!"):
            yield Finding(file.path, 1, "an executable file needs a `#!` line")
