"""Makes Faust exact and fast: one transaction per worker over all its lanes, fenced by the consumer group."""
