"""Whether markup is a page, or a document whose elements share a few names with HTML's (<p>, <body>, <address>): told
by the names of the elements and attributes in its beginning."""

from __future__ import annotations

import re

#: Elements of HTML (WHATWG's list of 2025 and those it calls obsolete), and what pages embed; without <data>, which no
#: page has and many documents begin with.
_ELEMENTS = frozenset(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote "
    "body br button canvas caption center cite code col colgroup datalist dd del details dfn dialog dir div dl dt "
    "em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr "
    "html i iframe img input ins kbd keygen label legend li link listing main map mark marquee menu menuitem meta "
    "meter nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext pre "
    "progress q rb rp rt rtc ruby s samp script search section select slot small source span strike strong style "
    "sub summary sup table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr "
    "xmp svg g path rect circle ellipse line polygon polyline text tspan use defs symbol image math mi mo mn "
    "mrow".split()
)
#: Attributes of theirs; those with a hyphen or a colon are a framework's.
_ATTRIBUTES = frozenset(
    "abbr accept accesskey action align alink allow alt async autocomplete autofocus autoplay axis background "
    "bgcolor border bordercolor cellpadding cellspacing char charset checked cite class clear color cols colspan "
    "compact content contenteditable controls coords crossorigin d data datetime decoding default defer dir "
    "dirname disabled download draggable enctype face fill for form formaction frame frameborder headers height "
    "hidden high href hreflang hspace id inputmode integrity is ismap itemid itemprop itemref itemscope itemtype "
    "kind label lang language leftmargin link list loading loop low marginheight marginwidth max maxlength media "
    "method min minlength multiple muted name nohref noshade novalidate nowrap open optimum part pattern ping "
    "placeholder points poster preload profile property readonly rel required rev reversed role rows rowspan "
    "rules sandbox scope scrolling selected shape size sizes slot span spellcheck src srcdoc srclang srcset start "
    "step stroke style summary tabindex target text title topmargin translate transform type usemap valign value "
    "version viewbox vlink vspace width wrap x xmlns y".split()
)
_TAG = re.compile(
    r"<(?P<name>[^\W\d][\w.:-]*)(?P<said>(?:\s+[^\s<>=\"'/]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s<>\"']+))*)\s*/?>"
)
_ATTRIBUTE = re.compile(r"([^\s<>=\"'/]+)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s<>\"']+)")
_PAGES = ("html", "head", "body", "meta")
_FOREIGN = 0.5  # of the elements' names, from which a document is no page


def root_of(head: str) -> str:
    """The name of the first element, in small letters; "" where none begins."""
    found = _TAG.search(head)
    return found["name"].lower() if found else ""


def begins_page(head: str) -> bool:
    """Whether the first element is one that only pages begin with."""
    return root_of(head) in _PAGES


def is_foreign(head: str) -> bool:
    """Whether half of the elements in the beginning of a text are none of HTML, by their names or their attributes'."""
    if begins_page(head):
        return False
    known: dict[str, bool] = {}
    for tag in _TAG.finditer(head):
        name = tag["name"].lower()
        known[name] = known.get(name, False) or _is_foreign(name, tag["said"])
    return bool(known) and sum(known.values()) >= _FOREIGN * len(known)


def _is_foreign(name: str, said: str) -> bool:
    if name not in _ELEMENTS and not _of_framework(name):
        return True
    attributes = (found[1].lower() for found in _ATTRIBUTE.finditer(said))
    return any(one not in _ATTRIBUTES and not _of_framework(one) and not one.startswith("on") for one in attributes)


def _of_framework(name: str) -> bool:
    """Whether a name is a component's, a program's or a name space's: <my-app>, <o:p>, @click, v-if."""
    return "-" in name or ":" in name or name.startswith(("@", "#", "[", "(", "*", "$"))
