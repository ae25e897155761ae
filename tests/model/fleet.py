"""Compares `ferry show --all` and `ferry status` with the model, and checks the standing rules."""

from collections import Counter

from model import tables

COUNT_WORDS = ("count", "n", "total", "entities")
PLURALS = {kind + "s": kind for kind in tables.KINDS} | {kind: kind for kind in tables.KINDS}


def judge_show(estate, rows):
    """Complaints per entity: {entity or 'all': [complaint]}."""
    by_id = {row.get("entity"): row for row in rows}
    ids = [row.get("entity") for row in rows]
    wrong = {"all": []}
    if ids != sorted(by_id, key=str):
        wrong["all"].append("the rows are not sorted by id, each once")
    unknown = sorted(set(ids) - set(estate.entities), key=str)
    if unknown:
        wrong["all"].append(f"shows what was never registered: {unknown[:5]}")
    for name, entity in estate.entities.items():
        wrong[name] = []
        if name in by_id:
            wrong[name] = judge_row(estate, entity, by_id[name])
        elif entity.present:
            wrong[name] = ["is not shown"]
    wrong["all"] += judge_density(estate, by_id)
    return wrong


def expected_row(estate, entity):
    row = {"entity": entity.id, "kind": entity.kind, "site": entity.site}
    if entity.present:
        row["lifecycle"] = entity.lifecycle
    if entity.kind == "pool":
        return row | {"successor": entity.successor, "coexistence": entity.coexistence}
    row |= {"pool": estate.pool_of(entity).name, "transfer": entity.transfer}
    if entity.present:
        row["home"] = estate.home(entity)
    if entity.kind == "user":
        return row | {"client": entity.client}
    known = {"applicationClass": entity.application_class}
    return row | known | {"compatibility": entity.compatibility}


def judge_row(estate, entity, row):
    expected = expected_row(estate, entity)
    wrong = [
        f"{key} is {row.get(key)!r}, expected {value!r}"
        for key, value in expected.items()
        if (row.get(key) or "") != value
    ]
    version, position = row.get("version"), row.get("position")
    if type(version) is not int or type(position) is not int:
        return wrong + ["version and position are numbers"]
    if version < entity.version or (entity.exact and version != entity.version):
        wrong.append(f"version is {version}, the answers said {entity.version}")
    if position < entity.position:
        wrong.append(f"position is {position}, the answers said {entity.position}")
    if not wrong:
        entity.version, entity.position, entity.exact = version, position, True
    return wrong


def judge_density(estate, by_id):
    """Every event of a log has one position: heads and versions have to add up.

    A log begins with two events of its own, a mark is one; a check given for a site may leave one
    event in the stream of the site besides those of its pools.
    """
    wrong = []
    for site in estate.sites.values():
        rows = [r for name, r in by_id.items() if on_site(estate, name, site)]
        positions = [row["position"] for row in rows if type(row.get("position")) is int]
        if len(set(positions)) != len(positions):
            wrong.append(f"{site.name}: two entities share a position")
        site.head = max([site.head, *positions])
        events = 2 + site.marks + sum(int(row.get("version") or 0) for row in rows)
        if site.head and not events <= site.head <= events + site.site_checks:
            wrong.append(f"{site.name}: head {site.head}, but {events} events are accounted for")
    return wrong


def on_site(estate, name, site):
    return name in estate.entities and estate.entities[name].site == site.name


def judge_status(estate, status):
    """Status counts per site, kind and lifecycle; whether leavers are counted is left open."""
    counts = Counter(dict(count_leaves(status, {}, estate)))
    present, everyone = Counter(), Counter()
    for entity in estate.entities.values():
        key = (entity.site, entity.kind, entity.lifecycle)
        everyone[key] += 1
        present[key] += entity.present
    if +counts in (+present, +everyone):
        return []
    keys = sorted(key for key in set(counts) | set(present) if counts[key] != present[key])
    return [f"status counts {counts[key]} of {key}, expected {present[key]}" for key in keys[:8]]


def count_leaves(node, context, estate):
    """Finds counts by the words around them, so that the shape of the document stays free."""
    if isinstance(node, list):
        for item in node:
            yield from count_leaves(item, context, estate)
    elif isinstance(node, dict):
        here = dict(context)
        for key, value in node.items():
            if isinstance(value, str):
                here |= place(value, estate)
        for key, value in node.items():
            inner = here | place(key, estate)
            if isinstance(value, (dict, list)):
                yield from count_leaves(value, inner, estate)
            elif type(value) is int and len(inner) == 3:
                if key in COUNT_WORDS or key in tables.LIFECYCLES:
                    yield (inner["site"], inner["kind"], inner["lifecycle"]), value


def place(word, estate):
    if word in estate.sites:
        return {"site": word}
    if word in PLURALS:
        return {"kind": PLURALS[word]}
    return {"lifecycle": word} if word in tables.LIFECYCLES else {}


def judge_rules(estate, rows):
    """The standing rules on what Ferry shows. Leavers and fresh finds are known from the model."""
    by_id = {row.get("entity"): row.get("lifecycle") for row in rows}
    wrong = []
    for entity in estate.entities.values():
        if entity.kind == "pool" or not entity.present or entity.found:
            continue
        state, pool = by_id.get(entity.id), by_id.get(entity.pool)
        wrong += [f"{entity.id}: {rule}" for rule in broken_rules(entity.kind, state, pool)]
    return wrong


def broken_rules(kind, state, pool):
    settled = ("production", "retired") if kind == "user" else ("retired",)
    rules = (
        ("coexist-test, but its pool is legacy", state == "coexist-test" and pool == "legacy"),
        ("pilot without its pool", state == "pilot" and pool not in ("pilot", "production")),
        (
            "production without its pool",
            state == "production" and pool not in ("production", "retired"),
        ),
        (
            "retired before its pool",
            kind == "user" and state == "retired" and pool != "retired",
        ),
        ("its pool is retired, it has not moved", pool == "retired" and state not in settled),
    )
    return [rule for rule, broken in rules if broken]
