// Simulated vehicles.
