/// A manoeuvre that may be flown, and how unwelcome it is.
struct Candidate: HeapItem {
    var manoeuvre: Manoeuvre
    var cost: Double
    /// Place among those proposed: orders equals.
    var order: Int32

    /// The cheapest is on top.
    @inline(__always)
    func standsAbove(_ other: Candidate) -> Bool {
        cost != other.cost ? cost < other.cost : order < other.order
    }
}

extension ResolverTable {
    mutating func add(_ manoeuvre: Manoeuvre, cost: Double) {
        guard candidateCount < Self.mostCandidates else { return }
        (candidates + candidateCount).initialize(
            to: Candidate(
                manoeuvre: manoeuvre, cost: cost, order: Int32(truncatingIfNeeded: candidateCount)))
        candidateCount += 1
    }

    /// All are to be tried.
    mutating func beginCandidates() {
        untriedCount = candidateCount
        Heap.make(candidates, candidateCount)
    }

    /// The cheapest of those not tried; goes to their end.
    mutating func nextCandidate() -> Manoeuvre? {
        guard untriedCount > 0 else { return nil }
        Heap.takeTop(candidates, untriedCount)
        untriedCount -= 1
        return candidates[untriedCount].manoeuvre
    }
}
