"""Sign French health professionals in with Pro Santé Connect.

>>> import sas_psc
>>> sas_psc.rpps.is_valid("99700218896")
True
"""

from . import errors, ids, rpps
from ._sas_psc import __version__
from .errors import Error

__all__ = ["Error", "__version__", "errors", "ids", "rpps"]
