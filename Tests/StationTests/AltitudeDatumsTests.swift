import Testing
import Wire
import World

@testable import Station

@Suite struct AltitudeDatumsTests {
    private let almaty = Coordinate(latitudeE7: 433_521_000, longitudeE7: 770_405_000)

    private func telemetry(_ datum: WireDatum, millimeters: Int32) -> Telemetry {
        var t = Telemetry()
        t.datum = Open(number: datum.rawValue)
        t.altitudeMillimeters = millimeters
        return t
    }

    @Test func everyDatumBecomesMeanSeaLevelOrIsRefused() throws {
        let directory =
            #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Data/world"
        let geoid = try WorldData.load(directory: directory).geoid
        let datums = AltitudeDatums(ground: { _ in Altitude(meters: 682) }, geoid: geoid)
        func meters(_ datum: WireDatum, _ millimeters: Int32) -> Double? {
            datums.meanSeaLevel(telemetry(datum, millimeters: millimeters), at: almaty)?.meters
        }
        #expect(meters(.meanSeaLevel, 700_000) == 700)
        #expect(meters(.aboveGround, 18_000) == 700)
        // The geoid lies 44.9 m below the ellipsoid there.
        let fromGNSS = try #require(meters(.ellipsoid, 655_100))
        #expect(abs(fromGNSS - 700) < 0.05)
        #expect(meters(.unspecified, 700_000) == nil)
        #expect(meters(.ellipsoid, .max) == nil && meters(.aboveGround, .max) == nil)
        let blind = AltitudeDatums(ground: { _ in Altitude(meters: 682) }, geoid: nil)
        #expect(blind.meanSeaLevel(telemetry(.ellipsoid, millimeters: 0), at: almaty) == nil)
    }
}
