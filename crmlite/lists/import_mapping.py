"""Which column of a file is which field: by hand, or by its heading as other programs write it."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from crmlite.errors import Invalid
from crmlite.lists import contacts, import_further, leads, partners, people
from crmlite.lists.spec import ListSpec
from crmlite.models.base import fold
from crmlite.rules import card_reading
from crmlite.rules.access import Actor

SPECS: dict[str, ListSpec] = {"lead": leads.SPEC, "partner": partners.SPEC, "contact": contacts.SPEC}
LEFT_OUT = tuple(column.name for column in people.STAMPS)  # kept by the program
FULL_NAME = ("full_name", "Full name (first and last)")
KEYS = {
    "email": "Same e-mail; without one, same name and phone",
    "phone": "Same name and phone",
    "reference": "Same reference",
    "none": "Never look for one: every row is new",
}
ON_MATCH = {
    "update": "Update it with what the file says",
    "fill": "Fill in its empty fields only",
    "skip": "Leave it as it is",
}
UNKNOWN = {
    "refuse": "Reject the row",
    "note": "Write it into the notes instead",
    "create": "Add it to the list of choices",
}
DATES = {"day": "Day first: 31/03/2026", "month": "Month first: 03/31/2026"}
# Headings of other programs and languages, folded; each field also goes by its own name and label.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "first_name": ("given name", "forename", "firstname", "prenom", "vorname", "nombre", "nome", "contact first name"),
    "name": (
        "last name", "lastname", "surname", "family name", "nom", "nom de famille", "nachname", "name", "familienname",
        "apellido", "apellidos", "cognome",
    ),
    "full_name": (
        "full name", "fullname", "contact name", "contact", "display name", "nom complet", "nom et prenom", "lead name",
        "prenom nom", "vollstandiger name", "ansprechpartner", "interlocuteur", "person", "person name",
    ),
    "company": (
        "company", "company name", "account", "account name", "organization", "organisation", "organization name",
        "societe", "entreprise", "raison sociale", "firma", "firmenname", "unternehmen", "kunde", "customer", "client",
        "associated company", "employer", "empresa", "azienda", "organization 1 name", "enterprise",
        "nom de la societe",
    ),
    "title": ("salutation", "title", "civilite", "anrede", "titel", "titre", "prefix", "name prefix"),
    "job_title": (
        "job title", "position", "fonction", "poste", "role", "funktion", "beruf", "stelle", "job",
        "organization title",
    ),
    "department": ("department", "service", "departement", "abteilung", "organization department"),
    "email": (
        "email", "e mail", "mail", "email address", "e mail address", "courriel", "adresse e mail", "adresse email",
        "adresse mail", "adresse electronique", "mail address", "e mail adresse", "email adresse", "email 1",
        "email 1 value",
        "e mail 1 value", "work email", "primary email", "correo electronico", "primary e mail", "e mail 1",
    ),
    "phone": (
        "phone", "telephone", "phone number", "tel", "telefon", "telefonnummer", "numero de telephone",
        "business phone",
        "work phone", "fixe", "telephone fixe", "office phone", "festnetz", "phone 1 value", "telefono", "landline",
        "primary phone", "main phone",
    ),
    "mobile_phone": (
        "mobile", "mobile phone", "mobile number", "cell", "cell phone", "portable", "gsm", "handy", "mobiltelefon",
        "telephone portable", "telephone mobile", "mobilnummer", "handynummer", "mobil", "natel", "movil",
    ),
    "fax": ("fax", "telefax", "telecopie", "business fax", "faxnummer", "fax number"),
    "website": ("website", "web site", "web", "url", "site", "site web", "site internet", "webseite", "homepage",
                "internet", "web page", "company domain name"),
    "street": (
        "street", "address", "street address", "address 1", "address line 1", "adresse", "rue", "strasse", "straße",
        "business street", "mailing street", "billing street", "anschrift", "direccion", "address street", "voie",
    ),
    "postcode": (
        "postcode", "postal code", "zip", "zip code", "zip postal code", "code postal", "cp", "plz", "postleitzahl",
        "business postal code", "mailing zip postal code", "billing zip postal code", "postal",
    ),
    "city": ("city", "town", "ville", "stadt", "ort", "business city", "mailing city", "billing city", "ciudad",
             "localite", "commune"),
    "region": ("region", "state", "province", "state province", "state region", "bundesland", "kanton", "canton",
               "business state", "county", "departement region"),
    "country": ("country", "pays", "land", "country region", "business country region", "mailing country", "pais",
                "billing country", "staat"),
    "source": ("source", "lead source", "origine", "quelle", "herkunft", "provenance", "original source", "channel"),
    "sector": ("sector", "industry", "secteur", "secteur d activite", "branche", "activite"),
    "owner": (
        "owner", "assigned to", "lead owner", "account owner", "contact owner", "responsable", "commercial",
        "assigne a",
        "zustandig", "verantwortlich", "salesperson", "sales rep", "besitzer", "responsible",
    ),
    "team": ("team", "equipe", "sales team"),
    "status": ("status", "lead status", "statut", "etat", "stage"),
    "contact_date": (
        "contact date", "date", "created", "date of first contact", "date de contact", "kontaktdatum", "create date",
        "date created", "created on", "date de creation", "erstkontakt", "datum", "premier contact", "created date",
    ),
    "budget": ("budget", "amount", "montant", "betrag", "estimated value", "value", "expected revenue"),
    "referent": ("referent", "referred by", "recommande par", "empfohlen von", "referrer"),
    "description": ("notes", "note", "description", "comments", "comment", "remarks", "commentaire", "commentaires",
                    "remarques", "notizen", "bemerkung", "bemerkungen", "beschreibung", "observations"),
    "do_not_call": ("do not call", "call rejection", "ne pas appeler", "nicht anrufen", "phone opt out"),
    "do_not_email": ("do not email", "email opt out", "e mail rejection", "ne pas envoyer de mail", "opt out",
                     "unsubscribed", "has opted out of email"),
    "reference": ("reference", "ref", "customer number", "numero client", "kundennummer", "account number",
                  "code client"),
    "kind": ("kind", "type", "partner type", "account type"),
    "category": ("category", "categorie", "kategorie", "customer category"),
    "employees_count": ("employees", "number of employees", "effectif", "mitarbeiter", "nombre d employes",
                        "no of employees"),
    "turnover": ("turnover", "revenue", "annual revenue", "chiffre d affaires", "umsatz", "ca"),
    "registration_code": ("registration code", "siret", "siren", "handelsregister", "company number",
                          "registration number"),
    "tax_number": ("tax number", "vat", "vat number", "tva", "numero de tva", "ust id", "ust idnr", "tax id", "vat id"),
    "parent": ("parent company", "parent account", "parent", "societe mere", "maison mere", "muttergesellschaft",
               "group"),
    "reports_to": ("reports to", "manager", "manager name", "superieur", "responsable hierarchique", "vorgesetzter",
                   "vorgesetzte", "boss", "supervisor"),
    "further_phones": ("phone 2", "phone 3", "other phone", "home phone", "second phone", "phone 2 value",
                       "phone 3 value", "business phone 2", "home phone 2", "autre telephone", "telefon 2", "tel 2",
                       "further phone", "secondary phone", "assistants phone", "weitere telefone"),
    "further_mobiles": ("mobile 2", "second mobile", "portable 2", "handy 2", "further mobile", "mobile phone 2"),
    "further_emails": ("email 2", "email 3", "e mail 2", "e mail 3", "other email", "second email", "email 2 value",
                       "email 3 value", "e mail 2 value", "e mail 3 value", "e mail 2 address", "e mail 3 address",
                       "secondary email", "further email", "autre e mail", "autre email", "personal email",
                       "home email", "alternate email", "weitere e mails"),
    "further_websites": ("website 2", "personal web page", "other website"),
    "further_addresses": ("other address", "address 2 full", "further address", "weitere adressen"),
    "is_customer": ("is customer", "kunde ja nein", "est client"),
    "is_prospect": ("prospect", "is prospect", "interessent"),
    "is_supplier": ("supplier", "is supplier", "fournisseur", "lieferant", "vendor"),
}  # fmt: skip


def fields(target: str) -> dict[str, str]:
    """What a column of the file may become: field -> label."""
    found = {column.name: column.label for column in SPECS[target].offered if column.name not in LEFT_OUT}
    return {**dict([FULL_NAME]), **found, **import_further.LABELS}


def keys(target: str) -> dict[str, str]:
    return {key: word for key, word in KEYS.items() if key != "reference" or target == "partner"}


def unknown(by: Actor) -> dict[str, str]:
    """Only who may change the lists of choices adds to them."""
    return {name: word for name, word in UNKNOWN.items() if name != "create" or by.leads_people}


def proposal(target: str, header: list[str], samples: list[list[str]]) -> dict[str, Any]:
    """A mapping to begin with."""
    columns = _guessed(target, header)
    mapping = {"columns": columns, "key": "email", "match": "update", "unknown": "refuse", "dates": "day"}
    if "email" not in columns:
        mapping["key"] = "reference" if "reference" in columns else "phone"
    if set(header) <= set(card_reading.HEADER):
        mapping["unknown"] = "note"  # an address book knows no list of job titles
    if "contact_date" in columns:
        place = columns.index("contact_date")
        mapping["dates"] = _order_of_dates([row[place] for row in samples if len(row) > place])
    return mapping


def read(target: str, header: list[str], sent: Mapping[str, str], by: Actor) -> dict[str, Any]:
    """The sent form as a mapping. Raises Invalid with a sentence."""
    known = fields(target)
    columns = [sent.get(f"column-{place}", "") for place in range(len(header))]
    columns = [name if name in known else "" for name in columns]
    return {
        "columns": columns,
        "key": _one_of(sent, "key", keys(target)),
        "match": _one_of(sent, "match", ON_MATCH),
        "unknown": _one_of(sent, "unknown", unknown(by)),
        "dates": _one_of(sent, "dates", DATES),
    }


def problem(target: str, mapping: dict[str, Any]) -> str:
    """Why this mapping cannot be used yet, as a sentence; empty when it can."""
    known, columns = fields(target), mapping["columns"]
    single = (name for name in columns if name and name not in import_further.SEVERAL)
    twice = [name for name, count in Counter(single).items() if count > 1]
    if twice:
        return f"Two columns go to “{known[twice[0]]}”: please choose another field for one of them."
    named = {"name", "full_name", *(("company",) if target == "lead" else ())}
    if not named & set(columns):
        return "Please choose the column that holds the last name or the full name."
    if mapping["key"] == "reference" and "reference" not in columns:
        return "Please choose the column that holds the reference, or another way to find what is there already."
    return ""


def _one_of(sent: Mapping[str, str], name: str, words: Mapping[str, str]) -> str:
    value = sent.get(name) or next(iter(words))
    if value not in words:
        raise Invalid(f"Please choose one of: {', '.join(words.values())}.")
    return value


def _guessed(target: str, header: list[str]) -> list[str]:
    """Exact names and labels first, then synonyms; each field once."""
    known, columns = fields(target), [""] * len(header)
    headings = [plain(name) for name in header]
    exact = {plain(name): name for name in known} | {plain(label): name for name, label in known.items()}
    if target == "contact":
        exact |= dict.fromkeys(SYNONYMS["company"], "partner")
    if target == "partner" and "first name" not in headings and not {"name", "nom"} & set(headings):
        exact |= dict.fromkeys(SYNONYMS["company"], "name")
    other = {plain(word): name for name, words in SYNONYMS.items() if name in known for word in words}
    if target == "partner" or not {"first name", "vorname", "prenom", "firstname", "given name"} & set(headings):
        alone = "name" if target == "partner" else "full_name"
        other |= {"name": alone, "nom": alone}
        if alone == "full_name" and "name" in headings:
            exact.pop("name", None)
    for words in (exact, other):
        for place, heading in enumerate(headings):
            name = words.get(heading, "")
            if name and not columns[place] and (name not in columns or name in import_further.POINTS):
                columns[place] = name
    if "name" in columns and "full_name" in columns:
        columns[columns.index("full_name")] = ""
    return columns


def plain(heading: str) -> str:
    return " ".join(re.findall(r"\w+", fold(heading).replace("_", " ")))


def _order_of_dates(texts: list[str]) -> str:
    """Month first where a second number is too large for a month, and no first one is."""
    parts = [re.match(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}", text.strip()) for text in texts]
    pairs = [(int(part[1]), int(part[2])) for part in parts if part]
    return "month" if any(b > 12 for _, b in pairs) and not any(a > 12 for a, _ in pairs) else "day"
