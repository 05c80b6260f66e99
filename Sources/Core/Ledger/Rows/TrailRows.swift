internal import Primitives

/// The trail rows of one turn, made of what each block laid out for it.
struct TrailRows {
    private let pieces: [TrailPiece]
    /// All runs, by slot, then by height.
    private var keys: [Key] = []

    /// - Parameter pieces: by height, ascending.
    init(_ pieces: [TrailPiece]) {
        self.pieces = pieces
        keys.reserveCapacity(pieces.reduce(0) { $0 + $1.runs.count })
        for (number, piece) in pieces.enumerated() {
            for place in piece.runs.indices {
                keys.append(Key(piece.runs[place].slot, number, place))
            }
        }
        keys.sort()
    }

    /// A run: slot, piece, place in it, in this order and in one word.
    private struct Key: Comparable {
        private let word: UInt64

        init(_ slot: UInt32, _ piece: Int, _ place: Int) {
            word = UInt64(slot) << 32 | UInt64(piece) << 24 | UInt64(place)
        }

        var slot: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
        var piece: Int { Int(word >> 24 & 0xff) }
        var place: Int { Int(word & 0xff_ffff) }

        static func < (left: Key, right: Key) -> Bool { left.word < right.word }
    }

    /// The runs of one slot.
    private struct Trail {
        let slot: UInt32
        var keys: Range<Int>
        /// How many bytes they have, encoded.
        var byteCount = 0
    }

    /// Calls `body` with each row, by number, and then with their directory; each row has memory
    /// of its own no longer than that takes.
    func each(_ body: (LedgerRow) -> Void) {
        var firstSlots: [UInt32] = []
        var trails: [Trail] = []
        var weight = 0
        var end = 0
        while end < keys.count {
            var trail = Trail(slot: keys[end].slot, keys: end..<end)
            repeat {
                let piece = pieces[keys[end].piece]
                trail.byteCount += piece.range(keys[end].place).count
                weight += Int(piece.runs[keys[end].place].weight)
                end += 1
            } while end < keys.count && keys[end].slot == trail.slot
            trail.keys = trail.keys.lowerBound..<end
            trail.byteCount += CBORRoom.headByteCount(trail.keys.count)
            trails.append(trail)
            guard weight >= TermTrail.rowByteCount || end == keys.count else { continue }
            firstSlots.append(trails[0].slot)
            body(
                LedgerRow(kind: .trail, number: UInt64(trails[0].slot), bytes: encode(trails)))
            trails.removeAll(keepingCapacity: true)
            weight = 0
        }
        guard !firstSlots.isEmpty else { return }
        let directory = TrailDirectory(firstSlots)
        body(LedgerRow(kind: .trailDirectory, number: 0, bytes: directory.encode()))
    }

    private func encode(_ trails: [Trail]) -> [UInt8] {
        var byteCount = 2 + CBORRoom.headByteCount(trails.count)
        for trail in trails {
            byteCount +=
                1 + CBORRoom.headByteCount(UInt64(trail.slot))
                + CBORRoom.headByteCount(trail.byteCount) + trail.byteCount
        }
        return [UInt8](cborByteCount: byteCount) { room in
            room.array(2)
            room.unsigned(1)
            room.array(trails.count)
            for trail in trails {
                room.array(2)
                room.unsigned(UInt64(trail.slot))
                room.openBytes(trail.byteCount)
                room.array(trail.keys.count)
                for index in trail.keys {
                    let piece = pieces[keys[index].piece]
                    let bytes = unsafe piece.bytes.span.bytes
                    room.encoded(bytes.extracting(piece.range(keys[index].place)))
                }
            }
        }
    }
}
