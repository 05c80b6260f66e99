"""Checks messages.json with programs that are not ours.

    pip install cwt==3.3.0 pycose==1.1.0 cbor2 cryptography
    python3 check.py [FILE]

The COSE_Sign1 is verified by the packages `cwt`, whose ECDSA is OpenSSL's, and `pycose`, whose is
that of the package `ecdsa`; so is the receipt (its detached payload is the root that the inclusion
proof leads to, computed here from RFC 9162). All of it once more with one bit flipped, or another
root, which both must refuse. `pycose` is taught the number of ES256K (RFC 8812) first.
"""

import hashlib
import json
import pathlib
import sys

import cbor2
import ecdsa
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from pycose.algorithms import CoseAlgorithm, Es256
from pycose.keys import EC2Key
from pycose.messages import CoseMessage


@CoseAlgorithm.register_attribute()
class Es256k(Es256):
    identifier = -47
    fullname = "ES256K"

    @classmethod
    def get_curve(cls):
        return ecdsa.SECP256k1


def sha256(data):
    return hashlib.sha256(data).digest()


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


class Key:
    def __init__(self, compressed):
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), compressed)
        numbers = point.public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        self.of_cwt = COSEKey.new({1: 2, 2: sha256(compressed)[:16], 3: -47, -1: 8, -2: x, -3: y})
        self.of_pycose = EC2Key(crv="SECP256K1", x=x, y=y)

    def accepts(self, message, payload=None):
        """What each package says, which must be the same."""
        try:
            COSE.new().decode(message, self.of_cwt, detached_payload=payload)
            by_cwt = True
        except Exception:
            by_cwt = False
        try:
            decoded = CoseMessage.decode(message)
            decoded.key = self.of_pycose
            by_pycose = (decoded.verify_signature() if payload is None
                         else decoded.verify_signature(detached_payload=payload))
        except Exception:
            by_pycose = False
        assert by_cwt == by_pycose, f"cwt says {by_cwt}, pycose {by_pycose}"
        return by_cwt


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def main(path):
    file = json.loads(path.read_text())
    key = Key(bytes.fromhex(file["publicKey"]))
    message = bytes.fromhex(file["message"])
    assert cbor2.loads(message).value[2] == file["payload"].encode()
    assert key.accepts(message), "the message is refused"
    assert not key.accepts(flipped(message)), "a bent message is accepted"
    print("message: accepted by both, and refused with one bit flipped")

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
    assert key.accepts(receipt, root), "the receipt is refused"
    assert not key.accepts(receipt, flipped(root)), "another root is accepted"
    assert not key.accepts(flipped(receipt), root), "a bent receipt is accepted"
    print("receipt: accepted by both, and refused for another root")


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent / "messages.json"
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here)
