"""The memory of a character: long-term store, recall, short-term and working memory. Nothing here generates text."""
