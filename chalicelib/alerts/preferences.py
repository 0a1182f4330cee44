"""The ways in which a person wants to be notified at a dealer, by kind. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.alerts.kinds import KINDS, AlertChannel, AlertKind
from chalicelib.kernel.areas import ALL_AREAS, Area

Channels = frozenset[AlertChannel]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody has chosen, by the name of the kind. `version` is None where nothing has been stored yet."""

    chosen: Mapping[str, Channels] = field(default_factory=dict)
    version: int | None = None

    def channels(self, kind: AlertKind) -> Channels:
        """The ways that count: those of a must whatever was chosen, and else what was, or the kind's own."""
        # Tested control: must-is-sent
        return kind.channels if kind.must else self.chosen.get(kind.name, kind.channels)

    def with_choice(self, choice: Mapping[str, Channels]) -> "Preferences":
        """With these; what is the kind's own anyway is not kept, and follows it."""
        known = {kind.name: kind for kind in KINDS if not kind.must}
        made = {**self.chosen, **{name: channels for name, channels in choice.items() if name in known}}
        kept = {name: channels for name, channels in made.items() if name in known and channels != known[name].channels}
        return replace(self, chosen=kept)

    def without(self, channel: AlertChannel) -> "Preferences":
        """By this one none is notified of anything, beside what is a must."""
        return self.with_choice({name: channels - {channel} for name, channels in self.chosen.items()})


def optional_kinds(modules: Collection[str], areas: Collection[Area] = ALL_AREAS) -> list[AlertKind]:
    """Those of which somebody can choose, in order."""
    return [
        kind
        for kind in KINDS
        if not kind.must
        and (kind.module is None or kind.module in modules)
        and (kind.area is None or kind.area in areas)
    ]
