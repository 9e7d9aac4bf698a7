"""Lists taken away as files: at once, or, where they are long, made by a worker for their owner alone."""
