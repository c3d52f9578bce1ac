@testable import World

/// The repository's own world data, read once.
let realWorldDirectory =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Data/world"
let realWorld = Result { try WorldData.load(directory: realWorldDirectory) }

func realFile(_ name: String) throws -> [UInt8] { try BoundedFile.read(realWorldDirectory + "/" + name) }
