"""What pages say beside their narrative: versions, coverage, the glossary."""
