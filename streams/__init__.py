"""What it means: the pure rules of the agreement, without clock, chance, environment or Kafka."""
