"""The way out for mail: one configured SMTP server, asked for each message."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from crmlite.settings import Settings

SECONDS = 20
SWITCH = "/profile/mail"  # where each person says what comes by mail
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)
_settings: Settings | None = None


class Unsent(Exception):
    """The server did not take the message. `at_all`: it takes none now, so there is no use in trying others."""

    def __init__(self, why: str, at_all: bool) -> None:
        self.at_all = at_all
        super().__init__(why)


def configure(settings: Settings) -> None:
    global _settings
    _settings = settings


def configured() -> bool:
    return bool(_settings and _settings.smtp_url)


def address(path: str) -> str:
    """An address inside the house, for a mail."""
    return f"{_settings.public_url if _settings else ''}{path}"


def wait(tries: int) -> timedelta:
    """How long to wait before a message is tried again that was not taken `tries` times before."""
    return min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)


def compose(to: str, subject: str, text: str, key: str, html: str = "") -> EmailMessage:
    """A message in the name of the house, that says where it is switched off (RFC 2369). The same `key` gives the same
    Message-ID, so that mail programs know one that came twice. `html` says the same as `text`. Raises ValueError where
    a line break would begin another header."""
    message = _begun(to, subject, text, key)
    message["List-Unsubscribe"] = f"<{address(SWITCH)}>"
    if html:
        message.add_alternative(html, subtype="html")
    return message


def compose_for_guest(
    to: str, subject: str, text: str, key: str, reply_to: str, calendar: str, method: str
) -> EmailMessage:
    """A message to somebody outside, with the event that it tells of for calendar programs (RFC 6047 section 2.4)."""
    message = _begun(to, subject, text, key)
    if reply_to:
        message["Reply-To"] = reply_to
    message.add_alternative(calendar, subtype="calendar", params={"method": method})
    return message


def _begun(to: str, subject: str, text: str, key: str) -> EmailMessage:
    public = urlsplit(_settings.public_url).hostname if _settings else ""
    message = EmailMessage()
    message["From"] = (_settings.mail_from if _settings else "") or f"crmlite@{public}"
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{key}@{public}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send(message: EmailMessage) -> None:
    """Returns when the server has accepted the message. Raises Unsent."""
    parts = urlsplit(_settings.smtp_url if _settings else "")
    try:
        with _connected(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as problem:
        raise Unsent(_told(problem), at_all=False) from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise Unsent(_told(problem), at_all=True) from problem


def _told(problem: Exception) -> str:
    """What the server answered, else what kept us from asking it."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(problem.recipients.values()), (0, b""))
    elif isinstance(problem, smtplib.SMTPResponseException):
        code, said = problem.smtp_code, problem.smtp_error
    else:
        return (problem.strerror if isinstance(problem, OSError) else "") or str(problem) or type(problem).__name__
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(words.split())}"


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 587, timeout=SECONDS)
    server.ehlo()
    return server
