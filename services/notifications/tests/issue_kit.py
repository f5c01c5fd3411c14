"""An issue of WSIS Flash as officers write one: three sections in seven languages, one in English alone."""

from __future__ import annotations

from typing import Any

PUBLIC_URL = "https://wsis.example"
IMAGE = {"id": "f00d", "filename": "forum.png", "media_type": "image/png", "size": 48_000, "width": 1200, "height": 500}
_LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "zh")


def texts(*written: str) -> dict[str, str]:
    """Texts in the order of _LANGUAGES."""
    return dict(zip(_LANGUAGES, written, strict=True))


TITLE = texts(
    "Outcomes of the WSIS Forum 2017 and the call for stocktaking",
    "Résultats du Forum du SMSI 2017 et appel à contributions pour l’inventaire",
    "Resultados del Foro de la CMSI 2017 y convocatoria del inventario",
    "Resultados do Fórum da CMSI 2017 e chamada para o inventário",
    "Итоги Форума ВВУИО 2017 года и приглашение к анализу деятельности",
    "نتائج منتدى القمة العالمية لمجتمع المعلومات 2017 والدعوة إلى المساهمة في التقييم",
    "2017年信息社会世界峰会论坛成果与评估工作征集",
)
SUMMARY = texts(
    "More than 2,500 participants from 150 countries met in Geneva in June.",
    "Plus de 2 500 participants de 150 pays se sont réunis à Genève en juin.",
    "Más de 2.500 participantes de 150 países se reunieron en Ginebra en junio.",
    "Mais de 2.500 participantes de 150 países se reuniram em Genebra em junho.",
    "В июне в Женеве собрались более 2500 участников из 150 стран.",
    "اجتمع في جنيف في يونيو أكثر من 2500 مشارك من 150 بلدًا.",
    "6月，来自150个国家的2500多名与会者齐聚日内瓦。",
)
FORUM_TITLE = texts(
    "Information and knowledge societies for the SDGs",
    "Des sociétés de l’information et du savoir au service des ODD",
    "Sociedades de la información y el conocimiento para los ODS",
    "Sociedades da informação e do conhecimento para os ODS",
    "Информационное общество и общество знаний для достижения ЦУР",
    "مجتمعات المعلومات والمعرفة من أجل أهداف التنمية المستدامة",
    "信息和知识社会促进可持续发展目标",
)
FORUM_TEXT = texts(
    "The **WSIS Forum 2017** took place in Geneva from 12 to 16 June. More than 2,500 participants from 150 countries "
    "discussed how the action lines serve the goals.\n\n- 85 ministers and deputies spoke in the High-Level Track.\n"
    "- 250 workshops linked each action line to the goals.\n- The [Outcome Document](https://www.itu.int/wsis/2017) "
    "names the visions of all sessions.",
    "Le **Forum du SMSI 2017** s’est tenu à Genève du 12 au 16 juin. Plus de 2 500 participants de 150 pays ont "
    "examiné la contribution des grandes orientations aux objectifs.\n\n- 85 ministres et vice-ministres ont pris la "
    "parole.\n- 250 ateliers ont relié chaque grande orientation aux objectifs.\n- Le [document final]"
    "(https://www.itu.int/wsis/2017) réunit les visions de toutes les séances.",
    "El **Foro de la CMSI 2017** se celebró en Ginebra del 12 al 16 de junio. Más de 2.500 participantes de 150 "
    "países debatieron cómo las líneas de acción contribuyen a los objetivos.\n\n- Intervinieron 85 ministros y "
    "viceministros.\n- 250 talleres vincularon cada línea de acción con los objetivos.\n- El [documento final]"
    "(https://www.itu.int/wsis/2017) recoge las visiones de todas las sesiones.",
    "O **Fórum da CMSI 2017** foi realizado em Genebra de 12 a 16 de junho. Mais de 2.500 participantes de 150 países "
    "debateram como as linhas de ação contribuem para os objetivos.\n\n- Falaram 85 ministros e vice-ministros.\n"
    "- 250 oficinas vincularam cada linha de ação aos objetivos.\n- O [documento final]"
    "(https://www.itu.int/wsis/2017) reúne as visões de todas as sessões.",
    "**Форум ВВУИО 2017 года** прошел в Женеве с 12 по 16 июня. Более 2500 участников из 150 стран обсудили вклад "
    "направлений деятельности в достижение целей.\n\n- Выступили 85 министров и их заместителей.\n- 250 семинаров "
    "связали каждое направление деятельности с целями.\n- В [итоговом документе](https://www.itu.int/wsis/2017) "
    "собраны выводы всех заседаний.",
    "عُقد **منتدى القمة العالمية لمجتمع المعلومات 2017** في جنيف من 12 إلى 16 يونيو. وناقش أكثر من 2500 مشارك من 150 "
    "بلدًا كيفية إسهام خطوط العمل في تحقيق الأهداف.\n\n- تحدث 85 وزيرًا ونائب وزير.\n- ربطت 250 ورشة عمل كل خط عمل "
    "بالأهداف.\n- تضم [الوثيقة الختامية](https://www.itu.int/wsis/2017) رؤى جميع الجلسات.",
    "**2017年信息社会世界峰会论坛**于6月12日至16日在日内瓦举行。来自150个国家的2500多名与会者讨论了各行动方面如何促进"
    "可持续发展目标的实现。\n\n- 85位部长和副部长发言。\n- 250场讲习班将每个行动方面与各项目标联系起来。\n"
    "- [成果文件](https://www.itu.int/wsis/2017)汇集了所有会议的愿景。",
)
CALL_TITLE = texts(
    "Report your activities",
    "Présentez vos activités",
    "Presente sus actividades",
    "Apresente suas atividades",
    "Сообщите о своей деятельности",
    "أبلغوا عن أنشطتكم",
    "提交您的活动",
)
CALL_TEXT = texts(
    "All stakeholders are invited to add or update their entries in the register until 15 September.",
    "Toutes les parties prenantes sont invitées à ajouter ou à mettre à jour leurs entrées avant le 15 septembre.",
    "Se invita a todas las partes interesadas a añadir o actualizar sus entradas hasta el 15 de septiembre.",
    "Todas as partes interessadas são convidadas a incluir ou atualizar suas entradas até 15 de setembro.",
    "Всем заинтересованным сторонам предлагается внести или обновить свои записи до 15 сентября.",
    "ندعو جميع أصحاب المصلحة إلى إضافة قيودهم أو تحديثها حتى 15 سبتمبر.",
    "诚邀所有利益攸关方在9月15日之前添加或更新其条目。",
)
CALL_LABEL = texts(
    "Open the register",
    "Ouvrir l’inventaire",
    "Abrir el inventario",
    "Abrir o inventário",
    "Открыть реестр",
    "فتح السجل",
    "打开登记册",
)
ALT = texts(
    "The opening of the Forum in the assembly hall of the ITU",
    "L’ouverture du Forum dans la salle de l’UIT",
    "La apertura del Foro en la sala de la UIT",
    "A abertura do Fórum na sala da UIT",
    "Открытие Форума в зале МСЭ",
    "افتتاح المنتدى في قاعة الاتحاد",
    "论坛在国际电联大会厅开幕",
)
ENGLISH = (
    "The thirtieth meeting of the Group was held during the Forum; its members agreed on a common statement to the "
    "High-Level Political Forum. See [the statement](http://ungis.example/statement)."
)


def section(kind: str, title: Any, text: Any, **more: Any) -> dict[str, Any]:
    """A section; `image` and `link` where they are given."""
    return {"kind": kind, "title": title, "text": text, "image": None, "link": None, **more}


def content(**changes: Any) -> dict[str, Any]:
    """What an officer sends."""
    return {
        "month": "2017-07",
        "language": "en",
        "languages": ["en", "fr", "es", "pt", "ru", "ar", "zh"],
        "title": TITLE,
        "summary": SUMMARY,
        "topics": ["forum", "stocktaking"],
        "sections": [
            section("forum", FORUM_TITLE, FORUM_TEXT),
            section("stocktaking", CALL_TITLE, CALL_TEXT, link={"url": "/v1/entries", "label": CALL_LABEL}),
            section("ungis", {"en": "Joint statement of the Group"}, {"en": ENGLISH}),
        ],
        **changes,
    }


def issue(**changes: Any) -> dict[str, Any]:
    """A stored issue with an image in its first section."""
    made = content()
    made["sections"][0] = {**made["sections"][0], "image": {"id": IMAGE["id"], "alt": ALT}}
    return {
        "_id": "i50",
        "kind": "flash",
        "number": 50,
        "version": 1,
        "state": "draft",
        "images": [IMAGE],
        **made,
        **changes,
    }
