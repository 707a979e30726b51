"""What the record says: a posterior over numbers and shocks, forecasts that go on from it, and their scores."""
