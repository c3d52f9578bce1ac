import Glibc

/// A directory that only its owner can enter. Whoever can write to the control socket commands the fleet.
public enum PrivateDirectory {
    /// Makes the directory with mode 0700. One that is there already must be ours and closed to group and others;
    /// it is never changed, since somebody else may rely on how it is.
    public static func make(_ path: String) throws(ControlProblem) {
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else {
            throw problem(path, String(cString: strerror(errno)), "Choose a directory that you can make")
        }
        // Asked of the open directory, so that the answer is about one and the same.
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw problem(path, String(cString: strerror(errno)), "Choose a directory of your own")
        }
        defer { close(directory) }
        var status = stat()
        guard fstat(directory, &status) == 0 else {
            throw problem(path, String(cString: strerror(errno)), "Choose a directory of your own")
        }
        guard status.st_uid == geteuid() else {
            throw problem(
                path, "it belongs to user \(status.st_uid), not to user \(geteuid()) who runs the station",
                "Choose a directory of your own, or run the station as its owner")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw problem(
                path, "others can enter it (mode \(mode))",
                "Close it with 'chmod 700 \(path)' if only you need it")
        }
    }

    private static func problem(_ path: String, _ what: String, _ todo: String) -> ControlProblem {
        ControlProblem(what: what, where: path, todo: todo)
    }
}
