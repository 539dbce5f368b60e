"""Speech that nobody addressed to Fondly: conversations that a wearable overhears."""
