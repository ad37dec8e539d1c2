"""The rules of the trade as pure functions on plain values: no I/O, no clock, standard library only."""
