internal import Primitives
internal import Proofs
internal import Testing

@testable import custos

@Suite("What a verifier is given")
struct VerifyReportTests {
    @Test func kindsAreToldApart() {
        let rest = [UInt8](repeating: 0, count: 64)
        let answer: [UInt8] =
            [0xa9, 0x00, 0x01, 0x01, 0x58, 0x20] + rest.prefix(32) + [0x02, 0xa0] + rest
        let bundle: [UInt8] = [0xa7, 0x00, 0x01, 0x01, 0xa9, 0x00] + rest
        let entry: [UInt8] = [0xa9, 0x00, 0x01, 0x01, 0x58, 0x20] + rest
        #expect(ProofKind(answer) == .answer)
        #expect(ProofKind(bundle) == .finding)
        #expect(ProofKind(entry) == .entry)
        #expect(ProofKind(CaseFile(isClosed: false, steps: []).encode()) == .case)
    }

    @Test(arguments: [[], [0xff], [0xa7], [0xa7, 0x00, 0x01, 0x02], [0xbf, 0x00]] as [[UInt8]])
    func hostileBytesAreSomeKind(bytes: [UInt8]) {
        #expect(ProofKind(bytes) == .entry)
    }

    @Test func refusalsNameTheStep() {
        let report = VerifyReport(ProofFailure(.batchSignature, "it is not the issuer's"))
        #expect(!report.holds)
        #expect(report.lines == ["REFUSED at \"signature of the batch\": it is not the issuer's"])
    }

    @Test("where no link is named and one is missing, it says how to get it; else not")
    func hints() {
        let failure = ProofFailure(
            .trustedHead, "the header is of height 9, and no consistency proof links their trees")
        let hint = "`custos head --link PROOF --to HEAD`"
        #expect(VerifyReport(failure).reason?.contains(hint) == true)
        #expect(VerifyReport(failure, link: "a.link").reason == failure.reason)
        // Bundles and cases say at which of their own steps a proof in them failed.
        let within = VerifyReport(failedStep: "proofs", reason: "\(failure)", link: nil)
        #expect(within.reason?.contains(hint) == true)
        #expect(
            VerifyReport(failedStep: "proofs", reason: "\(failure)", link: "a.link").reason
                == "\(failure)")
        #expect(VerifyReport(failedStep: "proofs", reason: "bent", link: nil).reason == "bent")
    }
}
