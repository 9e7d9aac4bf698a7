"""What is asked, and what was spoken: so far CBP's own notes of calls, visits and meetings, with what follows from them."""
