import Traffic
import World

// How an operator is told of aircraft.

extension Controller {
    /// "drone-3: warning, N123AB 1.2 km ahead, 40 m above, closing, well clear lost in 22 s; turns right".
    func words(_ alert: CrewedAlert) -> String {
        let v = Int(alert.vehicle)
        return "\(name(v)): \(alert.level.word), " + words(alert.address, alert.geometry, v) + "; " + doing(v)
    }

    /// "N123AB 1.2 km ahead, 40 m above, closing, well clear lost in 22 s".
    func words(_ address: UInt32, _ g: CrewedGeometry, _ v: Int) -> String {
        let name = surveillance.contact(address)?.name ?? SurveillanceContact.text(address: address)
        let up = g.up.rounded()
        let height = up == 0 ? "same height" : distance(abs(up)) + (up > 0 ? " above" : " below")
        let closing = g.closing > 1 ? ", closing" : g.closing < -1 ? ", opening" : ""
        var loss = ""
        if let seconds = g.secondsToLoss {
            loss = seconds > 0 ? ", well clear lost in \(duration(seconds))" : ", well clear lost"
        }
        return "\(name) \(distance(g.meters)) \(direction(g, v)), \(height)\(closing)\(loss)"
    }

    /// What the drone does about it.
    func doing(_ v: Int) -> String {
        if let manoeuvre = tracks[v].manoeuvre { return Steering.words(manoeuvre, tracks[v].report) }
        guard tracks[v].inAir else { return "is on the ground" }
        let isOnMission = mission(of: v)?.state == .active && tracks[v].link.isHeard
        return isOnMission ? "keeps its way" : "flies by itself"
    }

    /// As its pilot would say; of one that hovers by the compass.
    private func direction(_ g: CrewedGeometry, _ v: Int) -> String {
        let r = tracks[v].report
        let (e, n) = (
            Double(r.velocityEastMillimetersPerSecond) * 1e-3,
            Double(r.velocityNorthMillimetersPerSecond) * 1e-3
        )
        guard e * e + n * n > 4 else { return Self.compass(g) }
        let along = e * g.east + n * g.north
        let right = n * g.east - e * g.north
        if abs(along) >= abs(right) { return along >= 0 ? "ahead" : "behind" }
        return right > 0 ? "to the right" : "to the left"
    }

    private static func compass(_ g: CrewedGeometry) -> String {
        let (e, n) = (abs(g.east), abs(g.north))
        // The tangent of an eighth of a right angle's half.
        let narrow = 0.41421356
        let northern = g.north >= 0 ? "north" : "south"
        let eastern = g.east >= 0 ? "east" : "west"
        if e < narrow * n { return "in the \(northern)" }
        if n < narrow * e { return "in the \(eastern)" }
        return "in the \(northern)-\(eastern)"
    }
}
