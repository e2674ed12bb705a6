rule container_encryption
{
  strings:
    $pgp = "-----BEGIN PGP MESSAGE-----"
    $smime = "smime-type=enveloped-data" nocase
    $zip = { 50 4B 03 04 ?? 00 (?1 | ?3 | ?5 | ?7 | ?9 | ?B | ?D | ?F) }
    $ooxml = "EncryptedPackage" wide
    $pdf = /\/Encrypt[ \r\n]{0,4}([0-9]{1,8} [0-9]{1,5} R|<<)/
    $sevenzip_aes = { 06 F1 07 01 }
    $rar4 = { 52 61 72 21 1A 07 00 ?? ?? 73 (8? | 9? | A? | B? | C? | D? | E? | F?) }
    $rar5 = { 52 61 72 21 1A 07 01 00 ?? ?? ?? ?? ?? 04 }
    $luks = { 4C 55 4B 53 BA BE }
  condition:
    $pgp or $smime or
    (uint32(0) == 0x04034b50 and $zip) or
    (uint32(0) == 0xe011cfd0 and $ooxml) or
    ($pdf and uint32(0) == 0x46445025) or
    (uint32(0) == 0xafbc7a37 and $sevenzip_aes) or
    $rar4 at 0 or $rar5 at 0 or $luks at 0
}
