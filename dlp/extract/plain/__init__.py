"""Text: folding, what is packed into it, and the tables it holds, in every dialect they are written in."""
