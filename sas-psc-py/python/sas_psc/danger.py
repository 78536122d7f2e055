"""What weakens the security of a sign-in. Each is a call that says so; no default does it."""

from ._sas_psc import allow_simulator, insecure_loopback, insecure_loopback_proxy

__all__ = ["allow_simulator", "insecure_loopback", "insecure_loopback_proxy"]
