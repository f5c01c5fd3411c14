"""What is due by the clock: opened, closed, counted, certified, shredded."""
