"""An account's entries as its pages show them: which, in which order, with which lines, as a file."""
