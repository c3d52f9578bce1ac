/// A best-first search over delay, layer and way aside.
///
/// A node is one variant of the plan with the delays from some on; its cost cannot be less than the variant's price and
/// that delay. The cheapest node is looked at first: the part of its delays that comes next is cut by the exact
/// forbidden delays, and either the least free one of them becomes a goal or the node goes on behind that part. So the
/// first goal taken is the cheapest plan there is, and costly variants are never made. Equal costs go by the order of
/// the options.
struct VariantSearch {
    private struct Node {
        /// No plan of it costs less.
        var cost: Double
        /// Place in the order of the options.
        var order: Int
        var isGoal: Bool
        var up: Double
        var left: Double
        var price: Double
        var delay: Double
        /// Nil before it was made.
        var plan: OperationalIntent?

        func isBefore(_ other: Node) -> Bool {
            cost != other.cost ? cost < other.cost : order < other.order
        }
    }

    struct Found {
        var outcome: StrategicDecision.Outcome
        var plan: OperationalIntent
        var delay: Double
        var cost: Double
    }

    /// A part of the delays, seconds, that one look covers.
    private static let partSeconds = 60.0

    private let options: StrategicOptions
    /// Few; the least is found by looking at all.
    private var open: [Node] = []
    private(set) var looks = 0

    init(_ intent: OperationalIntent, _ options: StrategicOptions) {
        self.options = options
        for left in [0] + options.offsets {
            for up in [0] + options.layers {
                let price =
                    options.secondsPerLayerMeter * up.magnitude + options.secondsPerOffsetMeter
                    * left.magnitude
                guard price >= 0, price <= options.delaySecondsMax else { continue }
                open.append(
                    Node(
                        cost: price, order: open.count, isGoal: false, up: up, left: left, price: price,
                        delay: 0, plan: left == 0 && up == 0 ? intent : nil))
            }
        }
    }

    /// Nil when none was found with the looks there are.
    mutating func run(
        _ index: IntentIndex, _ work: inout IntentWork,
        _ variant: (Double, Double) -> (plan: OperationalIntent, seconds: Double)?
    ) -> Found? {
        while looks < options.looksMax, let place = cheapest() {
            var node = open[place]
            open.swapAt(place, open.count - 1)
            open.removeLast()
            if node.isGoal, let plan = node.plan { return found(node, plan) }
            guard let plan = node.plan else {
                guard let made = variant(node.up, node.left), made.seconds >= 0 else { continue }
                node.plan = made.plan
                node.price += made.seconds
                node.cost = node.price
                if node.price <= options.delaySecondsMax { open.append(node) }
                continue
            }
            looks += 1
            let limit = options.delaySecondsMax - node.price
            let end = min(node.delay + Self.partSeconds, limit)
            node.delay = free(index, plan, from: node.delay, to: end, &work)
            node.isGoal = node.delay <= end
            node.cost = node.price + node.delay
            if node.delay <= limit { open.append(node) }
        }
        return nil
    }

    private func cheapest() -> Int? {
        open.indices.min { open[$0].isBefore(open[$1]) }
    }

    /// The least free delay on the grid, or one beyond `to`.
    private func free(
        _ index: IntentIndex, _ plan: OperationalIntent, from: Double, to: Double, _ work: inout IntentWork
    ) -> Double {
        let grid = options.delayGridSeconds
        var delay = index.firstFree(plan, from: from, to: to, options.policy, &work)
        guard grid > 0 else { return delay }
        while delay <= to {
            let next = (delay / grid).rounded(.up) * grid
            if next == delay || next > to { return next }
            delay = index.firstFree(plan, from: next, to: to, options.policy, &work)
            if delay == next { return next }
        }
        return delay
    }

    private func found(_ node: Node, _ plan: OperationalIntent) -> Found {
        let outcome: StrategicDecision.Outcome =
            node.left != 0
            ? .rerouted(leftMeters: node.left, upMeters: node.up, delaySeconds: node.delay)
            : node.up != 0
                ? .layerChanged(upMeters: node.up, delaySeconds: node.delay)
                : .delayed(seconds: node.delay)
        return Found(outcome: outcome, plan: plan, delay: node.delay, cost: node.cost)
    }
}
