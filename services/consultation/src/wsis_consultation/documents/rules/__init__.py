"""Documents of an edition: Outcomes and Analysis, the final brief, and after the Forum the Outcome Document.

A document has versions. Each is made of a model, plain JSON frozen when the version is built, and of prose, which
officers edit until it is published. The model is a pure function of its inputs: the same inputs give the same digest.
"""

OUTCOMES, FINAL_BRIEF, OUTCOME_DOCUMENT = "outcomes", "final_brief", "outcome_document"
KINDS = (OUTCOMES, FINAL_BRIEF, OUTCOME_DOCUMENT)
# What officers write, by kind: each a text in several languages.
PROSE = {
    OUTCOMES: ("executive_summary", "innovations", "conclusions"),
    FINAL_BRIEF: ("executive_summary", "practical_information"),
    OUTCOME_DOCUMENT: ("executive_summary", "high_level_brief", "conclusions"),
}
