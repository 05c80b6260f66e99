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
    ///
    /// A lap has fewer than 1,024 blocks, and none of these four million runs of one turn.
    private struct Key: Comparable {
        private let word: UInt64

        init(_ slot: UInt32, _ piece: Int, _ place: Int) {
            word = UInt64(slot) << 32 | UInt64(piece) << 22 | UInt64(place)
        }

        var slot: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
        var piece: Int { Int(word >> 22 & 0x3ff) }
        var place: Int { Int(word & 0x3f_ffff) }

        static func < (left: Key, right: Key) -> Bool { left.word < right.word }
    }

    /// The runs of one slot.
    private struct Trail {
        let slot: UInt32
        var keys: Range<Int>
        /// How many bytes they have, encoded.
        var byteCount = 0

        /// How many bytes they take in a row.
        var rowByteCount: Int {
            1 + CBORRoom.headByteCount(UInt64(slot)) + CBORRoom.headByteCount(byteCount) + byteCount
        }
    }

    /// Writes the rows onto a sheet.
    func fill(_ sheet: inout TrailSheet) {
        var trails: [Trail] = []
        /// Of each row where its trails end.
        var ends: [Int] = []
        var rows: [TrailSheet.Row] = []
        var (first, weight, key) = (0, 0, 0)
        while key < keys.count {
            var trail = Trail(slot: keys[key].slot, keys: key..<key)
            repeat {
                let piece = pieces[keys[key].piece]
                trail.byteCount += piece.range(keys[key].place).count
                weight += Int(piece.runs[keys[key].place].weight)
                key += 1
            } while key < keys.count && keys[key].slot == trail.slot
            trail.keys = trail.keys.lowerBound..<key
            trail.byteCount += CBORRoom.headByteCount(trail.keys.count)
            trails.append(trail)
            guard weight >= TermTrail.rowByteCount || key == keys.count else { continue }
            let own = trails[first...]
            let byteCount = own.reduce(2 + CBORRoom.headByteCount(own.count)) {
                $0 + $1.rowByteCount
            }
            rows.append(
                TrailSheet.Row(
                    firstSlot: own[first].slot, end: (rows.last?.end ?? 0) + byteCount))
            ends.append(trails.count)
            (first, weight) = (trails.count, 0)
        }
        sheet.fill(rows) { room in
            var first = 0
            for end in ends {
                write(trails[first..<end], to: &room)
                first = end
            }
        }
    }

    private func write(_ trails: ArraySlice<Trail>, to room: inout CBORRoom) {
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
