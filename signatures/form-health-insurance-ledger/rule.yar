rule form_health_insurance_ledger
{
  strings:
    $national = "国民健康保険" japanese
    $elderly = "後期高齢者医療" japanese
    $insured = "被保険者番号" japanese
    $sign = "記号番号" japanese
    $gained = "資格取得" japanese
    $lost = "資格喪失" japanese
    $name = "被保険者氏名" japanese
  condition:
    ($national or $elderly) and ($insured or $sign or $name) and ($gained or $lost)
}
