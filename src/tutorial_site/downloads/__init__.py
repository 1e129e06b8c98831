"""What a reader takes away: Markdown, notebooks, scripts, the support package, llms.txt."""
