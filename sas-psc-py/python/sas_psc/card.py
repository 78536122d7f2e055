"""CPS cards: what their certificates say of the holder, and whether to believe them.

>>> from sas_psc import card
>>> card.CardTrust().realm
'production'

A certificate names its holder with the same national identifier as Pro Santé Connect. It is believed when an authority of
IGC-Santé issued it and no revocation list names it; ANS's test cards are believed by ``danger.card_authorities_of_test`` alone.
"""

from ._sas_psc import (
    CardCertificate,
    CardChallenge,
    CardPossession,
    CardTrust,
    CertificateChoice,
    CrlCache,
    Fallback,
    LocalSignIn,
    RevocationList,
    TrustedCertificate,
)

__all__ = [
    "CardCertificate",
    "CardChallenge",
    "CardPossession",
    "CardTrust",
    "CertificateChoice",
    "CrlCache",
    "Fallback",
    "LocalSignIn",
    "RevocationList",
    "TrustedCertificate",
]
