/// When the shipments of a problem become known: what a planner that lives is tried with.
public struct OrderStream: Hashable, Sendable {
    public struct Order: Hashable, Sendable {
        /// Nobody knows of it before.
        public var milliseconds: Int64
        /// Index of the shipment.
        public var shipment: Int
        public init(_ shipment: Int, at milliseconds: Int64) {
            self.shipment = shipment
            self.milliseconds = milliseconds
        }
    }
    /// Each shipment of the problem once, in the order in which they become known.
    public let orders: [Order]

    /// What is not among `orders` is known from the beginning, as is what is known before it. Of equal times the order
    /// given stands; indices that are none of the problem's, and repeated ones, are left out.
    public init(_ orders: [Order], of problem: DispatchProblem) {
        let begin = problem.vehicles.map(\.shift.opensMilliseconds).min() ?? 0
        var isNamed = Array(repeating: false, count: problem.shipments.count)
        var named: [Order] = []
        for order in orders where isNamed.indices.contains(order.shipment) && !isNamed[order.shipment] {
            isNamed[order.shipment] = true
            let latest = DispatchLimits.latestMilliseconds
            named.append(Order(order.shipment, at: min(max(order.milliseconds, begin), latest)))
        }
        let rest = isNamed.indices.filter { !isNamed[$0] }.map { Order($0, at: begin) }
        // Sorting is stable by the index beside.
        self.orders = (rest + named).enumerated()
            .sorted { ($0.element.milliseconds, $0.offset) < ($1.element.milliseconds, $1.offset) }
            .map(\.element)
    }

    /// The problem with what the stream adds to it, for the checker: nothing is loaded before it is known.
    public func releasing(_ problem: DispatchProblem) -> DispatchProblem {
        var problem = problem
        for order in orders where problem.shipments.indices.contains(order.shipment) {
            var shipment = problem.shipments[order.shipment]
            if shipment.pickup != nil {
                shipment.pickup = shipment.pickup?.opening(at: order.milliseconds)
            } else {
                shipment.delivery = shipment.delivery?.opening(at: order.milliseconds)
            }
            problem.shipments[order.shipment] = shipment
        }
        return problem
    }
}

extension Visit {
    /// The same, with no service before a moment; a window that is over by then shrinks to its end.
    fileprivate func opening(at milliseconds: Int64) -> Visit {
        var visit = self
        for k in windows.indices {
            let opens = min(milliseconds, windows[k].closesMilliseconds)
            visit.windows[k].opensMilliseconds = max(windows[k].opensMilliseconds, opens)
        }
        return visit
    }
}
