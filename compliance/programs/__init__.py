"""ACE, CTPAT and ISA (now CTPAT Trade Compliance): who could take part, what is missing, and what members owe by when."""
