"""The monthly report: last month of an account in words, by mail to those who ask for it."""
