"""The built folder and who serves it: files, addresses, headers, policy."""
