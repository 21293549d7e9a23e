"""Runs measurements, each on a server of its own that is empty."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time


class Server:
    """A redis-server on a free port, without persistence. `with` ends it."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="coterie-bench-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder, "--loglevel", "warning"],
            stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            try:
                self.ask("PING")
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, command):
        with socket.create_connection(("127.0.0.1", self.port), 10) as there:
            there.sendall(command.encode() + b"\r\n")
            return there.recv(65536).decode(errors="replace")

    def version(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as there:
            there.sendall(b"INFO server\r\n")
            text = there.recv(65536).decode(errors="replace")
        return next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("redis_version"))


class Measurer:
    def __init__(self, root, build, server, peers):
        self.root = pathlib.Path(root)
        self.build = pathlib.Path(build)
        self.server = server
        self.peers = peers
        self.skipped = {}  # peer: why

    def measure(self, run, round_number, seconds):
        """The values, by metric; None if it failed, which is said."""
        if run.work == "B15":
            return self.compile(run.side)
        with Server(self.server) as server:
            command = self.command(run, server.url, round_number, seconds)
            limit = 120 + 40 * seconds
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
            except subprocess.TimeoutExpired:
                print(f"    {run.work} {run.side}: not finished after {limit:g} s", flush=True)
                return None
        if done.returncode == 77:
            self.skipped[run.side] = done.stderr.strip().splitlines()[-1]
            return None
        if done.returncode != 0:
            print(f"    {run.work} {run.side}: {done.stderr.strip() or done.returncode}", flush=True)
            return None
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return {line["metric"]: line["value"] for line in lines}

    def command(self, run, url, round_number, seconds):
        program = self.root / "benchmarks" / "peers" / "measure" if run.side in self.peers else self.build / "benchmarks" / "coterie_bench"
        return [str(program), run.work, run.side, "--url", url, "--seconds", f"{seconds:g}", "--size", str(run.size),
                "--round", str(round_number)]

    def compile(self, side):
        """Processor time and memory of the compiler, with the flags of the library's own files."""
        commands = json.loads((self.build / "compile_commands.json").read_text())
        words = next(entry for entry in commands if entry["file"].endswith("src/client.cpp"))["command"].split()
        keep = [word for word in words if word.startswith(("-I", "-D", "-std"))]
        for at, word in enumerate(words):
            if word == "-isystem":
                keep += ["-isystem", words[at + 1]]
        source = self.root / "benchmarks" / "compile" / f"{side}.cpp"
        command = [words[0] if "ccache" not in words[0] else words[1], *keep, "-I", str(self.root / "include"), "-O0", "-c", str(source), "-o", os.devnull]
        process = subprocess.Popen(command)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        if status != 0:
            return None
        return {"compile_s": used.ru_utime + used.ru_stime, "compile_mb": used.ru_maxrss / 1024}
