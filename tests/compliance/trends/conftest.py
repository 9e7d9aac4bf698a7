from tests.compliance.trends.examined_world import examined

__all__ = ["examined"]
