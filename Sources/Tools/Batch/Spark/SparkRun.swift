internal import Foundation

/// Hands a job to `spark-submit`, and waits for it.
public enum SparkRun {
    /// The `spark-submit` of `SPARK_HOME` or of the path, or nil where there is none that starts.
    public static func find() -> String? {
        var places: [String] = []
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["SPARK_HOME"] { places.append("\(home)/bin/spark-submit") }
        places += (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/spark-submit" }
        return places.first { place in
            FileManager.default.isExecutableFile(atPath: place)
                && (try? run(place, ["--version"], isQuiet: true)) == 0
        }
    }

    /// Runs a job to its end.
    ///
    /// - Parameters:
    ///   - job: What to do.
    ///   - submit: The path of `spark-submit`.
    ///   - master: Where to do it: `local[2]`, `spark://host:7077`, …
    ///   - folder: Where program and job may be written.
    /// - Returns: the lines that the command printed.
    /// - Throws: ``BatchError``.
    public static func lines(
        of job: SparkJob, submit: String, master: String, folder: String
    ) throws(BatchError) -> [String] {
        let (program, file) = ("\(folder)/sweep.py", "\(folder)/sweep.json")
        do {
            try Data(SparkJob.program.utf8).write(to: URL(filePath: program))
            try job.encode().write(to: URL(filePath: file))
        } catch {
            throw .cannotWrite(file: folder)
        }
        let status: Int32
        do {
            status = try run(
                submit,
                [
                    "--master", master, "--conf", "spark.ui.enabled=false",
                    "--conf", "spark.sql.shuffle.partitions=\(job.parts)", program, file,
                ], isQuiet: false)
        } catch {
            throw .spark(status: -1)
        }
        guard status == 0 else { throw .spark(status: Int(status)) }
        guard let text = try? String(contentsOfFile: job.out, encoding: .utf8) else {
            throw .cannotRead(file: job.out)
        }
        return text.split(separator: "\n").map(String.init)
    }

    private static func run(
        _ program: String, _ arguments: [String], isQuiet: Bool
    ) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.standardError
        if isQuiet {
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
