"""What readers can download: Markdown, notebooks, scripts, the support package, llms.txt."""
