public import Ledger
public import Primitives
public import Records

/// To whom a node seals which kind of entry, beyond those that a submission names itself.
///
/// The issuer is always a recipient. Where a submission names institutions of a kind that the
/// policy names too, only those of that kind get it: a claim goes to its own insurer, and to all
/// insurers only where none is named. Findings go to nobody but those named, who run the rule.
public struct RecipientPolicy: Hashable, Sendable {
    public enum Audience: Hashable, Sendable {
        /// Every institution of the kind that has a seal key.
        case kind(InstitutionKind)
        case institution(InstitutionID)
    }

    private var audiences: [EntryKind: [Audience]] = [:]

    /// The policy with these lines; a kind without a line is sealed to the issuer alone.
    public init(_ lines: [(kind: EntryKind, audiences: [Audience])]) {
        for line in lines { audiences[line.kind, default: []] += line.audiences }
    }

    /// What a node does that is not told otherwise: money to insurers and regulators, care to
    /// regulators.
    public static let standard = RecipientPolicy(
        EntryKind.allCases.compactMap { kind in
            switch kind {
            case .claim, .claimResponse, .prescription, .dispense:
                (kind, [.kind(.insurer), .kind(.regulator)])
            case .access, .record, .consent, .relationship, .identity:
                (kind, [.kind(.regulator)])
            default: nil
            }
        })

    /// The policy that a configuration says: kinds of entry by name, and for each a list of kinds
    /// of institution (`insurer`) and of ids (`@county-hospital`).
    ///
    /// - Throws: ``SupervisionError/policy(_:)``, naming the word that is none.
    public init(words lines: [(kind: String, audiences: [String])]) throws(SupervisionError) {
        for line in lines {
            guard let kind = EntryKind(name: line.kind), kind.hasPayload else {
                throw .policy("'\(line.kind)' is no kind of entry that has a payload")
            }
            var audiences: [Audience] = []
            for word in line.audiences {
                audiences.append(try RecipientPolicy.audience(word))
            }
            self.audiences[kind, default: []] += audiences
        }
    }

    private static func audience(_ word: String) throws(SupervisionError) -> Audience {
        if word.hasPrefix("@"), let id = InstitutionID(String(word.dropFirst())) {
            return .institution(id)
        }
        if let kind = InstitutionKind(name: word) { return .kind(kind) }
        let kinds = InstitutionKind.allCases.map(\.name).joined(separator: ", ")
        throw .policy("'\(word)' is no recipient; right would be one of \(kinds), or @id")
    }

    /// Whom a submission of `issuer` is sealed to, increasing; the issuer is among them.
    ///
    /// - Throws: ``SupervisionError/recipient(_:why:)`` where one is named that cannot be, and
    ///   ``SupervisionError/tooManyRecipients(count:)``.
    public func recipients(
        of submission: Submission, issuer: InstitutionID, among members: Members
    ) throws(SupervisionError) -> [InstitutionID] {
        var chosen: Set<InstitutionID> = [issuer]
        var namedKinds: Set<InstitutionKind> = []
        for id in submission.recipients {
            guard let member = members[id] else { throw .recipient(id, why: "is not a member") }
            guard id == issuer || member.sealKey != nil else {
                throw .recipient(id, why: "has no seal key")
            }
            chosen.insert(id)
            namedKinds.insert(member.kind)
        }
        for audience in audiences[submission.kind] ?? [] {
            switch audience {
            case .institution(let id):
                guard members[id]?.sealKey != nil || id == issuer else {
                    throw .recipient(id, why: "stands in the policy and has no seal key")
                }
                chosen.insert(id)
            case .kind(let kind) where !namedKinds.contains(kind):
                for member in members.all where member.kind == kind && member.sealKey != nil {
                    chosen.insert(member.id)
                }
            case .kind: break
            }
        }
        guard chosen.count <= Entry.recipientCountMax else {
            throw .tooManyRecipients(count: chosen.count)
        }
        return chosen.sorted()
    }
}
