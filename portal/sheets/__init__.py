"""What is known of an account on paper: its sheet, and what is open, for whoever takes it over."""
