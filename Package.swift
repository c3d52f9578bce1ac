// swift-tools-version: 6.2
// The architecture, readable: each floor imports only the floors above it in this file. See Docs/Architecture.md.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: strict)
}

/// One build of the vector kernels: the wide one uses what x86-64 machines of the last decade have.
func kernels(_ name: String, isWide: Bool) -> Target {
    #if arch(x86_64)
        let wide: [SwiftSetting] = isWide ? [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])] : []
    #else
        let wide: [SwiftSetting] = []
    #endif
    return .target(name: name, path: "Sources/\(name)", swiftSettings: strict + wide)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: strict)
}

func suite(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "keruen",
    products: [
        .executable(name: "keruen", targets: ["keruen"]),
        .executable(name: "keruen-sim", targets: ["keruen-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Floor 0: C. System libraries and what protoc-c makes from Proto/.
        .systemLibrary(name: "CZeroMQ", path: "Sources/CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CProtobufC", path: "Sources/CProtobufC", providers: [.apt(["libprotobuf-c-dev"])]),
        .target(
            name: "CKeruenProto", dependencies: ["CProtobufC"], path: "Sources/CKeruenProto",
            linkerSettings: [.linkedLibrary("protobuf-c")]),
        .target(name: "CLinux", path: "Sources/CLinux"),

        // Floor 1: what the world is, what the wire says, how bytes travel.
        module("World"),
        module("Wire", ["CKeruenProto", "CProtobufC"]),
        module("Transport", ["CZeroMQ", "CLinux"]),

        // Floor 2: keeps vehicles apart. Its vector kernels are one folder of source, compiled twice.
        kernels("TrafficKernels", isWide: false),
        kernels("TrafficKernelsWide", isWide: true),
        module("Traffic", ["World", "CLinux", "TrafficKernels", "TrafficKernelsWide"]),

        // Floor 2: who carries what, when. One thread at a time owns a search: its inner loops need no access checks.
        .target(
            name: "Dispatching", dependencies: ["World"],
            swiftSettings: strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),

        // Floor 3: the state machine that decides. Rules comes to stand below it.
        module("Controller", ["World", "Traffic", "Dispatching"]),

        // Floor 4: the running service, and the simulated vehicles it is tried on.
        module(
            "Station", ["Controller", "World", "Wire", "Transport", "CLinux", "CZeroMQ", logging, lifecycle]),
        module(
            "Vehicles", ["World", "Wire", "Transport", "CLinux", "CZeroMQ", yams, logging],
            path: "Sim/Vehicles"),
        // Where the traffic core is tried by the thousand: bodies with limits on acceleration, no sockets.
        module("Airspace", ["Traffic", "World", "CLinux"], path: "Sim/Airspace"),

        // Floor 5: commands.
        program(
            "keruen",
            [
                "Station", "Vehicles", "Airspace", "Controller", "Traffic", "Dispatching", "World", "Wire",
                "Transport",
                "CKeruenProto",
                "CProtobufC", "CLinux", "CZeroMQ",
                argumentParser, logging, lifecycle, signals,
            ]),

        program(
            "keruen-sim",
            [
                "Vehicles", "Airspace", "Traffic", "World", "Wire", "Transport", "CLinux", argumentParser,
                logging,
            ],
            path: "Sim/keruen-sim"),

        // Tests. CAllocations replaces malloc by one that counts, to prove that hot paths allocate nothing.
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        program(
            "allocations", ["Controller", "Traffic", "World", "CLinux", "CAllocations", argumentParser],
            path: "Tests/Allocations"),
        suite("WorldTests", ["World"]),
        suite("WireTests", ["Wire", "CKeruenProto", "CProtobufC", "CAllocations"], exclude: ["Golden"]),
        suite("TransportTests", ["Transport", "CZeroMQ"]),
        suite(
            "TrafficTests",
            ["Airspace", "Traffic", "TrafficKernels", "TrafficKernelsWide", "World", "CAllocations"]),
        module("DispatchingSamples", ["Dispatching", "World"], path: "Tests/DispatchingSamples"),
        program(
            "bruteforce", ["DispatchingSamples", "Dispatching", argumentParser], path: "Tests/BruteForce"),
        suite("DispatchingTests", ["Dispatching", "DispatchingSamples", "World"]),
        suite("ControllerTests", ["Controller", "Traffic", "World", "CAllocations"], exclude: ["Golden"]),
        suite("VehiclesTests", ["Vehicles", "Traffic", "World", "Wire", "Transport", "CZeroMQ"]),
        suite(
            "StationTests",
            ["Station", "Controller", "World", "Wire", "Transport", "CZeroMQ", "CAllocations"],
            exclude: ["Golden"]),
        suite(
            "SystemTests",
            ["Station", "Vehicles", "Controller", "Traffic", "World", "Wire", "Transport", "CLinux", logging]),
    ],
    swiftLanguageModes: [.v6]
)
