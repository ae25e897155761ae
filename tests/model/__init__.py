"""A model of Ferry's machines that shares no code with the engine, only the contract."""
