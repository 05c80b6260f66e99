"""Opens delivery.json with programs that are not ours: `pip install pyhpke cbor2`, then run it.

Everything here follows docs/formats/payload.md and RFC 9180; HPKE is the package `pyhpke`,
AES-GCM the package `cryptography`.
"""

import hashlib
import json
import pathlib

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey


def sha256(data):
    return hashlib.sha256(data).digest()


def open_item(wrapping_key, recipient, ledger, issuer, item):
    number, commitment, sealed, keys = item
    wrapped = dict(keys)[recipient]
    names = ledger + issuer.encode() + b"\0" + recipient.encode() + b"\0"
    nonce = number.to_bytes(12, "big")
    secret = AESGCM(wrapping_key).decrypt(nonce, wrapped, names + commitment)
    content_key, salt = secret[:32], secret[32:]
    version, ciphertext = cbor2.loads(sealed)
    assert version == 1 and len(salt) == 32
    domain = b"custos payload" + ledger
    payload = AESGCM(content_key).decrypt(bytes(12), ciphertext, domain + commitment)
    assert sha256(domain + salt + sha256(payload)) == commitment
    return payload


file = json.loads((pathlib.Path(__file__).parent / "delivery.json").read_text())
version, ledger, issuer, stream, first, recipients, items = cbor2.loads(
    bytes.fromhex(file["delivery"]))
assert (version, ledger.hex(), issuer) == (1, file["ledger"], file["issuer"])
suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)

for recipient, encapsulation in recipients:
    secret = X25519PrivateKey.from_private_bytes(bytes.fromhex(file["secretKeys"][recipient]))
    info = b"custos delivery" + ledger + issuer.encode() + b"\0" + recipient.encode()
    context = suite.create_recipient_context(
        encapsulation, KEMKey.from_pyca_cryptography_key(secret), info=info)
    wrapping_key = context.export(b"custos wrap", 32)
    for item, expected in zip(items, file["payloads"]):
        assert open_item(wrapping_key, recipient, ledger, issuer, item) == expected.encode()
        try:
            open_item(wrapping_key, recipient, ledger, issuer, [item[0] + 1, *item[1:]])
            raise SystemExit("a key opened under another number")
        except InvalidTag:
            pass
    print(recipient, "opens", len(items), "payloads")
