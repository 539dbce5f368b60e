"""How names sound: a speech engine writes "Bucky" for Bukky and "she won" for Siobhan.

Letters become sounds by the rules of ``en/sounds.toml``, one sign a sound. Two strings of sounds are as far apart
as the cheapest way to turn one into the other: near sounds cost little to change, vowels and weak sounds little to
drop. With eSpeak NG's own phonemes in place of these rules no more names are found in other voices than eSpeak's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.understanding.language import load
from assistant.understanding.words import plain

LONGEST = 14  # sounds; what is longer is compared by its beginning

_VOWELS = "ieaou@EIOWY"
_SIGNS = "pbtdkgfvTszSZCJmnNlrwyh" + _VOWELS
_WEAK = "hwyr"  # dropped or heard in by many voices
# What it costs to hear one sound for the other; 1 for two consonants not here, 0.35 for two vowels.
_NEAR = """
pb.3 td.3 kg.3 fv.3 sz.2 SZ.2 CJ.3 SC.4 SJ.5 ZJ.3 sS.45 zS.5 zZ.5 tC.45 dJ.45 Tf.4 Td.4 Tt.5 Ts.6 Tv.5 mn.35
nN.2 mN.4 lr.5 wv.4 bv.4 pf.5 wr.5 lw.5 yJ.5 hk.6 tk.6 dg.6 bd.6 pt.6 pk.6 bm.6 dn.6 ln.6 dr.6 dl.7 hw.5 yi.2
yI.3 yE.3 wu.2 wo.4 wO.4 wW.4 ie.2 ea.25 a@.12 e@.15 i@.2 o@.2 u@.2 ao.15 ou.2 oO.1 uO.2 eE.15 iE.2 aE.25 aI.2
iI.25 eI.3 EI.15 aW.2 oW.2 OW.15 oY.2 IY.2 @O.25 @E.3 iu.3 aO.25
"""
_TWICE = re.compile(r"(.)\1+")
_MAGIC_E = re.compile(r"([aeiou])([bcdfgklmnpstvz])e(s?)\$")

Likeness = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]


@lru_cache(maxsize=16_384)
def sound(word: str) -> str:
    """The sounds of a word, or of several with spaces between."""
    return _TWICE.sub(r"\1", "".join(_read(part) for part in re.split(r"[\s'-]+", plain(word))))


@lru_cache(maxsize=4096)
def name_sounds(name: str) -> tuple[str, ...]:
    """Every way a name may be said."""
    table = load("sounds")["names"]
    said = [pair.split(">") for pair in table["said"].split()]
    parts = plain(name).split()
    rest = sound(" ".join(parts[1:]))
    lead = parts[0] if parts else ""
    ways = [sounds for one, sounds in said if one == lead] + [sound(lead)]
    for pair in table["also"]:
        letters, sounds = pair.split(">")
        if (other := _read(lead, (letters, sounds))) != ways[-1]:
            ways.append(other)
    return tuple(dict.fromkeys(_TWICE.sub(r"\1", way + rest) for way in ways if way))


@lru_cache(maxsize=16_384)
def weight(sounds: str) -> float:
    """How much there is to hear: a consonant counts 1, a vowel a half."""
    return sum(0.5 if sign in _VOWELS else 1.0 for sign in sounds[:LONGEST])


def first_vowel(sounds: str) -> str:
    """The first vowel in a string of sounds, if any."""
    return next((sign for sign in sounds if sign in _VOWELS), "")


def likeness(heard: Sequence[str], names: Sequence[str]) -> Likeness:
    """How alike strings of sounds are, each of ``heard`` (rows) and each of ``names`` (columns): 1 the same, 0 or
    less nothing alike. Pairs too different in length to be alike are 0."""
    if not heard or not names:
        return np.zeros((len(heard), len(names)), np.float32)
    loud, soft = (np.array([weight(s) for s in some], np.float32) for some in (heard, names))
    both = (loud[:, None] + soft[None, :]) / 2
    rows, columns = np.nonzero(abs(loud[:, None] - soft[None, :]) <= 0.6 * both)
    alike = np.zeros(both.shape, np.float32)
    alike[rows, columns] = 1 - _apart(_codes(heard)[rows], _codes(names)[columns]) / both[rows, columns]
    return alike


def _apart(mine: Codes, other: Codes) -> Likeness:
    """What it costs to turn each row of ``mine`` into the row beside it."""
    costs, gaps = _costs()
    mine, other = np.ascontiguousarray(mine.T), np.ascontiguousarray(other.T)
    skip = gaps[other]
    row = [np.zeros(mine.shape[1], np.float32)]
    for gap in skip:
        row.append(row[-1] + gap)
    for signs in mine:
        drop = gaps[signs]
        above = [row[0] + drop]
        for j, sign in enumerate(other):
            cheapest = np.minimum(row[j + 1] + drop, row[j] + costs[signs, sign])
            above.append(np.minimum(cheapest, above[j] + skip[j]))
        row = above
    return row[-1]


def _read(word: str, also: tuple[str, str] | None = None) -> str:
    rules, pattern = _rules(also)
    letters = "^" + "".join(c for c in word if "a" <= c <= "z") + "$"
    if not (also and also[0] == "e$"):
        long = load("sounds")["letters"]["long"]
        letters = _MAGIC_E.sub(lambda m: long[m[1]] + m[2].replace("c", "s") + m[3] + "$", letters)
    signs = pattern.sub(lambda m: rules.get(m[0], "" if m[0] in "^$" else m[0]), letters)
    return _TWICE.sub(r"\1", signs)


@lru_cache
def _rules(also: tuple[str, str] | None) -> tuple[dict[str, str], re.Pattern[str]]:
    """Letters to sounds, and a pattern that finds the longest letters that have some."""
    rules = {}
    for pair in load("sounds")["letters"]["rules"].split():
        letters, _, sounds = pair.partition(">")
        rules[letters] = sounds
    if also:
        rules[also[0]] = also[1]
    longest = sorted(rules, key=lambda letters: (-len(letters.strip("^$")), -len(letters)))
    return rules, re.compile("|".join([*map(re.escape, longest), "."]))


@lru_cache
def _costs() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(of hearing one sound for another, of dropping one), by the signs' codes; 0 is no sound."""
    size = len(_SIGNS) + 1
    change, drop = np.ones((size, size), np.float32), np.full(size, 0.8, np.float32)
    vowels, weak = [_code(v) for v in _VOWELS], [_code(c) for c in _WEAK]
    change[np.ix_(vowels, vowels)] = 0.35
    drop[[*vowels, *weak]] = 0.4
    drop[_code("@")] = 0.25
    for near in _NEAR.split():
        a, b = _code(near[0]), _code(near[1])
        change[a, b] = change[b, a] = float(near[2:])
    np.fill_diagonal(change, 0)
    change[0] = drop  # past the end of one of the two
    change[:, 0] = drop
    drop[0] = change[0, 0] = 0
    return change, drop


def _codes(many: Sequence[str]) -> Codes:
    letters = "".join(sounds[:LONGEST].ljust(LONGEST) for sounds in many).encode("ascii")
    return _CODE_OF[np.frombuffer(letters, np.uint8).reshape(-1, LONGEST)]


def _code(sign: str) -> int:
    return _SIGNS.find(sign) + 1


_CODE_OF = np.array([_code(chr(letter)) for letter in range(128)])
