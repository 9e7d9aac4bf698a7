"""What is asked and what is answered, by whom and by when; and CBP's own notes of calls, visits and meetings."""
