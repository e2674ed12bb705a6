"""The evidence room: cases, seals, an audit chain and keyed tokens of people.

It imports nothing from `dlp` and does not know what a finding is.
"""
