"""Sign French health professionals in with Pro Santé Connect; check their numbers; look them up in the national directory.

>>> import sas_psc
>>> sas_psc.rpps.is_valid("99700218896")
True
"""

from . import card, consent, danger, directory, email, errors, fhir, ids, life, link, participation, proxy, psc, rpps, sign_up
from ._sas_psc import __version__
from .errors import Error

__all__ = ["Error", "__version__", "card", "consent", "danger", "directory", "email", "errors", "fhir", "ids", "life", "link", "participation", "proxy", "psc", "rpps", "sign_up"]
