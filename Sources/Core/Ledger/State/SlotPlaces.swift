/// Where the slots that a block touches stand among its changes: a table in pages, found by index.
///
/// No hash, so that nobody who chooses subjects can choose what collides. It costs 4 bytes for
/// every 256 slots that there are, and a page for every 256 of which one is touched.
struct SlotPlaces {
    private var pages: [Int32]
    /// Places plus one, page by page; 0 where a slot was not touched.
    private var places: [UInt32] = []

    private static let pageBits: UInt32 = 8
    private static let pageCount = 1 << 8

    /// A table for slots below `slotCount`.
    init(slotCount: Int) {
        pages = [Int32](
            repeating: -1, count: (slotCount + SlotPlaces.pageCount - 1) / SlotPlaces.pageCount)
    }

    /// The place of a slot; nil where it was not touched, or is none of the table's.
    subscript(slot: UInt32) -> Int? {
        guard let start = start(of: slot) else { return nil }
        let place = places[start + Int(slot) % SlotPlaces.pageCount]
        return place == 0 ? nil : Int(place) - 1
    }

    /// Notes the place of a slot, which must be one of the table's.
    mutating func note(_ place: Int, of slot: UInt32) {
        let start = start(of: slot) ?? addPage(of: slot)
        places[start + Int(slot) % SlotPlaces.pageCount] = UInt32(place) + 1
    }

    private func start(of slot: UInt32) -> Int? {
        let page = Int(slot >> SlotPlaces.pageBits)
        guard page < pages.count, pages[page] >= 0 else { return nil }
        return Int(pages[page]) << Int(SlotPlaces.pageBits)
    }

    private mutating func addPage(of slot: UInt32) -> Int {
        let start = places.count
        pages[Int(slot >> SlotPlaces.pageBits)] = Int32(start >> Int(SlotPlaces.pageBits))
        places.append(contentsOf: repeatElement(0, count: SlotPlaces.pageCount))
        return start
    }
}
