"""The door of the forecast."""

from typing import Any

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.exports import stream
from crmlite.blueprints.frame import reader
from crmlite.lists import forecast, forecast_page
from crmlite.lists.forecast import NOBODY, SPANS, Wish
from crmlite.lists.reader import Reader

bp = Blueprint("forecast", __name__)


@bp.get("/forecast")
def index() -> Response:
    to = reader()
    asked = forecast.wish(request.args, to)
    return respond.page(
        "forecast/index.html",
        title="Forecast",
        asked=asked,
        reader=to,
        found=forecast_page.page(asked, to),
        measures=forecast_page.MEASURES,
        narrowed=bool(asked.owner or asked.team or asked.pipeline),
        turns=_turns(asked, to),
        filters=_filters(asked, to),
        csv=forecast_page.address(asked).replace("/forecast", "/forecast.csv", 1),
        pers=[
            (word, forecast_page.address(asked, per=per) + "#people", None, asked.per == per)
            for per, word in (("owner", "People"), ("team", "Teams"))
        ],
        all_periods=forecast_page.address(asked, period="") + "#people",
    )


@bp.get("/forecast.csv")
def csv() -> Response:
    to = reader()
    return stream(forecast_page.csv(forecast.wish(request.args, to), to), "text/csv", "forecast.csv")


def _turns(asked: Wish, to: Reader) -> dict[str, str]:
    """Months further back and on, and the way home."""
    at = {"before": forecast.months_on(asked.first, -asked.span), "after": forecast.months_on(asked.first, asked.span)}
    began = {name: first.isoformat()[:7] for name, first in at.items()}
    if asked.first != to.today.replace(day=1):
        began["now"] = ""
    return {name: forecast_page.address(asked, **{"from": text, "period": ""}) for name, text in began.items()}


def _filters(asked: Wish, to: Reader) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Menus: name, what is chosen, and the choices with their address."""
    now = to.directory
    people = [(str(one.id), one.name) for one in now.people.values() if one.active and _is_seen(one.id, to)]
    teams = [(str(one.id), one.name) for one in now.teams.values() if not one.retired]
    pipelines = [(str(one.id), one.name) for one in now.pipelines_on_offer()]
    asks: list[tuple[str, str, str, str, list[tuple[str, str]]]] = [
        ("span", "", str(asked.span), "", [(str(number), word) for number, word in SPANS.items()])
    ]
    if len(people) > 1:
        asks.append(("owner", "Assigned to", asked.owner, "Anybody", [*people, (NOBODY, "Nobody")]))
    if teams:
        asks.append(("team", "Team", asked.team, "Any team", [*teams, (NOBODY, "No team")]))
    if len(pipelines) > 1:
        asks.append(("pipeline", "Pipeline", str(asked.pipeline or ""), "All pipelines", pipelines))
    return [_menu(asked, *one) for one in asks]


def _menu(
    asked: Wish, name: str, label: str, chosen: str, everything: str, choices: list[tuple[str, str]]
) -> tuple[str, str, list[tuple[str, str, bool]]]:
    offered: list[tuple[str, str]] = [("", everything), *choices] if everything else choices
    word: Any = next((word for value, word in offered if value == chosen), everything)
    links = [(word, forecast_page.address(asked, **{name: value}), value == chosen) for value, word in offered]
    return label, word, links


def _is_seen(person_id: int, to: Reader) -> bool:
    return to.by.scope("opportunity") == "all" or person_id == to.by.id or person_id in to.by.mates
