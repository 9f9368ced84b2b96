"""What may be said: the contracts of every topic, the envelope and the codec."""
