"""Several sites as processes on a real broker: who asks, who cuts and kills, who judges."""
