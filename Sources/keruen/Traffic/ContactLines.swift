import Foundation
import Station

/// Reads what receivers print: a JSON object in a line, or BaseStation (SBS-1) messages, which tell of an aircraft
/// piece by piece.
struct ContactLines {
    enum Outcome {
        case contact(ReportedContact)
        /// Part of what is to be known of an aircraft, or nothing of ours.
        case nothing
        case fault(String)
    }

    /// Of BaseStation altitudes; nil when none was given.
    let qnh: Double?
    private var known: [UInt32: Known] = [:]
    private let decoder = JSONDecoder()

    /// What the messages of one aircraft have told so far.
    private struct Known {
        var callsign = ""
        var knots: Double?
        var track: Double?
        var feetPerMinute = 0.0
        var feet: Double?
        /// When the velocity was told.
        var velocityAt: ContinuousClock.Instant?
    }

    /// Aircraft that are remembered, and how long a velocity is.
    private static let knownMax = 5000
    private static let velocityLasts = Duration.seconds(15)
    static let lineMax = 4096

    init(qnh: Double?) { self.qnh = qnh }

    mutating func take(_ line: ArraySlice<UInt8>) -> Outcome {
        var line = line
        while let last = line.last, last <= 0x20 { line.removeLast() }
        while let first = line.first, first <= 0x20 { line.removeFirst() }
        guard let first = line.first else { return .nothing }
        guard line.count <= Self.lineMax else { return .fault("has more than \(Self.lineMax) bytes") }
        if first == UInt8(ascii: "{") { return json(line) }
        let text = String(decoding: line, as: UTF8.self)
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        switch fields[0] {
        case "MSG": return message(fields)
        case "SEL", "ID", "AIR", "STA", "CLK": return .nothing
        default: return .fault("is neither a JSON object nor a BaseStation message")
        }
    }

    private func json(_ line: ArraySlice<UInt8>) -> Outcome {
        do { return .contact(try decoder.decode(ReportedContact.self, from: Data(line))) } catch {
            switch error as? DecodingError {
            case .keyNotFound(let key, _): return .fault("lacks '\(key.stringValue)'")
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .dataCorrupted(let context):
                let place = context.codingPath.map(\.stringValue).joined(separator: ".")
                return .fault(
                    place.isEmpty ? "is no JSON object" : "'\(place)': \(context.debugDescription)")
            default: return .fault("is no JSON object")
            }
        }
    }

    /// MSG,type,,,address,,,,,,callsign,altitude,speed,track,latitude,longitude,climb,,,,,on ground
    private mutating func message(_ fields: [String]) -> Outcome {
        guard fields.count >= 17, let address = UInt32(fields[4], radix: 16), address < 1 << 24 else {
            return .fault("is a BaseStation message without an address or with too few fields")
        }
        guard qnh != nil else {
            return .fault("has a pressure altitude: give --qnh, the pressure reduced to sea level, in hPa")
        }
        func number(_ index: Int) -> Double? {
            fields.indices.contains(index) ? Double(fields[index]).flatMap { $0.isFinite ? $0 : nil } : nil
        }
        if fields.count > 21, fields[21] == "-1" || fields[21] == "1" {
            known[address] = nil
            return .nothing
        }
        if known.count >= Self.knownMax, known[address] == nil { known.removeAll() }
        var aircraft = known[address] ?? Known()
        if !fields[10].isEmpty { aircraft.callsign = String(fields[10].prefix(8)) }
        if let feet = number(11) { aircraft.feet = feet }
        let now = ContinuousClock.now
        if let knots = number(12), let track = number(13) {
            (aircraft.knots, aircraft.track) = (knots, track)
            aircraft.velocityAt = now
        }
        if let climb = number(16) { aircraft.feetPerMinute = climb }
        known[address] = aircraft
        guard let latitude = number(14), let longitude = number(15), let feet = aircraft.feet,
            let knots = aircraft.knots, let track = aircraft.track, let told = aircraft.velocityAt,
            now - told < Self.velocityLasts
        else { return .nothing }
        return .contact(
            ReportedContact(
                address: String(address, radix: 16, uppercase: true), callsign: aircraft.callsign,
                latitudeDegrees: latitude, longitudeDegrees: longitude,
                altitudeMeters: (feet * 0.3048 - Self.standardAltitude(ofPressure: qnh ?? 1013.25)),
                speedMetersPerSecond: knots * 1852 / 3600, trackDegrees: track,
                climbMetersPerSecond: aircraft.feetPerMinute * 0.3048 / 60,
                // The air is seldom as warm as the altimeter takes it to be.
                verticalAccuracyMeters: 60))
    }

    /// Metres at which the standard atmosphere has a pressure, hPa (ICAO Doc 7488, below 11 km): what an altimeter
    /// set to 1013.25 hPa shows at sea level.
    static func standardAltitude(ofPressure pressure: Double) -> Double {
        44_330.77 * (1 - pow(pressure / 1013.25, 0.190263))
    }
}
