import Foundation

/// The decoders that are fuzzed; an input's first byte says which of them reads the rest.
private let decoders = Decoders.core + Decoders.texts + Decoders.disk

/// Where `CUSTOS_CORPUS` names a folder, puts into it what each decoder takes of the samples of the
/// repository at `CUSTOS_ROOT`.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeRawPointer?, _: UnsafeRawPointer?) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    guard let folder = environment["CUSTOS_CORPUS"], let root = environment["CUSTOS_ROOT"],
        let samples = try? Corpus.samples(root: URL(filePath: root))
    else { return 0 }
    for (index, decoder) in decoders.enumerated() {
        for sample in samples where decoder.read(sample.bytes) {
            let name = "\(index)-\(sample.name)".replacing("/", with: "-").replacing(" ", with: "-")
            let file = URL(filePath: folder).appending(path: name)
            try? Data([UInt8(index)] + sample.bytes).write(to: file)
        }
    }
    return 0
}

/// One input; it may be refused or read, and nothing else may come of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
    _ = decoders[Int(data[0]) % decoders.count].read(bytes)
    return 0
}
