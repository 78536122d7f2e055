"""The companion for the real platform, https://sas.sante.fr/, which has no public API: it prepares and explains.

>>> from sas_psc import companion
>>> companion.prepare("card", number="99700218896", lang="en")["checklist"][3]["presence"]
'ready'

It fills in no page of the platform and opens no link.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import _sas_psc

__all__ = ["prepare", "read_link"]


def prepare(
    means: str,
    *,
    number: str | None = None,
    address: str | None = None,
    settings: Mapping[str, Any] | None = None,
    seen: Mapping[str, bool] | None = None,
    lang: str = "fr",
) -> dict[str, Any]:
    """What to have at hand and the steps, for ``means`` ``card`` or ``ecps``: ``site``, ``ready``, ``checklist``, ``steps``.

    ``seen`` says what the program looked at itself: ``reader``, ``card``, ``middleware``, ``app``.
    """
    known = {"number": number, "address": address, "settings": settings, "seen": seen}
    asked = {"with": means} | {name: value for name, value in known.items() if value is not None}
    return _sas_psc.companion_prepare(json.dumps(asked), lang)


def read_link(link: str, hosts: Sequence[str]) -> dict[str, Any]:
    """What a pasted verification link says of itself, which nobody here verifies: ``purpose``, ``claimed_end``, ``verified``.

    ``hosts`` are the platform's sign-in servers. Raises ``VerificationLinkError`` for what is no such link.
    """
    return _sas_psc.verification_link_read(link, list(hosts))
