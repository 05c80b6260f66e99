"""Checks a tiled log with a program that is not ours.

    pip install aics-tlog==0.2.1                       (Python 3.12 or newer)
    python3 check.py LOG ORIGIN KEY [NAME WITNESS]     folder; name and public key of the log, hex;
                                                       name and public key of a witness, hex

The package `aics-tlog` knows C2SP's signed-note, tlog-checkpoint, tlog-tiles and tlog-cosignature,
and nothing of Custos. It verifies the checkpoint, the cosignature where one is named, and the
inclusion of each entry, read from the bundles, through the tiles; then all of it again with a byte
of a tile, of an entry and of the checkpoint changed, which must be refused.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from aics_tlog.cosign import cosignature_vkey
from aics_tlog.note import format_vkey, vkey_from_ed25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def run(*arguments):
    """Whether the program says that it holds."""
    done = subprocess.run(
        [sys.executable, "-m", "aics_tlog", *arguments], capture_output=True, text=True)
    return done.returncode == 0


def entries(log):
    """Each entry with its index: bundles of 256, two bytes of length before each."""
    index = 0
    places = sorted((log / "tile/entries").rglob("*"), key=lambda p: number(p, log))
    for path in (p for p in places if p.is_file()):
        data = path.read_bytes()
        index = number(path, log) * 256
        while data:
            size = int.from_bytes(data[:2], "big")
            yield index, data[2:2 + size]
            index, data = index + 1, data[2 + size:]


def number(path, log):
    """The number of a bundle: groups of three digits, the last a folder where it is not full."""
    parts = path.relative_to(log / "tile/entries").parts
    if len(parts) > 1 and parts[-2].endswith(".p"):
        parts = parts[:-1]
    return int("".join(part.removeprefix("x").removesuffix(".p") for part in parts))


def inclusion(log, key, entry, index):
    with tempfile.NamedTemporaryFile() as leaf:
        leaf.write(entry)
        leaf.flush()
        return run("verify-inclusion", "--leaf", leaf.name, "--index", str(index),
                   "--tiles", str(log), "--log-key", key)


def bent(log, path):
    """The log with one byte of a file changed."""
    copy = pathlib.Path(tempfile.mkdtemp()) / "log"
    shutil.copytree(log, copy)
    place = copy / path.relative_to(log)
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(bytes(data))
    return copy


def main(folder, origin, public, *witness):
    log = pathlib.Path(folder)
    key = format_vkey(vkey_from_ed25519(
        origin, Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))))
    quorum = []
    if witness:
        name, point = witness
        quorum = ["--quorum", "1", "--witness-key",
                  format_vkey(cosignature_vkey(name, bytes.fromhex(point)))]
    checkpoint = ["verify-checkpoint", "--tiles", str(log), "--log-key", key, "--origin", origin]
    assert run(*checkpoint, *quorum), "the checkpoint does not hold"
    found = list(entries(log))
    picked = found[::max(1, len(found) // 20)] + found[-1:]
    for index, entry in picked:
        assert inclusion(log, key, entry, index), f"entry {index} does not hold"
        assert not inclusion(log, key, entry + b"\0", index), f"entry {index} holds bent"
    tiles = sorted(p for p in (log / "tile/0").rglob("*") if p.is_file())
    assert not inclusion(bent(log, tiles[0]), key, found[0][1], 0), "a bent tile is believed"
    copy = bent(log, log / "checkpoint")
    assert not run(*checkpoint[:2], str(copy), *checkpoint[3:]), "a bent checkpoint is believed"
    print(f"{len(found)} entries, {len(picked)} checked through {len(tiles)} tiles; "
          f"checkpoint{' and cosignature' if witness else ''} hold")


if __name__ == "__main__":
    main(*sys.argv[1:])
