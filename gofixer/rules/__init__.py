"""Rules of a user's own, written as `[[transform]]` tables in ``gofixer.toml``: data, never code."""

from gofixer.rules.read import Rule, RuleTest, from_config, read_rules

__all__ = ["Rule", "RuleTest", "from_config", "read_rules"]
