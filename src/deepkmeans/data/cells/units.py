"""Units of measurement: which measure the same, and how many of one are in another."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

__all__ = ["DIMENSIONS", "convert", "dimensions_of", "in_words", "is_currency"]

#: What units measure, each with how many of the first of its line there are in it.
_UNITS = {
    "lengths": """
        mm 1, µm/um 1/1000, nm 1/1000000, cm 10, dm 100, m/meter/metre/mtr 1000, km/kilometer/kilometre 1000000,
        in/inch/inche/"/''/″ 25.4, ft/foot/feet/'/′ 304.8, yd/yard 914.4, mi/mile/miles 1609344""",
    "weights": """
        mg 1, µg/ug/mcg 1/1000, ng 1/1000000, g/gr/gram/gramm/gm 1000, kg/kilo/kilogram/kgs 1000000,
        t/ton/tonne 1000000000, oz/ounce 28349.523125, lb/lbs/pound 453592.37, st/stone 6350293.18""",
    "volumes": """
        ml/milliliter/millilitre/cc 1, µl/ul 1/1000, cl 10, dl 100, l/liter/litre/ltr 1000, hl 100000,
        m³/m3 1000000, tsp/teaspoon 4.92892159375, tbsp/tablespoon 14.78676478125, floz/fl.oz 29.5735295625,
        cup/cups 236.5882365, pt/pint 473.176473, qt/quart 946.352946, gal/gallon 3785.411784""",
    "lengths of time": """
        ms/msec/millisecond 1, µs/us/microsecond 1/1000, ns/nanosecond 1/1000000, s/sec/second/sek/sekunde/秒 1000,
        m/min/minute/mn/minuto/分/分钟 60000, h/hr/hrs/hour/std/stunde/heure/hora/小时/時間 3600000,
        d/day/days/tag/tage/jour/día/dia/天/日 86400000, w/wk/week/woche/wochen/semaine/semana/周 604800000,
        mo/mos/mon/mth/month/monat/monate/mois/mes/meses/个月 2629746000,
        y/yr/yrs/year/jahr/jahre/an/ans/año/ano/年 31556952000""",
    "amounts of data": """
        b/byte 1, kb 1000, mb 1000000, gb 1000000000, tb 1000000000000, pb 1000000000000000,
        kib 1024, mib 1048576, gib 1073741824, tib 1099511627776""",
    "rates of data": "bps/bit/s 1, kbps/kbit/s 1000, mbps/mbit/s 1000000, gbps/gbit/s 1000000000",
    "areas": """
        mm²/mm2 1, cm²/cm2 100, m²/m2/sqm/qm/㎡ 1000000, km²/km2/sqkm 1000000000000, ha/hectare 10000000000,
        sqin/in² 645.16, sqft/ft²/ft2/sf 92903.04, sqyd 836127.36, ac/acre 4046856422.4, sqmi/mi² 2589988110336""",
    "temperatures": "°c/℃/degc 1, °f/℉/degf 5/9 -160/9, k/kelvin 1 -273.15",
    "energies": "j 1, kj 1000, MJ 1000000, cal 4.184, kcal 4184, wh 3600, kwh 3600000, MWh 3600000000",
    "powers": "w/watt 1, mW 1/1000, kw 1000, MW 1000000, hp/bhp 745.69987158227022, ps/cv 735.49875",
    "frequencies": "hz 1, khz 1000, mhz 1000000, ghz 1000000000, rpm 1/60",
    "speeds": "m/s/mps 1, km/h/kmh/kph/kmph 5/18, mph/mi/h 0.44704, kn/kt/kts/knot 463/900, ft/s/fps 0.3048",
    "pressures": """
        pa 1, hpa/mbar/mb 100, kpa 1000, MPa 1000000, bar 100000, psi 6894.757293168, mmhg/torr 133.322387415,
        inhg 3386.389, atm 101325""",
    "voltages": "v/volt 1, mv 1/1000, kv 1000",
    "currents": "a/amp/ampere 1, ma 1/1000, µa/ua 1/1000000",
    "charges": "mah 1, ah 1000",
    "shares": "% 1, ‰ 1/10, bp/bps 1/100",
}  # fmt: skip
#: Names of what units measure.
DIMENSIONS = tuple(_UNITS)
_CURRENCIES = re.compile(
    "usd|eur|gbp|cny|rmb|jpy|chf|aud|cad|nzd|hkd|sgd|twd|krw|inr|brl|mxn|rub|sek|nok|dkk|pln|czk|huf|try|zar|ils|thb|"
    r"rs|kr|元|円|원|euro|dollar|.*[$¢£¤¥\u20a0-\u20bf].*", re.IGNORECASE,
)  # fmt: skip
_WORDS = {"°": "degrees", "º": "degrees", "in": "inches", "in.": "inches",
          "'": "feet", '"': "inches", "''": "inches", "foot": "feet", "feet": "feet", "inch": "inches"}  # fmt: skip
_PLURALS = frozenset((
    "second", "minute", "hour", "day", "week", "month", "year", "gram", "pound", "ounce", "kilogram", "meter", "metre",
    "kilometer", "mile", "yard", "liter", "litre", "gallon", "cup", "byte", "acre", "watt", "volt",
))  # fmt: skip


def in_words(unit: str) -> str:
    """A unit as one names it of several: inches, days."""
    return _WORDS.get(unit, f"{unit}s" if unit in _PLURALS else unit)


def is_currency(unit: str) -> bool:
    """Whether a unit is of money."""
    return _CURRENCIES.fullmatch(unit.strip(".")) is not None


def dimensions_of(unit: str) -> frozenset[str]:
    """What a unit may measure: "m" a length or a length of time; nothing that is known of most words."""
    return frozenset(name for name in DIMENSIONS if _scale_of(unit, name) is not None)


def convert(value: float, unit: str, to: str, dimension: str) -> float:
    """``value`` in one unit as so many of another, ``to``."""
    known, wanted = _scale_of(unit, dimension), _scale_of(to, dimension)
    if known is None or wanted is None:
        return float("nan")
    (scale, offset), (to_scale, to_offset) = known, wanted
    ratio = scale / to_scale  # by a divisor where there is one: 300 mm are 0.3 m, correctly rounded
    value = value / ratio.denominator if ratio.numerator == 1 else value * float(ratio)
    return value + float((offset - to_offset) / to_scale) if offset != to_offset else value


def _scale_of(unit: str, dimension: str) -> tuple[Fraction, Fraction] | None:
    units = _scales()[dimension]
    exact = unit.strip().replace("μ", "µ").replace("º", "°").replace("˚", "°")
    return units.get(exact) or units.get(_key(unit))


def _key(unit: str) -> str:
    key = unit.lower().replace(" per ", "/").replace(" ", "").replace("square", "sq").rstrip(".")
    key = key.replace("μ", "µ").replace("º", "°").replace("˚", "°")
    return key[:-1] if len(key) > 3 and key.endswith("s") and key.isalpha() and key.isascii() else key


@cache
def _scales() -> dict[str, dict[str, tuple[Fraction, Fraction]]]:
    """Scale and offset, by the name of what is measured and the spelling of the unit."""
    scales: dict[str, dict[str, tuple[Fraction, Fraction]]] = {}
    for name, text in _UNITS.items():
        units = scales.setdefault(name, {})
        for entry in text.replace("\n", " ").split(","):
            spellings, *numbers = entry.split()
            scale, offset = Fraction(numbers[0]), Fraction(numbers[1]) if len(numbers) > 1 else Fraction(0)
            for spelling in _spellings(spellings):
                # Of MW and mW the case decides.
                units[spelling if spelling != spelling.lower() else _key(spelling)] = scale, offset
    return scales


def _spellings(text: str) -> list[str]:
    """Of ``m/s/mps``: ``m/s`` and ``mps``, as a slash before an "s" or "h" alone is part of a unit."""
    parts = text.split("/")
    joined: list[str] = []
    for part in parts:
        if part in ("s", "h") and joined and joined[-1] in ("m", "km", "mi", "ft", "bit", "kbit", "mbit", "gbit"):
            joined[-1] += f"/{part}"
        else:
            joined.append(part)
    return joined
