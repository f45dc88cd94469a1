"""Forms of the report, one file each."""
