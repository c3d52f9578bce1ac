/// In which order the absent are put back.
extension DispatchSearch {
    func sortAbsent() {
        let table = set.table
        func order(_ key: (Int) -> Int64) {
            absentKeys.removeAll(keepingCapacity: true)
            for s in absent { absentKeys.append((key(Int(s)), s)) }
            absentKeys.sort { $0.0 < $1.0 || ($0.0 == $1.0 && $0.1 < $1.1) }
            for k in 0..<absent.count { absent[k] = absentKeys[k].1 }
        }
        func stop(_ s: Int) -> Int { table.shape[s] == .pickupOnly ? 2 * s : 2 * s + 1 }
        switch chance.below(12) {
        case 0..<5:
            for k in stride(from: absent.count - 1, to: 0, by: -1) { absent.swapAt(k, chance.below(k + 1)) }
        case 5: order { -Int64(table.load[$0].x) }
        case 6, 7: order { -self.remoteness[$0] }
        case 8: order { self.remoteness[$0] }
        case 9: order { table.closes[stop($0)] - table.opens[stop($0)] }
        case 10: order { table.opens[stop($0)] }
        default: order { -table.closes[stop($0)] }
        }
        guard let proofs = set.proofs, proofs.hasHandovers else { return }
        putHandersFirst()
    }

    /// Who hands over comes before who waits for it; otherwise the order stays.
    private func putHandersFirst() {
        let shipments = set.table.problem.shipments
        handing.removeAll(keepingCapacity: true)
        if isHanding.isEmpty { isHanding = [Bool](repeating: false, count: shipments.count) }
        for s in absent { isHanding[Int(s)] = true }
        for s in absent where isHanding[Int(s)] {
            let first = handing.count
            var next = Int(s)
            while isHanding[next] {
                isHanding[next] = false
                handing.append(Int32(next))
                guard let before = shipments[next].after else { break }
                next = before
            }
            handing[first...].reverse()
        }
        swap(&absent, &handing)
    }
}
