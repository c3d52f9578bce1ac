import FoundationEssentials
import Transport
import World

/// Which key drives which vehicle of a scenario.
public enum Crew {
    /// Reads every vehicle secret of a directory made by `keruen key new`, in order of id.
    public static func secrets(in directory: String) throws -> [VehicleSecret] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw KeyFileError(
                "\(directory): cannot be listed; make keys with 'keruen key new NAME --keys \(directory)'")
        }
        let secrets = try names.filter { $0.hasSuffix(".secret") && $0 != "station.secret" }.sorted().map {
            try VehicleSecret(contentsOf: directory + "/" + $0)
        }
        .sorted { $0.id < $1.id }
        for (a, b) in zip(secrets, secrets.dropFirst()) where a.id == b.id {
            throw KeyFileError("\(directory): \(a.name) and \(b.name) both claim vehicle \(a.id)")
        }
        return secrets
    }

    /// Gives each vehicle of the scenario, fleet by fleet, the free secret of its kind (and company, when the
    /// fleet names one) with the lowest id. The result is in order of fleets; its indices say which fleet.
    /// - Throws: `KeyFileError` that names the keys to make when some are missing.
    public static func assign(
        _ scenario: Scenario, _ secrets: [VehicleSecret], directory: String
    ) throws -> [(secret: VehicleSecret, fleet: Int)] {
        var free = secrets
        var crew: [(secret: VehicleSecret, fleet: Int)] = []
        var missing: [(kind: String, company: String?, count: Int)] = []
        // Fleets that name a company choose first, so that the others do not take their keys.
        let order = scenario.fleets.indices.sorted {
            (scenario.fleets[$0].company == nil ? 1 : 0, $0)
                < (scenario.fleets[$1].company == nil ? 1 : 0, $1)
        }
        for index in order {
            let fleet = scenario.fleets[index]
            var taken = 0
            free.removeAll { secret in
                guard taken < fleet.count, secret.kind == fleet.kind.rawValue,
                    fleet.company == nil || fleet.company == secret.company
                else { return false }
                taken += 1
                crew.append((secret, index))
                return true
            }
            guard taken < fleet.count else { continue }
            let short = fleet.count - taken
            if let same = missing.firstIndex(where: {
                $0.kind == fleet.kind.rawValue && $0.company == fleet.company
            }) {
                missing[same].count += short
            } else {
                missing.append((fleet.kind.rawValue, fleet.company, short))
            }
        }
        guard missing.isEmpty else {
            throw KeyFileError(advice(missing, taken: Set(secrets.map(\.name)), directory))
        }
        return crew.enumerated().sorted { ($0.element.fleet, $0.offset) < ($1.element.fleet, $1.offset) }
            .map(\.element)
    }

    private static func advice(
        _ missing: [(kind: String, company: String?, count: Int)], taken: Set<String>, _ directory: String
    ) -> String {
        var names = taken
        var lines: [String] = []
        for (kind, company, count) in missing {
            // A prefix whose numbered names are all free: 'key new' would renew a key that exists.
            var prefix = kind
            var suffix = 2
            while names.contains(prefix) || names.contains("\(prefix)-1") {
                prefix = "\(kind)-set\(suffix)"
                suffix += 1
            }
            names.insert(prefix)
            lines.append(
                "  keruen key new \(prefix) --kind \(kind)"
                    + (company.map { " --company \($0)" } ?? "") + (count > 1 ? " --count \(count)" : "")
                    + " --keys \(directory)")
        }
        let total = missing.reduce(0) { $0 + $1.count }
        return "\(directory): \(total) keys are missing for this scenario; make them with\n"
            + lines.joined(separator: "\n")
    }
}
