"""The national directory of health professionals, offline: look up by any identifier, search by name.

>>> from sas_psc import directory                                          # doctest: +SKIP
>>> directory.import_extract("PS_LibreAcces_202609230812.zip", "annuaire")  # doctest: +SKIP
>>> annuaire = directory.Directory("annuaire")                             # doctest: +SKIP
>>> annuaire.find("99700366240").professional.display_name                 # doctest: +SKIP
'Dr KIT DOC0036624'

The extract is the one that ANS publishes under the Licence Ouverte 2.0: show ``Directory.attribution`` beside the data.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from ._sas_psc import Directory, Person, directory_extract_size, directory_import

__all__ = ["Directory", "Person", "extract_size", "import_extract"]


def import_extract(
    files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    folder: str | os.PathLike[str],
    *,
    allow_shrink: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> dict[str, Any]:
    """Makes the index of a folder out of files of ANS, plain or zip, and puts it in the place of the one before.

    Other programs may read meanwhile. Whatever fails, the index before stays in use; the exception says why.
    ``allow_shrink`` takes an extract that is much smaller than the one before, or cut short. ``progress(rows, bytes)`` is
    called now and then, up to the sum of ``extract_size``. Gives ``source_date``, ``source``, ``licence``, ``rows``, ``people``, ``structures``,
    ``rejected``, ``index_bytes`` and ``rejects_file``, the list of the rows that were not taken.
    """
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    return directory_import([os.fspath(path) for path in paths], os.fspath(folder), allow_shrink, progress)


def extract_size(file: str | os.PathLike[str]) -> int:
    """How many bytes a file of ANS has after unpacking: what the ``bytes`` of ``progress`` come to.

    Raises ``FileUnreadableError``; ``ArchiveRefusedError`` for a damaged zip.
    """
    return directory_extract_size(os.fspath(file))
