// The running service.
