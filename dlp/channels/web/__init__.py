"""Web: the proxy, its uploads and their pieces, who sends them, and what it tells them."""
