rule form_tax_arrears
{
  strings:
    $sheet = "滞納整理" japanese
    $list = "滞納者一覧" japanese
    $detail = "滞納明細" japanese
    $seizure = "差押" japanese
    $parts = "分納" japanese
    $tax = "滞納額" japanese
    $taxpayer = "納税義務者" japanese
  condition:
    any of ($sheet, $list, $detail) and any of ($seizure, $parts, $tax, $taxpayer)
}
