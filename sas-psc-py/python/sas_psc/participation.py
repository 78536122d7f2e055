"""Participation in the SAS: an effector's settings, a structure's, slots of the agenda, absences; what must change, and the body for SAS.

>>> from sas_psc import participation
>>> verdict = participation.check({"participation_sas": True, "participation_sas_via": 1}, lang="en")
>>> verdict["valid"], verdict["problems"][0]["field"]
(False, 'has_software')
"""

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, cast

from ._sas_psc import (
    participation_check,
    participation_check_absences,
    participation_check_slot,
    participation_check_structure,
    participation_slot_days,
)

__all__ = ["check", "check_absences", "check_slot", "check_structure", "slot_days"]


def check(settings: Mapping[str, Any], *, compatible: bool = False, lang: str = "fr") -> dict[str, Any]:
    """Would SAS take these settings of an effector?

    ``settings`` has the members that SAS's own interface takes: ``participation_sas``, ``participation_sas_via`` (1 to 4),
    ``structure_finess``, ``cpts_locations``, ``siret``, ``has_software``, ``editor_disabled``, ``hours_available``,
    ``forfait_reo_enabled``. ``compatible`` takes SAS's rules and words as they are, with their gaps.

    Gives ``valid``, ``problems`` (each with ``field``, ``code``, ``message``) and ``payload``, the body for SAS, None when
    something must change. Raises ``SettingsUnreadableError``.
    """
    return cast(dict[str, Any], participation_check(json.dumps(dict(settings)), compatible, lang))


def check_structure(settings: Mapping[str, Any], *, compatible: bool = False, lang: str = "fr") -> dict[str, Any]:
    """The same for a structure: ``structure_id``, ``id_type`` (``finess`` or ``siret``), ``sas_participation``,
    ``hours_available``, ``practitioner_count``.
    """
    return cast(dict[str, Any], participation_check_structure(json.dumps(dict(settings)), compatible, lang))


def check_slot(
    slot: Mapping[str, Any], *, now: datetime | None = None, compatible: bool = False, lang: str = "fr"
) -> dict[str, Any]:
    """The same for a slot: ``date`` (``2026-12-01``), ``start_hours`` and ``end_hours`` (``08h00``), ``max_patients`` (-1: one
    appointment), ``modalities`` (``physical``, ``teleconsultation``, ``home``), ``repeat`` (1, Monday, to 7), ``region``
    (``FR-RE``).

    What is past by the clocks of the place at ``now``, which has a time zone, is refused; now is the computer's otherwise.
    """
    return cast(dict[str, Any], participation_check_slot(json.dumps(dict(slot)), compatible, lang, _millis(now)))


def slot_days(
    slot: Mapping[str, Any], *, now: datetime | None = None, compatible: bool = False, lang: str = "fr"
) -> dict[str, Any]:
    """The days on which a slot stands, up to and with the day ``until`` beside its members (``2027-02-28``, within a year):
    ``payload`` is ``{"days": ["2026-12-01", …]}``, None when something must change.
    """
    return cast(dict[str, Any], participation_slot_days(json.dumps(dict(slot)), compatible, lang, _millis(now)))


def check_absences(
    absences: Mapping[str, Any], *, now: datetime | None = None, compatible: bool = False, lang: str = "fr"
) -> dict[str, Any]:
    """The same for absences: ``vacation_mode`` (from now on, without an end), ``dates`` (at most three, each with ``value`` and
    ``end_value``, the first and the last day), ``region``. What is over at ``now`` is refused.
    """
    return cast(dict[str, Any], participation_check_absences(json.dumps(dict(absences)), compatible, lang, _millis(now)))


def _millis(now: datetime | None) -> int:
    moment = datetime.now(timezone.utc) if now is None else now
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return round(moment.timestamp() * 1000)
