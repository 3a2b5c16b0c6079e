"""Which pilot a command means: by its key, its name or the nearest names; it must not know what is done with it."""

from __future__ import annotations

from collections.abc import Callable

from bot.core import commands as c
from bot.core import names, permissions
from bot.core.compose import notes, portfolio
from bot.core.compose.picking import BUTTONS_SHOWN, HERE, pick_card
from bot.core.ports import Reply, Show
from bot.core.records import Pilot
from bot.service import search
from bot.service.asker import Asker


def on_pilot(asker: Asker, wanted: str, command: str, then: Callable[[Pilot], Reply]) -> Reply:
    """Do something with the pilot that a text means, or offer the nearest names."""
    if (sure := meant(asker, wanted)) is not None:
        return then(sure)
    known = [found for found in asker.unit.pilots() if asker.sees(found)]
    by_id = {pilot.id: pilot for pilot in known}
    if not wanted:
        mine = [pilot for pilot in known if permissions.relations(asker.person, pilot)]
        if len(mine) == 1:
            return then(mine[0])
        return Show(pick_card(search.pilot_offers(asker.unit, asker.person), f"{command} {HERE}"))
    match names.match_name(wanted, [(pilot.id, pilot.key, pilot.name) for pilot in known]):
        case names.Found(pilot_id):
            return then(by_id[pilot_id])
        case names.Several(_, total) if total > BUTTONS_SHOWN:
            fitting = search.pilot_offers(asker.unit, asker.person, wanted)
            return Show(pick_card(fitting, f"{command} {HERE}"))
        case names.Several(several):
            return Show(portfolio.which_card(several, command=command))
        case names.Nearest(near):
            return Show(portfolio.nearest_card(wanted, near, command=command))


def meant(asker: Asker, wanted: str) -> Pilot | None:
    """The pilot that a text can only mean, found without reading all of them; None where that takes a closer look.

    Names of pilots that the asker may not see are among those compared: they can only make it less certain.
    """
    found = asker.unit.pilot_by_key(wanted) if wanted else None
    if found is None and wanted:
        match names.match_name(wanted, asker.unit.pilot_names()):
            case names.Found(pilot_id):
                found = asker.unit.pilot(pilot_id)
    return found if found is not None and asker.sees(found) else None


def incomplete(asker: Asker, command: c.Incomplete) -> Reply:
    """What lacks its pilot offers them; what lacks anything else is shown complete."""
    if not command.pick:
        return Show(notes.incomplete(command.missing, command.example))
    offers = search.pilot_offers(asker.unit, asker.person)
    return Show(pick_card(offers, command.pick, example=command.example))
