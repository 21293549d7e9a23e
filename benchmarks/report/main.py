"""Measures what plan.py lists, and writes docs/benchmarks.md. Called by scripts/bench.

  --quick           one round, short, without the largest sizes; writes to the build folder, not to docs
  --only B1,B4      these rows alone
  --rounds N        five by default
  --check           measures nothing: says which targets the last results miss, and fails if one does
"""

import argparse
import datetime
import os
import pathlib
import platform
import subprocess
import sys

sys.dont_write_bytecode = True
import page  # noqa: E402
import plan  # noqa: E402
from measure import Measurer, Server  # noqa: E402
from results import Results  # noqa: E402


def machine_of(server):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    with Server(server) as one:
        version = one.version()
    return {"processor": model, "cores": os.cpu_count(), "system": f"Linux {platform.release()}", "server": version,
            "compiler": compiler, "date": datetime.date.today().isoformat()}


def measure_all(rows, given, measurer, results):
    for number in range(1, given.rounds + 1):
        for row in rows:
            for run in row.runs:
                if given.quick and not run.in_quick:
                    continue
                metrics = measurer.measure(run, number, run.seconds / (4 if given.quick and run.work != "B9" else 1))
                if metrics:
                    results.add(run, number, metrics)
            print(f"round {number} of {given.rounds}: {row.name} {row.title}", flush=True)


def check(rows, results):
    missed = 0
    for row in rows:
        for target in row.targets:
            value = results.value(target)
            if value is not None and not target.met(value):
                missed += 1
                print(f"{row.name}: {target.what}: {page.figure(value)}, target {target.limit()}")
    print(f"{missed} targets missed")
    return missed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--server", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    given = parser.parse_args()
    given.rounds = given.rounds or (1 if given.quick else 5)
    root = pathlib.Path(__file__).resolve().parents[2]
    wanted = set(filter(None, given.only.split(",")))
    rows = [row for row in plan.rows() if not wanted or row.name in wanted]
    out = given.build / "quick" if given.quick else root
    kept = out / "docs" / "benchmarks" / "results.json"
    if given.check:
        return check(rows, Results.load(kept))

    results = Results.load(kept) if wanted and kept.exists() else Results()
    measurer = Measurer(root, given.build, given.server, plan.PEERS)
    measure_all(rows, given, measurer, results)
    results.machine = {**machine_of(given.server), "rounds": given.rounds, "skipped": measurer.skipped}
    page.write(list(plan.rows()), results, out, root / "benchmarks" / "notes.md")
    print(f"written: {out / 'docs' / 'benchmarks.md'}")
    check(rows, results)
    return True


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
