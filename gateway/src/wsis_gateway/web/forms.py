"""What a form of a page holds while it is shown: what was typed, what is wrong with it, and what it brings along."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from marshmallow import Schema
from wsis_shared.blobs import Upload
from wsis_shared.blobs.media_types import endings
from wsis_shared.json_types import Input
from wsis_shared.languages import long_date

from wsis_gateway.uploads import FILE
from wsis_gateway.web import fields
from wsis_gateway.web.fields import Control
from wsis_gateway.web.texts import Words

# Fields of the site itself, which no route has.
FORM, KEY, NEXT, CHECKED, RETURN, REVISION = "_form", "_key", "_next", "_checked", "_return", "_revision"
KEPT = "_kept"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SETS = frozenset(name for _, name in fields.SETS)
_OWN = (FORM, KEY, NEXT, CHECKED, RETURN, REVISION, KEPT)

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Own:
    """The fields of the site: which form it is, the key of its one effect, where to go then, whether it was checked,
    what comes back after the sign-in, the revision that was read, and the file that was stored before."""

    form: str = ""
    key: str = ""
    next: str = ""
    checked: str = ""
    returns: str = ""
    revision: str = ""
    kept: str = ""


def parted(pairs: Pairs) -> tuple[Own, list[tuple[str, str]]]:
    """The fields of the site, and those of the route."""
    pairs = list(pairs)
    own = dict(pair for pair in pairs if pair[0] in _OWN)
    return Own(*(own.get(name, "") for name in _OWN)), [pair for pair in pairs if pair[0] not in _OWN]


def coded(pairs: Pairs, words: Words) -> list[tuple[str, str]]:
    """The fields with a code where the title of one was typed: "country@countries" is named after the set of its
    codes. A title that no code has is left for the route to refuse."""
    found = []
    for name, text in pairs:
        field, _, of = name.partition("@")
        typed, titles = text.strip().casefold(), words.labels(of) if of in _SETS else {}
        code = next((code for code, title in titles.items() if typed in (title.casefold(), code.casefold())), text)
        found.append((field if titles else name, code))
    return found


@dataclass(frozen=True)
class FormState:
    """A form as its page shows it. `action` is the page that takes it; `problem` says what was wrong with all of it;
    `checking`: it is shown once more before it is sent. `keyed`: each time that it stands on the page it has a key, so
    that a double press is one act, and two of its buttons are two. `reply` is what its route has answered, where no
    page follows. `labels` name fields that are data. `lent`: another form of the page was sent, or this one is done
    with, and only the fields that were typed are filled in here. `upload` is what its route takes as its file; `file`
    is the name of the one that is stored, and `lost` says that one was sent and is not. `row` begins the ids of one of
    several rows, which bring along what is in `brought`. `away`: what answers it was not there, and it may be sent
    again."""

    name: str
    schema: Schema
    words: Words
    action: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    problem: str = ""
    away: bool = False
    checking: bool = False
    keyed: bool = False
    lent: bool = False
    row: str = ""
    brought: tuple[tuple[str, str], ...] = ()
    reply: object = None
    labels: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    file: str = ""
    lost: bool = False
    own: Own = Own()
    controls: dict[str, Control] = field(default_factory=dict)

    def control(
        self,
        name: str,
        value: Any = "",
        label: str = "",
        choices: Mapping[str, str] | None = None,
        shape: Input | None = None,
        within: str = "",
    ) -> Control:
        """The field of that name. `value` is what it begins with; the words follow its name, but for a `label`, which
        may be one `within` a group of fields. Of a field that is data, `shape` says type, required, longest, hint, and
        whether its choices are listed."""
        found = fields.field_at(self.schema, name)
        if found is None and name == FILE and self.upload is not None:
            return self._file(self.upload, label)
        if found is None:
            raise LookupError(f"the route of the form {self.name!r} takes no field {name!r}")
        last = name.rpartition(".")[2]
        say, has = self.words.say, self.words.has
        given = value if isinstance(value, list | tuple) else [value]
        typed = bool(self.pairs) and not self.lent or name in self.typed
        values = self.typed.get(name, []) if typed else [fields.begun(found, each) for each in given]
        control = Control(
            form=self.row or self.name,
            name=name,
            label=label or say(f"label_{last}"),
            within=within,
            hint=say(f"hint_{last}") if has(f"hint_{last}") else "",
            type=fields.type_of(found),
            required=found.required,
            longest=fields.longest(found),
            choices=self._titles(found, last) if choices is None else choices,
            many=fields.is_many(found),
            value=values[-1] if values else "",
            values=values,
            error=self._wrong(name.rstrip("."), " ".join(self.errors.get(name.rstrip("."), ()))),
        )
        control = replace(control, many=name.endswith("."), **shape) if shape else control
        if not (self.lent and name.rstrip(".") in self.controls):  # an error leads to the form that was sent
            self.controls[name.rstrip(".")] = control
        return control

    def _file(self, upload: Upload, label: str) -> Control:
        """Its limits are said before somebody chooses."""
        about, say = self.words.of_upload(upload), self.words.say
        own = f"{say('hint_file')} " if self.words.has("hint_file") else ""
        kept = say("file_again") if self.lost and FILE not in self.errors else ""
        if self.file:
            kept = say("file_kept", name=f"\u2068{self.file}\u2069")  # in the direction of its letters
        self.controls[FILE] = Control(
            form=self.row or self.name,
            name=FILE,
            label=label or say("label_file"),
            hint=f"{own}{say('file_limits', **about)}",
            type=FILE,
            required=not self.own.kept,
            longest=0,
            choices={},
            many=False,
            value="",
            values=(),
            error=" ".join(self.errors.get(FILE, ())),
            accept=",".join(ending for each in upload.media_types for ending in endings(each)),
            most=upload.max_bytes,
            too_large=say("file_too_large", **about),
            kept=kept,
        )
        return self.controls[FILE]

    def for_row(self, **values: object) -> FormState:
        """The form in one row of several, which brings these values along unseen. What was sent from another row, and
        what was wrong with it, does not stand in this one."""
        brought = tuple((name, str(value)) for name, value in values.items())
        row = "-".join((self.name, *(text for _, text in brought)))
        if all(self.typed.get(name) == [text] for name, text in brought):
            return replace(self, row=row, brought=brought)
        own = replace(self.own, key="", revision="", kept="")
        clean = replace(self, pairs=(), errors={}, problem="", file="", lost=False, checking=False, controls={})
        return replace(clean, row=row, brought=brought, own=own)

    def lend(self, other: FormState) -> FormState:
        """The other form of the page with what was typed into this one, and the revision that it was typed for."""
        own = replace(other.own, revision=self.own.revision)
        return replace(other, pairs=self.pairs, errors=self.errors, controls=self.controls, lent=True, own=own)

    def done(self, reply: object, kept: Iterable[str] | None = None) -> FormState:
        """The form after its route has answered: sent again, it is another act. What was typed is dropped, but for the
        fields in `kept`; all of it is kept, with the revision that was read, where nothing says what."""
        own = replace(self.own, key="", kept="")
        if kept is None:
            return replace(self, own=own, file="", reply=reply)
        own = replace(own, revision="")
        names = frozenset(kept)
        pairs = tuple(pair for pair in self.pairs if pair[0] in names)
        return replace(self, own=own, file="", reply=reply, pairs=pairs, lent=True)

    @cached_property
    def typed(self) -> Mapping[str, list[str]]:
        """Name -> the texts that were sent."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, text in self.pairs:
            found[name].append(text)
        return dict(found)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form brings along unseen; what was typed too, while it is checked."""
        key = self.own.key or (secrets.token_hex(16) if self.keyed else "")
        values = (self.name, key, self.own.next, "", self.own.returns, self.own.revision, self.own.kept)
        own = zip(_OWN, values, strict=True)
        brought = [(CHECKED, "1"), *self.pairs] if self.checking else self.brought
        return [*((name, text) for name, text in own if text), *brought]

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what is wrong) of each error; without an id where the page has no such field."""
        return [self._row(name, " ".join(messages)) for name, messages in self.errors.items()]

    def _row(self, name: str, message: str) -> tuple[str, str, str]:
        """An error about a part of a field, as of one in a list, is one of that field."""
        text, whole = self._wrong(name, message), name
        while whole not in self.controls and "." in whole:
            whole = whole.rpartition(".")[0]
        if whole in self.controls:
            return self.controls[whole].id, self.controls[whole].whole_label, text
        key = f"label_{name.rpartition('.')[2]}"
        return "", self.labels.get(name) or (self.words.say(key) if self.words.has(key) else name), text

    def _wrong(self, name: str, message: str) -> str:
        """What the page says of an error, where the message is for programs."""
        own = f"wrong_{name.rpartition('.')[2]}"
        return self.words.say(own) if message and self.words.has(own) else message

    @property
    def failed(self) -> bool:
        """Was it sent and refused?"""
        return bool(self.problem or self.errors)

    @property
    def sent(self) -> list[tuple[str, list[str], Control | None]]:
        """(name, texts, control) of each field that was sent; no control where only the page has words for it."""
        return [(name, texts, self._known(name)) for name, texts in self.typed.items()]

    def shown(self, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """(label, what was typed) of each field that was filled in, as a check says it, but for those that the
        page shows itself."""
        controls = [control for name, _, control in self.sent if control and name.rstrip(".") not in without]
        comma = self.words.say("list_comma")
        return [
            (control.whole_label, comma.join(self._in_words(control, value) for value in values))
            for control in controls
            if (values := [value for value in (control.values if control.many else [control.value]) if value])
        ]

    def _in_words(self, control: Control, value: str) -> str:
        """The title of a choice, a day and a time in words."""
        if control.type == "checkbox":
            return "✓" if value == "true" else "–"
        with suppress(ValueError):
            if _DAY.fullmatch(value):
                return long_date(date.fromisoformat(value), self.words.language)
            if control.type == "datetime-local":
                return self.words.day_and_time(datetime.fromisoformat(value))
        return control.choices.get(value, value)

    def _known(self, name: str) -> Control | None:
        *_, text, language = "", *name.split(".")
        languages, key = self.words.labels("languages"), f"label_{text}"
        try:
            if known := self.controls.get(name.rstrip(".")):
                return known
            if language in languages and self.words.has(key):
                return self.control(name, label=languages[language], within=self.words.say(key))
            return self.control(name)
        except LookupError:
            return None

    def _titles(self, found: Any, last: str) -> Mapping[str, str]:
        if name := fields.set_of(found):
            return self.words.labels(name)
        return {code: self.words.say(f"choice_{last}_{code}") for code in fields.codes(found)}
