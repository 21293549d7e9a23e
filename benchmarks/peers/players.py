"""Starts the players (README.md), speaks with them and ends them."""
import contextlib
import os
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / "build" / "peers"

ETCD = ROOT / ".deps" / "etcd" / "usr" / "bin" / "etcd"

# Each with what it must find to run. Debian's own python3 has the tooz of Debian.
PEERS = {
    "tooz": (["/usr/bin/python3", HERE / "tooz_peer.py"], "/usr/lib/python3/dist-packages/tooz"),
    "redlock": (["node", HERE / "redlock.mjs"], BUILT / "node_modules" / "redlock"),
    "redlock_10ms": (["node", HERE / "redlock.mjs", "--retry-ms", "10"], BUILT / "node_modules" / "redlock"),
    "redis_semaphore": (["node", HERE / "redis_semaphore.mjs"], BUILT / "node_modules" / "redis-semaphore"),
    "etcd": ([BUILT / "etcd_player"], BUILT / "etcd_player"),
}


class Cannot(Exception):
    """This peer is not here, or cannot do it."""


def missing(peer):
    """What this machine lacks to run it, or None. benchmarks/peers/setup installs it."""
    command, needed = PEERS[peer]
    if not pathlib.Path(needed).exists():
        return f"{needed} is missing"
    if not shutil.which(command[0]):
        return f"{command[0]} is missing"
    if peer == "etcd" and not ETCD.exists():
        return f"{ETCD} is missing"
    return None


class Player:
    """One process of a peer. It ends by itself when its input ends: also if this process is killed."""

    def __init__(self, peer, url, ttl):
        self.process = subprocess.Popen([*PEERS[peer][0], "--url", url, "--ttl", str(ttl)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.lines = queue.Queue()
        self.renewed = None  # when its lease was, the last time that it said so
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            word, *words = line.split()
            if word == "renewed":
                self.renewed = int(words[0])
            else:
                self.lines.put((word, words))
        self.lines.put(("end", []))

    def send(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")

    def expect(self, expected="ok", timeout=60):
        """The numbers behind the next line, which must begin so."""
        try:
            word, words = self.lines.get(timeout=timeout)
        except queue.Empty:
            raise RuntimeError(f"no answer of {self.process.args} within {timeout} s") from None
        if word == "cannot":
            raise Cannot(f"has no {words[0]}")
        if word != expected:
            raise RuntimeError(f"{self.process.args}: {word} instead of {expected}")
        return [float(each) if "." in each else int(each) for each in words]

    def ask(self, *words, timeout=60):
        self.send(*words)
        return self.expect(timeout=timeout)

    def kill(self):
        """As a crash would. Afterwards all that it said is known."""
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.kill()


class Players(contextlib.ExitStack):
    """All processes of one peer, the last one started is the first to end."""

    def __init__(self, peer, url):
        super().__init__()
        self.peer = peer
        self.url = self.enter_context(etcd_server()) if peer == "etcd" else url

    def start(self, count=1, ttl=30):
        started = [self._start(ttl) for _ in range(count)]
        for player in started:
            player.expect()
        return started

    def _start(self, ttl):
        player = Player(self.peer, self.url, ttl)
        self.callback(player.close)
        return player


@contextlib.contextmanager
def etcd_server():
    """An etcd of its own, in memory where there is a file system in memory. Gives its address."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="coterie-etcd-", dir=memory) as folder:
        client, other = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        server = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL",  # it would not notice that this process is gone
             ETCD, "--data-dir", folder, "--listen-client-urls", client, "--advertise-client-urls", client,
             "--listen-peer-urls", other, "--initial-advertise-peer-urls", other, "--initial-cluster", f"default={other}",
             "--logger", "zap", "--log-level", "error", "--log-outputs", "stderr"])
        try:
            wait_until_listening(client)
            yield client
        finally:
            server.kill()
            server.wait()


def free_ports(count):
    with contextlib.ExitStack() as all_open:
        sockets = [all_open.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_until_listening(url, seconds=20):
    host, port = url.removeprefix("http://").split(":")
    until = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((host, int(port)), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
