/// Every place of a shipment in a route that windows, loads and ways allow: what a schedule may still refuse.
struct InsertionPlace {
    var millimeters: Int64
    var pickupAfter: Int32
    var deliveryAfter: Int32
}

extension RouteSet {
    /// Those that add less than `limit` millimetres, shortest first. O(n^2).
    func places(_ s: Int, _ r: Int, capacity: Load, limit: Int64, into found: inout [InsertionPlace]) {
        found.removeAll(keepingCapacity: true)
        let route = routes[r]
        let ways = table.ways + modes[Int(route.kind)]
        let room = capacity &- table.load[s]
        func way(_ a: Spot, _ b: Spot) -> (millimeters: Int64, milliseconds: Int64) {
            b.place < 0 ? (0, 0) : ways.pointee.way(a, b)
        }
        /// Departure from a stop of the shipment that is reached at a time; nil when too late.
        func served(_ stop: Int, _ arrival: Int64) -> Int64? {
            arrival > table.closes[stop] ? nil : max(arrival, table.opens[stop]) &+ table.service[stop]
        }
        func take(_ millimeters: Int64, _ i: Int, _ j: Int) {
            guard millimeters < limit else { return }
            found.append(
                InsertionPlace(millimeters: millimeters, pickupAfter: Int32(i), deliveryAfter: Int32(j)))
        }
        let n = route.count
        let shape = table.shape[s]
        let first = shape == .pickupOnly ? 2 * s : 2 * s + 1
        for i in route.frozen..<n - 1 where shape != .pair {
            // On board from the start to a delivery, from a pickup to the end.
            let loaded = shape == .deliveryOnly ? 0...i : i...n - 2
            if loaded.contains(where: { any(route.load[$0] .> room) }) { continue }
            let (to, from) = (
                way(route.spot[i], table.spot[first]), way(table.spot[first], route.spot[i + 1])
            )
            guard let departure = served(first, route.depart[i] &+ to.milliseconds),
                departure &+ from.milliseconds <= route.latest[i + 1]
            else { continue }
            take(to.millimeters &+ from.millimeters &- route.leg[i], i, i)
        }
        for i in route.frozen..<n - 1 where shape == .pair {
            guard !any(route.load[i] .> room) else { continue }
            let (pickup, delivery) = (table.spot[2 * s], table.spot[2 * s + 1])
            let to = way(route.spot[i], pickup)
            guard let departure = served(2 * s, route.depart[i] &+ to.milliseconds) else { continue }
            // Time and place before the delivery, for every place of it.
            var (time, here, far) = (departure, pickup, to.millimeters)
            for j in i..<n - 1 {
                let (there, onward) = (way(here, delivery), way(delivery, route.spot[j + 1]))
                if let over = served(2 * s + 1, time &+ there.milliseconds),
                    over &+ onward.milliseconds <= route.latest[j + 1]
                {
                    take(far &+ there.millimeters &+ onward.millimeters &- route.leg[j], i, j)
                }
                guard j + 1 < n - 1, !any(route.load[j + 1] .> room) else { break }
                let leg = way(here, route.spot[j + 1])
                let arrival = time &+ leg.milliseconds
                guard arrival <= route.latest[j + 1] else { break }
                far &+= leg.millimeters &- route.leg[j]
                time = max(arrival, route.opens[j + 1]) &+ route.service[j + 1]
                here = route.spot[j + 1]
            }
        }
        found.sort {
            ($0.millimeters, $0.pickupAfter, $0.deliveryAfter)
                < ($1.millimeters, $1.pickupAfter, $1.deliveryAfter)
        }
    }
}
