import Glibc
import World

/// What goes wrong with one vehicle, drawn from its own random numbers.
struct VehicleFaults: Sendable {
    /// The radio is silent until then, nanoseconds of simulated time.
    private(set) var linkCutUntil = Int64.min
    private(set) var propulsion = false
    private(set) var payload = false
    /// Seconds stood with a fault, towards its repair.
    private var repairSeconds = 0.0

    /// What has just begun or ended, for the physics.
    enum Change {
        case motor(Int)
        case energyLoss
        case repaired
    }

    mutating func step(
        now: Int64, seconds: Double, rests: Bool, _ faults: Scenario.Faults, random: inout SplitMix64
    ) -> Change? {
        func happens(_ perHour: Double) -> Bool {
            perHour > 0 && random.unit() < perHour * seconds / 3600
        }
        if now >= linkCutUntil, happens(faults.linkPerHour) {
            let length = min(-log(1 - random.unit()) * faults.linkSeconds, 86_400)
            linkCutUntil = now + Int64(length * 1e9)
        }
        if !payload, happens(faults.payloadPerHour) { payload = true }
        if rests {
            guard propulsion || payload else { return nil }
            repairSeconds += seconds
            guard repairSeconds >= faults.repairMinutes * 60 else { return nil }
            (propulsion, payload, repairSeconds) = (false, false, 0)
            return .repaired
        }
        repairSeconds = 0
        if !propulsion, happens(faults.propulsionPerHour) {
            propulsion = true
            return .motor(Int(random.next() % 4))
        }
        return happens(faults.energyPerHour) ? .energyLoss : nil
    }

    mutating func restore(propulsion: Bool, payload: Bool) {
        self.propulsion = propulsion
        self.payload = payload
    }

    /// The health bits these faults set.
    var health: UInt16 {
        (propulsion ? VehicleSnapshot.HealthBit.propulsion : 0)
            | (payload ? VehicleSnapshot.HealthBit.payload : 0)
    }
}
