"""How likely and how costly an account's errors are: a score that is the sum of named parts."""
