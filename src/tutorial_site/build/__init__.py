"""How a build begins and ends."""
