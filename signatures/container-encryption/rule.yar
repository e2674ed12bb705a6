rule container_encryption
{
  strings:
    $pgp = "-----BEGIN PGP MESSAGE-----"
    $zip = { 50 4B 03 04 ?? 00 (01 | 03 | 09 | 0B) ?? }
    $ooxml = "EncryptedPackage" wide
    $pdf = /\/Encrypt [0-9]{1,8} [0-9]{1,5} R/
  condition:
    $pgp or $zip at 0 or $ooxml or ($pdf and uint32(0) == 0x46445025)
}
