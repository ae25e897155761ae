"""Arrow: proto → events → engine → projections → cli, in includes and in links."""

import re

from .tree import Finding

ROOMS = ["proto", "events", "engine", "projections", "cli"]
ABOVE_ALL = {"tests", "bench"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
LINK = re.compile(r"(?:target_link_libraries|ferry_room)\s*\(\s*(\S+)([^)]*)\)")
TARGET = re.compile(r"ferry(?:::|_)(\w+)")


def points_back(source, target):
    if source not in ROOMS:
        return False
    if target in ABOVE_ALL:
        return True
    return target in ROOMS and ROOMS.index(target) > ROOMS.index(source)


def includes_point_one_way(files):
    for file in files:
        if not file.is_cpp:
            continue
        for number, line in enumerate(file.lines, 1):
            found = INCLUDE.match(line)
            if found and points_back(file.room, found.group(1).split("/")[0]):
                yield Finding(file.path, number, f"{file.room} may not include {found.group(1)}")


def includes_start_at_the_root(files):
    known = {file.path for file in files}
    for file in files:
        if not file.is_cpp:
            continue
        for number, line in enumerate(file.lines, 1):
            found = INCLUDE.match(line)
            if found and not found.group(1).endswith(".pb.h") and found.group(1) not in known:
                message = f'"{found.group(1)}" is no path from the root of the repository'
                yield Finding(file.path, number, message)


def room_of(target):
    found = TARGET.fullmatch(target)
    return found.group(1) if found else target


def links_point_one_way(files):
    for file in files:
        if not file.is_cmake:
            continue
        for link in LINK.finditer(file.text):
            source = room_of(link.group(1))
            for word in link.group(2).split():
                if points_back(source, room_of(word)):
                    number = file.text[: link.start()].count("\n") + 1
                    yield Finding(file.path, number, f"{source} may not link {room_of(word)}")
