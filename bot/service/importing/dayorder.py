"""Whether a file's dates have the day or the month first, from whole columns; it must not read single dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

from bot.core.pilotmap import PilotMap, Sort
from bot.service.importing.days import NUMERIC, Reading


@dataclass(frozen=True, slots=True)
class Order:
    """What a column tells of its order: how many cells can only be day first, only month first, or either."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    example: str = ""
    dotted: bool = False

    def __add__(self, other: Order) -> Order:
        return Order(
            self.day_first + other.day_first,
            self.month_first + other.month_first,
            self.either + other.either,
            self.example or other.example,
            self.dotted or other.dotted,
        )

    @property
    def decided(self) -> bool | None:
        """True: day first. None: nothing decides, or the cells contradict each other evenly."""
        if self.day_first == self.month_first:
            return None
        return self.day_first > self.month_first


def order_of(texts: Iterable[str]) -> Order:
    """What the cells of one column say about the order of day and month."""
    first = month = either = 0
    example, dotted = "", False
    for text in texts:
        found = NUMERIC.match(text.strip())
        if found is None:
            continue
        dotted = dotted or found[2] == "."
        one, two = int(found[1]), int(found[3])
        if one > 12 >= two:
            first += 1
        elif two > 12 >= one:
            month += 1
        elif one != two:
            either += 1
            example = example or text.strip()
    return Order(first, month, either, example, dotted)


class DayOrders:
    """The orders of all date columns of a file, each one a witness for those that do not decide alone."""

    def __init__(self, columns: Mapping[str, Order], mapping: PilotMap) -> None:
        self._columns = columns
        self._together = reduce(add, columns.values(), Order())
        self._map = mapping

    def reading(self, column: str, sort: Sort) -> Reading:
        """How the dates of a column are read."""
        day_first = self._day_first(self._columns.get(column, Order()))
        return Reading(day_first, self._map.year_first, ahead=sort is Sort.AHEAD)

    def assumed(self) -> Iterator[str]:
        """What nothing in the file decided, in sentences."""
        if self._map.day_first is not None:
            return
        for name, order in self._columns.items():
            reading = "day first" if self._day_first(order) else "month first"
            if order.day_first and order.month_first:
                yield (
                    f"Column {name!r} mixes orders: {order.day_first:,} dates can only be day first, "
                    f"{order.month_first:,} only month first. Those that can be either are read {reading}."
                )
            elif order.either and order.decided is None:
                why = (
                    "nothing in the file decides it"
                    if self._together.decided is None
                    else "as in other columns"
                )
                yield f"Column {name!r}: {order.example!r} can be two days; read {reading} ({why}). " + SAY_IT

    def _day_first(self, order: Order) -> bool:
        """As the map says; as the column shows; as the other columns show; else as the mark between them suggests."""
        for decided in (self._map.day_first, order.decided, self._together.decided):
            if decided is not None:
                return decided
        return order.dotted or self._together.dotted


SAY_IT = "If that is wrong, say `dates: day-first` or `dates: month-first` in a map."
