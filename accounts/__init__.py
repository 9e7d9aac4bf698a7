"""Who: companies and their identifiers, people and roles, managers, delegations, and what each may see."""
