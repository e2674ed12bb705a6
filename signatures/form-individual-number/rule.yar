rule form_individual_number
{
  strings:
    $number = "個人番号" japanese
    $card = "マイナンバーカード" japanese
    $paste = "写しを貼" japanese
    $checked = "番号確認" japanese
    $identity = "身元確認" japanese
    $sheet = "個人番号届出" japanese
    $specific = "特定個人情報ファイル" japanese
  condition:
    $sheet or ($number and $checked and $identity) or ($card and $paste and $number) or ($specific and $number and $checked)
}
