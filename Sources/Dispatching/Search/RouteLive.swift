/// Routes of vehicles under way.
extension RouteSet {
    /// The vehicle of route `r` still stands where it starts.
    func stand(_ r: Int, at milliseconds: Int64) {
        routes[r].opens[0] = milliseconds
        let route = routes[r]
        route.depart[0] = milliseconds
        for k in stride(from: 1, to: route.count - 1, by: 1) {
            let depart = max(route.depart[k - 1] &+ route.legTime[k - 1], route.opens[k]) &+ route.service[k]
            if depart == route.depart[k] { return }
            route.depart[k] = depart
        }
        let n = route.count
        route.depart[n - 1] = route.depart[n - 2] &+ route.legTime[n - 2]
    }

    /// The vehicle of route `r` is, or will be, here at this time, with its first `done` stops behind it; the next
    /// `committed` stay as they are. Not to be undone.
    func advance(_ r: Int, to spot: Spot, at milliseconds: Int64, done: Int, committed: Int) {
        for _ in 0..<done {
            let stop = Int(routes[r].ids[1])
            let before = routes[r].leg[0] &+ routes[r].leg[1]
            routes[r].close(1)
            join(r, 0)
            charge(r, routes[r].leg[0] &- before)
            routeOf[stop] = -1
            if stop & 1 == 0 { table.pickedUp(stop >> 1) }
        }
        let before = routes[r].leg[0]
        routes[r].spot[0] = spot
        routes[r].opens[0] = milliseconds
        join(r, 0)
        charge(r, routes[r].leg[0] &- before)
        routes[r].frozen = committed
        if committed > 0 { startCost[r] = 0 }
        refresh(r)
        keep()
    }

    /// Every leg of route `r` anew, since its vehicle travels otherwise now. Not to be undone.
    func rejoin(_ r: Int) {
        let before = routes[r].millimeters
        var far: Int64 = 0
        for k in 0..<routes[r].count - 1 {
            join(r, k)
            far &+= routes[r].leg[k]
        }
        charge(r, far &- before)
        refresh(r)
        keep()
    }
}
