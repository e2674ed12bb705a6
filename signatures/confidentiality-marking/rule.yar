rule confidentiality_marking
{
  strings:
    $level3 = "機密性3" japanese
    $wide3 = "機密性３" japanese
    $level2 = "機密性2情報" japanese
    $secret = "部外秘" japanese
    $care = "取扱注意" japanese
    $seal = "厳秘" japanese
    $office = "庁外秘" japanese
    $personal = "個人情報につき取扱" japanese
  condition:
    any of them
}
