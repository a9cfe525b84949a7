"""Further ways to reach somebody, beside the one phone, e-mail and website that their record holds itself."""

from peewee import DoubleField

from crmlite.models.base import text, too_long
from crmlite.models.hanging import Hanging
from crmlite.models.people import EMAIL, WEBSITE, digits, phone_problem

# Kind -> what people call it, and the column of the record that holds the main one.
POINT_KINDS = {"phone": "Phone", "mobile": "Mobile", "fax": "Fax", "email": "E-mail", "website": "Website"}
MAIN_COLUMNS = {"phone": "phone", "mobile": "mobile_phone", "fax": "fax", "email": "email", "website": "website"}
USES = ("work", "home", "billing", "support", "assistant")


def same(kind: str, value: str) -> tuple[str, str]:
    """What is equal when two of them are the same: phones of any kind in any format, other texts blind to case."""
    return (kind, value.lower()) if kind in ("email", "website") else ("phone", digits(value))


class ContactPoint(Hanging):
    concept = "contact_point"
    carried = ("kind", "use", "value", "position")

    kind = text(20)
    value = text(300)
    position = DoubleField(default=0.0)

    class Meta:
        table_name = "contact_points"
        indexes = ((("about", "about_id", "id"), False),)

    def prepare(self) -> None:
        self.use = " ".join((self.use or "").split())
        self.value = " ".join((self.value or "").split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if self.kind not in POINT_KINDS:
            found["kind"] = "Please choose phone, mobile, fax, e-mail or website."
        elif not self.value:
            found["value"] = "Please enter a number or an address."
        elif self.kind == "email" and not (EMAIL.fullmatch(self.value) and len(self.value) <= 200):
            found.setdefault("value", "Please enter an e-mail address such as ana@example.com.")
        elif self.kind == "website" and not WEBSITE.fullmatch(self.value):
            found.setdefault("value", "Please enter a web address such as example.com.")
        elif self.kind not in ("email", "website") and (sentence := phone_problem(self.value)):
            found.setdefault("value", sentence)
        return found

    @property
    def label(self) -> str:
        return self.value

    def main_columns(self) -> dict[str, str]:
        return {"value": MAIN_COLUMNS[self.kind]}

    def found_by(self) -> str:
        """What the record it belongs to is found by as well."""
        if self.kind == "email":
            return f"{self.value} {self.value.replace('@', ' ')}"
        return self.value if self.kind == "website" else digits(self.value)
