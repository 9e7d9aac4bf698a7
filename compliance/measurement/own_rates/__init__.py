"""How often one account's lines are wrong, where most accounts had a handful of random reviews or none.

Each account borrows strength: a regression says what is usual for one of its trade and size, its peers say how far
accounts differ, its own random reviews pull it away from there. Only closed random reviews of lines are the outcome.
The modules `mix`, `regression`, `groups`, `grid`, `posterior` and `fitting` are pure; `reading` and `recomputing` reach
the database. Decision 33 says what was chosen and what was given up.
"""
