import CAllocations
import CKeruenProto
import CProtobufC
import Testing
import Wire

@Suite struct TelemetryTests {
    static let body = Array(frame(of: Samples.telemetry).dropFirst(Envelope.size))

    static func decode(_ body: [UInt8]) -> Result<Telemetry, WireError> {
        body.withUnsafeBytes { bytes in
            do throws(WireError) { return .success(try Telemetry.decode(bytes)) } catch {
                return .failure(error)
            }
        }
    }

    /// The same bytes through protobuf-c, with our rule about required fields.
    static func reference(_ body: [UInt8]) -> Result<Telemetry, WireError> {
        guard let m = keruen__v1__telemetry__unpack(nil, body.count, body) else {
            return .failure(.malformed)
        }
        defer { keruen__v1__telemetry__free_unpacked(m, nil) }
        let c = m.pointee
        let present = [
            c.has_boot, c.has_sequence, c.has_measured_at_ns, c.has_latitude_e7, c.has_longitude_e7,
            c.has_altitude_mm, c.has_status,
        ]
        guard present.allSatisfy({ $0 != 0 }) else { return .failure(.missingField) }
        var t = Telemetry()
        t.boot = c.boot
        t.sequence = c.sequence
        t.measuredAtNanoseconds = c.measured_at_ns
        t.latitudeE7 = c.latitude_e7
        t.longitudeE7 = c.longitude_e7
        t.altitudeMillimeters = c.altitude_mm
        t.velocityEastMillimetersPerSecond = c.velocity_east_mm_s
        t.velocityNorthMillimetersPerSecond = c.velocity_north_mm_s
        t.velocityUpMillimetersPerSecond = c.velocity_up_mm_s
        t.accuracyCentimeters = c.accuracy_cm
        t.attitude = c.attitude
        t.energyKilojoules = c.energy_kj
        t.status = c.status
        t.link = c.link
        t.payloadGrams = c.payload_g
        t.mission = c.mission
        return .success(t)
    }

    @Test func everyFieldSurvives() throws {
        #expect(Self.body.count == Telemetry.encodedSize)
        #expect(try Self.decode(Self.body).get() == Samples.telemetry)
        #expect(try Self.reference(Self.body).get() == Samples.telemetry)
        let t = Samples.telemetry
        #expect(t.mode.known == .moving && t.datum.known == .meanSeaLevel && t.fix.known == .fix3D)
        #expect(t.health == [.payload, .brakes] && t.rollCentidegrees == -512 && t.pitchCentidegrees == 87)
        #expect(t.headingCentidegrees == 35_999 && t.yawRateCentidegreesPerSecond == -45)
        #expect(t.horizontalAccuracyCentimeters == 150 && t.verticalAccuracyCentimeters == 230)
        #expect(t.heartbeatLossPerTenThousand == 125 && t.signalStrengthDBm == -97)
        #expect(t.missionReference == MissionReference(number: 77, revision: 3, leg: 5))
    }

    /// Accepts and refuses what protobuf-c does, with the same values, over bytes bent in every way we know.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithProtobufC(seed: UInt64) {
        var random = Seeded(state: seed)
        var accepted = 0
        var constant = 0
        for _ in 0..<50_000 {
            let bytes = BentTelemetry.next(&random)
            let ours = Self.decode(bytes)
            let theirs = Self.reference(bytes)
            if ours != theirs {
                Issue.record("seed \(seed): ours \(ours), protobuf-c \(theirs), bytes \(bytes)")
                return
            }
            if case .success = ours { accepted += 1 }
            if bytes.count == Telemetry.encodedSize { constant += 1 }
        }
        // The cases must be worth something: both verdicts and both paths often.
        #expect(accepted > 5_000 && accepted < 45_000 && constant > 5_000)
    }

    @Test func refusesWhatCannotBe() {
        func refused(_ change: (inout Telemetry) -> Void) -> Bool {
            var t = Samples.telemetry
            change(&t)
            do throws(WireError) { try t.validate() } catch { return error == .outOfRange }
            return false
        }
        #expect(!refused { _ in })
        #expect(refused { $0.boot = 0 })
        #expect(refused { $0.measuredAtNanoseconds = 0 })
        #expect(refused { $0.latitudeE7 = 900_000_001 })
        #expect(refused { $0.latitudeE7 = .min })
        #expect(!refused { $0.latitudeE7 = -900_000_000 })
        #expect(!refused { $0.longitudeE7 = 1_800_000_000 })
        #expect(refused { $0.longitudeE7 = -1_800_000_001 })
        #expect(refused { $0.longitudeE7 = .max })
        #expect(refused { $0.altitudeMillimeters = -500_001 })
        #expect(!refused { $0.altitudeMillimeters = 20_000_000 })
        #expect(refused { $0.altitudeMillimeters = 20_000_001 })
        #expect(refused { $0.velocityEastMillimetersPerSecond = 200_001 })
        #expect(refused { $0.velocityNorthMillimetersPerSecond = .min })
        #expect(refused { $0.velocityUpMillimetersPerSecond = -200_001 })
        #expect(!refused { $0.velocityUpMillimetersPerSecond = -200_000 })
        #expect(refused { $0.mode = Open(.unspecified) })
        #expect(refused { $0.mode = Open(number: 9) })
        #expect(refused { $0.datum = Open(.unspecified) })
        #expect(refused { $0.datum = Open(number: 4) })
        #expect(refused { $0.fix = Open(number: 5) })
        #expect(refused { $0.headingCentidegrees = 36_000 })
        #expect(refused { $0.heartbeatLossPerTenThousand = 10_001 })
    }

    @Test func allocatesNothing() throws {
        let body = Self.body
        let reversed = Array(body[83...]) + body[..<83]
        var sum: UInt64 = 0
        try body.withUnsafeBytes { fast in
            try reversed.withUnsafeBytes { slow in
                func decodeBoth() throws {
                    let a = try Telemetry.decode(fast)
                    try a.validate()
                    sum &+= a.mission &+ (try Telemetry.decode(slow)).mission
                }
                // The first use of a type may make its metadata; the steady state may make nothing.
                try decodeBoth()
                let before = keruen_allocations()
                for _ in 1..<1000 { try decodeBoth() }
                let after = keruen_allocations()
                #expect(after == before)
            }
        }
        #expect(sum == 2000 &* Samples.telemetry.mission)
    }
}
