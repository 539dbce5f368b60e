"""The models that Fondly ships, the scripts that made them, and the catalog of those it can download."""
