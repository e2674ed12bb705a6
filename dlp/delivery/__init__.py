"""Ways onward: the next hop, the device."""
