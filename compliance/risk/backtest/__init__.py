"""Did the score of a past day find what random reviews found afterwards?

`judging` is pure. `past` makes the sums of what was known on that day, so that the very statements of today's scores and
rates read them; nothing of it is kept.
"""
