"""The exception tree: by blame, then by code, from the table of the SDK."""

import pickle

import pytest

import sas_psc
from sas_psc import errors
from sas_psc._sas_psc import error_table, error_text


def test_an_error_is_caught_by_code_by_blame_and_by_base() -> None:
    for narrow in (errors.IdKeyError, errors.UserError, sas_psc.Error):
        with pytest.raises(narrow):
            sas_psc.rpps.parse("99700218897")


def test_what_an_error_tells() -> None:
    with pytest.raises(errors.IdKeyError) as caught:
        sas_psc.rpps.parse("99700218897")
    error = caught.value
    assert (error.code, error.name, error.blame) == (2003, "id-key", "user")
    assert error.message().startswith("La clé du numéro est fausse")
    assert error.hint("en").startswith("Check the number")
    assert dict(error.facts) == {}
    for text in (str(error), repr(error), error.message("en"), error.hint("fr")):
        assert "99700218897" not in text


@pytest.mark.parametrize(("code", "name", "blame"), error_table())
def test_every_code_has_its_class(code: int, name: str, blame: str) -> None:
    error = errors.from_code(code, {"tries_left": 2})
    assert type(error).__mro__[1:4] == (getattr(errors, f"{blame.capitalize()}Error"), sas_psc.Error, Exception)
    assert (error.code, error.name, error.blame, error.facts["tries_left"]) == (code, name, blame, 2)
    assert all(error_text(code, "fr")) and error.__doc__


def test_an_unknown_code_is_the_parent() -> None:
    assert type(errors.from_code(99999)) is sas_psc.Error


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(errors.from_code(2003, {"field": "rpps"})))
    assert type(error) is errors.IdKeyError and error.facts == {"field": "rpps"}
