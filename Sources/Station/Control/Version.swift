/// Of this program.
public let keruenVersion = "0.1.0"
