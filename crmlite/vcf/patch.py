"""Card and wishes -> card. Whatever did not change in this program stays byte for byte as the client sent it."""

from crmlite.ics.lines import Line
from crmlite.ics.spelling import folded, split_values
from crmlite.vcf import build
from crmlite.vcf.facts import Facts, Place, Way, moved_places, moved_ways, plain
from crmlite.vcf.lines import Card, group_of, parse, parts
from crmlite.vcf.read import WAYS, is_company, place_of, way_of, words


def patch(text: str, known: Facts, now: Facts, photo: bytes = b"", uid: str = "") -> str:
    """`known` is what the program held when the text came, `now` what it holds; `photo` is the picture of now as JPEG,
    `uid` another than the text has."""
    if known == now and not uid:
        return text
    card = parse(text)
    if uid:
        _put(card, "UID", uid)
    _names(card, known, now)
    _work(card, known, now)
    if known.note != now.note:
        _put(card, "NOTE", build.escaped(now.note))
    _ways(card, known, now)
    _places(card, known, now)
    _wishes(card, known, now)
    if known.picture != now.picture:
        for line in card.all("PHOTO"):
            card.replace(line, None)
        if photo:
            card.add(_line(card, build.photo_line(photo)))
    return card.write()


def _names(card: Card, known: Facts, now: Facts) -> None:
    if (known.title, known.first_name, known.name, known.is_company) == (
        now.title, now.first_name, now.name, now.is_company,
    ):  # fmt: skip
        return
    line = card.first("N")
    said = (parts(line.value) if line else []) + [""] * 5
    if not now.is_company:
        if known.name != now.name or known.is_company:
            said[0], said[4] = build.escaped(now.name), ""
        if known.first_name != now.first_name:
            said[1], said[2] = build.escaped(now.first_name), ""
        if known.title != now.title:
            said[3] = build.escaped(now.title)
        _put(card, "N", ";".join(said[:5]))
    elif words(said[0]) == known.name or not line:
        _put(card, "N", ";".join([build.escaped(now.name), "", "", "", ""]))
    if known.is_company != now.is_company:
        for mark in card.all("X-ABSHOWAS", "KIND"):
            card.replace(mark, None)
        if now.is_company and not is_company(card):
            card.add(_line(card, "X-ABSHOWAS:COMPANY"))
    if (known.full_name, known.is_company) != (now.full_name, now.is_company):
        _put(card, "FN", build.escaped(now.full_name))


def _work(card: Card, known: Facts, now: Facts) -> None:
    was, company = (facts.name if facts.is_company else facts.company for facts in (known, now))
    if (was, known.department) != (company, now.department):
        line = card.first("ORG")
        said = parts(line.value) if line else [""]
        if was != company:
            said[0] = build.escaped(company)
        if known.department != now.department:
            said[1:] = [build.escaped(now.department)] if now.department else []
        _put(card, "ORG", ";".join(said) if any(said) else "")
    if known.job_title != now.job_title:
        _put(card, "TITLE", build.escaped(now.job_title))


def _ways(card: Card, known: Facts, now: Facts) -> None:
    for was, way in moved_ways(known.ways, now.ways):
        line = _line_of(card, was) if was else None
        if line and way is None:
            card.drop(line)
        elif line and way and was and plain(was) != plain(way) and was.use == way.use:
            value = build.way_lines(Way(way.kind, "", way.value), 0)[0].partition(":")[2]
            card.replace(line, line.rewritten(value, card.eol))
        elif way:
            if line:
                card.drop(line)
            _add(card, build.way_lines(way, _free_number(card)))


def _places(card: Card, known: Facts, now: Facts) -> None:
    for was, place in moved_places(known.places, now.places):
        lines = [line for line in card.all("ADR") if was and place_of(card, line)[1:] == was[1:]]
        line = lines[0] if lines else None
        if line and place and was and was.use == place.use:
            said = (parts(line.value) + [""] * 7)[:7]
            said[2:7] = [
                build.escaped(new) if new != old else kept
                for new, old, kept in zip(place[1:], was[1:], said[2:7], strict=True)
            ]
            card.replace(line, line.rewritten(";".join(said), card.eol))
            continue
        if line:
            card.drop(line)
        if place:
            _add(card, build.place_lines(Place(*place), _free_number(card)))


def _wishes(card: Card, known: Facts, now: Facts) -> None:
    gone, come = set(known.wishes) - set(now.wishes), [one for one in now.wishes if one not in known.wishes]
    if not (gone or come):
        return
    lines = card.all("CATEGORIES")
    for line in lines:
        kept = [value for value in split_values(line.value) if words(value) not in gone]
        if line is lines[0]:
            kept += [build.escaped(one) for one in come]
        if kept != split_values(line.value):
            card.replace(line, line.rewritten(",".join(kept), card.eol) if kept else None)
    if come and not lines:
        card.add(_line(card, f"CATEGORIES:{','.join(build.escaped(one) for one in come)}"))


def _line_of(card: Card, way: Way) -> Line | None:
    return next((line for line in card.all(*WAYS) if plain(way_of(card, line)) == plain(way)), None)


def _put(card: Card, name: str, value: str) -> None:
    """The one line of this name with another value; without one when the value is empty."""
    line = card.first(name)
    if line:
        card.replace(line, line.rewritten(value, card.eol) if value else None)
    elif value:
        card.add(_line(card, f"{name}:{value}"))


def _add(card: Card, said: list[str]) -> None:
    for one in said:
        card.add(_line(card, one))


def _line(card: Card, said: str) -> Line:
    return Line(folded(said, card.eol))


def _free_number(card: Card) -> int:
    taken = {group_of(line) for line in card.lines}
    return next(number for number in range(1, len(taken) + 2) if f"ITEM{number}" not in taken)
