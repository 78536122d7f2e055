"""What weakens security. Each is a call that says so; no default does it."""

from ._sas_psc import (
    allow_simulator,
    card_authorities,
    insecure_loopback,
    insecure_loopback_fhir,
    insecure_loopback_proxy,
    card_authorities_of_test,
    fallback_with_any_card,
)

__all__ = [
    "allow_simulator",
    "card_authorities",
    "insecure_loopback",
    "insecure_loopback_fhir",
    "insecure_loopback_proxy",
    "card_authorities_of_test",
    "fallback_with_any_card",
]
