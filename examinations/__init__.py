"""What happened: entries, examinations, and the files that bring them."""
