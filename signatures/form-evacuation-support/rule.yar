rule form_evacuation_support
{
  strings:
    $list = "避難行動要支援者名簿" japanese
    $plan = "個別避難計画" japanese
    $helper = "避難支援等実施者" japanese
    $contact = "緊急連絡先" japanese
    $person = "要支援者氏名" japanese
    $birth = "生年月日" japanese
  condition:
    ($list or $plan) and any of ($helper, $contact, $person, $birth)
}
