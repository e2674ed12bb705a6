rule form_family_register
{
  strings:
    $whole = "戸籍全部事項" japanese
    $single = "戸籍個人事項" japanese
    $removed = "除籍全部事項" japanese
    $copy = "戸籍謄本" japanese
    $domicile = "本籍" japanese
    $head = "筆頭者" japanese
    $former = "従前戸籍" japanese
    $recorded = "戸籍に記録されている者" japanese
  condition:
    (any of ($whole, $single, $removed, $copy) and $domicile and $head) or
    ($domicile and ($former or $recorded) and $head)
}
