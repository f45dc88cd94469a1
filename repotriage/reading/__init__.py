"""Static reading of code and documents, one reader per file. Nothing is run."""
