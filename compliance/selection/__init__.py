"""Who is taken into the program: rounds of selection, by value and risk, decided by people and computed again at any time."""
