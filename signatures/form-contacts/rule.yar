rule form_contacts
{
  strings:
    $begin = "BEGIN:VCARD"
    $full = "\nFN:"
    $full_with = "\nFN;"
    $name = "\nN:"
    $name_with = "\nN;"
  condition:
    $begin and any of ($full, $full_with, $name, $name_with)
}
