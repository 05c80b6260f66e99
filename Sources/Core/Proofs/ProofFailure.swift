internal import Ledger
internal import Primitives

/// What a verifier does, one thing after the other; its report names the steps by these.
public enum ProofStep: String, CaseIterable, Sendable {
    /// The bytes are read.
    case form = "form"
    /// The proof is of the ledger that the genesis founds.
    case ledger = "ledger id"
    /// Each set of validators was vouched for by the one before it.
    case validators = "validators"
    /// More than 2/3 of the power signed the block.
    case commitProof = "commit proof"
    /// The header is the one that was signed, and so are its tree root and height.
    case header = "header hash"
    /// The header is, or comes before, a head that the auditor trusts.
    case trustedHead = "trusted head"
    /// The entry stands in the ledger tree.
    case ledgerTree = "inclusion in the ledger"
    /// The entry stands in the batch that its issuer signed.
    case batchTree = "inclusion in the batch"
    /// The issuer and its keys stand in the state map.
    case issuer = "issuer's key"
    /// The issuer signed the batch.
    case batchSignature = "signature of the batch"
    /// The entry's issuer, stream and number are those that the batch was signed for.
    case number = "number of the entry"
    /// The state map says whether the entry has effect.
    case standing = "standing of the entry"
    /// The answer is of the blocks and the lists that the query asks for.
    case cover = "what is covered"
    /// The blocks are those of the range of time.
    case timeRange = "range of anchoring time"
    /// The term's head stands in the state map, or the term does not.
    case termHead = "head of the term"
    /// The list is the one that the head commits to, with nothing left out or added.
    case completeness = "completeness"
    /// The entries handed in are those of the list.
    case rows = "entries of the list"
    /// The head stands in the ledger above, as one that its quorum signed.
    case anchor = "anchor in the ledger above"
    /// Institutions with more than 2/3 of the power endorsed the ledger that goes on.
    case succession = "succession"
    /// Two heads contradict each other.
    case fork = "contradiction"
    /// The block, executed again, gives the header that was signed.
    case execution = "execution"
    /// The statement is the one that the finding's entry commits to, and has the finding's id.
    case statement = "statement of the finding"
    /// Each payload is the one that its entry commits to.
    case evidence = "evidence"
    /// The state map says what became of the rule.
    case rule = "history of the rule"
    /// The withdrawal is the one that its entry commits to, and of this finding's issuer.
    case withdrawal = "withdrawal"
    /// Each segment that is shown is one of the record's.
    case segments = "segments of the record"
    /// Each step of a case follows the one before it, by the institution whose case it is.
    case caseSteps = "steps of the case"
    /// What a step says is what its entry commits to.
    case caseStatement = "statement of the case"
}

/// Why a proof does not prove what it claims: the step that failed, and the reason.
public struct ProofFailure: Error, Equatable, Sendable {
    public let step: ProofStep
    /// For a person: what was found and what would be right.
    public let reason: String
    /// What whoever checks can do about it, beside not believing the proof.
    public let remedy: Remedy?

    public init(_ step: ProofStep, _ reason: String, remedy: Remedy? = nil) {
        self.step = step
        self.reason = reason
        self.remedy = remedy
    }

    /// What may help where a proof fails.
    public enum Remedy: Sendable {
        /// A consistency proof between the header's tree and the trusted head's.
        case link
        /// To show everybody the two heads of the file, which a quorum signed, as a fork.
        case showFork
    }
}

extension ProofFailure: CustomStringConvertible {
    public var description: String { "not proved, at step \"\(step.rawValue)\": \(reason)" }
}

/// Does one step, and says which it was where it fails.
func step<Value, Failure: Error>(
    _ step: ProofStep, _ body: () throws(Failure) -> Value
) throws(ProofFailure) -> Value {
    do throws(Failure) {
        return try body()
    } catch {
        throw ProofFailure(step, "\(error)")
    }
}

/// Throws unless two values that must agree do.
func agree<Value: Equatable>(
    _ at: ProofStep, _ what: String, found: Value, right: Value
) throws(ProofFailure) {
    guard found == right else {
        throw ProofFailure(at, "\(what) is \(found); right would be \(right)")
    }
}

/// Throws where the right value is missing, or another than what was found.
func agree<Value: Equatable>(
    _ at: ProofStep, _ what: String, found: Value, right: Value?
) throws(ProofFailure) {
    guard let right else {
        throw ProofFailure(at, "\(what) is \(found) where there should be none")
    }
    try agree(at, what, found: found, right: right)
}

/// Reads exactly `bytes` as one item.
func reading<Value>(
    _ what: String, _ bytes: ArraySlice<UInt8>,
    _ body: (inout CBORReader) throws(CBORError) -> Value
) throws(ProofFailure) -> Value {
    do throws(CBORError) {
        return try CBORReader.whole(bytes, body)
    } catch {
        throw ProofFailure(.form, "the \(what) is malformed: \(error)")
    }
}

extension CBORReader {
    /// Opens a map of exactly `count` pairs, the first of which is the format version.
    mutating func versionedMap(exactly count: Int) throws(CBORError) {
        try map(exactly: count)
        try key(0)
        try version(1)
    }

    /// Opens a map of version 1, or of version 2, which has more fields; says whether of that.
    mutating func versionedMap(
        exactly first: Int, orInVersion2 second: Int
    ) throws(CBORError) -> Bool {
        let start = offset
        let count = try map(atMost: second)
        guard count == first || count == second else {
            throw .unexpected(
                offset: start, expected: "a map of \(first) or \(second)", found: "\(count)")
        }
        try key(0)
        try version(count == first ? 1 : 2)
        return count == second
    }

    mutating func path(atMost limit: Int = 64) throws(CBORError) -> [Digest] {
        var path: [Digest] = []
        for _ in 0..<(try array(atMost: limit)) { path.append(try digest()) }
        return path
    }

    /// A block header, in a byte string.
    mutating func blockHeader() throws(CBORError) -> BlockHeader {
        let start = offset
        let bytes = try bytes(atMost: 1_024)
        do throws(LedgerError) {
            return try BlockHeader.decode(bytes)
        } catch {
            throw .unexpected(offset: start, expected: "a block header", found: "\(error)")
        }
    }
}

extension CBORWriter {
    mutating func path(_ path: [Digest]) {
        array(path.count)
        for hash in path { digest(hash) }
    }
}
