"""What is measured: the cases with their units, and the peers with their programs."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    unit: str
    shape: str
    first_units: int = 1_000
    lower_is_better: bool = True


@dataclass(frozen=True)
class Peer:
    """`program` is called with `mode`; `package` is what to install when it was not built (ours needs none)."""

    name: str
    program: str
    mode: str
    package: str


BRAID = "braid/"
REFERENCE = "go/1"

CASES = [
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
    Case("daisy", "ns/hop", "one value at a time through 1,000 unbuffered stages"),
]

PEERS = [
    Peer("braid/1", "channel_braid", "1", ""),
    Peer("braid/threads", "channel_braid", "threads", ""),
    Peer("go/1", "channel_go", "1", "golang-go"),
    Peer("go/2", "channel_go", "2", "golang-go"),
    Peer("boost_fiber/1", "channel_boost_fiber", "1", "libboost-fiber1.81-dev"),
    Peer("boost_fiber/2", "channel_boost_fiber", "2", "libboost-fiber1.81-dev"),
    Peer("tbb_bounded", "channel_tbb", "threads", "libtbb-dev"),
    Peer("moodycamel", "channel_moodycamel", "threads", "libconcurrentqueue-dev"),
]

# Go programs: name of the program and its folder under bench/.
GO_PROGRAMS = {"channel_go": "channel/go"}
