"""What colleagues wrote to the person who is signed in."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.blueprints.uploads import page_of
from crmlite.models.mentions import Mention
from crmlite.rules import access, mentions

bp = Blueprint("mentions", __name__)


@bp.post("/mentions/<int:mention_id>/reading")
def reading(mention_id: int) -> AnyResponse:
    """Read, and on to the note."""
    mention = access.find(Mention, mention_id, me())
    mentions.read([mention], me())
    return respond.done(f"{page_of(mention.about, mention.about_id)}#note-{mention.note_id}")
