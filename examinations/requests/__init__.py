"""What CBP asks of an account about its entries: words, filters, forms and history of the pages."""
