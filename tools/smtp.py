"""Runs a command beside an SMTP server that is not ours (aiosmtpd): python tools/smtp.py COMMAND…

Loopback only, ports from the kernel; nothing outlives the command, which finds in its environment:
  SAS_PSC_SMTP        host:port of a server that takes mail only after STARTTLS and AUTH (sas / interop-not-a-secret)
  SAS_PSC_SMTP_PLAIN  host:port of one that offers AUTH without TLS, as an attacker in between would make it look
  SAS_PSC_SMTP_CA     the authority to trust, a PEM file
  SAS_PSC_SMTP_MAIL   a folder: N.eml is what arrived, byte for byte, N.json its envelope; `leaked` appears if a password
                      was sent in clear
A recipient that starts with "refuse" is refused for good (550), with "later" for now (451).
"""

import asyncio
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    """aiosmtpd's handler: judges recipients, keeps what arrives."""

    def __init__(self, folder):
        self.folder = folder

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        number = len(list(self.folder.glob("*.eml")))
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "options": envelope.mail_options,
            "user": session.auth_data,
            "tls": session.ssl is not None,
        }
        (self.folder / f"{number}.json").write_text(json.dumps(facts))
        (self.folder / f"{number}.eml").write_bytes(envelope.original_content)
        return "250 2.0.0 kept"


def certificate(folder, name, subject, extension, *options):
    """Makes name.pem and name.key, good for two days; returns their path without the ending."""
    path = str(folder / name)
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject]
    command += ["-addext", extension, "-keyout", path + ".key", "-out", path + ".pem", *options]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return path


async def main(folder, command):
    authority = certificate(folder, "authority", "/CN=AC ESSAI", "keyUsage=critical,keyCertSign")
    signed = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-addext", "basicConstraints=critical,CA:FALSE"]
    server = certificate(folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost", *signed)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(f"{server}.pem", f"{server}.key")
    mailbox = Mailbox(folder)

    def check(server, session, envelope, mechanism, login):
        if session.ssl is None:
            (folder / "leaked").touch()
        right = (login.login, login.password) == (b"sas", b"interop-not-a-secret")
        return AuthResult(success=right, handled=False, auth_data="sas")

    def strict():
        return SMTP(mailbox, tls_context=tls, require_starttls=True, auth_required=True, authenticator=check)

    def plain():
        return SMTP(mailbox, auth_required=True, auth_require_tls=False, authenticator=check)

    environment = dict(os.environ, SAS_PSC_SMTP_CA=f"{authority}.pem", SAS_PSC_SMTP_MAIL=str(folder))
    loop = asyncio.get_running_loop()
    for name, factory in ("SAS_PSC_SMTP", strict), ("SAS_PSC_SMTP_PLAIN", plain):
        server = await loop.create_server(factory, "127.0.0.1", 0)
        environment[name] = "localhost:%d" % server.sockets[0].getsockname()[1]
    return await (await asyncio.create_subprocess_exec(*command, env=environment)).wait()


with tempfile.TemporaryDirectory() as temporary:
    sys.exit(asyncio.run(main(pathlib.Path(temporary), sys.argv[1:])))
