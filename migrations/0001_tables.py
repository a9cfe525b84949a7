"""The tables of the first release, frozen."""

from peewee import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    DateField,
    DoubleField,
    Field,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    id = AutoField()
    name = TextField()
    email = TextField(unique=True)
    password_hash = TextField()
    role = TextField()
    active = BooleanField()
    slug = TextField(unique=True)
    zone = TextField()
    locale = TextField()
    theme = TextField()
    colour = IntegerField()
    session_key = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "users"


class Device(Frozen):
    id = AutoField()
    user = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    name = TextField()
    digest = TextField(unique=True)
    scope = TextField()
    last_used_at = UtcDateTime(null=True)
    last_address = TextField()
    last_agent = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "devices"


class Attempt(Frozen):
    id = AutoField()
    key = TextField(unique=True)
    failures = IntegerField()
    since = UtcDateTime()

    class Meta:
        table_name = "attempts"


class Team(Frozen):
    id = AutoField()
    name = TextField()
    position = IntegerField()
    retired = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "teams"


class Membership(Frozen):
    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE", backref="+")
    team = ForeignKeyField(Team, on_delete="CASCADE", backref="+")
    active = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "memberships"
        indexes = ((("user", "team"), True),)


class Choice(Frozen):
    id = AutoField()
    kind = TextField()
    name = TextField()
    code = TextField()
    position = IntegerField()
    retired = BooleanField()
    asks_text = BooleanField()
    event_kind = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "choices"
        indexes = ((("kind", "position"), False),)


class Pipeline(Frozen):
    id = AutoField()
    name = TextField()
    position = IntegerField()
    retired = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "pipelines"


class Stage(Frozen):
    id = AutoField()
    pipeline = ForeignKeyField(Pipeline, null=True, on_delete="SET NULL", backref="+", index=False)
    name = TextField()
    position = IntegerField()
    probability = IntegerField()
    idle_days = IntegerField()
    outcome = TextField()
    colour = TextField()
    retired = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "stages"


class Setting(Frozen):
    id = AutoField()
    key = TextField(unique=True)
    value = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "settings"


class Partner(Frozen):
    id = AutoField()
    reference = TextField(unique=True)
    kind = TextField()
    is_customer = BooleanField()
    is_prospect = BooleanField()
    is_supplier = BooleanField()
    parent = ForeignKeyField("self", null=True, on_delete="SET NULL", backref="+", index=False)
    category = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    sector = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    employees_count = IntegerField(null=True)
    turnover = BigIntegerField(null=True)
    currency = TextField()
    registration_code = TextField()
    tax_number = TextField()
    title = TextField()
    name = TextField()
    first_name = TextField()
    full_name = TextField()
    sort_name = TextField()
    department = TextField()
    email = TextField()
    phone = TextField()
    mobile_phone = TextField()
    fax = TextField()
    website = TextField()
    street = TextField()
    city = TextField()
    region = TextField()
    postcode = TextField()
    country = TextField()
    description = TextField()
    do_not_call = BooleanField()
    do_not_email = BooleanField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    source = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    job_title = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "partners"


class Contact(Frozen):
    id = AutoField()
    partner = ForeignKeyField(Partner, null=True, on_delete="SET NULL", backref="+", index=False)
    reports_to = ForeignKeyField("self", null=True, on_delete="SET NULL", backref="+", index=False)
    title = TextField()
    name = TextField()
    first_name = TextField()
    full_name = TextField()
    sort_name = TextField()
    department = TextField()
    email = TextField()
    phone = TextField()
    mobile_phone = TextField()
    fax = TextField()
    website = TextField()
    street = TextField()
    city = TextField()
    region = TextField()
    postcode = TextField()
    country = TextField()
    description = TextField()
    do_not_call = BooleanField()
    do_not_email = BooleanField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    source = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    job_title = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "contacts"


class Lead(Frozen):
    id = AutoField()
    company = TextField()
    status = TextField()
    recycled = BooleanField()
    contact_date = DateField()
    referent = TextField()
    budget = BigIntegerField(null=True)
    currency = TextField()
    sector = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    lost_reason = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    lost_text = TextField()
    partner = ForeignKeyField(Partner, null=True, on_delete="SET NULL", backref="+", index=False)
    contact = ForeignKeyField(Contact, null=True, on_delete="SET NULL", backref="+", index=False)
    title = TextField()
    name = TextField()
    first_name = TextField()
    full_name = TextField()
    sort_name = TextField()
    department = TextField()
    email = TextField()
    phone = TextField()
    mobile_phone = TextField()
    fax = TextField()
    website = TextField()
    street = TextField()
    city = TextField()
    region = TextField()
    postcode = TextField()
    country = TextField()
    description = TextField()
    do_not_call = BooleanField()
    do_not_email = BooleanField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    source = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    job_title = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "leads"


class Opportunity(Frozen):
    id = AutoField()
    reference = TextField(unique=True)
    name = TextField()
    sort_name = TextField()
    partner = ForeignKeyField(Partner, null=True, on_delete="SET NULL", backref="+", index=False)
    contact = ForeignKeyField(Contact, null=True, on_delete="SET NULL", backref="+", index=False)
    lead = ForeignKeyField(Lead, null=True, on_delete="SET NULL", backref="+", index=False)
    currency = TextField()
    amount = BigIntegerField()
    best_case = BigIntegerField(null=True)
    worst_case = BigIntegerField(null=True)
    probability = IntegerField()
    stage = ForeignKeyField(Stage, null=True, on_delete="SET NULL", backref="+", index=False)
    stage_since = UtcDateTime()
    outcome = TextField()
    position = DoubleField()
    expected_close_date = DateField(null=True)
    closed_at = UtcDateTime(null=True)
    type = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    next_step = TextField()
    description = TextField()
    customer_description = TextField()
    memo = TextField()
    source = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    lost_reason = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    lost_text = TextField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "opportunities"


class Calendar(Frozen):
    id = AutoField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    slug = TextField()
    kind = TextField()
    name = TextField()
    colour = TextField()
    description = TextField()
    position = IntegerField()
    epoch = TextField()
    seq = BigIntegerField()
    floor_seq = BigIntegerField()
    extra = TextField()
    fixed = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "calendars"
        indexes = ((("team",), False),)


class Share(Frozen):
    id = AutoField()
    calendar = ForeignKeyField(Calendar, on_delete="CASCADE", backref="+")
    user = ForeignKeyField(User, on_delete="CASCADE", backref="+")
    right = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "shares"
        indexes = ((("calendar", "user"), True),)


class Tombstone(Frozen):
    id = AutoField()
    calendar = ForeignKeyField(Calendar, on_delete="CASCADE", backref="+")
    href = TextField()
    seq = BigIntegerField()

    class Meta:
        table_name = "tombstones"
        indexes = ((("calendar", "href"), True), (("calendar", "seq"), False))


class Event(Frozen):
    id = AutoField()
    calendar = ForeignKeyField(Calendar, on_delete="CASCADE", backref="+")
    href = TextField()
    uid = TextField()
    component = TextField()
    ics = TextField()
    etag = TextField()
    seq = BigIntegerField()
    subject = TextField()
    location = TextField()
    description = TextField()
    starts_at = UtcDateTime(null=True)
    ends_at = UtcDateTime(null=True)
    all_day = BooleanField()
    start_date = DateField(null=True)
    end_date = DateField(null=True)
    tzid = TextField()
    due_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    percent = IntegerField(null=True)
    private = BooleanField()
    free = BooleanField()
    recurring = BooleanField()
    rrule = TextField()
    alarm_minutes = IntegerField(null=True)
    range_start = UtcDateTime(null=True)
    range_end = UtcDateTime(null=True)
    kind = TextField()
    status = TextField()
    priority = IntegerField()
    call_type = TextField()
    category = ForeignKeyField(Choice, null=True, on_delete="SET NULL", backref="+", index=False)
    lead = ForeignKeyField(Lead, null=True, on_delete="SET NULL", backref="+", index=False)
    partner = ForeignKeyField(Partner, null=True, on_delete="SET NULL", backref="+", index=False)
    contact = ForeignKeyField(Contact, null=True, on_delete="SET NULL", backref="+", index=False)
    opportunity = ForeignKeyField(Opportunity, null=True, on_delete="SET NULL", backref="+", index=False)
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "events"


class Attendee(Frozen):
    id = AutoField()
    event = ForeignKeyField(Event, on_delete="CASCADE", backref="+")
    email = TextField()
    name = TextField()
    answer = TextField()
    organizer = BooleanField()
    user = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    contact = ForeignKeyField(Contact, null=True, on_delete="SET NULL", backref="+", index=False)

    class Meta:
        table_name = "attendees"


class Occurrence(Frozen):
    id = AutoField()
    event = ForeignKeyField(Event, on_delete="CASCADE", backref="+")
    starts_at = UtcDateTime()
    ends_at = UtcDateTime()
    recurrence_id = TextField()

    class Meta:
        table_name = "occurrences"
        indexes = ((("event", "starts_at"), False),)


class Note(Frozen):
    id = AutoField()
    about = TextField()
    about_id = IntegerField()
    body = TextField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "notes"
        indexes = ((("about", "about_id", "id"), False),)


class Job(Frozen):
    id = AutoField()
    kind = TextField()
    payload = TextField()
    run_at = UtcDateTime()
    lease_until = UtcDateTime(null=True)
    lease_by = TextField()
    attempts = IntegerField()
    done_at = UtcDateTime(null=True)
    error = TextField()

    class Meta:
        table_name = "jobs"
        indexes = ((("done_at", "run_at"), False),)


class Entry(Frozen):
    id = BigAutoField()
    at = UtcDateTime()
    actor = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    door = TextField()
    gesture = BigIntegerField(index=True)
    reverses = BigIntegerField(null=True, index=True)
    concept = TextField()
    record_id = IntegerField()
    version = IntegerField()
    verb = TextField()
    label = TextField()
    before = JSONField()
    after = JSONField()

    class Meta:
        table_name = "entries"
        indexes = ((("concept", "record_id", "id"), False),)


TABLES = (
    User,
    Device,
    Attempt,
    Team,
    Membership,
    Choice,
    Pipeline,
    Stage,
    Setting,
    Partner,
    Contact,
    Lead,
    Opportunity,
    Calendar,
    Share,
    Tombstone,
    Event,
    Attendee,
    Occurrence,
    Note,
    Job,
    Entry,
)


def up(migrator, db):
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
