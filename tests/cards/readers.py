"""A program in Python at a reader of pcscd that has the simulator's card: readers.py list|all; at one with keys: readers.py keys. The
same steps as readers.c.
"""

import asyncio
import base64
import hashlib
import sys
import time

from sas_psc import Error, card


def told(name, begin, right):
    try:
        result = begin()
    except Error as error:
        left = error.facts.get("pin_tries_left")
        print(f"{name}: {error.name}" + ("" if left is None else f", {left} left"))
    else:
        print(f"{name}: {'as expected' if right(result) else result}")


def signed(result):
    certificate = card.CardCertificate(base64.b64decode(result["certificate"]))
    certificate.check_signature("pkcs1-sha256", b"a message", base64.b64decode(result["signature"]))
    return result["algorithm"] == "pkcs1-sha256"


def sign(readers, name, pin):
    told(name, lambda: readers.sign("authentication", b"a message", pin), signed)


async def wait(readers):
    task = asyncio.create_task(readers.wait_for_card("Virtual PCD 00 01"))
    await asyncio.sleep(0.3)
    print(f"waiting: {'done' if task.done() else 'not done'}")
    began = time.monotonic()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print(f"given up: {'at once' if time.monotonic() - began < 5 else 'late'}")


readers = card.Readers()
if sys.argv[1:] == ["list"]:
    told("list", readers.list, lambda found: "Virtual PCD" in found[0]["reader"])
    sys.exit()
if sys.argv[1:] == ["keys"]:
    told("keys", readers.has_pinpad, lambda has: has is True)
    told("keys for a change", lambda: readers.has_pinpad(change=True), lambda has: has is True)
    sign(readers, "sign", None)
    told("change", readers.change_pin_on_pinpad, lambda nothing: nothing is None)
    told("cancelled", readers.change_pin_on_pinpad, lambda nothing: nothing is None)
    sign(readers, "wrong", None)
    sys.exit()
told("list", readers.list, lambda found: (found[0]["reader"], found[0]["card"]) == ("Virtual PCD 00 00", "cps3"))
told("read", readers.read, lambda it: (it["serial"], it["pin"], it["pin_tries_left"]) == ("99000001", "needed", 3))
told("keys", readers.has_pinpad, lambda has: has is False)
sign(readers, "sign", "1234")
sign(readers, "wrong", "0000")
sign(readers, "without a PIN", None)
told("status", readers.pin_status, lambda it: it == {"pin": "needed", "pin_tries_left": 2})
told("change", lambda: readers.change_pin("1234", "4321"), lambda nothing: nothing is None)
told("unblock", lambda: readers.unblock("12345678", "1234"), lambda nothing: nothing is None)
told("key, wrong PIN", lambda: readers.key("0000"), lambda key: False)
key = readers.key("1234")
card.CardCertificate(key.certificate).check_signature(
    "pkcs1-sha512", b"a message", key.sign(b"a message", scheme="pkcs1-sha512")
)
assert key.sign_hash(hashlib.sha256(b"a message").digest()) == key.sign(b"a message")
told("another hash", lambda: key.sign_hash(hashlib.sha1(b"a message").digest()), lambda signature: False)
print(f"key: {key.schemes}")
asyncio.run(wait(card.AsyncReaders()))
watch = readers.watch()
while (event := watch.next(20.0)) and event["event"] != "card-inserted":
    pass
print(f"watched: {event['reader']} {event['card']}" if event else "watched: nothing")
print(f"nothing more: {watch.next(0.0)}")
sign(card.Readers(expected="99000002"), "another session", "1234")
