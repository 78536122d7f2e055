"""OpenSC judges the virtual CPS card, through a pcscd of its own: judge.py SAS_PSC_SIM (under tools/pcscd).

Each program of OpenSC is run as a user would run it, what it prints and its exit status are checked, signatures are
verified by openssl, and the exchanges that each run cost are counted by the card. With OpenSC 0.23.0 they must be those
that were counted against a virtual card of other authorship; another version's are only printed.
"""

import atexit
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

SIM = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()
AUTHENTICATION, SIGNATURE = "e828bd080f8025000001ff001002", "e828bd080f8025000001ff001001"
MODULE = glob.glob("/usr/lib/*/opensc-pkcs11.so")[0]
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
CONTACTLESS = "3b:8f:80:01:00:31:b8:64:04:b0:ec:c1:73:94:01:80:82:90:00:0e"
counts, checks = [], 0


def path(name):
    return os.path.join(FOLDER.name, name)


def write(name, content):
    with open(path(name), "wb") as file:
        file.write(content)
    return path(name)


def check(right, what):
    global checks
    checks += 1
    if not right:
        sys.exit(f"judge: {what}")


def run(*command, status=0, environment=()):
    """Runs a program; what it printed. `status` None: any but 0."""
    os.environ.pop("OPENSC_CONF", None)
    done = subprocess.run(command, capture_output=True, env={**os.environ, "HOME": FOLDER.name, **dict(environment)}, timeout=60)
    text = (done.stdout + done.stderr).decode(errors="replace")
    right = done.returncode == status if status is not None else done.returncode != 0
    check(right, f"{' '.join(command)} ended with {done.returncode}:\n{text}")
    return text


class Card:
    """A virtual card in a virtual reader."""

    def __init__(self, *options):
        command = [SIM, "card", *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        self.second = "--other" in options
        self.told = json.loads(self.process.stdout.readline())

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if "card" not in answer:  # it connected again
                check("error" not in answer, f"{line}: {answer}")
                return answer

    def counted(self, name, wanted, *command, **rest):
        self.ask("counts")
        text = run(*command, **rest)
        found = self.ask("counts")
        counts.append((name, found, wanted))
        return text

    def end(self):
        self.process.communicate("quit\n", timeout=10)
        check(self.process.returncode == 0, "the card did not end well")
        left = ["Yes", "No"] if self.second else ["No", "No"]
        until(lambda: readers() == left, "that the card went")


def until(seen, what):
    for _ in range(100):
        if seen():
            return
        time.sleep(0.05)
    sys.exit(f"judge: {what} is not seen")


def readers():
    """Whether each reader has a card."""
    return re.findall(r"^\d +(Yes|No) ", run("opensc-tool", "-l"), re.M)


def has(text, *parts):
    for part in parts:
        check(part in text, f"{part!r} is not in:\n{text}")


def apdus(*commands, card=()):
    """Raw commands; the data of the last answer. All must succeed."""
    options = [word for command in commands for word in ("-s", command)]
    text = run("opensc-tool", *card, *options)
    answers = re.split(r"Received \(SW1=0x(..), SW2=0x(..)\)", text)[1:]
    words = [answers[at] + answers[at + 1] for at in range(0, len(answers), 3)]
    check(words == ["9000"] * len(commands), f"{words} for {commands}")
    return bytes.fromhex("".join(re.findall(r"^((?:[0-9A-F]{2} )+)", answers[-1], re.M)).replace(" ", ""))


def verified(key, signature, *options):
    run("openssl", "dgst", "-sha256", *options, "-verify", key, "-signature", signature, path("message"))


def public_key(certificate, name):
    text = run("openssl", "x509", "-in", certificate, "-noout", "-pubkey")
    return write(name, text.encode())


write("message", b"A message that nobody needs")
digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary", path("message")], capture_output=True, check=True).stdout
write("info", DIGEST_INFO + digest)
version = re.search(r"OpenSC[- ](\d+\.\d+\.\d+)", run("opensc-tool", "--info")).group(1)


def contact():
    card = Card("--authorities", path("authorities.pem"))
    until(lambda: readers() == ["Yes", "No"], "the card")
    has(card.counted("opensc-tool -a -n", 6, "opensc-tool", "-a", "-n"), "3b:ac:00:40:2a:00:12:25", "IAS-ECC")
    has(card.counted("pkcs15-tool --list-certificates", 41, "pkcs15-tool", "--list-certificates"),
        "Certificat de Signature CPS", "Certificat d'Authentification CPS", AUTHENTICATION, "Object Flags   : [0x00]")
    has(card.counted("pkcs15-tool --list-keys", 26, "pkcs15-tool", "--list-keys"), "CPS_PRIV_AUT", "CPS_PRIV_SIG",
        "int_auth:01;", "Key ref        : 130 (0x82)", "ModLength      : 2048")
    has(card.counted("pkcs15-tool --list-pins", 20, "pkcs15-tool", "--list-pins"), "Code Porteur", "unblockingPin, soPin")
    has(card.counted("pkcs15-tool --dump", 50, "pkcs15-tool", "--dump"), "CPS3v3-9900000001", "ASIP SANTE")

    read = ("pkcs15-tool", "--read-certificate", AUTHENTICATION, "-o", path("auth.pem"))
    card.counted("pkcs15-tool --read-certificate", 33, *read)
    subject = run("openssl", "x509", "-in", path("auth.pem"), "-noout", "-subject", "-issuer")
    has(subject, "899700218896", "SPECIALISTE0021889", "SYNTHETIC TEST AC IGC-SANTE FORT PERSONNES")
    run("openssl", "verify", "-purpose", "sslclient", "-CAfile", path("authorities.pem"), path("auth.pem"))
    auth = public_key(path("auth.pem"), "auth.pub")
    run("pkcs15-tool", "--read-certificate", SIGNATURE, "-o", path("sign.pem"))
    sign = public_key(path("sign.pem"), "sign.pub")

    crypt = ("pkcs15-crypt", "--sign", "--key", AUTHENTICATION, "--pin", "1234", "--pkcs1", "--raw",
             "--input", path("info"), "--output", path("one"))
    card.counted("pkcs15-crypt --sign", 47, *crypt)
    verified(auth, path("one"))
    tool = ("pkcs11-tool", "--module", MODULE, "-l", "-p", "1234", "--sign", "-m", "RSA-PKCS", "--id", AUTHENTICATION,
            "-i", path("info"), "-o", path("two"))
    card.counted("pkcs11-tool --sign", 114, *tool)
    verified(auth, path("two"))
    write("opensc.conf", b"app default { framework pkcs15 { use_file_caching = yes; } }\n")
    cached = {"environment": [("OPENSC_CONF", path("opensc.conf"))]}
    run(*read, **cached)
    card.counted("pkcs15-tool --read-certificate, cached", 19, *read, **cached)
    card.counted("pkcs15-crypt --sign, cached", 44, *crypt, **cached)
    card.counted("pkcs11-tool --sign, cached", 77, *tool, **cached)
    verified(auth, path("two"))

    run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", auth, "-in", path("message"), "-out", path("cipher"))
    card.counted("pkcs15-crypt --decipher", 48, "pkcs15-crypt", "--decipher", "--key", AUTHENTICATION, "--pin", "1234",
                 "--pkcs1", "--raw", "--input", path("cipher"), "--output", path("plain"))
    check(open(path("plain"), "rb").read() == open(path("message"), "rb").read(), "deciphered something else")

    # OpenSC's own programs cannot use the signature key (SHA256-RSA-PKCS is compiled out): the commands of ANS's module.
    given = apdus("00A4090C043F000001", "002000010431323334", "002241B606800142840181", "002A9E9A20" + digest.hex() + "00")
    verified(sign, write("three", given))

    pin = lambda code: ("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", code)
    has(card.counted("pkcs15-tool --verify-pin, wrong", 31, *pin("0000"), status=None), "PIN code or key incorrect")
    card.counted("pkcs15-tool --verify-pin", 31, *pin("1234"))
    for _ in range(2):
        run(*pin("0000"), status=None)
    has(run("pkcs11-tool", "--module", MODULE, "-L"), "final user PIN try")
    run(*pin("0000"), status=None)
    check(card.ask("status")["tries"] == 0, "three wrong codes and not blocked")
    has(run(*pin("1234"), status=None), "blocked")
    has(run(*tool, status=None), "CKR_PIN_LOCKED")
    card.counted("pkcs15-tool --unblock-pin", 50, "pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", "12345678",
                 "--new-pin", "1234")
    card.counted("pkcs15-tool --change-pin", 31, "pkcs15-tool", "--change-pin", "--auth-id", "01", "--pin", "1234",
                 "--new-pin", "4321")
    run(*pin("1234"), status=None)
    run(*pin("4321"))

    # A certificate that is cut is told, and nothing breaks.
    card.ask("file 3f00/0001/a002 cut 700")
    run("pkcs15-tool", "--list-keys")
    card.ask("remove")
    until(lambda: readers() == ["No", "No"], "the removal")
    card.ask("insert")
    until(lambda: readers() == ["Yes", "No"], "the card put in again")

    other = Card("--other", "--vpcd", "127.0.0.1:35964")
    until(lambda: readers() == ["Yes", "Yes"], "the second card")
    run("pkcs15-tool", "--reader", "1", "--read-certificate", AUTHENTICATION, "-o", path("other.pem"))
    has(run("openssl", "x509", "-in", path("other.pem"), "-noout", "-subject", "-nameopt", "utf8"), "899700245667")
    other.end()
    card.end()


def contactless():
    card = Card("--generation", "cps3-contactless")
    until(lambda: readers() == ["Yes", "No"], "the contactless card")
    has(run("opensc-tool", "-a"), CONTACTLESS)
    # OpenSC's own entry for this ATR begins with 2B, so it never fits: a setting names the driver.
    setting = f'app default {{ card_atr {CONTACTLESS} {{ driver = "iasecc"; type = 25008; }} }}\n'
    write("contactless.conf", setting.encode())
    environment = [("OPENSC_CONF", path("contactless.conf"))]
    # It lists and no more: that application's record names the other one's AID, on real cards too.
    listed = run("pkcs15-tool", "--list-certificates", "--aid", "e828bd080f8025000001ff0020", environment=environment)
    has(listed, "Certificat Technique CPS")
    run("pkcs15-tool", "--list-certificates", environment=environment, status=None)
    raw = ("-c", "default")
    certificate = b""
    for offset, size in ((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0x63)):
        certificate += apdus("00A4090C063F000002A001", f"00B0{offset:02X}00{size:02X}", card=raw)
    run("openssl", "x509", "-inform", "der", "-in", write("technical.der", certificate), "-out", path("technical.pem"))
    key = public_key(path("technical.pem"), "technical.pub")
    signature = apdus("00A4090C043F000002", "002241A406840181800102", "0088000033" + (DIGEST_INFO + digest).hex() + "00", card=raw)
    verified(key, write("four", signature))
    card.end()


def cps4():
    card = Card("--generation", "cps4")
    until(lambda: readers() == ["Yes", "No"], "the CPS4")
    has(run("opensc-tool", "-a"), "3b:9b:18:80:01:00:12:25:00:64:80:04:01:00:00:90:44")
    raw, start = ("-c", "default"), ("01A4040C088025000001FF0100", "012000010431323334")
    certificate = b""
    for offset, size in ((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0x86)):
        certificate += apdus(start[0], "01A4080C040001A002", f"01B0{offset:02X}00{size:02X}", card=raw)
    run("openssl", "x509", "-inform", "der", "-in", write("cps4.der", certificate), "-out", path("cps4.pem"))
    key = public_key(path("cps4.pem"), "cps4.pub")
    pss = apdus(*start, "012281B60491022CA0", "012A9E9A20" + digest.hex() + "00", card=raw)
    verified(key, write("five", pss), "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
    block = b"\x00\x01" + b"\xff" * (256 - 3 - 51) + b"\x00" + DIGEST_INFO + digest
    pkcs1 = apdus(*start, "012241B803830120", "112A8086FF" + block[:255].hex(), "012A808601" + block[255:].hex() + "00", card=raw)
    verified(key, write("six", pkcs1))
    card.end()


contact()
contactless()
cps4()
print(f"OpenSC {version}; exchanges with the virtual CPS3 (GET RESPONSE counted), bytes to and from the card:")
for name, found, wanted in counts:
    print(f"  {name:45} {found['exchanges']:4} {found['received']:5} {found['sent']:5}")
    if version == "0.23.0":
        check(found["exchanges"] == wanted, f"{name}: {found['exchanges']} exchanges, {wanted} with the card of other authorship")
print(f"{checks} checks passed")
