// Sockets live here.
