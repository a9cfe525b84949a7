"""Columns that leads, partners and contacts share."""

from crmlite.lists.kinds import (
    EMAIL,
    FLAG,
    LONG_TEXT,
    MOMENT,
    PHONE,
    SITE,
    TEXT,
    choice,
    selection,
)
from crmlite.lists.owners import CUSTOMER_PERSON, PERSON, TEAM
from crmlite.lists.spec import Column
from crmlite.models.people import LANGUAGES, TITLES

TITLE = Column("title", "Title", selection("title", TITLES))
FIRST_NAME = Column("first_name", "First name", TEXT, sort="lower(first_name)")
REACH = (
    Column("email", "E-mail", EMAIL, sort="lower(email)", shown=True),
    Column("phone", "Phone", PHONE, shown=True),
    Column("mobile_phone", "Mobile", PHONE),
    Column("fax", "Fax", PHONE),
    Column("website", "Website", SITE),
)
ADDRESS = (
    Column("street", "Street", TEXT),
    Column("postcode", "Postcode", TEXT),
    Column("city", "City", TEXT, sort="lower(city)"),
    Column("region", "Region", TEXT),
    Column("country", "Country", TEXT, sort="lower(country)"),
)
FOLLOW_UP = (
    Column("owner", "Assigned to", PERSON, sort="@", shown=True),
    Column("team", "Team", TEAM, sort="@"),
)
CUSTOMER_FOLLOW_UP = (Column("owner", "Assigned to", CUSTOMER_PERSON, sort="@", shown=True), FOLLOW_UP[1])
LANGUAGE = Column("language", "Language", selection("language", LANGUAGES))
TIME_SLOT = Column("time_slot", "When to reach", TEXT, hint="Such as “mornings” or “after 17:00, not on Fridays”.")
REJECTIONS = (
    Column("do_not_call", "Call rejection", FLAG),
    Column("do_not_email", "E-mail rejection", FLAG),
)
SOURCE = Column("source", "Source", choice("source"), sort="@")
JOB_TITLE = Column("job_title", "Job title", choice("job_title"), sort="@")
DEPARTMENT = Column("department", "Department", TEXT)
SECTOR = Column("sector", "Sector", choice("sector"), sort="@")
STAMPED = "This time is kept by the program."
STAMPS = (
    Column("created_at", "Created", MOMENT, sort="created_at", fixed=STAMPED),
    Column("updated_at", "Changed", MOMENT, sort="updated_at", fixed=STAMPED),
)
NOTES = Column("description", "Notes", LONG_TEXT)
ADDRESS_FIELDS = ("street", "postcode", "city", "region", "country")
