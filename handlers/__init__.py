"""What the service does with each thing that arrives, knowing no channel."""
