from tests.docs.test_access import told

__all__ = ["told"]
