"""Our mail as a server and a mail reader of other authors see it: aiosmtpd takes it, Python's email package reads it.

Usage: judge.py SEND-MAIL, the program of tests/src/bin/send-mail.rs. Everything stays on the loopback.
"""

import asyncio
import email
import email.policy
import email.utils
import html.parser
import json
import logging
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

SENDER = "nepasrepondre@exemple.fr"
PASSWORD = "correct-horse"


class Mailbox:
    """Keeps what arrives, and how it arrived."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session, envelope))
        return "250 2.0.0 taken"


class Greylisting(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, options):
        return f"450 4.2.0 <{address}>: greylisted, try again later"


class Strict(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, options):
        return f"550 5.1.1 <{address}>: no such mailbox"


class Policy(Mailbox):
    """Answers by the mailbox's name; anybody else is greylisted once, as the best known servers do."""

    ANSWERS = {
        "full": "452 4.2.2 mailbox full",
        "over-quota": "552 5.2.2 mailbox full",
        "moved": "551 5.1.6 moved",
        "disabled": "550 5.2.1 mailbox disabled",
        "blocked": "550 5.7.1 your server is on a list",
        "sender": "550 5.1.8 the sender's domain does not exist",
        "slow-down": "421 4.7.0 too many connections",
        "plain-no": "550 no",
    }

    def __init__(self):
        super().__init__()
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.ANSWERS.get(address.split("@")[0])
        if said is None and address not in self.seen:
            self.seen.add(address)
            said = "451 4.7.1 greylisted, come back in 5 minutes"
        if said is None:
            envelope.rcpt_tos.append(address)
            said = "250 2.1.5 ok"
        return said


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == b"site" and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False, auth_data=data.login)


class Servers:
    """SMTP servers on ports of the kernel's choice, in one thread."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def start(self, handler, implicit=None, **options):
        options = {"hostname": "mail.exemple.fr", "enable_SMTPUTF8": False, **options}

        async def listen():
            server = await self.loop.create_server(
                lambda: SMTP(handler, loop=self.loop, **options), "127.0.0.1", 0, ssl=implicit
            )
            return server.sockets[0].getsockname()[1]

        return asyncio.run_coroutine_threadsafe(listen(), self.loop).result(10)


def certificates(folder):
    """An authority and a server certificate for localhost, by openssl."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Autorité d'essai", "-days", "2")
    openssl("req", *ec, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    Path(folder, "ext").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext"]
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", *sign)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(folder, "server.pem"), Path(folder, "server.key"))
    return Path(folder, "ca.pem").read_text(), context


class Outline(html.parser.HTMLParser):
    """What a screen reader and a mail program's fetcher would meet."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.lang, self.words = [], [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        self.lang = attributes.get("lang", self.lang)
        self.links += [value for name, value in attributes.items() if name in ("href", "src", "background")]
        assert not any(name.startswith("on") for name in attributes), attributes

    def handle_data(self, data):
        self.words.append(data)


def judge(raw, sent, lang):
    """A message as received, against what was sent."""
    for line in raw.split(b"\r\n"):
        assert b"\n" not in line and b"\r" not in line, "a bare line end"
        # RFC 5322 §2.1.1; lettre folds no address, so that a long sender's name may pass the 78 it recommends.
        assert len(line) <= (998 if line.startswith(b"From: ") else 78), line
        assert line.isascii(), line
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert not mail.defects and not any(part.defects for part in mail.walk())
    names = [name.lower() for name in mail.keys()]
    for name in ("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"):
        assert names.count(name) == 1, name
    assert mail["subject"] == sent["subject"]
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["message-id"] == sent["message_id"]
    assert mail["content-language"] == lang
    (sender,) = mail["from"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Accès aux soins, l'équipe", SENDER)
    assert mail["to"].addresses[0].addr_spec == "Jeanne.O'Neil+sas@xn--hpital-ixa.example"
    age = time.time() - email.utils.parsedate_to_datetime(mail["date"]).timestamp()
    assert -5 < age < 60, age
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = mail.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content_charset() == rich.get_content_charset() == "utf-8"
    text, page = plain.get_content(), rich.get_content()
    assert text.replace("\r\n", "\n").rstrip("\n") == sent["text"].rstrip("\n")
    assert page.replace("\r\n", "\n").rstrip("\n") == sent["html"].rstrip("\n")
    code = sent["code"][:4] + " " + sent["code"][4:]
    assert sent["link"] in text.splitlines() and code in text.splitlines()
    assert re.findall(r"https?://\S+", text) == [sent["link"]], "one link, whole"
    outline = Outline(page)
    assert outline.links == [sent["link"]], "nothing is fetched"
    assert outline.lang == lang and "title" in outline.tags
    assert not {"img", "script", "form", "iframe", "link", "object"} & set(outline.tags)
    assert code in outline.words


def main(program):
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    servers, wanted = Servers(), []

    def send(port, expected=None, ways=(False, True), **settings):
        base = {"host": "localhost", "port": port, "sender": SENDER, "sender_name": "Accès aux soins, l'équipe"}
        base |= {"to": "Jeanne.O'Neil+sas@hôpital.example", "lang": "fr"} | settings
        for tokio in ways:
            done = subprocess.run([program], input=json.dumps(base | {"tokio": tokio}).encode(), capture_output=True)
            answer = json.loads(done.stdout)
            assert answer.get("error") == expected, (answer.get("error"), expected, sorted(settings), done.stderr)
            wanted.append(answer)
        return answer

    with tempfile.TemporaryDirectory() as folder:
        ca, context = certificates(folder)
        secured = {"tls_context": context, "require_starttls": True}
        login = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": True}
        who = {"ca": ca, "user": "site", "password": PASSWORD}

        mailbox = Mailbox()
        port = servers.start(mailbox, **secured, **login)
        for lang in ("fr", "en"):
            send(port, lang=lang, **who)
            for (session, envelope), sent in zip(mailbox.mails[-2:], wanted[-2:]):
                assert session.ssl is not None and session.authenticated
                assert envelope.mail_from == SENDER
                assert envelope.rcpt_tos == ["Jeanne.O'Neil+sas@xn--hpital-ixa.example"]
                judge(envelope.content, sent, lang)
        assert len(mailbox.mails) == 4
        print("STARTTLS and a login: 4 mails judged, in French and English, with and without a runtime")

        send(port, "mail-login-refused", **who | {"password": "wrong"})
        send(port, "mail-login-refused", ca=ca)
        send(port, "server-certificate", user="site", password=PASSWORD)
        send(port, "server-certificate", **who, host="127.0.0.1")
        print("a wrong login, no login, an unknown authority, another name: refused")

        implicit = servers.start(mailbox, implicit=context)
        send(implicit, security="implicit-tls", ca=ca)
        send(implicit, "server-certificate", security="implicit-tls")
        plain = servers.start(mailbox)
        send(plain, "tls-failed", ca=ca)
        send(plain, "tls-failed", ca=ca, security="implicit-tls")
        before = len(mailbox.mails)
        send(plain, security="plaintext")
        assert len(mailbox.mails) == before + 2
        print("TLS from the first byte; no STARTTLS on offer: nothing sent")

        send(servers.start(Greylisting(), **secured), "mail-deferred", ca=ca)
        send(servers.start(Strict(), **secured), "mail-refused", ca=ca)
        print("greylisting is for later, an unknown mailbox for good")

        policy = Policy()
        port = servers.start(policy, **secured)
        for name, expected in {
            "full": "mail-deferred",
            "slow-down": "mail-deferred",
            "over-quota": "mail-refused",
            "moved": "mail-refused",
            "disabled": "mail-refused",
            "plain-no": "mail-refused",
            "blocked": "mail-rejected",
            "sender": "mail-rejected",
        }.items():
            send(port, expected, to=f"{name}@exemple.fr", ca=ca)
        for way in (False, True):
            patient = {"to": f"patient-{way}@exemple.fr", "ca": ca, "ways": [way]}
            send(port, "mail-deferred", **patient)
            send(port, **patient)
        assert [envelope.rcpt_tos for _, envelope in policy.mails] == [["patient-False@exemple.fr"], ["patient-True@exemple.fr"]]
        print("a policy of refusals: each is for later, about the address, or about us; greylisted once, then taken")

    codes = [answer["code"] for answer in wanted if "code" in answer]
    assert len(set(codes)) == len(codes)


main(sys.argv[1])
