"""Shows the whole relay at work on a real campaign: broker, worker, feed, board and proof."""
