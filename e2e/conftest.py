"""Real Chromium against the real server. A missing browser is a failure where CRMLITE_CI is set, else a skip with
the reason."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.conftest import alice, bob, carol, charlie, database_url, db, seed_sqlite, worker
from tests.postbox import post
from tests.servers import Server, running, server, signed_in

__all__ = [
    "alice", "bob", "carol", "charlie", "database_url", "db", "post", "running", "seed_sqlite", "server", "worker",
]  # fmt: skip
CHROMIUM = os.environ.get("CRMLITE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# How long a state may take to come about, in ms: a limit for what never comes, wide enough for a busy machine.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
# Chromium notes every answer of 4xx and every lost connection by itself; a refusal is part of a test, not a fault.
EXPECTED = (
    "Failed to load resource",
    "htmx:responseError",
    "htmx:sendError",
    "htmx:afterRequest",
    "Response Status Error Code",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Journeys run on SQLite: what differs between the databases is tested below the browser."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ["sqlite"], scope="session")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        reason = "No Chromium was found: install the package chromium or name the program in CRMLITE_CHROMIUM."
        if os.environ.get("CRMLITE_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        found = _launch(playwright)
        yield found
        found.close()


@pytest.fixture
def page_of(
    browser: Browser, server: Server, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """`page_of("alice", width=390)` is a tab in which Alice is signed in. After the test the console must be clean;
    a failed test leaves a screenshot of each tab."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(name: str | None = None, width: int = 1280, height: int = 860, **options: object) -> Page:
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": height}, timezone_id="Europe/Paris", **options
        )
        contexts.append(context)
        if name:
            cookie = {"name": "crmlite", "value": signed_in(server.app, name), "url": server.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        context.add_init_script(MESSAGES_STAY)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    failed = getattr(request.node, "failed", False)
    for number, context in enumerate(contexts):
        if failed and context.pages:
            context.pages[0].screenshot(path=tmp_path / f"tab-{number}.png")
        context.close()
    assert not complaints, complaints


# What is on its way to the server or only fades in is judged when it is there; what turns for good, and what the style
# guide shows of it, would be waited for without end.
ANSWERED = """() => location.pathname === "/styleguide" ||
  !document.querySelector(".htmx-request, .saving, [aria-busy=true]")"""
# Messages that go after seconds would be there for a quick machine and gone for a slow one; here they stay for longer.
MESSAGES_STAY = """{
  const later = window.setTimeout;
  window.setTimeout = (job, wait, ...more) => later(job, wait === 8000 ? 20_000 : wait, ...more);
}"""
SETTLED = """Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null)))"""


def at_rest(part: Locator) -> None:
    """Waits until it stands still: what scrolls or grows takes what is below along."""
    before, now = None, part.bounding_box()
    while before != now:
        part.page.wait_for_timeout(150)
        before, now = now, part.bounding_box()


def accessible(page: Page) -> None:
    """Fails with what axe-core finds on the page as it is now."""
    page.wait_for_load_state()
    page.wait_for_function(ANSWERED)
    page.evaluate(SETTLED)
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert not found.violations_count, found.generate_report()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    if outcome.get_result().failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
    )


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
        complaints.append(message.text)
