"""The list of rules; a rule takes the files and yields findings."""

from . import arrow, reach, size, words
from .tree import read_tree

RULES = [
    size.short_files,
    size.short_files_by_median,
    size.short_functions,
    size.lines_that_fit,
    arrow.includes_point_one_way,
    arrow.includes_start_at_the_root,
    arrow.links_point_one_way,
    words.plain_file_names,
    words.plain_names,
    words.no_leftovers,
    words.no_banners,
    words.memory_is_prefetched_in_one_place,
    words.nothing_of_one_machine,
    reach.nothing_unreached,
    reach.one_title,
    reach.scripts_can_be_run,
]


def judge(root):
    """Yields (name of the rule, its findings) for the tree at `root`."""
    files = read_tree(root)
    for rule in RULES:
        yield rule.__name__.replace("_", " "), list(rule(files))
