"""What was answered once, for whoever asks the same: stripped of who asked, found as one types, doubted when rules change."""
