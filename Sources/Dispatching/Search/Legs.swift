/// Which shipments are legs of others, and so stand for them together: a truck to the hub, a drone from there.
struct Legs {
    /// By shipment: its ways over several vehicles, each its legs in order.
    private var chains: [[[Int32]]] = []
    /// By shipment: the one it is a leg of; -1 for none.
    private var wholes: [Int32] = []

    init(_ shipments: [Shipment]) {
        guard shipments.contains(where: { $0.legOf != nil }) else { return }
        chains = Array(repeating: [], count: shipments.count)
        wholes = shipments.map { Int32($0.legOf ?? -1) }
        var isFollowed = Array(repeating: false, count: shipments.count)
        for shipment in shipments { if let before = shipment.after { isFollowed[before] = true } }
        for (s, shipment) in shipments.enumerated() where !isFollowed[s] {
            guard let whole = shipment.legOf else { continue }
            var chain = [Int32(s)]
            while let before = shipments[Int(chain[0])].after, chain.count < shipments.count {
                chain.insert(Int32(before), at: 0)
            }
            chains[whole].append(chain)
        }
    }

    var isEmpty: Bool { wholes.isEmpty }
    func isLeg(_ s: Int) -> Bool { !wholes.isEmpty && wholes[s] >= 0 }
    /// The shipment that `s` is a leg of, or itself.
    func whole(_ s: Int) -> Int { isLeg(s) ? Int(wholes[s]) : s }
    func ways(_ s: Int) -> [[Int32]] { chains.isEmpty ? [] : chains[s] }
}

extension DispatchSearch {
    /// Puts a shipment with several vehicles, each of its legs where it is cheapest, if all of them together cost less than
    /// `limit`.
    func putInLegs(_ s: Int, limit: Int64, blinks: Bool) -> Bool {
        let ways = legs.ways(s)
        guard !ways.isEmpty else { return false }
        let way = ways[chance.below(ways.count)]
        let before = set.cost
        for leg in way {
            let left = limit == .max ? Int64.max : limit &- (set.cost &- before)
            if let best = cheapest(Int(leg), below: left, blinks), insert(Int(leg), best) { continue }
            for other in way where set.isServed(Int(other)) { set.remove(Int(other)) }
            settleTouched()
            return false
        }
        return true
    }
}
