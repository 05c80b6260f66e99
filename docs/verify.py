#!/usr/bin/env python3
"""Checks a Custos proof file or receipt with no code of Custos (docs/formats/proof.md):
    python3 docs/verify.py GENESIS PROOF            a proof file, every step
    python3 docs/verify.py GENESIS RECEIPT ENTRY    one validator's receipt for these entry bytes
Needs cbor2 and cryptography. Ends with 0 where the proof holds, 1 where not, 4 where a file cannot be read."""
import hashlib, sys, cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
ES256K, RECEIPTS, INCLUSION, VDS, BLOCK = -47, 396, -1, 395, -70001
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

class Refused(Exception):
    """The step that failed, and why."""

def need(holds, step, reason):
    if not holds:
        raise Refused(f'"{step}": {reason}')

sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
leaf = lambda data: sha(b"\x00", data)
node = lambda left, right: sha(b"\x01", left, right)

def load(data, step):
    """One CBOR item in its one deterministic form, and nothing after it."""
    item = cbor2.loads(data)
    need(cbor2.dumps(item, canonical=True) == data, step, "not deterministic CBOR")
    return item

def inclusion_root(index, size, path, root):
    """RFC 9162, section 2.1.3.2: up to where the way to the last leaf joins, then only from the left."""
    need(0 <= index < size, "inclusion", "the leaf lies outside the tree")
    joined = (index ^ (size - 1)).bit_length()
    right = joined + bin(index >> joined).count("1")
    need(len(path) == right, "inclusion", f"the path has {len(path)} hashes; right are {right}")
    for level, sibling in enumerate(path):
        root = node(sibling, root) if level >= joined or index >> level & 1 else node(root, sibling)
    return root

def from_map(proof, state_root, wanted, step):
    """What a state map (docs/formats/state.md) holds under a key; None where it holds nothing."""
    slots, slot, key, next_key, value, path = proof
    need(0 <= slot < slots and len(path) == (slots - 1).bit_length(), step, "wrong path")
    root = leaf(key + next_key + value)
    for level, sibling in enumerate(path):
        root = node(sibling, root) if slot >> level & 1 else node(root, sibling)
    found = sha(b"\x02", slots.to_bytes(8, "big"), root)
    need(found == state_root, step, "the map proof leads to another state root")
    between = key < wanted and (wanted < next_key or next_key == bytes(32))  # Zero follows the last key.
    need(key == wanted or between, step, "the key does not fall between its neighbours")
    return load(value, step) if key == wanted else None

def verify_es256k(public_key, signature, protected, payload, step):
    """RFC 9052, section 4.4, without external data; low-S as docs/formats/README.md wants it."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    need(len(signature) == 64 and s <= ORDER // 2, step, "the signature is no 64 bytes, low-S")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), public_key)
    try:
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused(f'"{step}": the signature is not that of the key') from None

def check_head(genesis, ledger, header_bytes, commit):
    """More than 2/3 of the power signed this header's tree root and hash (docs/formats/block.md)."""
    voters = {i[0]: (i[4], i.get(6)) for i in genesis[3] if i[4] > 0}
    version, height, round_, (block_hash, tree_root), precommits = commit
    names = [name for name, _ in precommits]
    need(version == 1 and names == sorted(set(names) & set(voters)), "commit proof", "who signed it")
    claims = {1: "custos:" + ledger.hex(), 2: f"{height}/{round_}"}
    for name, signature in precommits:
        key = voters[name][1]
        protected = {1: ES256K, 4: sha(key)[:16], 15: claims, VDS: 1, BLOCK: block_hash}
        verify_es256k(key, signature, cbor2.dumps(protected), tree_root, "commit proof")
    power, total = sum(voters[n][0] for n in names), sum(power for power, _ in voters.values())
    need(3 * power > 2 * total, "commit proof", f"{power} of {total} is no quorum")
    header = load(header_bytes, "header hash")
    need(sha(header_bytes) == block_hash, "header hash", "the signed hash is another")
    found = (header[0], header[1], header[2], header[8])
    need(found == (1, ledger, height, tree_root), "header hash", f"ledger, height or root: {found}")
    return header

def check_proof(genesis, ledger, proof_bytes):
    proof = load(proof_bytes, "form")
    need(proof[0] == (2 if 9 in proof else 1), "form", "the version")
    need(proof[1] == ledger, "ledger id", "the proof is of another ledger")
    header = check_head(genesis, ledger, proof[5], proof[6])
    (index, path), (position, batch_path), entry_hash = proof[7], proof[4], leaf(proof[2])
    found = inclusion_root(index, header[7], path, entry_hash)
    need(found == header[8], "inclusion in the ledger", "the path leads to another root")
    tag = load(proof[3], "inclusion in the batch")
    protected, unprotected, payload, signature = tag.value
    batch_ledger, issuer, stream, first, _, count, root = load(payload, "inclusion in the batch")
    need(tag.tag == 18 and unprotected == {} and batch_ledger == ledger, "ledger id", "batch")
    found = inclusion_root(position, count, batch_path, entry_hash)
    need(found == root, "inclusion in the batch", "the path leads to another root")
    key = sha(b"custos state", ledger, b"\x01", issuer.encode())
    keys = dict((from_map(proof[8], header[9], key, "issuer's key") or {5: []})[5])
    need(stream in keys, "issuer's key", f"{issuer} has no stream {stream}")
    wanted = {1: ES256K, 4: sha(keys[stream])[:16], 16: "application/x.custos-batch"}
    need(load(protected, "form") == wanted, "signature of the batch", "its header is no batch's")
    verify_es256k(keys[stream], signature, protected, payload, "signature of the batch")
    step, entry = "number of the entry", load(proof[2], "number of the entry")
    least, what, effect, is_statement = first + position, "entry", "", isinstance(entry, cbor2.CBORTag)
    if is_statement:  # docs/formats/entry.md: its number stands in the batch alone; its signature the ledger checked.
        need(entry.tag == 18 and len(entry.value) == 4 and entry.value[1] == {}, step, "no statement")
        said = cbor2.loads(entry.value[0])
        need(2 not in said and {1, 2} <= set(said[15]), step, "the statement's header")
        what = f"statement of {said[15][1]!r} about {said[15][2]!r}, brought as"
        number = least if position == 0 else f"at least {least}"
    else:
        number, at_least = entry[4], entry[4] >= least and (position > 0 or entry[4] == least)
        need((entry[2], entry[3]) == (issuer, stream) and at_least, step, f"{entry[2]}/{entry[3]}/{number}")
    if 9 in proof:
        key = sha(b"custos state", ledger, b"\x22", index.to_bytes(8, "big"))
        unfit = from_map(proof[9], header[9], key, "standing of the entry")
        effect = f", without effect: reason {unfit[0]}" if unfit else ""
    elif not is_statement and (11 in entry or entry[1] in (13, 16)):  # An author, a credential or evidence.
        effect = "; whether it has effect is not shown"
    return f"{what} {issuer}/{stream}/{number} is leaf {index} of {header[7]}, block {header[2]}{effect}"

def check_receipt(genesis, ledger, receipt_bytes, entry):
    tag = load(receipt_bytes, "form")
    protected, unprotected, payload, signature = tag.value
    header = load(protected, "form")
    is_receipt = tag.tag == 18 and payload is None and header[1] == ES256K and header[VDS] == 1
    need(is_receipt, "form", "this is no receipt over a detached root")
    need(header[15][1] == "custos:" + ledger.hex(), "ledger id", header[15][1])
    size, index, path = load(unprotected[RECEIPTS][INCLUSION][0], "form")
    root = inclusion_root(index, size, path, leaf(entry))
    validators = [i for i in genesis[3] if 6 in i and sha(i[6])[:16] == header[4]]
    need(validators, "commit proof", "the key is no validator's")
    verify_es256k(validators[0][6], signature, protected, root, "commit proof")
    return f"{validators[0][0]} says that the entry stands under root {root.hex()} (leaf {index}: not signed)"

def main(arguments):
    try:
        genesis, *files = [open(name, "rb").read() for name in arguments]
        check = check_proof if len(files) == 1 else check_receipt
        print("PROVED:", check(load(genesis, "genesis"), sha(genesis), *files))
        return 0
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 4
    except Exception as error:  # Bytes from anybody: whatever does not fit is refused.
        print("REFUSED at", error if isinstance(error, Refused) else f'"form": {type(error).__name__}: {error}')
    return 1

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) in (3, 4) else __doc__)
