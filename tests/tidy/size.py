"""Size: short files, short functions, lines that fit."""

import statistics

from .functions import functions_in
from .tree import Finding

FILE_LINES_MAX = 400
FILE_LINES_MEDIAN_MAX = 100
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100


def short_files(files):
    for file in files:
        if file.is_code and len(file.lines) > FILE_LINES_MAX:
            yield Finding(file.path, len(file.lines), f"file is over {FILE_LINES_MAX} lines")


def short_files_by_median(files):
    lengths = [len(file.lines) for file in files if file.is_cpp]
    median = statistics.median(lengths) if lengths else 0
    if median > FILE_LINES_MEDIAN_MAX:
        yield Finding(".", 1, f"median file has {median:g} lines, over {FILE_LINES_MEDIAN_MAX}")


def short_functions(files):
    for file in files:
        if not file.is_cpp:
            continue
        for function in functions_in(file.code):
            if function.length > FUNCTION_LINES_MAX:
                what = f"function {function.name} has {function.length} lines"
                yield Finding(file.path, function.line, f"{what}, over {FUNCTION_LINES_MAX}")


def lines_that_fit(files):
    for file in files:
        if not file.is_code:
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS_MAX:
                yield Finding(file.path, number, f"line is over {COLUMNS_MAX} columns")
