"""Tables and profiles: every fact with its source and date."""
