"""What a journey costs the sign-up site: its time on the CPU while a command plays some, over their number.

cost.py FOLDER JOURNEYS MOST COMMAND…: FOLDER is that of tools/site, MOST the milliseconds that a journey may cost. The
command plays twice: what the site does once, as reading the system's authorities, is no journey's. In between the accounts
are taken out of the site's database and the mails out of the mailbox, so that the same people may come again. Whatever else
the command does at the site, as being refused, is charged to the journeys.
"""

import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

folder, journeys, most, *command = sys.argv[1:]
site = int(Path(folder, "run/site.pid").read_text())


def spent() -> float:
    """The site's time on the CPU in ms, ended threads included: Linux' clock for another process."""
    return time.clock_gettime((~site << 3) | 2) * 1000


def play() -> float:
    before = spent()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (spent() - before) / int(journeys)


def forget() -> None:
    with sqlite3.connect(Path(folder, "accounts.sqlite")) as database:
        for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            database.execute(f'delete from "{table}"')
    mails = os.environ["SAS_PSC_SIMULATOR"] + "/mail/api/messages"
    urllib.request.urlopen(urllib.request.Request(mails, method="DELETE"), timeout=10).close()


first = play()
forget()
each = play()
print(f"a journey costs the site {each:.2f} ms of its CPU (at most {most}); {first:.2f} as its first work")
sys.exit(each > float(most))
