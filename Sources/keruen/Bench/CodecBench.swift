import CKeruenProto
import CProtobufC
import Glibc
import Wire

/// The hot message decoded by us and by the peers named in the issue: interleaved rounds, thread CPU time, medians.
///
/// Every contestant reads the same 256 different messages and stores each as `Telemetry`.
func codecBench() -> [BenchRow] {
    let bench = CodecBench()
    let contestants: [(name: String, run: (CodecBench) -> Void)] = [
        ("fixed layout, memcpy (floor)", { $0.copyFixedLayout() }),
        ("decode, constant layout", { $0.decode($0.constant) }),
        ("decode and validate", { $0.decodeAndValidate($0.constant) }),
        ("decode and validate, other layout", { $0.decodeAndValidate($0.other) }),
        ("protobuf-c, arena", { $0.decodeProtobufC(arena: true) }),
        ("protobuf-c, malloc", { $0.decodeProtobufC(arena: false) }),
    ]
    var samples = contestants.map { _ in [Double]() }
    for _ in 0..<41 {
        for (index, contestant) in contestants.enumerated() {
            let before = threadNanoseconds()
            for _ in 0..<40 { contestant.run(bench) }
            samples[index].append(Double(threadNanoseconds() &- before) / Double(40 * CodecBench.messages))
        }
    }
    let median = samples.map { $0.sorted()[$0.count / 2] }
    let ratio = median[4] / median[2]
    var rows = contestants.enumerated().map { index, contestant in
        let judged = index == 2
        return BenchRow(
            name: contestant.name, figure: "\(rounded(median[index])) ns", must: judged ? "60 ns" : "",
            goal: judged ? "25 ns" : "", pass: judged ? median[index] <= 60 : nil)
    }
    rows.append(
        BenchRow(
            name: "protobuf-c arena over decode and validate", figure: "\(rounded(ratio))x", must: "",
            goal: "7x",
            pass: nil))
    return rows
}

private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

private func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

private final class CodecBench {
    static let messages = 256
    /// Messages one after the other, each `Telemetry.encodedSize` long.
    let constant: UnsafeMutableRawBufferPointer
    /// The same with the mission in front: fields out of order.
    let other: UnsafeMutableRawBufferPointer
    private let fixed: UnsafeMutablePointer<Telemetry>
    private let decoded: UnsafeMutablePointer<Telemetry>
    private let arena: UnsafeMutablePointer<BumpArena>
    private var refused = 0

    init() {
        let size = Telemetry.encodedSize
        constant = .allocate(byteCount: size * Self.messages, alignment: 16)
        other = .allocate(byteCount: size * Self.messages, alignment: 16)
        fixed = .allocate(capacity: Self.messages)
        decoded = .allocate(capacity: Self.messages)
        decoded.initialize(repeating: Telemetry(), count: Self.messages)
        arena = .allocate(capacity: 1)
        arena.initialize(to: BumpArena())
        for index in 0..<Self.messages {
            var t = Telemetry()
            t.boot = 7
            t.sequence = UInt32(index)
            t.measuredAtNanoseconds = 1_790_000_000_000_000_000 + UInt64(index)
            t.latitudeE7 = 430_000_000 + Int32(index)
            t.longitudeE7 = 770_000_000 - Int32(index)
            t.altitudeMillimeters = 900_000
            t.velocityEastMillimetersPerSecond = -12_000
            t.mode = Open(.moving)
            t.datum = Open(.meanSeaLevel)
            t.fix = Open(.fix3D)
            (fixed + index).initialize(to: t)
            let at = index * size
            t.encode(into: UnsafeMutableRawBufferPointer(rebasing: constant[at..<at + size]))
            let message = constant[at..<at + size]
            let turned = Array(message.suffix(10)) + Array(message.prefix(size - 10))
            UnsafeMutableRawBufferPointer(rebasing: other[at..<at + size]).copyBytes(from: turned)
        }
    }

    deinit {
        constant.deallocate()
        other.deallocate()
        fixed.deallocate()
        decoded.deallocate()
        arena.pointee.bytes.deallocate()
        arena.deallocate()
    }

    private func message(_ index: Int, of buffer: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        let size = Telemetry.encodedSize
        return UnsafeRawBufferPointer(rebasing: buffer[index &* size..<index &* size &+ size])
    }

    @inline(never) func copyFixedLayout() {
        var index = 0
        while index < Self.messages {
            if fixed[index].boot == 7 {
                memcpy(decoded + index, fixed + index, MemoryLayout<Telemetry>.size)
            } else {
                refused &+= 1
            }
            index &+= 1
        }
    }

    @inline(never) func decode(_ buffer: UnsafeMutableRawBufferPointer) {
        var index = 0
        while index < Self.messages {
            do throws(WireError) { decoded[index] = try Telemetry.decode(message(index, of: buffer)) } catch {
                refused &+= 1
            }
            index &+= 1
        }
    }

    @inline(never) func decodeAndValidate(_ buffer: UnsafeMutableRawBufferPointer) {
        var index = 0
        while index < Self.messages {
            do throws(WireError) {
                let telemetry = try Telemetry.decode(message(index, of: buffer))
                try telemetry.validate()
                decoded[index] = telemetry
            } catch {
                refused &+= 1
            }
            index &+= 1
        }
    }

    @inline(never) func decodeProtobufC(arena useArena: Bool) {
        var allocator = ProtobufCAllocator(
            alloc: { data, size in
                guard let arena = data?.assumingMemoryBound(to: BumpArena.self) else { return nil }
                let start = (arena.pointee.used &+ 15) & ~15
                guard size <= BumpArena.capacity &- start else { return nil }
                arena.pointee.used = start &+ size
                return arena.pointee.bytes + start
            }, free: { _, _ in }, allocator_data: arena)
        for index in 0..<Self.messages {
            let bytes = message(index, of: constant)
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            if useArena {
                arena.pointee.used = 0
                guard let m = keruen__v1__telemetry__unpack(&allocator, bytes.count, start) else { continue }
                decoded[index] = Self.copy(m)
            } else {
                guard let m = keruen__v1__telemetry__unpack(nil, bytes.count, start) else { continue }
                decoded[index] = Self.copy(m)
                keruen__v1__telemetry__free_unpacked(m, nil)
            }
        }
    }

    @inline(__always) private static func copy(_ m: UnsafeMutablePointer<Keruen__V1__Telemetry>) -> Telemetry
    {
        var t = Telemetry()
        t.boot = m.pointee.boot
        t.sequence = m.pointee.sequence
        t.measuredAtNanoseconds = m.pointee.measured_at_ns
        t.latitudeE7 = m.pointee.latitude_e7
        t.longitudeE7 = m.pointee.longitude_e7
        t.altitudeMillimeters = m.pointee.altitude_mm
        t.velocityEastMillimetersPerSecond = m.pointee.velocity_east_mm_s
        t.velocityNorthMillimetersPerSecond = m.pointee.velocity_north_mm_s
        t.velocityUpMillimetersPerSecond = m.pointee.velocity_up_mm_s
        t.accuracyCentimeters = m.pointee.accuracy_cm
        t.attitude = m.pointee.attitude
        t.energyKilojoules = m.pointee.energy_kj
        t.status = m.pointee.status
        t.link = m.pointee.link
        t.payloadGrams = m.pointee.payload_g
        t.mission = m.pointee.mission
        return t
    }
}

/// Memory for one message of protobuf-c, used again for each: the cheapest allocator there can be.
private struct BumpArena {
    static let capacity = 4096
    var used = 0
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
}
