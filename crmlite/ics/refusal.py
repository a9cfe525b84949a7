"""Why a calendar text is not taken: a sentence for people, a condition name for CalDAV clients."""

from crmlite.errors import Invalid


class Refusal(Invalid):
    """`condition` is the CalDAV precondition (RFC 4791 5.3.2.1) that the text breaks."""

    def __init__(self, message: str, condition: str = "valid-calendar-data", field: str = "") -> None:
        self.condition = condition
        super().__init__(message, {field: message} if field else None)
