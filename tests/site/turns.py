"""One address for several instances of the site, in turns: whatever an instance kept to itself would be missed by the next.

turns.py FOLDER COUNT writes in FOLDER how many requests each has answered, and learns from ../instance-N.pid where each
listens: the base URL is this program's, so an instance says no address of its own.
"""

import http.client
import http.server
import itertools
import os
import re
import socket
import sys
import threading
from pathlib import Path

folder, count = Path(sys.argv[1]), int(sys.argv[2])
turns = itertools.cycle(range(1, count + 1))
answered = [0] * (count + 1)
lock = threading.Lock()


def port_of(number: int) -> int:
    """The port on which the process of an instance listens."""
    pid = (folder.parent / f"instance-{number}.pid").read_text().strip()
    sockets = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            continue
        if found:
            sockets.add(found[1])
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in sockets:
            return int(fields[1].split(":")[1], 16)
    raise OSError(f"instance {number} does not listen")


class Turn(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with lock:
            number = next(turns)
            answered[number] += 1
            (folder / "answered").write_text(" ".join(map(str, answered[1:])) + "\n")
        there = http.client.HTTPConnection("127.0.0.1", port_of(number), timeout=30)
        there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() != "connection":
                there.putheader(name, value)
        there.endheaders(body)
        answer = there.getresponse()
        content = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        there.close()

    do_GET = do_POST = do_HEAD = forward

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET
    daemon_threads = True


server = Server(("127.0.0.1", 0), Turn)
print(f"{count} instances in turns at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
