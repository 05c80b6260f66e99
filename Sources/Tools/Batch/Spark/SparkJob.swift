public import Foundation
internal import Records
public import RuleLanguage

/// What Spark is to do: the program for `spark-submit`, and what it reads.
public struct SparkJob: Encodable {
    /// A kind of facts as a view.
    struct View: Encodable {
        let name: String
        let files: [String]
        /// The columns, as Spark writes schemas.
        let schema: String
    }

    struct Query: Encodable {
        let rule: String
        let sql: String
        let parts: Int
    }

    let views: [View]
    let queries: [Query]
    let parts: Int
    /// The program that judges a part, and its arguments.
    let command: [String]
    let out: String

    /// A job over a folder of facts.
    ///
    /// - Parameters:
    ///   - folder: Where the facts lie, by a path that all workers have.
    ///   - rules: The rules to run.
    ///   - parts: How many parts the judged rows of a rule are spread over.
    ///   - command: The program that judges parts, and its arguments.
    ///   - out: The file for the lines that it prints.
    public init(
        _ folder: FactFolder, rules: [CheckedRule], parts: Int, command: [String], out: String
    ) {
        views = FactKind.allCases.map { kind in
            View(
                name: kind.name, files: folder.files(kind),
                schema: FactColumn.columns(of: kind).map { "`\($0.name)` \($0.type)" }
                    .joined(separator: ", "))
        }
        queries = rules.map { rule in
            let query = SparkQuery(rule, partCount: parts)
            return Query(rule: rule.rule.header.id, sql: query.sql, parts: query.partCount)
        }
        self.parts = parts
        self.command = command
        self.out = out
    }

    /// The job as JSON.
    public func encode() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// The program for `spark-submit`, which takes the name of the job's file.
    ///
    /// Lines of facts go through Spark as they are; SQL selects them, and each part is handed to
    /// the command on the worker that has it.
    public static let program = """
        import json
        import shlex
        import sys

        from pyspark.sql import SparkSession, functions as F

        job = json.load(open(sys.argv[1]))
        spark = SparkSession.builder.appName("custos sweep").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        for view in job["views"]:
            if view["files"]:
                lines = spark.read.text(view["files"])
            else:
                lines = spark.createDataFrame([], "value STRING")
            rows = lines.select(
                F.col("value").alias("fact_text"),
                F.from_json("value", view["schema"]).alias("fact"),
            ).select("fact_text", "fact.*")
            rows.createOrReplaceTempView(view["name"])

        total = job["parts"]
        parts = None
        for number, query in enumerate(job["queries"]):
            rows = spark.sql(query["sql"]).rdd
            tagged = rows.map(
                lambda row, rule=query["rule"], shift=number: (
                    (row["part"] + shift) % total,
                    "\\t".join(
                        [rule, "jw"[not row["judged"]], row["kind"], row["fact_text"]]
                    ),
                )
            )
            parts = tagged if parts is None else parts.union(tagged)
        found = []
        if parts is not None:
            command = " ".join(shlex.quote(word) for word in job["command"])
            found = parts.partitionBy(total, int).values().pipe(command, checkCode=True).collect()
        with open(job["out"], "w") as out:
            for line in found:
                out.write(line + "\\n")
        spark.stop()

        """
}
