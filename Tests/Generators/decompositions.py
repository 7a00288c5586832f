#!/usr/bin/env python3
"""Writes Sources/TextAnalysis/DecompositionTable.swift from Python's Unicode database.

usage: Tests/Generators/decompositions.py > Sources/TextAnalysis/DecompositionTable.swift

Takes the module unicodedata2 where it is installed, as it is newer than the one of Python; a published decomposition
never changes, so that a newer version only adds lines. Hangul syllables are left out: they are computed.
"""
import textwrap

try:
    import unicodedata2 as unicodedata
except ImportError:
    import unicodedata

HEAD = '''// Written by Tests/Generators/decompositions.py; do not edit.

/// The decomposition mappings of Unicode {version} (field 5 of UnicodeData.txt): {count} characters, {runs} runs.
///
/// In hexadecimal, one run a word: `gap.` is how many code points are skipped since the end of the last run, `~` marks
/// a compatibility mapping, then the scalars of the mapping, then `+n` where the run goes on for n more code points
/// whose mappings differ by one in their last scalar.
enum DecompositionTable {{
  static let text = """
'''


def mappings():
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:
            continue
        parts = unicodedata.decomposition(chr(code)).split()
        if parts:
            is_compatible = parts[0].startswith("<")
            yield code, is_compatible, [int(part, 16) for part in parts[is_compatible:]]


def runs():
    run = None
    for code, kind, mapping in mappings():
        if run:
            start, length, run_kind, first = run
            if code == start + length and kind == run_kind and mapping == first[:-1] + [first[-1] + length]:
                run[1] += 1
                continue
            yield run
        run = [code, 1, kind, mapping]
    yield run


words, count, end = [], 0, 0
for start, length, kind, mapping in runs():
    gap = f"{start - end:x}." if start > end else ""
    rest = f"+{length - 1:x}" if length > 1 else ""
    words.append(gap + "~" * kind + ",".join(f"{scalar:x}" for scalar in mapping) + rest)
    count, end = count + length, start + length
print(HEAD.format(version=unicodedata.unidata_version, count=count, runs=len(words)), end="")
print(textwrap.fill(" ".join(words), 118, initial_indent="    ", subsequent_indent="    "))
print('    """\n}')
