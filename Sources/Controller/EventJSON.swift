import World

// How events are written in journals: an object with one member named for the case, its values by name, as
// {"missionChanged":{"at":1,"mission":3,"nextStep":2,"reason":"...","state":"active"}}. Journals are kept for ever:
// names here never change; what is added later must be optional.

/// The names of events.
enum EventName: String, CodingKey, CaseIterable {
    case stationStarted, vehicleEnrolled, orderAccepted, orderChanged, missionAccepted, missionChanged
    case commandIssued, incident, vehicleHome, vehicleGrounded
}

private enum Member: String, CodingKey {
    case at, fence, vehicle, order, mission, command, state, nextStep, position, isGrounded, reason, text
}

/// What a manoeuvre asks for stands in the JSON of manoeuvres alone: journals from before there were any read and
/// write as they did.
extension OutboundCommand: Codable {
    private enum Member: String, CodingKey {
        case id, fence, vehicle, verb, mission, revision, speedMillimetersPerSecond, altitude, issuedAt
        case notAfter, reason, velocityEastMillimetersPerSecond, velocityNorthMillimetersPerSecond
        case climbMillimetersPerSecond, durationMilliseconds
    }

    public init(from decoder: any Decoder) throws {
        let m = try decoder.container(keyedBy: Member.self)
        func number<T: Decodable & FixedWidthInteger>(_ member: Member) throws -> T {
            try m.decodeIfPresent(T.self, forKey: member) ?? 0
        }
        self.init(
            id: try m.decode(UInt64.self, forKey: .id), fence: try m.decode(UInt64.self, forKey: .fence),
            vehicle: try m.decode(VehicleID.self, forKey: .vehicle),
            verb: try m.decode(CommandVerb.self, forKey: .verb),
            mission: try m.decodeIfPresent(MissionID.self, forKey: .mission),
            revision: try m.decode(UInt16.self, forKey: .revision),
            speedMillimetersPerSecond: try m.decode(UInt32.self, forKey: .speedMillimetersPerSecond),
            altitude: try m.decodeIfPresent(Altitude<MeanSeaLevel>.self, forKey: .altitude),
            issuedAt: try m.decode(Instant.self, forKey: .issuedAt),
            notAfter: try m.decode(Instant.self, forKey: .notAfter),
            reason: try m.decode(String.self, forKey: .reason),
            velocityEastMillimetersPerSecond: try number(.velocityEastMillimetersPerSecond),
            velocityNorthMillimetersPerSecond: try number(.velocityNorthMillimetersPerSecond),
            climbMillimetersPerSecond: try number(.climbMillimetersPerSecond),
            durationMilliseconds: try number(.durationMilliseconds))
    }

    public func encode(to encoder: any Encoder) throws {
        var m = encoder.container(keyedBy: Member.self)
        try m.encode(id, forKey: .id)
        try m.encode(fence, forKey: .fence)
        try m.encode(vehicle, forKey: .vehicle)
        try m.encode(verb, forKey: .verb)
        try m.encodeIfPresent(mission, forKey: .mission)
        try m.encode(revision, forKey: .revision)
        try m.encode(speedMillimetersPerSecond, forKey: .speedMillimetersPerSecond)
        try m.encodeIfPresent(altitude, forKey: .altitude)
        try m.encode(issuedAt, forKey: .issuedAt)
        try m.encode(notAfter, forKey: .notAfter)
        try m.encode(reason, forKey: .reason)
        guard verb == .manoeuvre else { return }
        try m.encode(velocityEastMillimetersPerSecond, forKey: .velocityEastMillimetersPerSecond)
        try m.encode(velocityNorthMillimetersPerSecond, forKey: .velocityNorthMillimetersPerSecond)
        try m.encode(climbMillimetersPerSecond, forKey: .climbMillimetersPerSecond)
        try m.encode(durationMilliseconds, forKey: .durationMilliseconds)
    }
}

extension Event: Codable {
    public init(from decoder: any Decoder) throws {
        let top = try decoder.container(keyedBy: EventName.self)
        guard let name = top.allKeys.first, top.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "it is no event this version knows"))
        }
        let m = try top.nestedContainer(keyedBy: Member.self, forKey: name)
        func value<T: Decodable>(_ member: Member) throws -> T { try m.decode(T.self, forKey: member) }
        func optional<T: Decodable>(_ member: Member) throws -> T? {
            try m.decodeIfPresent(T.self, forKey: member)
        }
        switch name {
        case .stationStarted: self = .stationStarted(fence: try value(.fence), at: try value(.at))
        case .vehicleEnrolled: self = .vehicleEnrolled(try value(.vehicle), at: try value(.at))
        case .orderAccepted: self = .orderAccepted(try value(.order))
        case .orderChanged:
            self = .orderChanged(
                try value(.order), try value(.state), mission: try optional(.mission),
                reason: try value(.reason), at: try value(.at))
        case .missionAccepted: self = .missionAccepted(try value(.mission))
        case .missionChanged:
            self = .missionChanged(
                try value(.mission), try value(.state), nextStep: try value(.nextStep),
                reason: try value(.reason), at: try value(.at))
        case .commandIssued: self = .commandIssued(try value(.command), at: try value(.at))
        case .incident: self = .incident(try value(.vehicle), try value(.text), at: try value(.at))
        case .vehicleHome: self = .vehicleHome(try value(.vehicle), try value(.position), at: try value(.at))
        case .vehicleGrounded:
            self = .vehicleGrounded(
                try value(.vehicle), try value(.isGrounded), reason: try value(.reason), at: try value(.at))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var top = encoder.container(keyedBy: EventName.self)
        var m = top.nestedContainer(keyedBy: Member.self, forKey: name)
        switch self {
        case .stationStarted(let fence, let at):
            try m.encode(fence, forKey: .fence)
            try m.encode(at, forKey: .at)
        case .vehicleEnrolled(let profile, let at):
            try m.encode(profile, forKey: .vehicle)
            try m.encode(at, forKey: .at)
        case .orderAccepted(let order): try m.encode(order, forKey: .order)
        case .orderChanged(let order, let state, let mission, let reason, let at):
            try m.encode(order, forKey: .order)
            try m.encode(state, forKey: .state)
            try m.encodeIfPresent(mission, forKey: .mission)
            try m.encode(reason, forKey: .reason)
            try m.encode(at, forKey: .at)
        case .missionAccepted(let mission): try m.encode(mission, forKey: .mission)
        case .missionChanged(let mission, let state, let nextStep, let reason, let at):
            try m.encode(mission, forKey: .mission)
            try m.encode(state, forKey: .state)
            try m.encode(nextStep, forKey: .nextStep)
            try m.encode(reason, forKey: .reason)
            try m.encode(at, forKey: .at)
        case .commandIssued(let command, let at):
            try m.encode(command, forKey: .command)
            try m.encode(at, forKey: .at)
        case .incident(let vehicle, let text, let at):
            try m.encode(vehicle, forKey: .vehicle)
            try m.encode(text, forKey: .text)
            try m.encode(at, forKey: .at)
        case .vehicleHome(let vehicle, let position, let at):
            try m.encode(vehicle, forKey: .vehicle)
            try m.encode(position, forKey: .position)
            try m.encode(at, forKey: .at)
        case .vehicleGrounded(let vehicle, let isGrounded, let reason, let at):
            try m.encode(vehicle, forKey: .vehicle)
            try m.encode(isGrounded, forKey: .isGrounded)
            try m.encode(reason, forKey: .reason)
            try m.encode(at, forKey: .at)
        }
    }

    var name: EventName {
        switch self {
        case .stationStarted: .stationStarted
        case .vehicleEnrolled: .vehicleEnrolled
        case .orderAccepted: .orderAccepted
        case .orderChanged: .orderChanged
        case .missionAccepted: .missionAccepted
        case .missionChanged: .missionChanged
        case .commandIssued: .commandIssued
        case .incident: .incident
        case .vehicleHome: .vehicleHome
        case .vehicleGrounded: .vehicleGrounded
        }
    }
}
