"""Opens an account: a push to the person's e-CPS app, an address proven by its mail's code, terms, settings.

    KEY=… SECRET=… python sign_up.py my-client-id 99700218896 medecin@exemple.fr --smtp smtp.exemple.fr:587

For a server: it holds the service's secret. A site does the same, a page a step.
"""

import argparse
import hashlib
import os
import secrets
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import sas_psc
from sas_psc import danger, email, errors, psc, sign_up

SETTINGS = {"participation_sas": True, "participation_sas_via": 1, "has_software": False, "hours_available": True}

POLICY = {
    "service": "Exemple",
    "controller": "Exemple, 1 rue de l'Exemple, 75000 Paris",
    "exit": "https://compte.exemple.fr/fermer",
    "ui_build": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
    "terms": [
        {
            "slug": "cgu",
            "version": "2026-11",
            "lang": "fr",
            "effective_from": "2026-11-01T00:00:00Z",
            "change": "material",
            "documents": [
                {"title": "CGU", "media_type": "text/plain; charset=utf-8", "text": "Article 1. Ceci est un exemple.\n"}
            ],
        }
    ],
}


def send(server: str, mail: sign_up.MailToSend) -> None:
    """Hands a mail over to the mail server."""
    words = mail.message
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ne-pas-repondre@exemple.fr", mail.to, words["subject"]
    message["Message-ID"] = f"<{words['id']}@exemple.fr>"
    for name, value in words["headers"].items():
        message[name] = value
    message.set_content(words["text"])
    message.add_alternative(words["html"], subtype="html")
    host, _, port = server.rpartition(":")
    with smtplib.SMTP(host, int(port)) as smtp:
        if host != "127.0.0.1":
            smtp.starttls()
        smtp.send_message(message)


def deliver(site: sign_up.SignUp, server: str) -> None:
    """Sends what waits. A server calls it every few seconds too."""
    while mail := site.next_mail():
        try:
            send(server, mail)
        except smtplib.SMTPRecipientsRefused:
            site.not_handed_over(mail, errors.MailRefusedError)
        except OSError as error:
            site.not_handed_over(mail, error)  # tried again later
        else:
            site.handed_over(mail)


def ask(question: str) -> str:
    print(question, file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def journey(site: sign_up.SignUp, signed_in: psc.SignedIn, address: str, server: str) -> dict[str, Any]:
    """What a site does, a page a step: whoever stops goes on from there at their next sign-in."""
    account, attempt = site.welcome(signed_in), secrets.token_hex(16)
    key = account["account"]
    while account["state"] != "active":
        print(account["text"], file=sys.stderr)
        match account["state"]:
            case "places-wanted":
                account = site.choose_places(key, range(len(account["places"])))
            case "email-wanted" | "mail-due":
                site.give_address(key, attempt, address)
                deliver(site, server)
                account = site.account(key)
            case "mail-sent":
                account = site.answer_code(key, attempt, ask("Code du courriel :"))
            case "terms-wanted" | "terms-refused":
                terms = site.present_terms(key, attempt)
                print(*(document["text"] for document in terms["documents"]), file=sys.stderr)
                account = site.accept_terms(key, attempt, terms["hash"], ask("J'accepte (oui) :") == "oui")
            case "settings-wanted":
                for declared in sign_up.declarations(SETTINGS):
                    print("-", declared["sentence"], file=sys.stderr)
                if ask("Je le déclare (oui) :") != "oui":
                    break
                account = site.save_settings(key, SETTINGS)
    return account


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("client_id")
    parser.add_argument("person", help="an RPPS number or a national identifier")
    parser.add_argument("address")
    parser.add_argument("--smtp", default="127.0.0.1:25", metavar="HOST:PORT")
    parser.add_argument("--accounts", default="accounts.sqlite", metavar="FILE")
    parser.add_argument("--simulator", metavar="ISSUER", help="a simulator on this machine instead of the sandbox")
    options = parser.parse_args()

    environment = psc.Environment.bas()
    if options.simulator:
        environment = danger.allow_simulator(danger.insecure_loopback(options.simulator))
    client = psc.Client(options.client_id, "https://service.example.fr/callback", secret=os.environ["SECRET"])
    service = psc.Psc(environment, client)

    try:
        key = email.ServerKey(os.environ["KEY"].encode())  # 32 bytes or more, the same at every start
        site = sign_up.SignUp(options.accounts, key, POLICY, "https://compte.exemple.fr/lien")
        poll = service.ciba(options.person)
        print("Code :", poll.digits, file=sys.stderr, flush=True)
        account = journey(site, service.wait(poll), options.address, options.smtp)
    except sas_psc.Error as error:
        print(error.name, error.message(), error.hint(), file=sys.stderr)
        return 1
    print(account["state"], *account["records"]["declarations"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
