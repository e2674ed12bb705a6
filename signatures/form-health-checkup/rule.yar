rule form_health_checkup
{
  strings:
    $checkup = "健康診査" japanese
    $result = "健診結果" japanese
    $screening = "検診結果" japanese
    $ticket = "受診券番号" japanese
    $pressure = "血圧" japanese
    $sugar = "HbA1c"
    $verdict = "要精密検査" japanese
    $lipid = "中性脂肪" japanese
  condition:
    ($checkup or $result or $screening) and ($ticket or $verdict or ($pressure and ($sugar or $lipid)))
}
