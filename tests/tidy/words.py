"""Words: names that say what a thing is, no leftovers, nothing of one machine."""

import re

from .tree import Finding

# Every word here is put together from parts, so that this file passes its own judgement.
VAGUE = {"mana" + "ger", "ut" + "il", "ut" + "ils", "hel" + "per", "hel" + "pers", "com" + "mon"}
LEFTOVER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b")
BANNER = re.compile(r"^\s*(//+|#+|/?\*+)\s*[-=*#~_+]{4,}")
PREFETCH = re.compile(r"__builtin_prefetch")
MACHINE = re.compile(
    "|".join(
        [
            "/wo" + r"rk/\w",
            "/fa" + r"rm\b",
            "/ro" + r"ot/",
            "/ho" + r"me/\w+/",
            "/tmp/br" + "ief",
            r"\bdeb\.deb" + "ian",
            r"\bpy" + r"pi\.org",
            "python" + "hosted",
            r"maven\.apa" + r"che\.org/maven2|repo1\.mav" + "en",
            r"registry\.np" + "mjs",
            r"proxy\.gol" + "ang",
        ]
    )
)
FOREIGN = re.compile(r"\b(?:google|boost|std|absl|fmt|spdlog)::[\w:]+")
INCLUDE_LINE = re.compile(r"^\s*#\s*include[^\n]*", re.MULTILINE)
IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*\b")
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def vague_part(name):
    for part in PART.findall(name):
        if part.lower() in VAGUE:
            return part.lower()
    return None


def plain_file_names(files):
    for file in files:
        vague = vague_part(file.path)
        if vague:
            yield Finding(file.path, 1, f"a file's name may not say {vague}")


def plain_names(files):
    for file in files:
        if not file.is_cpp:
            continue
        code = INCLUDE_LINE.sub("", file.code)
        # What a foreign library named, and a using-declaration brought in, is not ours to name.
        foreign = {part for path in FOREIGN.findall(code) for part in path.split("::")}
        for number, line in enumerate(FOREIGN.sub("", code).splitlines(), 1):
            for name in set(IDENTIFIER.findall(line)) - foreign:
                vague = vague_part(name)
                if vague:
                    yield Finding(file.path, number, f"the name {name} may not say {vague}")


def each_line(files, pattern, message):
    for file in files:
        if file.is_data:
            continue
        for number, line in enumerate(file.lines, 1):
            found = pattern.search(line)
            if found:
                yield Finding(file.path, number, message.format(found.group().strip()))


def no_leftovers(files):
    return each_line(files, LEFTOVER, "{} is left over")


def no_banners(files):
    return each_line([file for file in files if file.is_code], BANNER, "banner: {}")


def memory_is_prefetched_in_one_place(files):
    """Elsewhere g++ may leave it out (engine/prefetch.hpp)."""
    others = [file for file in files if file.is_cpp and file.name != "prefetch.hpp"]
    return each_line(others, PREFETCH, "{} is left to engine/prefetch.hpp")


def nothing_of_one_machine(files):
    return each_line(files, MACHINE, "{} belongs to one machine")
