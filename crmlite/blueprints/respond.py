"""Answers: a page or its bare content, a partial, a refusal, a toast. The only caller of htmx-Flask."""

import gzip
import json
from functools import lru_cache
from typing import Any

import brotli
from flask import Flask, Response, flash, g, render_template, request
from flask import redirect as go
from htmx_flask import Htmx, make_response
from jinja2 import BaseLoader, Environment, TemplateNotFound
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as AnyResponse

from crmlite.errors import Refused

SMALLEST_TO_COMPRESS = 600
# Measured on a list page: brotli 5 is a fifth smaller than gzip 3 and takes three times as long. Browsers take brotli
# on https only; without it they sit in the same house, where time on the server counts for more than bytes.
BROTLI, GZIP = 5, 3
COMPRESSIBLE = ("text/html", "application/json", "text/csv")
UNDO = "/gestures/{}/reversal"
WHAT_TO_DO = {
    400: ("This request could not be read.", "Please go back, reload the page and try again."),
    403: ("You may not do this.", "Ask an owner or a manager of your team."),
    404: (
        "This page does not exist.",
        "It may have been deleted, or it is not yours to see. Look for it with the search.",
    ),
    405: ("This address does not work like that.", "Please go back and use the buttons of the page."),
    413: ("This is too large.", "Please send a smaller file or a shorter text."),
    429: ("Too many tries.", "Please wait a quarter of an hour, then try again."),
    500: (
        "Something went wrong on the server.",
        "Nothing was changed. Please try again; the server's log has the details.",
    ),
}


def page(template: str | list[str], status: int = 200, **context: Any) -> Response:
    """A whole page, or only its content when htmx asks for it; the same address, so caches must tell them apart."""
    bare = bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request
    shell = "shell/bare.html" if bare else "shell/page.html"
    response = make_response(render_template(template, shell=shell, **context), status)
    response.vary.add("HX-Request")
    return _with_toast(response)


def part(
    template: str | list[str], status: int = 200, trigger: dict[str, Any] | None = None, **context: Any
) -> Response:
    """A partial for htmx. `trigger` are events the page hears."""
    response = make_response(render_template(template, **context), status)
    if trigger:
        add_triggers(response, trigger)
    response.vary.add("HX-Request")
    return _with_toast(response)


def dialog(template: str | list[str], status: int = 200, title: str = "", **context: Any) -> Response:
    """A dialog for htmx; without script the same partial on a page of its own."""
    if request.htmx:
        return part(template, status, title=title, **context)
    return page("shared/alone.html", status, title=title, inside=template, **context)


def standalone(template: str, status: int = 200, **context: Any) -> Response:
    """A page outside the frame: signing in, first visit, print."""
    return make_response(render_template(template, **context), status)


def nothing(trigger: dict[str, Any] | None = None) -> Response:
    """No content to swap; toasts and events still arrive."""
    response = make_response("", 200)
    response.headers["HX-Reswap"] = "none"
    if trigger:
        add_triggers(response, trigger)
    return _with_toast(response)


def done(url: str) -> AnyResponse:
    """After a change: to the page that shows it, with script or without. Toasts wait for that page."""
    if toast := g.pop("toast", None):
        flash(toast, toast["kind"])
    if request.htmx:
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
        return response
    return go(url, 303)


def again(url: str) -> AnyResponse:
    """After a change that the whole page shows: the same page anew; without script, to `url`."""
    response = done(url)
    if "HX-Redirect" in response.headers:
        del response.headers["HX-Redirect"]
        response.headers["HX-Refresh"] = "true"
    return response


def say(text: str, gesture: int | None = None, kind: str = "ok", watch: str | None = None) -> None:
    """Tell the person in a toast; with a gesture it offers Undo, with an address of work in the background to watch
    that."""
    g.toast = {"text": text, "kind": kind, "undo": UNDO.format(gesture) if gesture else None, "watch": watch}


class Templates(BaseLoader):
    """Of a list of names the first that there is is drawn; asking every blueprint for those that are not costs as much
    as a small page, so they are remembered."""

    def __init__(self, inner: BaseLoader) -> None:
        self.inner = inner
        self.missing: set[str] = set()

    def get_source(self, environment: Environment, template: str) -> Any:
        if template in self.missing:
            raise TemplateNotFound(template)
        try:
            return self.inner.get_source(environment, template)
        except TemplateNotFound:
            self.missing.add(template)
            raise

    def list_templates(self) -> list[str]:
        return self.inner.list_templates()


def install(app: Flask) -> None:
    app.jinja_env.loader = Templates(app.jinja_env.loader)
    Htmx(app)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(500, _broken)
    app.after_request(_compress)


def _refused(error: Refused) -> Response:
    """A refusal that the view did not show at its place: a toast beside what was typed, or a page of its own."""
    if request.htmx:
        say(error.message, kind="error")
        response = nothing()
        response.status_code = error.status
        return response
    _, todo = WHAT_TO_DO.get(error.status, WHAT_TO_DO[400])
    return make_response(
        render_template("shell/error.html", code=error.status, what=error.message, todo=todo), error.status
    )


def _failed(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    what, todo = WHAT_TO_DO.get(code, WHAT_TO_DO[400])
    return make_response(render_template("shell/error.html", code=code, what=what, todo=todo), code)


def _broken(error: Exception) -> Response:
    what, todo = WHAT_TO_DO[500]
    return make_response(render_template("shell/error.html", code=500, what=what, todo=todo), 500)


def _with_toast(response: Response) -> Response:
    if request.htmx and (toast := g.pop("toast", None)):
        add_triggers(response, {"toast": toast})
    return response


def add_triggers(response: Response, events: dict[str, Any]) -> None:
    """HX-Trigger travels as one ASCII header line: JSON escapes everything else."""
    present = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**present, **events})


@lru_cache(maxsize=100)
def _coding(accepted: str) -> str | None:
    return parse_accept_header(accepted).best_match(("br", "gzip"))


def _compress(response: Response) -> Response:
    """Pages hold no secret that a guess in the address could be compared with, so compressing them is safe."""
    if response.direct_passthrough or response.mimetype not in COMPRESSIBLE or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    coding = _coding(request.headers.get("Accept-Encoding", ""))
    body = response.get_data() if coding and not response.is_streamed else b""
    if len(body) > SMALLEST_TO_COMPRESS:
        smaller = brotli.compress(body, quality=BROTLI) if coding == "br" else gzip.compress(body, GZIP, mtime=0)
        response.set_data(smaller)
        response.headers["Content-Encoding"] = coding
    return response
