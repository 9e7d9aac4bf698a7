"""By when an answer is promised, and what came of the promise."""
