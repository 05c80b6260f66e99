internal import Foundation
internal import Interop
internal import Ledger
internal import Primitives
internal import Records
internal import Sealing

/// How many FHIR resources a second become sealed payloads of entries.
enum IngestFHIR {
    private static let repeats = 8
    private static let recipients = ["county-hospital", "insurer", "regulator"]

    static let benchmark = Benchmark(
        name: "ingest.fhir", unit: "resources/s", better: .higher, runs: 5,
        settings: "Synthea NDJSON of samples/synthea-small, \(repeats) times over, read from "
            + "disk, facts, commitment, AES-GCM and keys wrapped for 3 recipients, batches of "
            + "256, one core"
    ) {
        let files = try InputFile.list([Checkout.path("samples/synthea-small")])
        let keys = try recipients.map { name in
            (
                institution: try BenchNetwork.id(name),
                key: try SealSecretKey(random: .system).publicKey
            )
        }
        var count = 0
        let time = try seconds {
            for _ in 0..<repeats { count += try ingest(files, keys) }
        }
        return Double(count) / time
    }

    /// Imports the files once, seals every draft, and returns how many resources were read.
    private static func ingest(
        _ files: [InputFile], _ keys: [(institution: InstitutionID, key: SealPublicKey)]
    ) throws -> Int {
        let hospitals = try ["county-hospital", "city-hospital"].map(BenchNetwork.id)
        let ledger = try BenchNetwork(isIndexKept: true).genesis.ledger
        var input = FHIRImport(
            files: files,
            assignment: Assignment(
                spreading: hospitals, insurer: try BenchNetwork.id("insurer")),
            pseudonyms: Pseudonyms(), importTime: Timestamp(milliseconds: 1_790_000_000_000))
        let recipients = keys.map(\.institution)
        var number: UInt64 = 1
        var sealer: DeliverySealer?
        while let event = try input.next() {
            guard case .draft(let draft) = event else { continue }
            if number % 256 == 1 {
                _ = sealer?.delivery.encoded
                sealer = try DeliverySealer(
                    ledger: ledger, issuer: hospitals[0], stream: StreamID(0),
                    firstNumber: number, recipients: keys)
            }
            let payload = try SealedPayload(
                sealing: draft.payload.encode(), ledger: ledger, random: .system)
            try sealer?.add(payload, number: number, recipients: recipients)
            number += 1
        }
        return input.report.read
    }

    /// What the identity provider would answer, from keys at hand.
    private final class Pseudonyms: PseudonymSource {
        private let issuer = IssuerKey(random: .system)
        private let region = RegionKey(random: .system)
        private var patients: [String: PatientKey] = [:]

        func patient(_ identifier: String) -> OpaqueID? {
            if let key = patients[identifier] { return key.pseudonym(epoch: 0) }
            let key = PatientKey(random: .system)
            patients[identifier] = key
            return key.pseudonym(epoch: 0)
        }

        func practitioner(_ identifier: String) -> OpaqueID? {
            region.practitioner(identifier)
        }

        func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
            self.issuer.claim(identifier)
        }

        func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
            self.issuer.prescription(identifier)
        }
    }
}

/// Where this repository lies, as far as the benchmark was built in it.
enum Checkout {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
            .appending(path: name).standardizedFileURL.path
    }
}
