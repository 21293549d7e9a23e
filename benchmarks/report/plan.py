"""What is measured, in which sizes, and what the targets are."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """One measurement: `side` does `work`."""

    work: str
    side: str
    size: int = 0
    seconds: float = 2
    in_quick: bool = True
    variant: str = ""  # where a work is measured in several ways

    def key(self, metric):
        return self.work + self.variant, self.side, self.size, metric


@dataclass(frozen=True)
class Target:
    """The ratio of two measured values, or one value alone (`theirs` is None), and its limit."""

    what: str
    ours: tuple  # work, side, size, metric
    theirs: tuple | None
    at_most: float | None = None
    at_least: float | None = None

    def met(self, value):
        """A target without a limit is only told."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def limit(self):
        if self.at_most is None and self.at_least is None:
            return ""
        return f"<= {self.at_most:,g}" if self.at_most is not None else f">= {self.at_least:,g}"


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    runs: list
    targets: list = field(default_factory=list)
    plot: str | None = None  # the metric of the picture


# What each peer does (benchmarks/peers/measure --list).
PEERS = {
    "tooz": ("B1", "B2", "B4", "B5b", "B8", "B9"),
    "redlock": ("B1", "B2", "B4", "B5b", "B9"),
    "redlock_10ms": ("B4", "B5b", "B9"),
    "redis_semaphore": ("B1", "B2", "B4", "B5b", "B9"),
    "etcd": ("B1", "B2", "B4", "B5b", "B8", "B9"),
}


def both(work, metric, size=0, theirs="raw", ours="coterie"):
    return (work, ours, size, metric), (work, theirs, size, metric)


def rows():
    yield Row("B1", "Lock and release, one coroutine",
              [Run("B1", "coterie"), Run("B1", "raw")],
              [Target("p50 : raw socket, two minimal scripts", *both("B1", "p50_us"), at_most=1.25)],
              "p50_us")

    yield Row("B2", "Lock and release, many coroutines on one connection",
              [Run("B2", side, size) for size in (64, 1024) for side in ("coterie", "raw")],
              [Target(f"pairs/s, {size} coroutines : raw pipelined socket", *both("B2", "pairs_per_s", size), at_least=0.5)
               for size in (64, 1024)]
              + [Target(f"processor time of the client : of the server, {size} coroutines",
                        ("B2", "coterie", size, "client_us_per_pair"), ("B2", "coterie", size, "server_us_per_pair"), at_most=1)
                 for size in (64, 1024)],
              "pairs_per_s")

    yield Row("B3", "Processor time of the server for a pair, uncontended",
              [Run("B2", "hash", 64)],
              [Target("server time : minimal pair", *both("B2", "server_us_per_pair", 64), at_most=2.2),
               Target("server time : a hash with a count, as Redisson has it", *both("B2", "server_us_per_pair", 64, "hash"), at_most=1)],
              "server_us_per_pair")

    yield Row("B4", "A lock handed to another process",
              [Run("B4", "coterie", seconds=4), Run("B4", "raw", seconds=4)],
              [Target("p50 : raw sockets, the same scripts", *both("B4", "p50_us"), at_most=1.5),
               Target("p99 : the same", *both("B4", "p99_us"), at_most=3)],
              "p50_us")

    yield Row("B5", "One lock that many want",
              [Run("B5a", "coterie", 10_000, seconds=4), Run("B5b", "coterie", 16, seconds=4)],
              [Target("10,000 coroutines of a process, acquisitions/s : pairs/s of B2, 64",
                      ("B5a", "coterie", 10_000, "acquisitions_per_s"), ("B2", "coterie", 64, "pairs_per_s"), at_least=0.5),
               Target("16 processes, fewest : most acquisitions of one",
                      ("B5b", "coterie", 16, "finish_min"), ("B5b", "coterie", 16, "finish_max"), at_least=0.9)],
              "acquisitions_per_s")

    yield Row("B6", "A beat of a lease, by its members",
              [Run("B6", "coterie", 1), Run("B6", "coterie", 1_000), Run("B6", "coterie", 100_000, in_quick=False)],
              [Target("100,000 members : 1", ("B6", "coterie", 100_000, "server_us_per_beat"), ("B6", "coterie", 1, "server_us_per_beat"),
                      at_most=1.2)],
              "server_us_per_beat")

    yield Row("B7", "10,000 sessions, 2,000 beats a second",
              [Run("B7", "coterie", 10_000, 5), Run("B7", "raw", 10_000, 5), Run("B7", "group-redis", 1_000)],
              [Target("server time of a beat : a PEXPIRE", *both("B7", "server_us_per_beat", 10_000), at_most=2.5),
               Target("server time of a beat : what group-redis sends with 1,000 members",
                      ("B7", "coterie", 10_000, "server_us_per_beat"), ("B7", "group-redis", 1_000, "server_us_per_beat"), at_most=0.005)],
              "server_us_per_beat")

    yield Row("B8", "Join, and its event in another process",
              [Run("B8", "coterie", seconds=4), Run("B8", "raw", seconds=4)],
              [Target("p50 : raw PUBLISH and SUBSCRIBE", *both("B8", "p50_us"), at_most=2)],
              "p50_us")

    for variant, seconds, limit, quick in (("a", 30, 10, False), ("b", 2, 100, True)):
        yield Row("B9" + variant, f"10,000 leases that end within {seconds} s, beside 200,000 keys: lateness",
                  [Run("B9", side, 10_000, seconds, quick, variant) for side in ("coterie", "notifications")],
                  [Target("p99 in ms", ("B9" + variant, "coterie", 10_000, "p99_ms"), None, at_most=limit)],
                  "p50_ms")

    sizes = (1_000, 10_000, 100_000, 1_000_000)
    yield Row("B10", "All members of a group",
              [Run("B10", side, size, 1, in_quick=size <= 10_000) for size in sizes for side in ("coterie", "hgetall", "boost-redis", "hscan")],
              [Target(f"{size:,} members, time : HGETALL", *both("B10", "p50_us", size, "hgetall"), at_most=1.2) for size in sizes[:2]]
              + [Target(f"{size:,} members, time : HSCAN by 1,000", *both("B10", "p50_us", size, "hscan"), at_most=1.1) for size in sizes[2:]]
              + [Target(f"{size:,} members, longest stall of the server in ms", ("B10", "coterie", size, "stall_ms"), None, at_most=10)
                 for size in sizes[2:]],
              "p50_us")

    yield Row("B11", "1,000 watchers of one group, 100 changes a second",
              [Run("B11", side, 1_000, 4) for side in ("coterie", "coterie-bursts", "raw")],
              [Target("server time of a change : raw SPUBLISH", *both("B11", "server_us_per_change", 1_000), at_most=1.3),
               Target("in bursts: changes : messages", ("B11", "coterie-bursts", 1_000, "changes_per_message"), None, at_least=5)],
              "server_us_per_change")

    published = {"online_new": (0.5, 58_000), "refresh": (0.8, None), "offline": (0.5, 89_000), "status": (1, 131_000)}
    yield Row("B12", "Presence, 10,000 ids a call",
              [Run("B12", "coterie", 10_000, 1), Run("B12", "redisence", 10_000, 1),
               Run("B12m", "coterie", 1_000_000, in_quick=False), Run("B12m", "redisence", 1_000_000, in_quick=False)],
              [Target(f"{what}, ids/s : the commands of redisence, pipelined", *both("B12", f"{what}_ids_per_s", 10_000, "redisence"),
                      at_least=limit) for what, (limit, _) in published.items()]
              + [Target(f"{what}, ids/s", ("B12", "coterie", 10_000, f"{what}_ids_per_s"), None, at_least=figure)
                 for what, (_, figure) in published.items() if figure]
              + [Target("bytes of an id in the server, 1,000,000 ids : SETEX", *both("B12m", "bytes_per_id", 1_000_000, "redisence"))],
              "refresh_ids_per_s")

    yield Row("B13", "Memoised results",
              [Run("B13", "coterie"), Run("B13", "coterie-local"), Run("B13", "raw"), Run("B13h", "coterie", 500)],
              [Target("a hit, p50 : raw GET", *both("B13", "p50_us"), at_most=1.25),
               Target("local hits/s : raw GETs/s", *both("B13", "gets_per_s", ours="coterie-local"), at_least=50),
               Target("1,000 callers of two processes: generations", ("B13h", "coterie", 500, "generations"), None, at_most=1)],
              "p50_us")

    yield Row("B15", "Compile the umbrella header and one call",
              [Run("B15", "coterie"), Run("B15", "boost_redis")],
              [Target("time : Boost.Redis's own header", *both("B15", "compile_s", theirs="boost_redis"), at_most=0.7),
               Target("memory : the same", *both("B15", "compile_mb", theirs="boost_redis"), at_most=0.7)],
              "compile_s")

    yield Row("B14", "Peers, on the same server", list(peer_runs()), list(peer_targets()))


# The metric of ours, that of the peers, and whether less or more of it is better.
PEER_METRICS = {
    "B1": ("p50_us", "p50_us", "less"),
    "B2": ("pairs_per_s", "pairs_per_s", "more"),
    "B4": ("p50_us", "short_wait_p50_us", "less"),
    "B5b": ("acquisitions_per_s", "acquisitions_per_s", "more"),
    "B8": ("p50_us", "p50_us", "less"),
    "B9": ("p50_ms", "lateness_p50_ms", "less"),
}
OUR_NAMES = {"B9": "B9b"}
OUR_SIZES = {"B2": 64, "B5b": 16, "B9": 10_000}
PEER_SIZES = {"B2": 64, "B5b": 16}


def peer_runs():
    for peer, works in PEERS.items():
        for work in works:
            yield Run(work, peer, PEER_SIZES.get(work, 0))


def peer_targets():
    for peer, works in PEERS.items():
        for work in works:
            ours, theirs, better = PEER_METRICS[work]
            yield Target(f"{work}, {ours.replace('_', ' ')} : {peer}", (OUR_NAMES.get(work, work), "coterie", OUR_SIZES.get(work, 0), ours),
                         (work, peer, PEER_SIZES.get(work, 0), theirs),
                         at_most=1 if better == "less" else None, at_least=1 if better == "more" else None)
