"""The life of an account: what is due when nobody signs in, and the file that a person is given of all that is held.

>>> from datetime import datetime, timezone
>>> from sas_psc import life
>>> found = life.due({"active_at": "2026-01-31T08:00:00Z"}, now=datetime(2026, 9, 30, 8, tzinfo=timezone.utc))
>>> found["due"], found["next"]["at"]
('first-notice', '2026-09-30T08:00:00Z')
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from ._sas_psc import life_due, person_export

__all__ = ["due", "export"]


def due(life: Mapping[str, Any], *, now: datetime, rules: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What is due at ``now``, which has a time zone.

    ``life`` has ``active_at`` (the latest sign-in) and, when they happened, ``draft``, ``first_notice_at``, ``last_notice_at``,
    ``closed_at``; times in RFC 3339. ``rules`` are those that differ from SAS's 8 months, 9 months and 7 days:
    ``first_notice_months``, ``last_notice_months``, ``closing_days``, ``draft_days``, ``closed_months``.

    Gives ``state``, ``due`` (``first-notice``, ``last-notice``, ``close``, ``erase-draft``, ``erase-closed`` or None) and
    ``next`` with ``due`` and ``at``. Raises ``LifeUnreadableError``, ``LifecycleRulesError``, ``TimeInvalidError``.
    """
    return cast(dict[str, Any], life_due(json.dumps(dict(life)), json.dumps(dict(rules or {})), _millis(now)))


def export(parts: Mapping[str, Any], *, now: datetime) -> bytes:
    """The file of all that is held of a person (GDPR art. 15 and 20; docs/gdpr/export.schema.json), of the parts that you hold.

    Members are the schema's; what is your own goes under ``application``. Raises ``ExportMemberError``.
    """
    return bytes(person_export(json.dumps(dict(parts)), _millis(now)))


def _millis(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return round(moment.timestamp() * 1000)
