"""What is coming: policy notices, whom they are for, how they are published."""
