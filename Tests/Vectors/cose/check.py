"""Checks messages.json with programs that are not ours: `pip install cwt`, then `python3 check.py`.

The COSE_Sign1 is verified by the package `cwt`, the receipt too (its detached payload is the root
that the inclusion proof leads to, computed here from RFC 9162); both once more with one bit
flipped, which must be refused.
"""

import hashlib
import json
import pathlib

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey


def sha256(data):
    return hashlib.sha256(data).digest()


def cose_key(compressed):
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), compressed)
    numbers = point.public_numbers()
    return COSEKey.new(
        {1: 2, 2: sha256(compressed)[:16], 3: -47, -1: 8,
         -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})


def proof_root(leaf_hash, size, index, path):
    """RFC 9162, section 2.1.3.2, with fn and sn as there."""
    fn, sn, root = index, size - 1, leaf_hash
    for sibling in path:
        assert sn != 0
        if fn & 1 or fn == sn:
            root = sha256(b"\x01" + sibling + root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = sha256(b"\x01" + root + sibling)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return root


def accepts(message, key, payload=None):
    try:
        return COSE.new().decode(message, key, detached_payload=payload)
    except Exception as error:
        print("  refused:", type(error).__name__)
        return None


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


file = json.loads((pathlib.Path(__file__).parent / "messages.json").read_text())
key = cose_key(bytes.fromhex(file["publicKey"]))

message = bytes.fromhex(file["message"])
assert accepts(message, key) == file["payload"].encode()
assert accepts(flipped(message), key) is None
print("message: accepted, and refused with one bit flipped")

receipt = bytes.fromhex(file["receipt"])
fields = cbor2.loads(receipt).value
protected = cbor2.loads(fields[0])
assert protected[1] == -47 and protected[395] == 1
assert protected[15] == {1: file["issuer"], 2: file["subject"]}
assert protected[-70001].hex() == file["blockHash"]
size, index, path = cbor2.loads(fields[1][396][-1][0])
assert (size, index) == (len(file["leaves"]), file["leafIndex"])
leaf = sha256(b"\x00" + file["leaves"][index].encode())
root = proof_root(leaf, size, index, path)
assert root.hex() == file["treeRoot"]
assert accepts(receipt, key, root) == root
assert accepts(receipt, key, flipped(root)) is None
print("receipt: accepted, and refused for another root")
