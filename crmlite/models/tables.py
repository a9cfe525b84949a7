"""The table of contents: every table, in the order in which they may point at each other."""

from crmlite.models.addresses import Address
from crmlite.models.base import Record, Table
from crmlite.models.calendar_views import CalendarView
from crmlite.models.calendars import Calendar, Share, Tombstone
from crmlite.models.cards import Card
from crmlite.models.choices import Choice, Pipeline, Setting, Stage
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.digests import Digest
from crmlite.models.documents import Document, DocumentBody
from crmlite.models.events import Attendee, Event, Invitation, Occurrence
from crmlite.models.feeds import Feed
from crmlite.models.imports import Import, ImportRow
from crmlite.models.jobs import Job
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.mentions import Mention
from crmlite.models.merges import Distinction, Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import OpenSum, Opportunity
from crmlite.models.pairings import Pairing
from crmlite.models.partners import Partner
from crmlite.models.products import Product, Tax
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.models.reminders import Reminder
from crmlite.models.teams import Membership, Team
from crmlite.models.users import Attempt, Device, User
from crmlite.models.views import Arrangement, SavedView

TABLES: tuple[type[Table], ...] = (
    User, Device, Attempt, Pairing, Team, Membership,
    Choice, Pipeline, Stage, Setting, Partner, Contact, Lead, Opportunity,
    OpenSum,
    Tax, Product, Quote, QuoteLine,
    Calendar, Share, Tombstone, Feed, CalendarView, Event, Attendee, Invitation, Occurrence, Reminder, Digest,
    Note, ContactPoint, Address, Document, DocumentBody, Card,
    Mention, Job, Entry, Merge,
    Distinction,
    SavedView, Arrangement,
    Import, ImportRow,
)  # fmt: skip
RECORDS: dict[str, type[Record]] = {table.concept: table for table in TABLES if issubclass(table, Record)}
