"""Pages of notices: read by whom they are for; told, searched and measured by those who send them."""
