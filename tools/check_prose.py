#!/usr/bin/env python3
"""Counts the patterns of prose that make readers read twice, and fails where a file has more than is known of it.

check_prose.py [--root FOLDER] [--write] [--show PATH...]

Over the comments of braid/ and cmd/, the sentences there that users see (string literals of three words and more), README.md,
CONTRIBUTING.md and docs/:
  headless   a comment or sentence that opens with Who, Whoever, What, Whatever or That as a noun: begin with the thing itself
  number     so many, so long as, so often, that many: say the number or its name
  person     nobody, somebody, everybody, whoever, whom for code: name the thread, task or caller
  no-noun    "is no X": say what it is, or "is not a X"
  answer     a comment that opens with True:, False:, Null: or None:: "Returns true if ..."
  archaic    dear, mend, for ever, to and fro, but for, rightly, at last; a sentence that ends in ", mostly" or ", too"
  long       a sentence of more than 40 words
tools/prose_counts.txt holds what is known: a count and a path in each line. --write takes the counts of today, --show
prints what was found in these files. Exit status: 0 when no file differs from its count, 1 otherwise.
"""
import argparse
import collections
import pathlib
import re
import sys

KINDS = {
    "headless": r"(?:^|(?<=[.:;] ))(?:Who|Whoever|What|Whatever)\b(?![^.]*\?)|(?:^|(?<=\. ))That (?:a|an|the|it|they|one|no)\b",
    "number": r"\b(?:so many|so long as|so often|so much|that many|as many as that)\b",
    "person": r"\b(?:nobody|somebody|everybody|anybody|whoever|whom)\b",
    "no-noun": r"(?<!there )(?<!There )\b(?:is|are|was) no (?!longer\b|more\b|less\b|one\b)[a-z]+",
    "answer": r"(?:^|(?<=\. ))(?:True|False|Null|None): ",
    "archaic": r"\b(?:dear|mend|mends|mended|for ever|to and fro|but for|rightly|at last)\b|, (?:mostly|too)[.:;)]",
    "long": None,
}
PATTERNS = {kind: re.compile(pattern, re.I if kind in ("number", "person", "archaic") else 0) for kind, pattern in KINDS.items() if pattern}
MOST_WORDS = 40
KNOWN = "tools/prose_counts.txt"
COMMENT = re.compile(r"^\s*//[/!]?<?\s?(.*)$")
TRAILING = re.compile(r"\S.*?(?<![:\"'])//[/!]?<?\s(.*)$")
INCLUDE = re.compile(r"^\s*#")


def blocks_of_code(text):
    """Comments as they are read: lines that follow each other are one text, up to an empty line or an item of a list."""
    block = []
    for line in text.splitlines() + [""]:
        whole = COMMENT.match(line)
        words = whole.group(1) if whole else ""
        starts_new = re.match(r"\s*(?:\d+\.|[-*]) ", words) is not None
        if block and (not whole or not words.strip() or starts_new):
            yield " ".join(block)
            block = []
        if whole and words.strip() and not words.startswith("  "):
            block.append(re.sub(r"^\s*(?:\d+\.|[-*]) ", "", words).strip())
        elif whole and words.strip() and block:
            block.append(words.strip())
        elif not whole and not INCLUDE.match(line):
            trailing = TRAILING.search(line)
            if trailing:
                yield trailing.group(1).strip()
    code = "\n".join("" if COMMENT.match(line) or INCLUDE.match(line) else line for line in text.splitlines())
    for found in re.finditer(r"(?:\"(?:[^\"\\\n]|\\.)*\"\s*)+", code):
        sentence = "".join(re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"", found.group()))
        if len(sentence.split()) >= 3:
            yield sentence


def blocks_of_document(text):
    """Paragraphs, items and cells; no blocks of code, no code between back quotes."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    text = re.sub(r"`[^`\n]*`", "x", text)
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)", text):
        for cell in paragraph.split("|") if paragraph.lstrip().startswith("|") else [paragraph]:
            words = re.sub(r"^\s*(?:#+|[-*]|\d+\.)\s+", "", cell.replace("\n", " ")).replace("**", "").strip()
            if words:
                yield words


def found_in(path):
    """(kind, the words around it) for each match in one file."""
    text = path.read_text()
    for block in blocks_of_document(text) if path.suffix == ".md" else blocks_of_code(text):
        for kind, pattern in PATTERNS.items():
            for match in pattern.finditer(block):
                yield kind, block[max(0, match.start() - 30):match.end() + 50]
        for sentence in re.split(r"(?<=[.:;?!]) ", block):
            if len(sentence.split()) > MOST_WORDS:
                yield "long", sentence[:90] + "..."


def files_of(root):
    code = [path for top in ("braid", "cmd") for path in (root / top).rglob("*")
            if path.suffix in (".hpp", ".cpp") and "_test" not in path.name]
    documents = [root / name for name in ("README.md", "CONTRIBUTING.md")] + list((root / "docs").rglob("*.md"))
    return sorted(code + [path for path in documents if path.is_file()])


def known_counts(root):
    lines = (root / KNOWN).read_text().splitlines() if (root / KNOWN).is_file() else []
    return {path: int(count) for count, path in (line.split(" ", 1) for line in lines)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--write", action="store_true", help="take the counts of today")
    parser.add_argument("--show", nargs="+", default=[], metavar="PATH", help="print what was found in these files")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    found = {path.relative_to(root).as_posix(): list(found_in(path)) for path in files_of(root)}
    if not found:
        sys.exit(f"check_prose: no source and no document under {root}: is --root right?")
    for path in arguments.show:
        print(*(f"{path}: {kind}: {words}" for kind, words in found.get(path, [])), sep="\n")
    if arguments.write:
        (root / KNOWN).parent.mkdir(exist_ok=True)
        (root / KNOWN).write_text("".join(f"{len(matches)} {path}\n" for path, matches in found.items() if matches))
    known = known_counts(root)
    wrong = {path for path in found.keys() | known.keys() if len(found.get(path, [])) != known.get(path, 0)}
    for path in sorted(wrong):
        now, before = len(found.get(path, [])), known.get(path, 0)
        if now > before:
            print(f"{path}: {now} sentences that are read twice, {before} are known; "
                  f"rewrite the new one:", *(f"  {kind}: {words}" for kind, words in found[path]), sep="\n")
        else:
            print(f"{path}: {now} sentences that are read twice, {before} are known: tools/check_prose.py --write keeps it so")
    sums = collections.Counter(kind for matches in found.values() for kind, _ in matches)
    print(f"check_prose: {len(found)} files, {sum(sums.values())} known ("
          + ", ".join(f"{kind} {sums[kind]}" for kind in KINDS) + f"), {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
