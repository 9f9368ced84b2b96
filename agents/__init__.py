"""Who does it: the only folder that knows Faust, Kafka, Prometheus, clocks, files and the environment."""
