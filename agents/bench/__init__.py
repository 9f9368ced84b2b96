"""Measures what exactly once costs: leadrelay beside plain Faust and plain aiokafka, on the same events and broker."""
