/// Which finding tells of which planted case.
struct Matching {
    /// The place of a case for each finding that meets one, by the finding's place.
    private(set) var cases: [Int: Int] = [:]
    /// The place of the earliest finding by a rule of the case's own pattern, by the case's place.
    private(set) var detections: [Int: Int] = [:]

    init(truth: [TruthCase], findings: [FoundFinding]) {
        var byRecord: [String: [Int]] = [:]
        var bySubject: [String: [Int]] = [:]
        var withoutRecords: [String: [Int]] = [:]
        for (place, planted) in truth.enumerated() {
            for record in planted.records { byRecord[record, default: []].append(place) }
            for name in Set([planted.subject] + planted.actors) {
                bySubject[name, default: []].append(place)
                if planted.records.isEmpty { withoutRecords[name, default: []].append(place) }
            }
        }
        for (number, finding) in findings.enumerated() {
            let met =
                finding.records.isEmpty
                ? bySubject[finding.subject] ?? []
                : (finding.records + finding.involved).flatMap { byRecord[$0] ?? [] }
                    + (withoutRecords[finding.subject] ?? [])
            let pattern = finding.pattern
            for place in Set(met).sorted() {
                let planted = truth[place]
                if planted.pattern == pattern {
                    cases[number] = cases[number] ?? place
                    guard finding.isOpen else { continue }
                    let earlier = detections[place].flatMap { findings[$0].day } ?? .max
                    if detections[place] == nil || (finding.day ?? .max) < earlier {
                        detections[place] = number
                    }
                } else if planted.also.contains(pattern) {
                    cases[number] = cases[number] ?? place
                }
            }
        }
    }
}
