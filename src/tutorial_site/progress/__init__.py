"""What a reader has read, predicted and solved: kept in the reader's browser."""
