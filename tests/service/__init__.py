"""Real `ferry serve` processes on a real broker, asked, disturbed and judged from outside."""
