// 120-byte records in CP932, with or without line ends: a header "1" (種別 21 総合振込, 11/12/71/72 給与・賞与,
// 91 口座振替), then data records "2".
rule form_zengin
{
  strings:
    $header = /1(11|12|21|71|72|91)[01][0-9 ]{10}[ -~\xa1-\xdf]{40}[0-9]{8}/
  condition:
    $header at 0 and (uint8(120) == 0x32 or uint8(121) == 0x32 or uint8(122) == 0x32)
}
