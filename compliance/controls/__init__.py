"""How a company says its own internal controls are: a yearly self-assessment, read over by its account manager."""
