"""Who an inquiry goes to: which rule holds, and which expert of its group."""
