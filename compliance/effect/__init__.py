"""What account management brings about: random reviews after a round, of who entered and who did not. Headquarters only."""
