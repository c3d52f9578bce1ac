/// What routes cost and carry.
extension RouteSet {
    /// The least way in whole millimetres that costs no less than a limit; without end where ways cost nothing.
    @inline(__always) static func millimeters(costing limit: Int64, rate: Int64) -> Int64 {
        if limit == .max || rate <= 0 { return .max >> 1 }
        return rate == 1 ? limit : limit / rate &+ (limit % rate > 0 ? 1 : 0)
    }

    /// What a route costs with a vehicle of this kind.
    @inline(__always) func price(_ kind: Int, _ millimeters: Int64) -> Int64 {
        fixed[kind] &+ millimeters &* rates[kind]
    }

    /// The most on board anywhere in route `r`, in each dimension, with `s` between stops `i` and `j` (-1: as it is).
    func peak(_ r: Int, _ s: Int, _ i: Int, _ j: Int) -> Load {
        let route = routes[r]
        var (from, to) = (i, j)
        let more = s >= 0 ? table.load[s] : Load()
        if s >= 0, table.shape[s] == .deliveryOnly { from = 0 }
        if s >= 0, table.shape[s] == .pickupOnly { to = route.count }
        var most = Load()
        for k in 0..<route.count {
            let load = s >= 0 && k >= from && k <= to ? route.load[k] &+ more : route.load[k]
            most.replace(with: load, where: load .> most)
        }
        return most
    }

    /// What a route with nothing but this shipment costs; `.max` when it cannot be.
    func costAlone(_ s: Int, _ kind: Int) -> Int64 {
        let vehicle = table.problem.vehicles[kind]
        let ways = table.ways + vehicle.mode
        var here = StopTable.spot(table.problem, vehicle.start)
        var time = vehicle.shift.opensMilliseconds
        var far: Int64 = 0
        for stop in [2 * s, 2 * s + 1] {
            if stop & 1 == 0 ? table.shape[s] == .deliveryOnly : table.shape[s] == .pickupOnly { continue }
            let way = ways.pointee.way(here, table.spot[stop])
            far &+= way.millimeters
            time = max(time &+ way.milliseconds, table.opens[stop])
            guard time <= table.closes[stop] else { return .max }
            time &+= table.service[stop]
            here = table.spot[stop]
        }
        if let end = vehicle.end {
            let way = ways.pointee.way(here, StopTable.spot(table.problem, end))
            far &+= way.millimeters
            time &+= way.milliseconds
        }
        guard time <= vehicle.shift.closesMilliseconds else { return .max }
        return vehicle.fixedCost &+ far &* vehicle.distanceCost
    }
}
