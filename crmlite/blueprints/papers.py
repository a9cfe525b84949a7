"""The door to what stands on quotes and orders: the logo and the texts of each language."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.documents import stored
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.uploads import sent_files, with_files
from crmlite.errors import Invalid, Missing, Refused
from crmlite.lists import letterhead, papers
from crmlite.models.choices import Setting
from crmlite.rules import access, organisation
from crmlite.rules.organisation import LANGUAGES, TEXTS

bp = Blueprint("papers", __name__)
HERE = "/settings/papers"


@bp.get("/settings/papers")
def index() -> Response:
    access.require(me(), "change", Setting())
    language = request.args.get("language", "")
    return _page(language if language in LANGUAGES else "en")


@bp.post("/settings/papers/<language>")
def save(language: str) -> AnyResponse:
    try:
        organisation.set_texts(language, {name: request.form.get(name, "") for name in TEXTS}, me())
    except Invalid as error:
        return _page(_known(language), error)
    respond.say("Saved. New quotes begin with these texts.")
    return respond.done(f"{HERE}?language={language}")


@bp.get("/settings/papers/<language>.pdf")
def sample(language: str) -> Response:
    """A made-up quote with the texts as they are."""
    access.require(me(), "change", Setting())
    made = papers.pdf(letterhead.sample(_known(language), reader()))
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": "inline; filename=sample.pdf"})


@bp.post("/settings/papers/validity")
def validity() -> AnyResponse:
    try:
        organisation.set_quote_days(request.form.get("quote_days", ""), me())
    except Invalid as error:
        return _page("en", error)
    respond.say("Saved.")
    return respond.done(HERE)


@bp.get("/settings/logo")
def logo() -> Response:
    if not (digest := organisation.logo_digest()):
        raise Missing("The organisation has no logo yet.")
    return stored(digest, "image/png")


@bp.post("/settings/logo")
def put_logo() -> AnyResponse:
    access.require(me(), "change", Setting())
    with_files()
    if not (files := sent_files("logo")):
        raise Invalid("Please choose a picture first.")
    try:
        organisation.set_logo(files[0], me())
    except Invalid as error:
        return settings.show_organisation(error)
    respond.say("The logo stands on lead sheets, quotes and orders from now on.")
    return respond.done("/settings/organisation")


@bp.post("/settings/logo/removal")
def remove_logo() -> AnyResponse:
    organisation.remove_logo(me())
    respond.say("The logo is gone.")
    return respond.done("/settings/organisation")


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Missing("There are no texts in this language.")
    return language


def _page(language: str, error: Refused | None = None) -> Response:
    kept = organisation.stored_texts(language)._asdict()
    typed = {name: request.form[name] for name in (*TEXTS, "quote_days") if error and name in request.form}
    return settings.show(
        "settings/papers.html",
        HERE,
        error.status if error else 200,
        title="Quotes on paper",
        language=language,
        called=LANGUAGES[language],
        tabs=[(word, f"{HERE}?language={one}", one == language, None) for one, word in LANGUAGES.items()],
        values={"quote_days": organisation.quote_days(), **kept, **typed},
        errors=error.fields if error else {},
        address=organisation.sender()["address"],
        fallback=language != "en" and not any(kept.values()),
    )
