import Testing
import Wire

@Suite struct MissionUploadTests {
    static func items(_ count: Int) -> [MissionItem] {
        (0..<count).map { index in
            var item = MissionItem()
            item.action = Open(.fly)
            item.latitudeE7 = 430_000_000 + Int32(index)
            return item
        }
    }

    /// The check value of CRC-32/ISCSI.
    @Test func crcKnownAnswer() {
        #expect(MissionDigest.of(bytes: "123456789".utf8) == 0xE306_9283)
        var item = MissionItem()
        item.action = Open(number: 0x0403_0201)
        let bytes: [UInt8] = [1, 2, 3, 4] + [UInt8](repeating: 0, count: 24)
        #expect(MissionDigest.of([item]) == MissionDigest.of(bytes: bytes))
    }

    @Test(arguments: [0, 1, 32, 33, 100, 2048])
    func anyOrderWithDuplicates(count: Int) {
        let items = Self.items(count)
        let parts = MissionPart.split(mission: Samples.mission, fence: 1, items: items)
        #expect(parts.allSatisfy { $0.items.count <= 32 } && parts.count <= 64)
        var random = Seeded(state: UInt64(count))
        var assembly = MissionAssembly()
        let order = parts.shuffled(using: &random)
        for part in order.dropLast() {
            #expect(assembly.add(part) == .part)
            #expect(assembly.add(part) == .part)
        }
        #expect(order.last.map { assembly.add($0) } == .complete(items))
    }

    @Test func brokenUploadChangesNothing() {
        let parts = MissionPart.split(mission: Samples.mission, fence: 1, items: Self.items(70))
        var assembly = MissionAssembly()
        var broken = parts[2]
        broken.items[0].altitudeMillimeters = 1
        #expect(assembly.add(parts[0]) == .part)
        #expect(assembly.add(broken) == .part)
        #expect(assembly.add(parts[1]) == .digest)
        // Starts over; what contradicts itself is refused; another mission's part takes its place.
        #expect(assembly.add(parts[0]) == .part)
        var contradiction = parts[1]
        contradiction.parts = 2
        #expect(assembly.add(contradiction) == .invalid)
        contradiction.part = 5
        #expect(assembly.add(contradiction) == .invalid)
        let other = MissionPart.split(
            mission: MissionReference(number: 78, revision: 0), fence: 1, items: Self.items(2))
        #expect(assembly.add(other[0]) == .complete(Self.items(2)))
    }
}
