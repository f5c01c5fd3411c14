"""The acts of the play, in their order. Each is a function of the play that returns the line to show."""

from wsis_demo.acts.exports import export_projects
from wsis_demo.acts.opening import open_edition, register
from wsis_demo.acts.results import announce, ceremony, choose_winners, fix_finalists
from wsis_demo.acts.review import nominate, review
from wsis_demo.acts.submission import close_submission, submit
from wsis_demo.acts.voting import close_voting, extend_voting, open_voting, review_fraud, vote

ACTS = (
    ("opening", open_edition),
    ("registration", register),
    ("submission", submit),
    ("deadline", close_submission),
    ("review", review),
    ("nomination", nominate),
    ("voting opens", open_voting),
    ("voting", vote),
    ("extension", extend_voting),
    ("voting", vote),
    ("fraud review", review_fraud),
    ("certified", close_voting),
    ("finalists", fix_finalists),
    ("jury", choose_winners),
    ("champions", announce),
    ("ceremony", ceremony),
    ("export", export_projects),
)
