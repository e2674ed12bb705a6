rule form_care_assessment
{
  strings:
    $survey = "認定調査票" japanese
    $opinion = "主治医意見書" japanese
    $application = "要介護認定" japanese
    $insured = "被保険者番号" japanese
    $birth = "生年月日" japanese
    $special = "特記事項" japanese
  condition:
    ($survey and ($insured or $special)) or ($opinion and $birth) or ($application and $insured and $birth)
}
