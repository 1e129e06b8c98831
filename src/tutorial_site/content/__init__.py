"""What pages hold beside their narrative: versions, coverage, the glossary."""
