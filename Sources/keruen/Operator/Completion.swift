import ArgumentParser
import Station

// What the shell offers when a word is being completed. Asked of the station, silent when there is none.

extension CompletionKind {
    /// Names of vehicles.
    static var vehicleNames: CompletionKind {
        .custom { words, _, prefix in
            let filter = VehicleFilter(page: Page(limit: ControlLimits.pageMax))
            guard case .vehicles(let page)? = try? client(words)?.ask(.vehicles(filter)) else { return [] }
            return page.vehicles.map(\.name).filter { $0.hasPrefix(prefix) }
        }
    }

    /// Numbers of missions that are not over.
    static var openMissions: CompletionKind {
        .custom { words, _, prefix in
            let filter = MissionFilter(isOpen: true, page: Page(limit: ControlLimits.pageMax))
            guard case .missions(let page)? = try? client(words)?.ask(.missions(filter)) else { return [] }
            return page.missions.map { "\($0.id)" }.filter { $0.hasPrefix(prefix) }
        }
    }

    private static func client(_ words: [String]) -> ControlClient? {
        var directory = StationOptions.usualDirectory
        if let option = words.firstIndex(of: "--directory"), option + 1 < words.count {
            directory = words[option + 1]
        }
        return try? ControlClient(directory: directory, timeoutMilliseconds: 300)
    }
}
