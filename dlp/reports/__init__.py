"""Reports of a month, for auditors, administrators and each supervisor: a page, a table, a sheet to be filled in."""
