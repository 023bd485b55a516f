"""What is measured: workloads with their cases, and the peers with their programs."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """`units` is a fixed N; without it N is fitted so that a process takes a set time, and starts at `first_units`.

    `units_of` and `memory_mb_of` hold what differs for single peers: N, and the memory that a process may take."""

    name: str
    unit: str
    shape: str
    first_units: int = 1_000
    lower_is_better: bool = True
    units: int | None = None
    units_of: dict = field(default_factory=dict)
    memory_mb_of: dict = field(default_factory=dict)
    smoke_units: int = 100

    def fixed_units(self, peer):
        """N, or None where it is to be fitted."""
        return self.units_of.get(peer, self.units)


@dataclass(frozen=True)
class Peer:
    """`program` is called with `mode`; `package` is what to install when it was not built (ours needs none)."""

    name: str
    program: str
    mode: str
    package: str


@dataclass(frozen=True)
class Workload:
    """Cases that have their peers in common. `reference` is the peer that the table divides by."""

    name: str
    reference: str
    cases: list
    peers: list


BRAID = "braid/"

CHANNEL = Workload("channel", "go/1", [
    Case("pp", "ns/rt", "round trip over two unbuffered channels"),
    Case("spsc", "ns/item", "1 producer, 1 consumer, cap 1024"),
    Case("spsc0", "ns/item", "1 producer, 1 consumer, unbuffered"),
    Case("mpsc4", "ns/item", "4 producers, 1 consumer, cap 1024"),
    Case("mpmc4", "ns/item", "4 producers, 4 consumers, cap 1024"),
    Case("sel4", "ns/item", "select over 4 channels, 4 producers, cap 1024"),
    Case("sel4u", "ns/item", "select over 4 channels, 4 producers, unbuffered"),
    Case("fan8", "ns/item", "generator, 8 workers with own outputs, 8 copiers, merge; unbuffered"),
    Case("fan8b", "ns/item", "the same, cap 64"),
    Case("fan8s", "ns/item", "generator, 8 workers, shared in and out, cap 1024"),
    Case("fanw300", "ns/item", "fan8 with 300 steps of work an item, 0.5 us"),
    Case("fanw1200", "ns/item", "fan8 with 1,200 steps, 2 us"),
    Case("fanw6000", "ns/item", "fan8 with 6,000 steps, 10 us"),
    Case("daisy", "ns/hop", "one value at a time through 1,000 unbuffered stages"),
    Case("chain1000", "ns/hop", "the same, a value at every stage"),
], [
    Peer("braid/1", "channel_braid", "1", ""),
    Peer("braid/2", "channel_braid", "2", ""),
    Peer("braid/threads", "channel_braid", "threads", ""),
    Peer("go/1", "channel_go", "1", "golang-go"),
    Peer("go/2", "channel_go", "2", "golang-go"),
    Peer("boost_fiber/1", "channel_boost_fiber", "1", "libboost-fiber1.81-dev"),
    Peer("boost_fiber/2", "channel_boost_fiber", "2", "libboost-fiber1.81-dev"),
    Peer("tbb_bounded", "channel_tbb", "threads", "libtbb-dev"),
    Peer("moodycamel", "channel_moodycamel", "threads", "libconcurrentqueue-dev"),
])

# A fiber's stack is 16 KiB of address space: a tenth of the tasks of the others is enough.
_PARKED = {"units": 1_000_000, "units_of": {"boost_fiber/1": 100_000}, "smoke_units": 20_000,
           "memory_mb_of": {"braid/1": 1_000, "braid/2": 1_000, "go/2": 3_500, "boost_fiber/1": 1_000}}
FIB_30 = 1_346_268  # spawns

POOL = Workload("pool", "go/2", [
    Case("submit", "ns/task", "1M empty tasks from an outside thread, then wait", units=1_000_000),
    Case("future", "ns/task", "200k tasks with a result", units=200_000),
    Case("fib", "ns/spawn", "fork-join fib(30) of plain functions, one spawn a call", units=FIB_30),
    Case("work1", "%eff", "1M tasks of 1 us: share of the ideal 2-thread time", lower_is_better=False, units=1_000_000),
    Case("work100", "%eff", "10k tasks of 100 us, likewise", lower_is_better=False, units=10_000),
    Case("wake50", "ns", "idle pool, a task every 200 us: submit until it runs, p50", units=2_000),
    Case("wake99", "ns", "the same, p99", units=2_000),
    Case("pool_run", "ns/job", "batches of 1,000 jobs that return their argument, results in order"),
    Case("pool_stream", "ns/job", "the same, results as they are ready, taken by the thread that submits"),
    Case("park", "B", "resident memory of one of 1M parked tasks (Boost.Fiber: 100k)", **_PARKED),
    Case("parkspawn", "ns/spawn", "time to start and park one of them", **_PARKED),
], [
    Peer("braid/1", "pool_braid", "1", ""),
    Peer("braid/2", "pool_braid", "2", ""),
    Peer("braid/pool", "pool_worker_pool", "2", ""),
    Peer("go/1", "pool_go", "1", "golang-go"),
    Peer("go/2", "pool_go", "2", "golang-go"),
    Peer("tbb_task_group", "pool_tbb", "2", "libtbb-dev"),
    Peer("asio_pool", "pool_asio", "2", "libboost1.81-dev"),
    Peer("omp_task", "pool_openmp", "2", "g++"),
    Peer("boost_fiber/1", "pool_boost_fiber", "1", "libboost-fiber1.81-dev"),
])

FLOW = Workload("flow", "go/2", [
    Case("map8", "ns/item", "1 -> 8 -> 1, a function that returns its argument"),
    Case("mapw300", "ns/item", "the same with 300 steps of work an item, 0.5 us"),
    Case("mapw1200", "ns/item", "the same with 1,200 steps, 2 us"),
    Case("mapw6000", "ns/item", "the same with 6,000 steps, 10 us"),
    Case("map8_ordered", "ns/item", "1 -> 8 -> 1, results in the order of the items"),
    Case("mapw300_ordered", "ns/item", "the same with 300 steps of work an item, 0.5 us"),
    Case("mapw1200_ordered", "ns/item", "the same with 1,200 steps, 2 us"),
    Case("mapw6000_ordered", "ns/item", "the same with 6,000 steps, 10 us"),
    Case("pipe1000", "ns/stage", "through 1,000 serial stages that add one"),
], [
    Peer("braid/1", "flow_braid", "1", ""),
    Peer("braid/2", "flow_braid", "2", ""),
    Peer("go/1", "flow_go", "1", "golang-go"),
    Peer("go/2", "flow_go", "2", "golang-go"),
    Peer("tbb_pipeline/1", "flow_tbb", "1", "libtbb-dev"),
    Peer("tbb_pipeline/2", "flow_tbb", "2", "libtbb-dev"),
    Peer("tbb_graph/2", "flow_tbb", "graph", "libtbb-dev"),
    Peer("asio_pool", "flow_asio", "2", "libboost1.81-dev"),
    Peer("omp_for", "flow_openmp", "2", "g++"),
])

DATA = Workload("data", "go/2", [
    Case("pmap", "ms", "y = sqrt(x) * 1.5 + 1 over 10M doubles", units=10_000_000),
    Case("preduce", "ms", "sum of sqrt(x) * 1.5 over 10M doubles", units=10_000_000),
    Case("wc", "ms", "word count with a table, 195 MB, 30M words, 44k distinct", units=30_000_000),
], [
    Peer("braid/2", "data_braid", "2", ""),
    Peer("go/2", "data_go", "2", "golang-go"),
    Peer("tbb", "data_tbb", "2", "libtbb-dev"),
    Peer("omp", "data_openmp", "2", "g++"),
    Peer("serial", "data_serial", "1", ""),
])

WORKLOADS = [CHANNEL, POOL, FLOW, DATA]

# Go programs: name of the program and its folder under bench/.
GO_PROGRAMS = {f"{workload.name}_go": f"{workload.name}/go" for workload in WORKLOADS}


def cases():
    return [case for workload in WORKLOADS for case in workload.cases]


def programs():
    """The names of all programs, each once."""
    return sorted({peer.program for workload in WORKLOADS for peer in workload.peers})
