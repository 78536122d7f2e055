"""Four instances on PostgreSQL with a synchronous standby, through one fail-over (in namespaces of its own): run.py JOURNEYS FOLDER

Two servers, each in a network namespace with a cable to a bridge, where the instances are. Instances are killed by SIGKILL
at random and started again at once; in the middle the primary's cable is pulled and all of its processes are killed, and the
standby is promoted. Every connection is by TLS. In the end nothing that a person was told may be missing, and nothing may be
there twice.

Environment: SAS_PSC_SECONDS (60), SAS_PSC_RATE (170 journeys a second together: 150 are promised, the fail-over in them),
SAS_PSC_KILLS (of instances; one in two seconds), SAS_PSC_SEED.
"""

import glob
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

JOURNEYS = sys.argv[1]
SECONDS = int(os.environ.get("SAS_PSC_SECONDS", "60"))
RATE = int(os.environ.get("SAS_PSC_RATE", "170"))
KILLS = int(os.environ.get("SAS_PSC_KILLS", str(SECONDS // 2)))
SEED = int(os.environ.get("SAS_PSC_SEED", str(time.time_ns() % 1_000_000)))
INSTANCES = 4
BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
ADDRESSES = {"one": "10.77.0.1", "two": "10.77.0.2"}
dice = random.Random(SEED)
work = Path(sys.argv[2])
work.chmod(0o755)


def run(*command: str, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def within(place: str, *command: str) -> list[str]:
    return ["ip", "netns", "exec", place, "runuser", "-u", "postgres", "--", *command]


def network() -> None:
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "bridge", "type", "bridge")
    run("ip", "address", "add", "10.77.0.10/24", "dev", "bridge")
    run("ip", "link", "set", "bridge", "up")
    for place, address in ADDRESSES.items():
        run("ip", "netns", "add", place)
        run("ip", "link", "add", f"to-{place}", "type", "veth", "peer", "name", "cable", "netns", place)
        run("ip", "link", "set", f"to-{place}", "master", "bridge", "up")
        for command in (["address", "add", f"{address}/24", "dev", "cable"], ["link", "set", "cable", "up"], ["link", "set", "lo", "up"]):
            run("ip", "-n", place, *command)


def certificates() -> None:
    def certificate(name: str, subject: str, *more: str) -> None:
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject,
            "-keyout", str(work / f"{name}.key"), "-out", str(work / f"{name}.pem"), *more)

    certificate("ca", "/CN=AC ESSAI", "-addext", "keyUsage=critical,keyCertSign")
    names = ",".join(f"IP:{address}" for address in ADDRESSES.values())
    certificate("server", "/CN=base", "-CA", str(work / "ca.pem"), "-CAkey", str(work / "ca.key"), "-addext",
                "basicConstraints=critical,CA:FALSE", "-addext", f"subjectAltName={names}")
    for file in ("server.key", "server.pem"):
        run("chown", "postgres", str(work / file))


def server(place: str, synchronous: bool) -> None:
    conf = f"""
listen_addresses = '{ADDRESSES[place]}'
unix_socket_directories = '{work}'
port = {5432 + list(ADDRESSES).index(place)}
max_connections = 200
shared_buffers = 256MB
ssl = on
ssl_cert_file = '{work}/server.pem'
ssl_key_file = '{work}/server.key'
synchronous_standby_names = '{"two" if synchronous else ""}'
wal_keep_size = 1GB
"""
    with (work / place / "postgresql.conf").open("a") as file:
        file.write(conf)


def control(place: str, *what: str) -> None:
    run(*within(place, f"{BIN}/pg_ctl", "-D", str(work / place), "-w", "-s", *what))


def start(place: str) -> None:
    subprocess.run(within(place, f"{BIN}/pg_ctl", "-D", str(work / place), "-l", str(work / place / "log"), "-w", "-s", "start"),
                   check=True, stdout=subprocess.DEVNULL)


def sql(place: str, text: str) -> str:
    port = 5432 + list(ADDRESSES).index(place)
    return run("psql", "-X", "-q", "-A", "-t", "-h", str(work), "-p", str(port), "-U", "postgres", "-c", text, "postgres").strip()


def servers() -> None:
    run("chown", "postgres", str(work))
    run(*within("one", f"{BIN}/initdb", "-D", str(work / "one"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"))
    (work / "one/pg_hba.conf").write_text(
        "local all all trust\nhostssl replication postgres 10.77.0.0/24 trust\nhostssl all sas 10.77.0.0/24 scram-sha-256\n")
    server("one", synchronous=False)
    start("one")
    sql("one", "CREATE USER sas PASSWORD 'secret'")
    sql("one", "CREATE DATABASE sas OWNER sas")
    name = f"host={ADDRESSES['one']} port=5432 user=postgres application_name=two sslmode=require"
    run(*within("two", f"{BIN}/pg_basebackup", "-D", str(work / "two"), "-d", name, "-R", "-X", "stream", "-c", "fast"))
    server("two", synchronous=False)
    start("two")
    sql("one", "ALTER SYSTEM SET synchronous_standby_names = 'two'")
    sql("one", "SELECT pg_reload_conf()")
    for _ in range(100):
        if sql("one", "SELECT sync_state FROM pg_stat_replication") == "sync":
            return
        time.sleep(0.1)
    raise SystemExit("the standby does not follow")


def processes(place: str) -> list[int]:
    """Those of a server: the first one and its children."""
    first = int((work / place / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]


def fail_over() -> None:
    run("ip", "link", "set", "to-one", "down")
    for pid in processes("one"):
        os.kill(pid, signal.SIGKILL)
    control("two", "promote")


class Instance:
    """A process, and what it said since the first one of its number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.first = number * 1_000_000
        self.process: subprocess.Popen[str] | None = None

    def start(self, left: float, again: list[int]) -> None:
        hosts = ",".join(f"{address}:{5432 + at}" for at, address in enumerate(ADDRESSES.values()))
        address = f"postgres://sas:secret@{hosts}/sas?sslmode=verify-full&sslrootcert={work}/ca.pem"
        arguments = [JOURNEYS, "run", address, str(mails), str(self.first), str(-(-RATE // INSTANCES)), str(max(0, int(left)))]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdin
        self.process.stdin.write("".join(f"{number}\n" for number in again))
        self.process.stdin.close()
        self.listener = threading.Thread(target=self.listen, args=(self.process,))
        self.listener.start()

    def listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            heard(self, line.split())

    def kill(self) -> list[int]:
        """Kills it, and gives who was on their way there."""
        assert self.process
        self.process.kill()
        self.process.wait()
        self.listener.join()
        with lock:
            return [number for number in open_people if number // 1_000_000 == self.number]


lock = threading.Lock()
open_people: set[int] = set()
accepted: list[tuple[float, int, str]] = []
active: list[tuple[float, int]] = []
errors: dict[str, int] = {}


def heard(instance: Instance, words: list[str]) -> None:
    now = time.monotonic()
    with lock:
        if words[0] == "started":
            number = int(words[1])
            open_people.add(number)
            instance.first = max(instance.first, number + 1)
        elif words[0] == "accepted":
            accepted.append((now, int(words[1]), words[2]))
        elif words[0] == "active":
            active.append((now, int(words[2])))
            open_people.discard(int(words[1]))
        elif words[0] == "error":
            errors[words[2]] = errors.get(words[2], 0) + 1


def quantile(values: list[int], part: float) -> int:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0


network()
certificates()
servers()
mails = work / "mails"
mails.mkdir()
print(f"{INSTANCES} instances, {RATE} journeys a second asked for, {SECONDS} s, {KILLS} kills, seed {SEED}", flush=True)
instances = [Instance(number) for number in range(1, INSTANCES + 1)]
begun = time.monotonic()
for instance in instances:
    instance.start(SECONDS, [])
plan = sorted([(dice.uniform(2, SECONDS), "kill") for _ in range(KILLS)] + [(SECONDS / 2, "fail over")])
failed_at = None
for at, what in plan:
    time.sleep(max(0.0, begun + at - time.monotonic()))
    if what == "kill":
        instance = dice.choice(instances)
        instance.start(begun + SECONDS - time.monotonic(), instance.kill())
    else:
        failed_at = time.monotonic()
        fail_over()
for instance in instances:
    assert instance.process
    if instance.process.wait(timeout=300):
        raise SystemExit(f"instance {instance.number} ended with {instance.process.returncode}")
    instance.listener.join()

assert failed_at is not None
over = begun + SECONDS
after = [at for at, *_ in accepted if at > failed_at]
ended = [(at, took) for at, took in active if at <= over]
quiet = sum(at <= failed_at for at, _ in ended) / (failed_at - begun)
print(f"{len(active)} journeys ended, {len(ended)} of them in the {SECONDS} s: {len(ended) / SECONDS:.1f} a second, "
      f"{quiet:.1f} before the fail-over")
waits = [took for at, took in ended if at <= failed_at]
print(f"a journey took {quantile(waits, 0.5)} ms in the middle, {quantile(waits, 0.99)} ms at p99, before the fail-over")
around = sorted(at for at, *_ in accepted if at <= over)
silence = max((next - last for last, next in zip(around, around[1:]) if next > failed_at), default=float("nan"))
print(f"then nobody was told of an acceptance for {silence:.1f} s")
print(f"errors shown to people, each then tried again: {errors or 'none'}; on their way still: {len(open_people)}")
judged = subprocess.run([JOURNEYS, "judge", f"postgres://sas:secret@{ADDRESSES['two']}:5433/sas?sslrootcert={work}/ca.pem"],
                        input="".join(f"accepted {number} {record}\n" for _, number, record in accepted), text=True)
if not after or judged.returncode:
    print((work / "two/log").read_text()[-3000:])
    raise SystemExit("lost, doubled, or not there again")
if open_people:
    raise SystemExit("people were left on their way")
control("two", "-m", "immediate", "stop")
