internal import Primitives
internal import Testing

@testable import Node

@Suite("What a node measures of itself")
struct MetricsTests {
    @Test func countsTimesUpToEachBound() {
        var times = StageTimes()
        for microseconds in [1, 250, 251, 999_999, 99_000_000] as [UInt64] {
            times.add(microseconds * 1_000)
        }
        let lines = times.lines(of: "t", labels: "stage=\"x\"")
        #expect(lines.contains("t_bucket{stage=\"x\",le=\"0.00025\"} 2"))
        #expect(lines.contains("t_bucket{stage=\"x\",le=\"0.0005\"} 3"))
        #expect(lines.contains("t_bucket{stage=\"x\",le=\"1.0\"} 4"))
        #expect(lines.contains("t_bucket{stage=\"x\",le=\"10.0\"} 4"))
        #expect(lines.contains("t_bucket{stage=\"x\",le=\"+Inf\"} 5"))
        #expect(lines.contains("t_count{stage=\"x\"} 5"))
    }

    @Test func tellsBlocksStagesAndDisk() throws {
        let world = try MemoryWorld()
        for index in 0..<4 { try world.start(index) }
        try world.submit(1, at: 0)
        let machine = try world.machine(0)
        let isThere = try world.run { machine.written.blocks >= 2 }
        #expect(isThere)
        let lines = machine.metrics.text.split(separator: "\n").map(String.init)
        let written = lines.first { $0.hasPrefix("custos_entries_written_total ") }
        #expect(written == "custos_entries_written_total 1")
        for stage in NodeMetrics.Stage.allCases {
            let count = lines.first {
                $0.hasPrefix("custos_stage_seconds_count{stage=\"\(stage)\"} ")
            }
            #expect(count != nil && count?.hasSuffix(" 0") == false, "\(stage)")
        }
        let disk = lines.first { $0.hasPrefix("custos_disk_bytes{part=\"blocks\"} ") }
        #expect(disk?.hasSuffix(" 0") == false)
        // Every value has its help and its type before it.
        for line in lines where !line.hasPrefix("#") {
            let name = String(line.prefix { $0 != "{" && $0 != " " })
            let family = ["_bucket", "_sum", "_count"].reduce(name) { name, ending in
                name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name
            }
            #expect(lines.contains { $0.hasPrefix("# TYPE \(family) ") }, "\(line)")
        }
    }
}
