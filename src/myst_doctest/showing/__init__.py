"""What cells showed, as it is published."""
