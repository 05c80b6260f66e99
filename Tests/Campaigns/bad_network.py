"""A switch between network namespaces that delays, drops, doubles and holds packets.

It does what a bridge and netem do, in user space, for kernels without netem:

    bad_network.py switch v0 v1 v2 v3 <commands

reads Ethernet frames from each of these interfaces (the outer ends of veth pairs) and writes them
to the others. Commands stand on lines of standard input: `weather PORT DELAY JITTER LOSS DOUBLED`,
milliseconds and percent of what comes from and goes to the port counted from 0; `cut PORT`;
`mend PORT`, which also clears the weather. It ends with its standard input.

    ip netns exec NAME bad_network.py plain eth0

has the kernel compute checksums and cut packets itself on an interface: frames that pass a
program must be whole.
"""

import ctypes
import fcntl
import heapq
import random
import selectors
import socket
import struct
import sys
import time

SIOCETHTOOL = 0x8946
# ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO
OFFLOADS = (0x17, 0x1F, 0x24, 0x2C)
ALL_PROTOCOLS = 3
OUTGOING = 4
WAITING_MAX = 20_000


def make_plain(interface):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
            try:
                fcntl.ioctl(control, SIOCETHTOOL, request)
            except OSError as problem:
                if command == OFFLOADS[0]:
                    raise SystemExit(f"{interface}: {problem}")


class Port:
    def __init__(self, interface):
        self.socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        self.socket.bind((interface, 0))
        self.socket.setblocking(False)
        self.clear()

    def clear(self):
        self.delay = self.jitter = self.loss = self.doubled = 0.0
        self.is_cut = False


class Switch:
    def __init__(self, interfaces):
        self.ports = [Port(interface) for interface in interfaces]
        # Where each hardware address was seen last.
        self.places = {}
        self.waiting = []
        self.count = 0
        self.passed = self.dropped = self.duplicated = 0

    def obey(self, line):
        words = line.split()
        if not words:
            return
        port = self.ports[int(words[1])]
        if words[0] == "weather":
            port.delay, port.jitter, port.loss, port.doubled = map(float, words[2:6])
        elif words[0] == "cut":
            port.is_cut = True
        elif words[0] == "mend":
            port.clear()

    def take(self, source):
        while True:
            try:
                frame, address = self.ports[source].socket.recvfrom(65_536)
            except BlockingIOError:
                return
            if address[2] == OUTGOING:
                continue
            self.places[frame[6:12]] = source
            place = self.places.get(frame[0:6])
            for target in range(len(self.ports)) if place is None else [place]:
                if target != source:
                    self.post(frame, self.ports[source], target)

    def post(self, frame, source, number):
        target = self.ports[number]
        lost = 1 - (1 - source.loss / 100) * (1 - target.loss / 100)
        if source.is_cut or target.is_cut or random.random() < lost:
            self.dropped += 1
            return
        copies = 1
        if random.random() * 100 < source.doubled + target.doubled:
            self.duplicated += 1
            copies = 2
        for _ in range(copies):
            if len(self.waiting) >= WAITING_MAX:
                self.dropped += 1
                return
            delay = source.delay + target.delay
            delay += random.uniform(-1, 1) * (source.jitter + target.jitter)
            self.count += 1
            due = time.monotonic() + max(0, delay) / 1_000
            heapq.heappush(self.waiting, (due, self.count, number, frame))

    def send_what_is_due(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, number, frame = heapq.heappop(self.waiting)
            try:
                self.ports[number].socket.send(frame)
                self.passed += 1
            except OSError:
                self.dropped += 1

    def run(self):
        selector = selectors.DefaultSelector()
        for number, port in enumerate(self.ports):
            selector.register(port.socket, selectors.EVENT_READ, number)
        selector.register(sys.stdin, selectors.EVENT_READ, None)
        while True:
            wait = None
            if self.waiting:
                wait = max(0, self.waiting[0][0] - time.monotonic())
            for key, _ in selector.select(wait):
                if key.data is not None:
                    self.take(key.data)
                    continue
                line = sys.stdin.readline()
                if not line:
                    print(
                        f"{self.passed} packets passed, {self.dropped} dropped, "
                        f"{self.duplicated} doubled", flush=True)
                    return
                self.obey(line)
            self.send_what_is_due()


if __name__ == "__main__":
    if sys.argv[1:2] == ["plain"]:
        make_plain(sys.argv[2])
    elif sys.argv[1:2] == ["switch"]:
        Switch(sys.argv[2:]).run()
    else:
        raise SystemExit(__doc__)
