"""What is asked of a model: typed tasks, and the Markdown file that each is rendered from."""
