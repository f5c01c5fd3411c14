"""Under which conditions others use the register: licence, rights, and whom they ask."""

from __future__ import annotations

from wsis_shared.sentences import Sentences

from wsis_stocktaking.exchange.linked_data.vocabulary import Addresses, Node, known, texts
from wsis_stocktaking.settings import Settings

_REPORTS = Sentences("wsis_stocktaking", "reports")


def licence() -> str:
    """The address of the licence; empty where none is granted."""
    return Settings.current().stocktaking_licence


def rights() -> Node:
    """The licence, and the disclaimer that reports print, in seven languages."""
    return known(
        {
            "dct:license": {"@id": licence(), "@type": "dct:LicenseDocument"} if licence() else None,
            "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": texts(_REPORTS.all("disclaimer_text"))},
        }
    )


def contact_page(base: str) -> str:
    """The page that says how to reach the secretariat, of the suite at an address."""
    return f"{base}/contact"


def terms_of_use(base: str, locale: str) -> dict[str, str]:
    """The same for readers of one language; `described_by` is the catalogue for programs."""
    return {
        "licence": licence(),
        "rights": _REPORTS("disclaimer_text", locale),
        "contact": contact_page(base),
        "described_by": f"{base}/v1/entry-catalogue",
    }


def contact(addresses: Addresses, name: str) -> Node:
    """Whom to ask."""
    return {"@type": "vcard:Organization", "vcard:fn": name, "vcard:hasURL": {"@id": contact_page(addresses.base)}}
