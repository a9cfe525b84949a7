"""The routes of a board: page, more cards, changed cards, a move. A blueprint receives them for its board."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import address, arguments, encode, filtered, said
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import chips, saved_counts, top
from crmlite.blueprints.records import after_verb
from crmlite.errors import Invalid, Missing, Refused, Stale
from crmlite.lists import board as boards
from crmlite.lists import views
from crmlite.lists.board_spec import Board, Look, Wish
from crmlite.lists.filters import Filter
from crmlite.lists.reader import Reader
from crmlite.rules import access, gate

# Where a move asks for more than a place: the dialog's template and context, or nothing.
Question = Callable[[Any, Refused], tuple[str, dict[str, Any]] | None]
PASSING = ("after", "as", "changed")  # of one request, not of what is shown
MOST_CHANGES = 300


def add_board(bp: Blueprint, board: Board, question: Question) -> None:
    """Give the blueprint the routes of its board."""
    base, noun = f"/{board.spec.section}", board.noun

    @bp.get(f"{base}/board")
    def show_board() -> AnyResponse:
        last = _last_pipeline(board, reader())
        if last and "pipeline" not in request.args:
            query = request.query_string.decode()
            return redirect(f"{base}/board?{query}{'&' if query else ''}pipeline={last}", 303)
        return _index(board)

    @bp.get(f"{base}/board/columns/<key>")
    def more(key: str) -> Response:
        return _more(board, key)

    @bp.get(f"{base}/board/cards")
    def cards() -> Response:
        return _changed(board)

    @bp.get(f"{base}/board/counts")
    def counts() -> Response:
        """How many cards each tab holds, fetched after the board: “no next step” looks at every open one."""
        to = reader()
        found = boards.view_counts(board, _wish(board, to), to)
        return respond.part("shared/tab_counts.html", counts=found | saved_counts(board.spec, to))

    @bp.get(f"{base}/<int:record_id>/{noun}")
    def place_form(record_id: int) -> Response:
        return _place_form(board, access.find(board.model, record_id, me()))

    @bp.post(f"{base}/<int:record_id>/{noun}")
    def place(record_id: int) -> AnyResponse:
        return _place(board, access.find(board.model, record_id, me()), question)

    @bp.post(f"{base}/<int:record_id>/column")
    def column(record_id: int) -> AnyResponse:
        return _regroup(board, access.find(board.model, record_id, me()), question)


def _last_pipeline(board: Board, to: Reader) -> int:
    """The pipeline that this person last looked at, where it is not the first; 0 for the first. Its number stands in
    the address, so that a second tab may show another."""
    known = [number for number, _ in board.pipelines(to)]
    asked = request.args.get("pipeline", "")
    if asked in map(str, known) and session.get("pipeline", known[0]) != int(asked):
        session["pipeline"] = int(asked)
    last = session.get("pipeline", 0)
    return last if last in known[1:] else 0


def begun_on(board: Board, to: Reader) -> dict[str, Any]:
    """What a new record takes on from the column that its form was opened in."""
    key = request.args.get("column", "")
    asked = boards.wish(board, {name: request.args.get(name, "") for name in ("by", "pipeline")}, to)
    first = board.groupings[0].stacks(asked, set(), to)[0].key
    found = board.groupings[0].values(None, first, to)
    return found | (board.grouping(asked.by).values(None, key, to) if key else {})


def _index(board: Board) -> Response:
    to = reader()
    refused = None
    try:
        asked = boards.wish(board, arguments(), to)
        look = boards.look(board, asked, to)
    except Invalid as error:
        refused, asked = error.message, boards.wish(board, {"view": arguments().get("view", "")}, to)
        look = boards.look(board, asked, to)
    grouping = board.grouping(asked.by)
    return respond.page(
        "shared/board.html",
        422 if refused else 200,
        title=board.spec.title,
        spec=board.spec,
        chips=[one for one in chips(board.spec, asked, to) if not _is_preset(board, asked.filters[one["at"]], to)],
        presets=[_preset(board, asked, *one) for one in board.presets(to)],
        top=top(board.spec, to, refused, "board"),
        carried=views.split_pairs(encode({name: text for name, text in said().items() if name not in ("q", *PASSING)})),
        address=address,
        refused=refused,
        grouping=grouping,
        pipelines=board.pipelines(to),
        closings=board.closings(asked, to),
        writes=me().writes,
        bare=not (asked.filters or asked.text or refused) and asked.view == board.views[0].name,
        **_context(board, asked, look),
    )


def _wish(board: Board, to: Reader) -> Wish:
    return boards.wish(board, arguments(), to)


def _more(board: Board, key: str) -> Response:
    to = reader()
    asked = _wish(board, to)
    stack = boards.find_stack(board, asked, key, to)
    if stack is None:
        raise Missing("This column does not exist.")
    cards, after = boards.page(board, asked, stack, to, request.args.get("after", ""))
    return respond.part(
        "shared/cards.html", board=board, stack=stack, cards=cards, after=after, query=_query(), asked=asked
    )


def _changed(board: Board) -> Response:
    """What changed elsewhere, as this board shows it: `changed=opportunity:12,event:5`."""
    to = reader()
    changed: dict[str, list[int]] = {}
    for part in request.args.get("changed", "").split(",")[:MOST_CHANGES]:
        concept, _, number = part.partition(":")
        if number.isdigit() and len(number) < 10:
            changed.setdefault(concept, []).append(int(number))
    ids = {*changed.get(board.spec.concept, ()), *board.touched(changed, to)}
    return _update(board, ids, to)


def _place(board: Board, record: Any, question: Question) -> AnyResponse:
    """Carry out a move. The board is answered with heads and card; refused, with the columns as they are."""
    to = reader()
    before = getattr(record, f"{board.noun}_id")
    neighbours = {name: _number(name) for name in ("after", "before", "seen")}
    try:
        with gate.together() as gesture:
            board.move(record, _number(board.noun), me(), **neighbours)
    except Refused as error:
        return _refused(board, record, error, question)
    now = getattr(record, f"{board.noun}_id")
    told = f"“{record.label}” moved to {_place_name(board, now, to)}"
    if request.args.get("as") != "board":
        return after_verb(board.spec, record, told, gesture)
    if now != before:
        respond.say(told, gesture)
    return _update(board, {record.id}, to)


def _regroup(board: Board, record: Any, question: Question) -> AnyResponse:
    """Put the card into another column of a board that is grouped by something else than its stages."""
    to = reader()
    asked = _wish(board, to)
    key = request.form.get("column", "")
    stack = boards.find_stack(board, asked, key, to)
    try:
        if stack is None:
            raise Invalid("This column does not exist any more: please load the page again.")
        with gate.together() as gesture:
            board.change(record, board.grouping(asked.by).values(record, key, to), me(), _number("seen"))
    except Refused as error:
        return _refused(board, record, error, question)
    respond.say(f"“{record.label}” moved to {stack.label}", gesture)
    return _update(board, {record.id}, to)


def _refused(board: Board, record: Any, error: Refused, question: Question) -> AnyResponse:
    asked_for = question(record, error)
    if request.args.get("as") != "board":
        if asked_for is None:
            raise error
        template, context = asked_for
        return respond.dialog(template, error.status, **context)
    to = reader()
    asked = _wish(board, to)
    if asked_for is None:
        respond.say(_sentence(board, asked, record, error, to), kind="error")
    places = {request.form.get(name, "") for name in ("from", "column", board.noun)}
    if truth := access.look(board.model, record.id, me()):
        places.add(board.grouping(asked.by).key(_standing(board, asked, truth), to))
    template, context = asked_for or ("", {})
    return respond.part(
        "shared/board_update.html",
        error.status,
        gone=[],
        cards=[],
        dialog=template,
        **context,
        **_context(board, asked, boards.look(board, asked, to, places)),
    )


def _standing(board: Board, asked: Wish, record: Any) -> Any:
    """The plain value that says in which column the record stands."""
    return record.__data__.get(board.grouping(asked.by).column)


def _sentence(board: Board, asked: Wish, record: Any, error: Refused, to: Reader) -> str:
    if not isinstance(error, Stale):
        return error.message
    grouping = board.grouping(asked.by)
    if theirs := error.theirs.get(board.noun):
        where = _place_name(board, theirs.value, to)
    elif theirs := error.theirs.get(grouping.column):
        stack = boards.find_stack(board, asked, grouping.key(theirs.value, to), to)
        where = stack.label if stack else "another column"
    else:
        return error.message
    return f"{theirs.by} has moved “{record.label}” to {where} meanwhile. Move it again if you still wish."


def _place_name(board: Board, key: int, to: Reader) -> str:
    stage = to.directory.stages[key]
    return stage.name if stage.outcome == "open" else stage.outcome.capitalize()


def _update(board: Board, ids: set[int], to: Reader) -> Response:
    asked = _wish(board, to)
    cards = boards.some(board, asked, ids, to)
    gone = ids - {card.id for card in cards}
    look = boards.look(board, asked, to, only=())
    context = _context(board, asked, look)
    return respond.part("shared/board_update.html", gone=sorted(gone), cards=cards, dialog="", **context)


def _place_form(board: Board, record: Any) -> Response:
    """“Move to…” as a form, for those without script and for the record's page. Those of other pipelines are named
    with theirs."""
    to = reader()
    present = to.directory.stages[getattr(record, f"{board.noun}_id")]
    choices = []
    for stage in to.directory.stages_on_offer():
        if stage.id != present.id:
            line = to.directory.pipelines[stage.pipeline_id].name
            name = _place_name(board, stage.id, to)
            choices.append((stage.id, name if stage.pipeline_id == present.pipeline_id else f"{line}: {name}"))
    return respond.dialog(
        "shared/place_form.html",
        title=f"Move {record.label}",
        record=record,
        action=f"/{board.spec.section}/{record.id}/{board.noun}",
        noun=board.noun,
        choices=sorted(choices, key=lambda one: ": " in one[1]),
        back=_came_from(board),
    )


def _came_from(board: Board) -> str:
    """The board with its filters when the reader comes from there, else the record's page."""
    path = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return path if path.startswith(f"/{board.spec.section}/board") else ""


def _context(board: Board, asked: Wish, look: Look) -> dict[str, Any]:
    return {"board": board, "asked": asked, "look": look, "query": _query()}


def _query() -> str:
    """The part of the query string that says what the board shows, with its question mark, or nothing."""
    kept = {name: text for name, text in said().items() if name not in PASSING}
    return f"?{encode(kept)}" if kept else ""


def _preset(board: Board, asked: Wish, name: str, label: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    """A menu of one filter: what it says now, and where each of its choices leads."""
    others = [one for one in asked.filters if one.column != name or one.group]
    present = next((_text(one) for one in asked.filters if one.column == name and not one.group), "")
    return {
        "label": label,
        "value": next((word for value, word in choices if value == present), ""),
        "set": bool(present) and present in dict(choices),
        "clear": filtered(board.spec, others),
        "choices": [
            (word, filtered(board.spec, [*others, *_read(name, value)]), value == present) for value, word in choices
        ],
    }


def _is_preset(board: Board, one: Filter, to: Reader) -> bool:
    return not one.group and any(
        name == one.column and _text(one) in dict(choices) for name, _, choices in board.presets(to)
    )


def _text(one: Filter) -> str:
    return f"{one.operator}:{one.value}" if one.value else one.operator


def _read(name: str, text: str) -> list[Filter]:
    operator, _, value = text.partition(":")
    return [Filter(name, operator, value)] if text else []


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isdigit() and len(text) < 10 else None
