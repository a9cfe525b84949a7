"""The door of products: seen by everybody, kept by managers and owners."""

from flask import Blueprint

from crmlite.blueprints.lists import add_list
from crmlite.blueprints.records import add_records
from crmlite.lists.products import SPEC

bp = Blueprint("products", __name__)

add_list(bp, SPEC)
add_records(bp, SPEC)
