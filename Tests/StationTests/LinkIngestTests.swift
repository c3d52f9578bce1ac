import CAllocations
import Testing
import Transport
import Wire

@testable import Station

@Suite struct LinkIngestTests {
    private static func table(lateNanoseconds: Int64 = .max) throws -> LinkTable {
        let key = try CurveKeyPair.generate().publicKey
        let enrolment = Enrolment(id: 7, name: "v", kind: "vtol", company: "c", publicKey: key)
        var configuration = LinkConfiguration()
        configuration.lateNanoseconds = lateNanoseconds
        return LinkTable(
            configuration: configuration, keyring: Keyring(enrolments: [enrolment]), at: 0)
    }

    private static func telemetry(_ sequence: UInt32, boot: UInt32 = 1) -> Telemetry {
        var t = Telemetry()
        t.boot = boot
        t.sequence = sequence
        t.measuredAtNanoseconds = UInt64(sequence) * 100_000_000
        t.latitudeE7 = 432_000_000
        t.longitudeE7 = 769_000_000
        t.status = 1 | 1 << 8 | 3 << 12
        return t
    }

    private static func ingest(
        _ t: Telemetry, _ table: inout LinkTable, _ arena: inout DecodeArena, at now: Int64? = nil
    ) {
        let now = now ?? Int64(clamping: t.measuredAtNanoseconds)
        withUnsafeTemporaryAllocation(byteCount: Telemetry.frameSize, alignment: 8) { buffer in
            t.encodeFrame(into: buffer)
            table.ingest(
                UnsafeRawBufferPointer(buffer), from: LinkIdentity(id: 7, generation: 1), descriptor: -1,
                isMultipart: false, at: now, arena: &arena)
        }
    }

    @Test func sequencesOnlyGrowAndAnOldBootNeverReturns() throws {
        var table = try Self.table()
        var arena = DecodeArena()
        Self.ingest(Self.telemetry(5), &table, &arena)
        Self.ingest(Self.telemetry(5), &table, &arena)
        Self.ingest(Self.telemetry(4), &table, &arena)
        Self.ingest(Self.telemetry(8), &table, &arena)
        #expect(table.totals.accepted == 2 && table.totals.lost == 2)
        #expect(table.totals[.duplicate] == 1 && table.totals[.replayed] == 1)
        Self.ingest(Self.telemetry(1, boot: 2), &table, &arena)
        Self.ingest(Self.telemetry(9, boot: 1), &table, &arena)
        #expect(table.totals.accepted == 3 && table.totals[.replayed] == 2)
    }

    @Test func recordingsOfEarlierBootsStayRefused() throws {
        var table = try Self.table()
        var arena = DecodeArena()
        for boot in [11, 12, 13, 14, 15] as [UInt32] {
            Self.ingest(Self.telemetry(boot, boot: boot), &table, &arena)
        }
        #expect(table.totals.accepted == 5)
        for boot in [11, 12, 13, 14] as [UInt32] {
            Self.ingest(Self.telemetry(boot + 100, boot: boot), &table, &arena)
        }
        #expect(table.totals.accepted == 5 && table.totals[.replayed] == 4)
    }

    @Test func jumpsAndTheFutureAreRefused() throws {
        var table = try Self.table()
        var arena = DecodeArena()
        Self.ingest(Self.telemetry(1), &table, &arena)
        var far = Self.telemetry(2)
        far.latitudeE7 += 1_000_000
        Self.ingest(far, &table, &arena)
        #expect(table.totals[.jump] == 1)
        Self.ingest(Self.telemetry(10), &table, &arena, at: 0)
        #expect(table.totals[.future] == 1 && table.totals.accepted == 1)
        var absurd = Self.telemetry(3)
        absurd.measuredAtNanoseconds = .max
        Self.ingest(absurd, &table, &arena, at: .min)
        #expect(table.totals[.future] == 2)
    }

    private static func answer(
        _ sequence: UInt32, nonce: UInt64, vehicleClock: Int64, _ table: inout LinkTable,
        _ arena: inout DecodeArena, at now: Int64
    ) {
        var beat = VehicleHeartbeat()
        beat.nonce = nonce
        beat.receivedAtNanoseconds = UInt64(clamping: vehicleClock)
        beat.sentAtNanoseconds = beat.receivedAtNanoseconds
        Uplink.heartbeat(UplinkStamp(boot: 1, sequence: sequence), beat).encode().withUnsafeBytes { frame in
            table.ingest(
                frame, from: LinkIdentity(id: 7, generation: 1), descriptor: -1, isMultipart: false, at: now,
                arena: &arena)
        }
    }

    /// Heartbeats carry the vehicle's uncorrected clock, telemetry the corrected one: the offset counts once.
    @Test(arguments: [-3_600_000_000_000, 3_600_000_000_000] as [Int64])
    func aWrongClockThatWasCorrectedIsNoReasonToRefuse(wrongBy: Int64) throws {
        var table = try Self.table()
        var arena = DecodeArena()
        let start: Int64 = 10_000_000_000_000
        table.heartbeats.sent(5, at: start)
        Self.answer(
            1, nonce: 5, vehicleClock: start + 20_000_000 + wrongBy, &table, &arena, at: start + 40_000_000)
        #expect(table.rows[0].clock.offsetNanoseconds == wrongBy)
        var telemetry = Self.telemetry(1)
        telemetry.measuredAtNanoseconds = UInt64(start + 50_000_000)
        Self.ingest(telemetry, &table, &arena, at: start + 60_000_000)
        #expect(table.totals[.future] == 0 && table.totals.accepted == 2)
    }

    /// On a link with a round trip of a second the correction is good to half a second, and that is forgiven.
    @Test func theFutureIsForgivenAsFarAsTheCorrectionIsUnsure() throws {
        var table = try Self.table()
        var arena = DecodeArena()
        let start: Int64 = 10_000_000_000_000
        table.heartbeats.sent(5, at: start)
        Self.answer(1, nonce: 5, vehicleClock: start, &table, &arena, at: start + 1_000_000_000)
        var telemetry = Self.telemetry(1)
        let now = start + 2_000_000_000
        telemetry.measuredAtNanoseconds = UInt64(now + 751_000_000)
        Self.ingest(telemetry, &table, &arena, at: now)
        #expect(table.totals[.future] == 1)
        telemetry.measuredAtNanoseconds = UInt64(now + 749_000_000)
        Self.ingest(telemetry, &table, &arena, at: now)
        #expect(table.totals[.future] == 1 && table.totals.accepted == 2)
    }

    @Test func theLongPastIsRefused() throws {
        var table = try Self.table(lateNanoseconds: 10_000_000_000)
        var arena = DecodeArena()
        Self.ingest(Self.telemetry(100), &table, &arena, at: 10_000_000_000 + 10_000_000_000)
        #expect(table.totals.accepted == 1)
        Self.ingest(Self.telemetry(101), &table, &arena, at: 10_100_000_000 + 10_000_000_001)
        #expect(table.totals[.late] == 1 && table.totals.accepted == 1)
        var absurd = Self.telemetry(102)
        absurd.measuredAtNanoseconds = 1
        Self.ingest(absurd, &table, &arena, at: .max)
        #expect(table.totals[.late] == 2)
    }

    @Test func steadyTelemetryAllocatesNothing() throws {
        var table = try Self.table()
        var arena = DecodeArena()
        for sequence in 1...10 as ClosedRange<UInt32> {
            Self.ingest(Self.telemetry(sequence), &table, &arena)
        }
        let size = Telemetry.frameSize
        let frames = UnsafeMutableRawBufferPointer.allocate(byteCount: 990 * size, alignment: 8)
        defer { frames.deallocate() }
        for place in 0..<990 {
            let frame = UnsafeMutableRawBufferPointer(rebasing: frames[(place * size)...])
            Self.telemetry(UInt32(place + 11)).encodeFrame(into: frame)
        }
        let identity = LinkIdentity(id: 7, generation: 1)
        let before = keruen_allocations()
        for place in 0..<990 {
            table.ingest(
                UnsafeRawBufferPointer(rebasing: frames[(place * size)..<((place + 1) * size)]),
                from: identity, descriptor: -1, isMultipart: false, at: Int64(place + 11) * 100_000_000,
                arena: &arena)
        }
        let allocations = keruen_allocations() - before
        #expect(allocations == 0)
        #expect(table.totals.accepted == 1000)
    }

    static let seal: UInt64 = 0x0123_4567_89AB_CDEF

    @Test(arguments: [
        "", "1", "1/", "/1", "x/1", "1/x", "-1/1", "1/2", "1/2/", "4294967296/1/0123456789abcdef",
        "99999999999/1/0123456789abcdef", "1//0123456789abcdef", "1/2/0123456789abcde",
        "1/2/0123456789abcdee", "1/2/0123456789ABCDEF", "1/2/0123456789abcdef0", "1/2/0123456789abcdef/",
    ])
    func identitiesOfAnotherFormOrSealAreNone(text: String) {
        #expect(text.withCString { LinkIdentity(userID: $0, seal: Self.seal) } == nil)
    }

    @Test func identityIsNumberAndGenerationUnderTheSeal() {
        let identity = LinkIdentity(id: .max, generation: 12)
        let text = identity.userID(seal: Self.seal)
        #expect(text == "4294967295/12/0123456789abcdef")
        #expect(text.withCString { LinkIdentity(userID: $0, seal: Self.seal) } == identity)
        #expect(LinkIdentity(userID: nil, seal: Self.seal) == nil)
    }

    @Test func clockComesFromTheBestRoundTrip() {
        var clock = ClockEstimate()
        clock.add(sent: 0, received: 1_000_030, sentOn: 1_000_040, returned: 50)
        #expect(clock.roundTripNanoseconds == 40 && clock.offsetNanoseconds == 1_000_010)
        clock.add(sent: 100, received: 1_000_200, sentOn: 1_000_200, returned: 1100)
        #expect(clock.roundTripNanoseconds == 40)
        clock.add(sent: 0, received: 10, sentOn: 5, returned: 50)
        clock.add(sent: -5, received: .max, sentOn: .max, returned: 60)
        #expect(clock.roundTripNanoseconds == 40)
    }
}
