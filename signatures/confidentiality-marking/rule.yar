// Strings of three characters and more: two are four bytes, which large binary files hold by chance.
rule confidentiality_marking
{
  strings:
    $level3 = "機密性3" japanese
    $level3_wide = "機密性３" japanese
    $level3_roman = "機密性Ⅲ" japanese
    $level2 = "機密性2情報" japanese
    $level2_wide = "機密性２情報" japanese
    $class3 = "自治体機密性3" japanese
    $secret = "部外秘" japanese
    $care = "取扱注意" japanese
    $care_long = "取扱い注意" japanese
    $care_noted = "取り扱い注意" japanese
    $strict = "【厳秘】" japanese
    $strict_bar = "≪厳秘≫" japanese
    $secret_bar = "【秘】" japanese
    $office = "庁外秘" japanese
    $office_only = "庁内限り" japanese
    $section_only = "課内限り" japanese
    $copy = "複写厳禁" japanese
    $closed = "持出禁止" japanese
    $closed_long = "持ち出し禁止" japanese
    $not_public = "非公開資料" japanese
    $personal = "個人情報につき取扱" japanese
    $personal_in = "個人情報在中" japanese
  condition:
    any of them
}
