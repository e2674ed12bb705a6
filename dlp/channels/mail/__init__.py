"""Mail: our SMTP server, its peers, and what becomes of each message."""
