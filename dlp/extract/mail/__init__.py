"""Mails: internet messages and Outlook's, their headers, bodies and attachments."""
