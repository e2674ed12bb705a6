rule form_child_allowance
{
  strings:
    $allowance = "児童手当" japanese
    $support = "児童扶養手当" japanese
    $medical = "医療費助成" japanese
    $recipient = "受給者番号" japanese
    $certified = "認定番号" japanese
    $child = "支給対象児童" japanese
    $account = "口座名義" japanese
    $birth = "生年月日" japanese
  condition:
    ($allowance or $support or $medical) and ($recipient or $certified or $child) and ($account or $birth)
}
