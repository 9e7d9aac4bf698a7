from tests.compliance.risk.small_world import small_world

__all__ = ["small_world"]
