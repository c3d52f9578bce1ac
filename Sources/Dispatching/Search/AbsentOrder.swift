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
        // Who hands over comes first; among the others the order stays.
        absentKeys.removeAll(keepingCapacity: true)
        for (k, s) in absent.enumerated() {
            absentKeys.append((Int64(proofs.depths[Int(s)]) << 32 | Int64(k), s))
        }
        absentKeys.sort { $0.0 < $1.0 }
        for k in 0..<absent.count { absent[k] = absentKeys[k].1 }
    }
}
