"""What if a government acted so, from this month to that? The same world with the act and without it, on the same shocks."""
