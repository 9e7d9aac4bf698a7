"""Pages of trends: of one account, of all that one looks after, and across accounts."""
