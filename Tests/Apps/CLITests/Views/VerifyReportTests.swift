internal import Primitives
internal import Proofs
internal import Testing

@testable import Findings
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

    @Test("what may help is told where it can: a link that none was named for, and a fork")
    func hints() {
        let link = "`custos head --link PROOF --to HEAD`"
        let cases: [(ProofFailure.Remedy?, takesLink: Bool, hint: String?)] = [
            (nil, true, nil), (.link, true, link), (.link, false, nil),
            (.showFork, false, "`custos fork FILE FILE`"),
        ]
        for (remedy, takesLink, hint) in cases {
            let failure = ProofFailure(.trustedHead, "of no past that is known", remedy: remedy)
            // Bundles and cases say at which of their own steps a proof in them failed.
            let within = FindingFailure(.proofs, failure.description, proof: failure)
            for (report, reason) in [
                (VerifyReport(failure, takesLink: takesLink), failure.reason),
                (VerifyReport(within, takesLink: takesLink), within.reason),
            ] {
                #expect(report.reason?.hasPrefix(reason) == true)
                if let hint {
                    #expect(report.reason?.contains(hint) == true)
                } else {
                    #expect(report.reason == reason)
                }
            }
        }
    }
}
