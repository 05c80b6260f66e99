#!/usr/bin/env python3
"""Checks a Custos proof file or receipt with no code of Custos (docs/formats/proof.md).

    python3 docs/verify.py GENESIS PROOF            a proof file, every step
    python3 docs/verify.py GENESIS RECEIPT ENTRY    one validator's receipt for these entry bytes

Needs the packages cbor2 and cryptography. Ends with 0 where the proof holds, with 1 where not, with 4 where
a file cannot be read."""
import hashlib
import sys
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
ES256K, RECEIPTS, INCLUSION, VDS, BLOCK = -47, 396, -1, 395, -70001

class Refused(Exception):
    """The step that failed, and why."""

def need(holds, step, reason):
    if not holds:
        raise Refused(f'"{step}": {reason}')
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

leaf = lambda data: sha(b"\x00", data)
node = lambda left, right: sha(b"\x01", left, right)

def load(data, step):
    """One CBOR item in its one deterministic form, and nothing after it."""
    item = cbor2.loads(data)
    need(cbor2.dumps(item, canonical=True) == data, step, "not deterministic CBOR")
    return item

def inclusion_root(index, size, path, leaf_hash):
    """RFC 9162, section 2.1.3.2."""
    need(index < size, "inclusion", "the leaf lies outside the tree")
    fn, sn, root = index, size - 1, leaf_hash
    for sibling in path:
        need(sn > 0, "inclusion", "the path is too long")
        if fn & 1 or fn == sn:
            root = node(sibling, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = node(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "inclusion", "the path is too short")
    return root

def map_root(slots, slot, key, next_key, value, path):
    """docs/formats/state.md."""
    need(slot < slots and len(path) == (slots - 1).bit_length(), "issuer's key", "wrong path")
    root = leaf(key + next_key + value)
    for level, sibling in enumerate(path):
        root = node(sibling, root) if slot >> level & 1 else node(root, sibling)
    return sha(b"\x02", slots.to_bytes(8, "big"), root)

def verify_es256k(public_key, signature, protected, payload, step):
    """RFC 9052, section 4.4, without external data; low-S as docs/formats/README.md wants it."""
    need(len(signature) == 64, step, "a signature has 64 bytes")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    need(s <= order // 2, step, "the signature is not low-S")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), public_key)
    try:
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused(f'"{step}": the signature is not that of the key') from None

def receipt_header(ledger, public_key, height, round_, block_hash):
    """The protected header of a precommit: docs/formats/block.md."""
    claims = {1: "custos:" + ledger.hex(), 2: f"{height}/{round_}"}
    return cbor2.dumps(
        {1: ES256K, 4: sha(public_key)[:16], 15: claims, VDS: 1, BLOCK: block_hash})

def check_head(genesis, ledger, header_bytes, commit):
    """More than 2/3 of the power signed this header's tree root and hash."""
    voters = {i[0]: (i[4], i.get(6)) for i in genesis[3] if i[4] > 0}
    version, height, round_, (block_hash, tree_root), precommits = commit
    names = [name for name, _ in precommits]
    need(version == 1 and names == sorted(set(names)), "commit proof", "voters repeat")
    for name, signature in precommits:
        need(name in voters, "commit proof", f"{name} has no vote")
        key = voters[name][1]
        protected = receipt_header(ledger, key, height, round_, block_hash)
        verify_es256k(key, signature, protected, tree_root, "commit proof")
    power, total = sum(voters[n][0] for n in names), sum(p for p, _ in voters.values())
    need(3 * power > 2 * total, "commit proof", f"{power} of {total} is no quorum")
    header = load(header_bytes, "header hash")
    need(header[0] == 1 and header[1] == ledger, "header hash", "another ledger")
    need(sha(header_bytes) == block_hash, "header hash", "the signed hash is another")
    need(header[8] == tree_root and header[2] == height, "header hash", "root or height")
    return header

def check_statement(tag):
    """The form of a third party's statement; its signature was checked when the ledger took it."""
    step = "number of the entry"
    need(tag.tag == 18 and len(tag.value) == 4 and tag.value[1] == {}, step, "this is no statement")
    protected = cbor2.loads(tag.value[0])
    need(2 not in protected and {1, 2} <= set(protected[15]), step, "the statement's header")
    return f"statement of {protected[15][1]!r} about {protected[15][2]!r}, brought as"

def check_proof(genesis_bytes, proof_bytes):
    genesis, ledger = load(genesis_bytes, "genesis"), sha(genesis_bytes)
    proof = load(proof_bytes, "form")
    need(proof[0] == (2 if 9 in proof else 1), "form", "the version")
    need(proof[1] == ledger, "ledger id", "the proof is of another ledger")
    header = check_head(genesis, ledger, proof[5], proof[6])
    entry_hash = leaf(proof[2])
    index, path = proof[7]
    need(inclusion_root(index, header[7], path, entry_hash) == header[8],
         "inclusion in the ledger", "the path leads to another root")
    tag = load(proof[3], "inclusion in the batch")
    protected, unprotected, payload, signature = tag.value
    batch = load(payload, "inclusion in the batch")
    batch_ledger, issuer, stream, first, _expiry, count, root = batch
    need(tag.tag == 18 and unprotected == {} and batch_ledger == ledger, "ledger id", "batch")
    position, path = proof[4]
    need(inclusion_root(position, count, path, entry_hash) == root,
         "inclusion in the batch", "the path leads to another root")
    slots, slot, key, next_key, value, path = proof[8]
    need(key == sha(b"custos state", ledger, b"\x01", issuer.encode()), "issuer's key", "key")
    need(map_root(slots, slot, key, next_key, value, path) == header[9],
         "issuer's key", "the map proof leads to another state root")
    keys = dict(load(value, "issuer's key")[5])
    need(stream in keys, "issuer's key", f"{issuer} has no stream {stream}")
    need(load(protected, "signature of the batch") == {
        1: ES256K, 4: sha(keys[stream])[:16], 16: "application/x.custos-batch"},
        "signature of the batch", "the header is not that of a batch")
    verify_es256k(keys[stream], signature, protected, payload, "signature of the batch")
    entry = load(proof[2], "number of the entry")
    least, effect, is_statement = first + position, "", isinstance(entry, cbor2.CBORTag)
    if is_statement:  # docs/formats/entry.md: its number stands in the batch alone, and its place says the least.
        what = check_statement(entry)
        number = least if position == 0 else f"at least {least}"
    else:
        what, number = "entry", entry[4]
        need(entry[2] == issuer and entry[3] == stream, "number of the entry", "issuer or stream")
        need(number == least if position == 0 else number >= least, "number of the entry", number)
    if 9 in proof:
        slots, slot, key, next_key, value, path = proof[9]
        need(map_root(slots, slot, key, next_key, value, path) == header[9],
             "standing of the entry", "the map proof leads to another state root")
        own = sha(b"custos state", ledger, b"\x22", index.to_bytes(8, "big"))
        if key == own:
            effect = f", without effect: reason {load(value, 'standing of the entry')[0]}"
        else:  # The last key is followed by the sentinel's, which is zero.
            need(key < own and (own < next_key or next_key == bytes(32)),
                 "standing of the entry", "the key does not fall between its neighbours")
    elif not is_statement and (11 in entry or entry[1] in (13, 16)):  # It has an author, or is a credential or evidence.
        effect = "; whether it has effect is not shown"
    return f"{what} {issuer}/{stream}/{number} is leaf {index} of {header[7]}, block {header[2]}{effect}"

def check_receipt(genesis_bytes, receipt_bytes, entry):
    genesis, ledger = load(genesis_bytes, "genesis"), sha(genesis_bytes)
    tag = load(receipt_bytes, "form")
    protected, unprotected, payload, signature = tag.value
    header = load(protected, "form")
    need(tag.tag == 18 and payload is None and header[1] == ES256K and header[VDS] == 1,
         "form", "this is no receipt over a detached root")
    need(header[15][1] == "custos:" + ledger.hex(), "ledger id", header[15][1])
    size, index, path = load(unprotected[RECEIPTS][INCLUSION][0], "form")
    root = inclusion_root(index, size, path, leaf(entry))
    voters = {sha(i[6])[:16]: i for i in genesis[3] if 6 in i}
    need(header[4] in voters, "commit proof", "the key is no validator's")
    validator = voters[header[4]]
    verify_es256k(validator[6], signature, protected, root, "commit proof")
    return f"{validator[0]} says that the entry is leaf {index} under root {root.hex()}"

def main(arguments):
    try:
        files = [open(name, "rb").read() for name in arguments]
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 4
    try:
        print("PROVED:", check_proof(*files) if len(files) == 2 else check_receipt(*files))
        return 0
    except Refused as refusal:
        print("REFUSED at", refusal)
    except Exception as error:  # Bytes from anybody: whatever does not fit is refused.
        print(f'REFUSED at "form": {type(error).__name__}: {error}')
    return 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
