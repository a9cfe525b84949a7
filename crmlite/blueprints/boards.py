"""The routes of a board: page, more cards, changed cards, a move. A blueprint receives them for its board."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.records import after_verb
from crmlite.errors import Invalid, Missing, Refused, Stale
from crmlite.lists import board as boards
from crmlite.lists import filters
from crmlite.lists.board import Board
from crmlite.lists.reader import Reader
from crmlite.rules import access, gate

# Where a move asks for more than a place: the dialog's template and context, or nothing.
Question = Callable[[Any, Refused], tuple[str, dict[str, Any]] | None]
OURS = ("view", "lost")
MOST_CHANGES = 300


def add_board(bp: Blueprint, board: Board, question: Question) -> None:
    """Give the blueprint the routes of its board."""
    base, noun = f"/{board.spec.section}", board.noun

    @bp.get(f"{base}/board")
    def show_board() -> Response:
        return _index(board)

    @bp.get(f"{base}/board/columns/<int:key>")
    def more(key: int) -> Response:
        return _more(board, key)

    @bp.get(f"{base}/board/cards")
    def cards() -> Response:
        return _changed(board)

    @bp.get(f"{base}/<int:record_id>/{noun}")
    def place_form(record_id: int) -> Response:
        return _place_form(board, access.find(board.model, record_id, me()))

    @bp.get(f"{base}/board/counts")
    def counts() -> Response:
        """How many cards each tab holds, fetched after the board: “no next step” looks at every open one."""
        return respond.part("shared/tab_counts.html", counts=boards.view_counts(board, reader()))

    @bp.post(f"{base}/<int:record_id>/{noun}")
    def place(record_id: int) -> AnyResponse:
        return _place(board, access.find(board.model, record_id, me()), question)


def _index(board: Board) -> Response:
    to = reader()
    refused = None
    try:
        asked = boards.wish(board, request.args)
        look = boards.look(board, asked, to)
    except Invalid as error:
        refused, asked = error.message, boards.wish(board, {})
        look = boards.look(board, asked, to)
    return respond.page(
        "shared/board.html",
        422 if refused else 200,
        title=board.spec.title,
        tabs=[(v.name, v.label, _address(board, view=v.name), v.name == asked.view) for v in board.views],
        asked=asked,
        chips=_chips(board, asked, to),
        lost_url=_address(board, lost=None if asked.lost else "1"),
        presets=[(label, _choices(board, name, choices)) for name, label, choices in board.presets(to)],
        refused=refused,
        closings=[one for one in board.stacks(True, True, to) if one.closed is not None],
        writes=me().writes,
        **_context(board, look),
    )


def _more(board: Board, key: int) -> Response:
    to = reader()
    asked = boards.wish(board, request.args)
    stack = boards.find_stack(board, asked, key, to)
    if stack is None:
        raise Missing("This column does not exist.")
    cards, after = boards.page(board, asked, stack, to, request.args.get("after", ""))
    return respond.part("shared/cards.html", board=board, stack=stack, cards=cards, after=after, query=_query(board))


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
    before = getattr(record, f"{board.field}_id")
    try:
        with gate.together() as gesture:
            board.move(
                record,
                _number(board.noun),
                me(),
                after=_number("after"),
                before=_number("before"),
                seen=_number("seen"),
            )
    except Refused as error:
        return _refused(board, record, error, question)
    now = getattr(record, f"{board.field}_id")
    told = f"“{record.label}” moved to {board.place_name(now, to)}"
    if request.args.get("as") != "board":
        return after_verb(board.spec, record, told, gesture)
    if now != before:
        respond.say(told, gesture)
    return _update(board, {record.id}, to)


def _refused(board: Board, record: Any, error: Refused, question: Question) -> AnyResponse:
    asked_for = question(record, error)
    if request.args.get("as") != "board":
        if asked_for is None:
            raise error
        template, context = asked_for
        return respond.dialog(template, error.status, **context)
    to = reader()
    if asked_for is None:
        respond.say(_sentence(board, record, error, to), kind="error")
    truth = access.look(board.model, record.id, me())
    places = {_number("from"), _number(board.noun), getattr(truth, f"{board.field}_id", None)}
    asked = boards.wish(board, request.args)
    look = boards.look(board, asked, to, {key for key in places if key})
    template, context = asked_for or ("", {})
    return respond.part(
        "shared/board_update.html",
        error.status,
        gone=[],
        cards=[],
        dialog=template,
        **context,
        **_context(board, look),
    )


def _present_place(board: Board, record_id: int) -> int | None:
    try:
        return getattr(access.find(board.model, record_id, me()), f"{board.field}_id")
    except Missing:
        return None


def _sentence(board: Board, record: Any, error: Refused, to: Reader) -> str:
    theirs = error.theirs.get(board.field) if isinstance(error, Stale) else None
    if theirs is None:
        return error.message
    where = board.place_name(theirs.value, to)
    return f"{theirs.by} has moved “{record.label}” to {where} meanwhile. Move it again if you still wish."


def _update(board: Board, ids: set[int], to: Reader) -> Response:
    asked = boards.wish(board, request.args)
    cards = boards.some(board, asked, ids, to)
    gone = ids - {card.id for card in cards}
    look = boards.look(board, asked, to, only=())
    return respond.part("shared/board_update.html", gone=sorted(gone), cards=cards, dialog="", **_context(board, look))


def _place_form(board: Board, record: Any) -> Response:
    """“Move to…” as a form, for those without script and for the record's page."""
    to = reader()
    present = getattr(record, f"{board.field}_id")
    return respond.dialog(
        "shared/place_form.html",
        title=f"Move {record.label}",
        record=record,
        action=f"/{board.spec.section}/{record.id}/{board.noun}",
        noun=board.noun,
        choices=[(s.key, board.place_name(s.key, to)) for s in board.stacks(True, True, to) if s.key != present],
        back=_came_from(board),
    )


def _came_from(board: Board) -> str:
    """The board with its filters when the reader comes from there, else the record's page."""
    path = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return path if path.startswith(f"/{board.spec.section}/board") else ""


def _context(board: Board, look: boards.Look) -> dict[str, Any]:
    return {"board": board, "look": look, "query": _query(board)}


def _query(board: Board) -> str:
    """The part of the query string that says what the board shows, with its question mark, or nothing."""
    return _address(board).removeprefix(f"/{board.spec.section}/board")


def _address(board: Board, **changes: str | None) -> str:
    """The address of this board with some of what it shows changed; None takes one away."""
    known = {k: v for k, v in request.args.items() if k in OURS or (board.spec.column(k) and k != board.noun)}
    for name, value in changes.items():
        known.pop(name, None)
        if value is not None:
            known[name] = value
    query = urlencode(known, safe=":,")
    return f"/{board.spec.section}/board{'?' if query else ''}{query}"


def _chips(board: Board, asked: boards.Wish, to: Reader) -> list[tuple[str, str, str]]:
    return [(*filters.label(board.spec, one, to), _address(board, **{one.column: None})) for one in asked.filters]


def _choices(board: Board, name: str, choices: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    present = request.args.get(name, "")
    return [(word, _address(board, **{name: value or None}), value == present) for value, word in choices]


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isdigit() and len(text) < 10 else None
