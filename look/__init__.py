"""How it is shown: forms of numbers and dates, marks, charts, the frame of the pages; knows nothing of trade."""
