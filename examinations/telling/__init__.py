"""Who hears by mail of what happens to examinations and requests; each person once a thing.

A worker tells, since nobody on the pages may write a row for somebody else. What a lost task leaves untold the next
round finds: the message's key says what was told.
"""
