rule form_welfare_ledger
{
  strings:
    $ledger = "保護台帳" japanese
    $case = "ケース記録" japanese
    $decision = "保護決定調書" japanese
    $head = "世帯主" japanese
    $aid = "扶助費" japanese
    $number = "ケース番号" japanese
  condition:
    any of ($ledger, $case, $decision) and any of ($head, $aid, $number)
}
