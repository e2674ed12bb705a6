"""Tables in every layout they have, and the people in their rows."""
