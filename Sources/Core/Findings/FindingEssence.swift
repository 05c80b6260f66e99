internal import Cryptography
public import Primitives

extension FindingOutline {
    /// What a finding says but for the versions of the tables that it read, as a hash.
    ///
    /// Two findings that differ in those alone have one essence; nil where the bytes are no body.
    public static func essence(of body: [UInt8]) -> Digest? {
        var reader = CBORReader(body)
        do throws(CBORError) {
            _ = try reader.map(atMost: 14)
            for key in UInt64(0)..<4 {
                try reader.key(key)
                _ = try reader.item()
            }
            try reader.key(4)
            let start = reader.offset
            _ = try reader.item()
            var hasher = SHA256.Hasher()
            hasher.update("custos finding but for tables")
            hasher.update(body[..<start])
            hasher.update(body[reader.offset...])
            return hasher.finish()
        } catch {
            return nil
        }
    }
}
