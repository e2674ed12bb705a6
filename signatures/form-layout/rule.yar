rule form_layout
{
  strings:
    $juminhyo = "住民票" japanese
    $head = "世帯主" japanese
    $relation = "続柄" japanese
    $since = "住民となった" japanese
    $senkyo = "選挙人名簿" japanese
    $ward = "投票区" japanese
    $number = "名簿番号" japanese
    $kazei = "課税台帳" japanese
    $payer = "納税義務者" japanese
    $standard = "課税標準額" japanese
  condition:
    ($juminhyo and $head and $relation and $since) or
    ($senkyo and $ward and $number) or
    ($kazei and $payer and $standard)
}
