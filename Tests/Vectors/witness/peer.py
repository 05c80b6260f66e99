"""The other side of C2SP's tlog-witness, in plain Python, without any code of Custos.

    pip install cryptography
    python3 peer.py log URL SECRET VKEY      a log that grows and misbehaves, before the witness at
                                             URL; secret of the log, hex; vkey of the witness
    python3 peer.py witness SECRET VKEY      a witness on a free port, whose URL is its first line;
                                             secret of the witness, hex; vkey of the log; it ends
                                             with its standard input

Written from the texts of tlog-witness, tlog-cosignature, signed-note and RFC 9162.
"""

import base64
import hashlib
import http.server
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LOG, WITNESS = 1, 4


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    """RFC 9162, section 2.1.1."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01", root(leaves[:k]), root(leaves[k:]))


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def consistency(m, leaves, whole=True):
    """RFC 9162, section 2.1.4.1."""
    n = len(leaves)
    if m == n:
        return [] if whole else [root(leaves)]
    k = split(n)
    if m <= k:
        return consistency(m, leaves[:k], whole) + [root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [root(leaves[:k])]


def is_consistent(first, second, first_root, second_root, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\x01", c, fr), sha256(b"\x01", c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01", sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def b64(data):
    return base64.b64encode(data).decode()


class Verifier:
    def __init__(self, vkey):
        self.name, key_id, data = vkey.split("+", 2)
        data = base64.b64decode(data, validate=True)
        self.role, self.key = data[0], Ed25519PublicKey.from_public_bytes(data[1:])
        self.key_id = sha256(self.name.encode(), b"\n", data)[:4]
        assert self.key_id.hex() == key_id, "the vkey's id is not that of its key"

    def signed(self, note):
        """The time of a cosignature on a note, or True for the log's; None where it is not signed."""
        text, lines = note.split("\n\n", 1)
        text += "\n"
        for line in lines.splitlines():
            dash, name, data = line.split(" ")
            data = base64.b64decode(data, validate=True)
            if dash != "\u2014" or name != self.name or data[:4] != self.key_id:
                continue
            seconds, message = True, text
            if self.role == WITNESS:
                seconds = int.from_bytes(data[4:12], "big")
                message = f"cosignature/v1\ntime {seconds}\n{text}"
            try:
                self.key.verify(data[-64:], message.encode())
                return seconds
            except InvalidSignature:
                pass
        return None


class Signer:
    def __init__(self, name, secret, role):
        self.name, self.role = name, role
        self.key = Ed25519PrivateKey.from_private_bytes(secret)
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = sha256(name.encode(), b"\n", bytes([role]), public)[:4]

    def line(self, text):
        message, time_bytes = text, b""
        if self.role == WITNESS:
            seconds = int(time.time())
            message = f"cosignature/v1\ntime {seconds}\n{text}"
            time_bytes = seconds.to_bytes(8, "big")
        data = self.key_id + time_bytes + self.key.sign(message.encode())
        return f"\u2014 {self.name} {b64(data)}\n"


def checkpoint(origin, leaves, signers, size=None):
    text = f"{origin}\n{len(leaves) if size is None else size}\n{b64(root(leaves))}\n"
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def body(old, path, note):
    return f"old {old}\n" + "".join(b64(hash) + "\n" for hash in path) + "\n" + note


# --- a log before a witness -----------------------------------------------------------------------


def run_log(url, secret, vkey):
    witness = Verifier(vkey)
    origin = "python.example/log"
    own = Signer(origin, bytes.fromhex(secret), LOG)
    stranger = Signer(origin, bytes(32), LOG)
    leaves = [sha256(b"\x00", str(index).encode()) for index in range(600)]
    other = [sha256(b"\x00", b"other")] + leaves[1:]
    checks = 0

    def ask(status, text, size=None):
        nonlocal checks
        request = urllib.request.Request(url + "/add-checkpoint", text.encode(), method="POST")
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        data = answer.read().decode()
        assert answer.status == status, f"{answer.status} for {status}: {data!r} to {text!r}"
        if size is not None:
            assert answer.headers["Content-Type"] == "text/x.tlog.size", answer.headers
            assert data == f"{size}\n", data
        checks += 1
        return data

    def cosigned(old, size):
        note = checkpoint(origin, leaves[:size], [stranger, own])
        lines = ask(200, body(old, consistency(old, leaves[:size]) if old else [], note))
        seconds = witness.signed(note.split("\n\n")[0] + "\n\n" + lines)
        assert seconds and abs(seconds - time.time()) < 86_400, lines

    def note(size, tree=leaves, signers=(own,)):
        return checkpoint(origin, tree[:size], signers)

    ask(400, "nonsense")
    ask(400, "old 00\n\n" + note(5))
    ask(404, body(0, [], checkpoint("unknown.example/log", leaves[:5], [own])))
    ask(403, body(0, [], note(5, signers=[stranger])))
    ask(409, body(3, consistency(3, leaves[:5]), note(5)), size=0)
    ask(422, body(0, [leaves[0]], note(5)))
    cosigned(0, 5)
    ask(409, body(0, [], note(9)), size=5)
    ask(400, body(9, [], note(5)))
    ask(422, body(5, consistency(4, leaves[:9]), note(9)))
    ask(422, body(5, consistency(5, other[:9]), note(9, other)))
    ask(422, body(5, [], note(9)))
    cosigned(5, 9)
    cosigned(9, 9)
    ask(409, body(9, [], note(9, other)), size=9)
    ask(409, body(5, consistency(5, leaves[:12]), note(12)), size=9)
    known, draw = 9, random.Random(7)
    while known < len(leaves):
        size = min(len(leaves), known + draw.randrange(1, 60))
        cosigned(known, size)
        known = size
    print(f"{checks} requests answered as they should be")


# --- a witness before a log -----------------------------------------------------------------------


def run_witness(secret, vkey):
    log = Verifier(vkey)
    own = Signer("python.example/witness", bytes.fromhex(secret), WITNESS)
    stranger = Signer("python.example/other", bytes(32), WITNESS)
    latest = [0, None]

    def answer(text):
        head, note = text.split("\n\n", 1)
        first, *path = head.split("\n")
        old = int(first.removeprefix("old "))
        if first != f"old {old}":
            return 400, "", "text/plain"
        lines = note.split("\n")
        origin, size, top = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        if origin != log.name:
            return 404, "", "text/plain"
        if log.signed(note) is None:
            return 403, "", "text/plain"
        if old > size:
            return 400, "", "text/plain"
        if old != latest[0] or old == size and latest[1] not in (None, top):
            return 409, f"{latest[0]}\n", "text/x.tlog.size"
        path = [base64.b64decode(hash, validate=True) for hash in path]
        if old and not is_consistent(old, size, latest[1], top, path) or not old and path:
            return 422, "inconsistent\n", "text/plain"
        latest[:] = [size, top]
        text = note.split("\n\n", 1)[0] + "\n"
        return 200, stranger.line(text) + own.line(text), "text/plain"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                status, data, kind = answer(text)
            except ValueError:
                status, data, kind = 400, "", "text/plain"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data.encode())))
            self.end_headers()
            self.wfile.write(data.encode())

        def log_message(self, *arguments):
            pass

    def end_with_input():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=end_with_input, daemon=True).start()
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    {"log": run_log, "witness": run_witness}[sys.argv[1]](*sys.argv[2:])
