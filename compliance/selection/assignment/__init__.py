"""Who looks after the newly selected and the orphaned: a proposal that balances caseloads, changed by hand, accepted at once."""
