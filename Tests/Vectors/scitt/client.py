"""Registers a statement over HTTP with programs that are not ours, and checks its receipt.

    pip install scitt-cose==0.5.0 cwt==3.3.0
    python3 client.py key                        a fresh ES256 key: lab.pem, and its public half
    python3 client.py DOOR ISSUER                registers a statement, resolves its receipt

The package `scitt-cose` makes the Signed Statement and folds the inclusion proof from the
statement's own bytes to a tree root; the package `cwt` checks the receipt's signature (ES256K)
over that root under the key that the service publishes; both again with one bit flipped.
"""

import base64
import pathlib
import sys
import time
import urllib.error
import urllib.request

import cbor2
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from scitt_cose import build_signed_statement
from scitt_cose.merkle import root_from_inclusion_proof

KEY = pathlib.Path("lab.pem")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def ask(url, body=None):
    headers = {"Content-Type": "application/cose"} if body is not None else {}
    opener = urllib.request.build_opener(NoRedirect)
    try:
        answer = opener.open(urllib.request.Request(url, body, headers), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read()


def make_key():
    key = ec.generate_private_key(ec.SECP256R1())
    KEY.write_bytes(key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    point = key.public_key().public_bytes(
        forms.Encoding.X962, forms.PublicFormat.CompressedPoint)
    print("es256:" + point.hex())


def receipt_holds(receipt, statement, key):
    """Whether the receipt leads from the statement's bytes to a root that the key signed."""
    protected, unprotected, payload, _ = cbor2.loads(receipt).value
    header = cbor2.loads(protected)
    if header[395] != 1 or payload is not None:
        return False
    size, index, path = cbor2.loads(unprotected[396][-1][0])
    root = root_from_inclusion_proof(statement.hex(), index, size, [h.hex() for h in path])
    if root is None:
        return False
    try:
        return COSE.new().decode(receipt, key, detached_payload=bytes.fromhex(root)) is not None
    except Exception:
        return False


def register(door, issuer):
    statement = build_signed_statement(
        b"{\"assay\": 17, \"result\": \"negative\"}", alg="ES256",
        private_key_pem=KEY.read_bytes(), issuer=issuer, subject="assay 17",
        content_type="application/json")
    status, headers, body = ask(door + "/entries", statement)
    if status >= 400:
        sys.exit(f"{status}: {cbor2.loads(body)}")
    while status in (302, 303):
        time.sleep(int(headers.get("Retry-After", "1")))
        status, headers, body = ask(door + headers["Location"])
    assert status == 200 and headers["Content-Type"] == "application/cose", (status, body)
    kid = cbor2.loads(cbor2.loads(body).value[0])[4]
    name = base64.urlsafe_b64encode(kid).rstrip(b"=").decode()
    _, _, single = ask(f"{door}/.well-known/scitt-keys/{name}")
    key = cbor2.loads(single)
    assert key in cbor2.loads(ask(door + "/.well-known/scitt-keys")[2])
    cose_key = COSEKey.new(key)
    assert receipt_holds(body, statement, cose_key), "the receipt does not hold"
    assert not receipt_holds(body, statement[:-1] + bytes([statement[-1] ^ 1]), cose_key)
    bent = bytearray(body)
    bent[-1] ^= 1
    assert not receipt_holds(bytes(bent), statement, cose_key)
    print(f"registered at {headers['Location']}, receipt of {len(body)} bytes holds")


if __name__ == "__main__":
    if sys.argv[1:] == ["key"]:
        make_key()
    else:
        register(*sys.argv[1:3])
