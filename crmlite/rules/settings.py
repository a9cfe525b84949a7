"""Switches an administrator sets."""

import json
from typing import Any

from crmlite.models.choices import Setting
from crmlite.rules import gate
from crmlite.rules.access import Actor


def put_setting(key: str, value: Any, by: Actor) -> Setting:
    text = json.dumps(value)
    setting = Setting.get_or_none(Setting.key == key)
    if setting is None:
        return gate.create(Setting, {"key": key, "value": text}, by)
    return gate.change(setting, {"value": text}, by)
