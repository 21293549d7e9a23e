"""tooz over Redis, as a player (README.md)."""
import argparse
import os
import resource
import sys
import threading
import time

from tooz import coordination

# tooz is told of members by asking: so often here. (Its locks ask every 100 ms, which it does not let one choose.)
POLL_SECONDS = 0.01

now = time.monotonic_ns


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Player:
    def __init__(self, url, ttl):
        self.coordinator = coordination.get_coordinator(
            url, f"bench-{os.getpid()}".encode(), lock_timeout=ttl, membership_timeout=ttl)
        self.coordinator.start()
        self.held = {}
        self.joined = set()
        self.watched = None
        self.stopping = threading.Event()

    def pairs(self, prefix, workers, seconds):
        times = []
        begin, cpu = now(), cpu_seconds()
        until = begin + int(float(seconds) * 1e9)

        def work(name):
            lock = self.coordinator.get_lock(name)
            before = now()
            while before < until:
                lock.acquire()
                lock.release()
                after = now()
                times.append(after - before)
                before = after

        threads = [threading.Thread(target=work, args=(f"{prefix}{i}".encode(),)) for i in range(int(workers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed, cpu = (now() - begin) / 1e9, cpu_seconds() - cpu
        times.sort()
        parts = [times[min(int(len(times) * part), len(times) - 1)] for part in (0.5, 0.99, 1)]
        say("ok", len(times), elapsed, cpu, *parts)

    def contend(self, name, begin, until):
        lock = self.coordinator.get_lock(name.encode())
        time.sleep(max(0, int(begin) - now()) / 1e9)
        count = 0
        while True:
            lock.acquire()
            over = now() >= int(until)
            lock.release()
            if over:
                return say("ok", count)
            count += 1

    def lock(self, name):
        lock = self.coordinator.get_lock(name.encode())
        lock.acquire()
        at = now()
        self.held[name] = lock
        say("renewed", at)
        say("ok", at)

    def unlock(self, name):
        at = now()
        self.held.pop(name).release()
        say("ok", at)

    def join(self, group):
        self.coordinator.heartbeat()
        say("renewed", now())
        at = now()
        self.coordinator.join_group(group.encode()).get()
        self.joined.add(group)
        say("ok", at)

    def leave(self, group):
        at = now()
        self.coordinator.leave_group(group.encode()).get()
        self.joined.discard(group)
        say("ok", at)

    def watch(self, group):
        self.coordinator.create_group(group.encode()).get()
        self.coordinator.watch_join_group(group.encode(), lambda event: say("joined", now()))
        self.coordinator.watch_leave_group(group.encode(), lambda event: say("left", now()))
        self.watched = threading.Thread(target=self.run_watchers), group
        self.watched[0].start()
        say("ok")

    def run_watchers(self):
        while not self.stopping.wait(POLL_SECONDS):
            self.coordinator.run_watchers()

    def close(self):
        for lock in self.held.values():
            lock.release()
        for group in self.joined:
            self.coordinator.leave_group(group.encode()).get()
        if self.watched:
            thread, group = self.watched
            self.stopping.set()
            thread.join()
            # Not delete_group(): it refuses if a killed member is still listed.
            self.coordinator._client.delete(self.coordinator._encode_group_id(group))
            self.coordinator._client.srem(self.coordinator._groups, group)
        self.coordinator.stop()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--ttl", required=True)
    given = arguments.parse_args()
    player = Player(given.url, given.ttl)
    say("ok")
    for line in sys.stdin:
        command, *words = line.split()
        getattr(player, command)(*words)
    player.close()


main()
