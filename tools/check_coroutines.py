#!/usr/bin/env python3
"""Refuses coroutine forms that g++ 12 miscompiles (docs/coroutines.md), in sources and in cpp blocks of documents.

    braid-check-coroutines PATH...     checks these files, and the C++ and Markdown files in these folders
    tools/check_coroutines.py          checks braid's own tree, of which it is a part

Installed as braid-check-coroutines; the CMake function braid_check_coroutines(target) runs it whenever the target is
built. A lexical check: it reads tokens, finds the full expression around each co_await, and looks inside. It does not know
types, so it is stricter than the compiler: a braced list is refused although one that needs no destructor is sound.
A list of designated options (`{.times = 3}`) passes, because a braid option struct is trivially destructible.
A line that ends in `// coroutine-check: <reason>` is let through.

--every-condition also refuses a bare condition in a coroutine that names a local variable, which is safe there and not
in the coroutine that it is copied to. braid's examples and documents keep to that.
"""

import argparse
import pathlib
import re
import sys

FOLDERS = ("braid", "cmd", "tests", "examples", "bench")
LEFT_OUT = ("tests/probes/", "tests/tools/", "tests/consume/checked/unsound", "tests/consume/refused/")
DOCUMENTS = ("README.md", "docs/**/*.md")
SHOWN = ("README.md", "docs/", "examples/")  # code that is copied: safe in every coroutine
ENDINGS = (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h", ".ipp", ".md")

MENDS = {
    "owning-lambda": ("a lambda that captures by value inside a co_await expression is destroyed twice",
                      "name the lambda in a variable first, or capture by reference"),
    "braces": ("a braced list inside a co_await expression: an aggregate made there is destroyed twice, and an initializer "
               "list is refused by g++", "use emplace(...), call a constructor with (...), or name the value first"),
    "await-in-braces": ("a co_await inside the braces of an aggregate or an array copies its elements bit by bit",
                        "name the awaited value first, then build the aggregate"),
    "ternary": ("a ?: whose arm holds a co_await, or that stands inside a co_await expression, copies a class bit by bit",
                "use if and else"),
    "bare-condition": ("a co_await as a bare condition in a coroutine that names no local variable breaks its frame",
                       "name the result: if (const bool sent = co_await ...; sent)"),
    "copied-condition": ("a co_await as a bare condition is not safe in every coroutine that it may be copied to",
                         "name the result: if (const bool sent = co_await ...; sent)"),
}

TOKEN = re.compile(r"""
    (?P<skip> \s+ | //[^\n]* | /\*.*?\*/ | ^[ \t]*\#(?:[^\n\\]|\\.)*(?:\\\n(?:[^\n\\]|\\.)*)* )
  | (?P<text> R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
  | (?P<word> [A-Za-z_]\w* )
  | (?P<number> \.?\d(?:[eEpP][+-]|'?[\w.])* )
  | (?P<sign> ::|->\*?|&&|\|\||<=|>=|==|!=|<<|\+\+|--|[-+*/%^&|]=|\[\[|\]\]|. )
""", re.X | re.S | re.M)
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")": "(", "]": "[", "}": "{"}
AWAITS = {"co_await", "co_yield"}
STATEMENTS = {"return", "co_return", "throw", "else", "do", "case", "default", "goto", "break", "continue", "delete", "new",
              "using", "typedef", "co_await", "co_yield", "if", "while", "for", "switch", "try", "catch", "public", "private",
              "namespace", "template", "friend", "operator", "static_assert", "sizeof", "requires"}
CONDITIONS = {"if", "while", "switch", "for"}


class Source:
    """The tokens of one text, with the partner of every bracket and the bracket around every token."""

    def __init__(self, text, first_line=1):
        self.lines = text.split("\n")
        self.first_line = first_line
        self.words, self.at = [], []
        for match in TOKEN.finditer(text):
            if match.lastgroup != "skip" and not match.group("skip"):
                word = match.group()
                pieces = [word[0], word[1]] if word in ("[[", "]]") else [word]
                for piece in pieces:
                    self.words.append('""' if match.group("text") else piece)
                    self.at.append(match.start())
        self._line_starts = [0]
        for line in self.lines:
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._pair()

    def _pair(self):
        self.partner, self.around, stack = {}, [], []
        for i, word in enumerate(self.words):
            if word in CLOSE and stack and self.words[stack[-1]] == CLOSE[word]:
                self.partner[i] = stack.pop()
                self.partner[self.partner[i]] = i
            self.around.append(stack[-1] if stack else -1)
            if word in OPEN:
                stack.append(i)

    def line(self, i):
        low, high = 0, len(self._line_starts) - 1
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self._line_starts[middle] <= self.at[i] else (low, middle)
        return low + self.first_line

    def excused(self, i):
        return re.search(r"// coroutine-check: \S", self.lines[self.line(i) - self.first_line]) is not None

    def word(self, i):
        return self.words[i] if 0 <= i < len(self.words) else ""

    # What a bracket is.

    def is_attribute(self, i):
        return self.word(i) == "[" and (self.word(i + 1) == "[" or self.word(i - 1) == "[")

    def is_lambda(self, i):
        """[ opens a lambda when no value stands before it."""
        before = self.word(i - 1)
        if self.word(i) != "[" or self.is_attribute(i):
            return False
        return not (before in (")", "]", '""', "auto", "&", "&&") and (before in (")", "]", '""') or self._binds(i))
                    or (re.match(r"\w", before) is not None and before not in STATEMENTS))

    def _binds(self, i):
        """auto [a, b] = ..., auto& [a, b] : ..."""
        return self.word(i - 1) == "auto" or (self.word(i - 1) in ("&", "&&") and self.word(i - 2) == "auto")

    def lambda_body(self, i):
        """The { of the body of the lambda whose [ is at i, or None."""
        j = self.partner.get(i, len(self.words)) + 1
        while j < len(self.words) and self.words[j] not in (";", ")", "]", "}", ","):
            if self.words[j] == "{":
                return j
            j = self.partner.get(j, j) + 1 if self.words[j] in ("(", "[") else j + 1
        return None

    def is_body(self, i):
        """{ opens statements or declarations, not a list of initialisers."""
        before = self.word(i - 1)
        if before in (";", "{", "}", "else", "do", "try", ":", "const", "noexcept", "override", "mutable", "final", ""):
            return not (before in ("{", ":") and self.around[i] >= 0 and self.words[self.around[i]] == "{"
                        and not self.is_body(self.around[i]))
        if self._opens_type(i) or self._is_lambda_body(i):
            return True
        if before == ")":
            start = self.partner.get(i - 1, -1)
            return re.match(r"\w", self.word(start - 1)) is not None or self.word(start - 1) in (">", "]", ")", "*")
        return self._ends_return_type(i)

    def _is_lambda_body(self, i):
        j, steps = i - 1, 0
        while j >= 0 and steps < 60 and self.words[j] not in (";", "{", "}", ",", "(", "="):
            if self.words[j] in (")", "]"):
                start = self.partner.get(j, -1)
                if self.words[j] == "]" and self.is_lambda(start):
                    return True
                j = start
            j, steps = j - 1, steps + 1
        return False

    def _ends_return_type(self, i):
        """auto f() -> type {"""
        j = i - 1
        while j >= 0 and (re.match(r"\w", self.words[j]) or self.words[j] in ("::", "<", ">", "*", "&", ",")):
            j -= 1
        return j >= 1 and self.words[j] == "->" and self.word(j - 1) in (")", "noexcept", "mutable", "const")

    def _opens_type(self, i):
        j = i - 1
        while j >= 0 and self.words[j] not in (";", "{", "}", ")", "(", "="):
            if self.words[j] in ("struct", "class", "union", "enum", "namespace", "extern"):
                return True
            j -= 1
        return False

    # The expression around a co_await.

    def expression(self, i):
        """(first, last) of the full expression around token i: between ; { } of a statement or the ( ) of a condition."""
        around = self.around[i]
        while around >= 0 and not self._ends_expression(around):
            around = self.around[around]
        first = i
        while first - 1 > around and not (self.words[first - 1] == ";" and self.around[first - 1] == around):
            if self.words[first - 1] in CLOSE:
                if self.words[first - 1] == "}" and self.around[self.partner.get(first - 1, 0)] == around and (
                        self.is_body(self.partner.get(first - 1, 0)) and not self._is_lambda_body(self.partner.get(first - 1, 0))):
                    break
                first = self.partner.get(first - 1, first - 1)
            else:
                first -= 1
        last, limit = i, self.partner.get(around, len(self.words))
        while last + 1 < limit and self.words[last + 1] != ";":
            last = self.partner.get(last + 1, last + 1) if self.words[last + 1] in OPEN else last + 1
        return self._without_head(first, i), last

    def _ends_expression(self, i):
        if self.words[i] == "{":
            return self.is_body(i)
        return self.words[i] == "(" and self._is_condition(i)

    def _is_condition(self, i):
        return self.word(i - 1) in CONDITIONS or (self.word(i - 1) == "constexpr" and self.word(i - 2) == "if")

    def _without_head(self, first, i):
        """Skips `for (...)`, `else`, `case x:` and the like before the statement that holds token i."""
        while first < i:
            if self.words[first] in CONDITIONS and self.word(first + 1) == "(" and self.partner.get(first + 1, i) < i:
                first = self.partner[first + 1] + 1
            elif self.words[first] in ("else", "do"):
                first += 1
            elif self.words[first] in ("case", "default"):
                while first < i and self.words[first] != ":":
                    first += 1
                first += 1
            else:
                break
        return first

    def coroutine_body(self, i):
        """The { of the function or lambda whose statement token i is."""
        around = self.around[i]
        while around >= 0:
            if self.words[around] == "{" and self.is_body(around) and self._opens_function(around):
                return around
            around = self.around[around]
        return -1

    def _opens_function(self, i):
        before = self.word(i - 1)
        if before in ("else", "do", "try", ";", "{", "}", ":"):
            return False
        if before == ")":
            name = self.word(self.partner.get(i - 1, 0) - 1)
            return name not in CONDITIONS and name not in ("catch", "constexpr")
        return not self._opens_type(i)

    def nested_functions(self, first, last):
        """Tokens in [first, last] that belong to the body of a lambda inside it."""
        hidden, i = set(), first
        while i <= last:
            if self.is_lambda(i):
                body = self.lambda_body(i)
                if body is not None and body <= last:
                    hidden.update(range(body, self.partner.get(body, body) + 1))
                    i = self.partner.get(body, body)
            i += 1
        return hidden


def owning_captures(source, i):
    """The captures of the lambda at i that could own something: those by value, this apart."""
    end, j, items, item = source.partner.get(i, i), i + 1, [], []
    while j < end:
        if source.words[j] == ",":
            items.append(item)
            item = []
        else:
            stop = source.partner.get(j, j) if source.words[j] in OPEN else j
            item += source.words[j:stop + 1]
            j = stop
        j += 1
    items.append(item)
    return [item for item in items if item and item[0] != "&" and item != ["this"]]


def names_a_local(source, body):
    """Whether the coroutine with this body declares a variable: `type name` followed by = ; { ( : or [a, b]."""
    last = source.partner.get(body, len(source.words) - 1)
    hidden = source.nested_functions(body + 1, last)
    for i in range(body + 1, last):
        if i in hidden:
            continue
        word, before = source.words[i], source.word(i - 1)
        if word == "[" and source._binds(i):
            return True
        if not re.match(r"[A-Za-z_]", word) or word in STATEMENTS or source.word(i + 1) not in ("=", ";", "{", "(", ":", ")"):
            continue
        if source.word(i + 1) == ")" and source.word(source.around[i] - 1) != "catch":
            continue
        if re.match(r"[A-Za-z_]", before) and before not in STATEMENTS and before not in ("const", "not", "and", "or"):
            return True
        if before in (">", "&", "*", "&&") and _is_type_before(source, i - 1):
            return True
    return False


def _is_type_before(source, j):
    """Whether `...>`, `...&` or `...*` before a name starts a statement: `std::optional<int> name`, `auto& name`."""
    while j >= 0 and (re.match(r"\w", source.words[j]) or source.words[j] in ("::", "<", ">", "*", "&", "&&", ",")):
        if source.words[j] in STATEMENTS:
            return False
        j -= 1
    return source.word(j) in (";", "{", "}", "(")


def faults(source, every_condition=False):
    """(token, form) of every bad form."""
    for i, word in enumerate(source.words):
        if word in AWAITS and source.word(i - 1) not in ("operator", "."):
            first, last = source.expression(i)
            hidden = source.nested_functions(first, last)
            if i not in hidden:
                yield from expression_faults(source, i, first, last, hidden)
                if is_bare_condition(source, i, first, last):
                    if not names_a_local(source, source.coroutine_body(i)):
                        yield i, "bare-condition"
                    elif every_condition:
                        yield i, "copied-condition"


def expression_faults(source, i, first, last, hidden):
    for j in range(first, last + 1):
        if j in hidden:
            continue
        if source.is_lambda(j) and owning_captures(source, j):
            yield j, "owning-lambda"
        elif source.words[j] == "{" and source.partner.get(j, j) > i > j:
            yield j, "await-in-braces"
        elif source.words[j] == "{" and not harmless_braces(source, j):
            yield j, "braces"
        elif source.words[j] == "?" and not is_condition_of_ternary(source, i, j, last):
            yield j, "ternary"


def harmless_braces(source, i):
    """Designated options, and `type name{...}` of a declaration is never inside an expression."""
    return source.word(i + 1) == "."


def is_condition_of_ternary(source, i, j, last):
    """`co_await x ? a : b` outside any call: the await ends before the ?."""
    return source.around[i] == source.around[j] and i < j and "co_await" not in source.words[j:last + 1]


def is_bare_condition(source, i, first, last):
    """The co_await is the condition itself and not the initialiser of a variable in it."""
    opening = first - 1
    while opening >= 0 and not (source.words[opening] == "(" and source.partner.get(opening, -1) > last - 1):
        opening = source.around[opening + 1] if source.around[opening + 1] < opening else opening - 1
    if opening < 0 or not source._is_condition(opening) or source.coroutine_body(opening) != source.coroutine_body(i):
        return False
    return "=" not in source.words[first:i]


def texts(path):
    """(text, first line) of every piece of C++ in a file."""
    text = path.read_text(errors="replace")
    if path.suffix != ".md":
        yield text, 1
        return
    for block in re.finditer(r"^```(?:cpp|c\+\+)[^\n]*\n(.*?)^```", text, re.M | re.S):
        yield block.group(1), text.count("\n", 0, block.start(1)) + 1


def check(path, name, every_condition=False):
    """One sentence for each fault in the file."""
    for text, first_line in texts(path):
        if not any(word in text for word in AWAITS):
            continue
        source = Source(text, first_line)
        for i, form in sorted(set(faults(source, every_condition))):
            if not source.excused(i):
                reason, mend = MENDS[form]
                yield f"{name}:{source.line(i)}: {form}: {reason}; {mend}"


def files_of(root):
    """The files of braid's own tree."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp") and not str(path.relative_to(root)).startswith(LEFT_OUT):
                yield path
    for pattern in DOCUMENTS:
        yield from sorted(root.glob(pattern))


def named_files(paths):
    """The files that the command line names; those of a folder by their endings."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in ENDINGS and each.is_file())
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="*", type=pathlib.Path, help="a file, or a folder with all its C++ and Markdown files")
    parser.add_argument("--every-condition", action="store_true", help="refuse bare conditions beside a local variable too")
    arguments = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    if not arguments.path and not (root / "braid" / "braid.hpp").is_file():
        parser.error("no path given; name the files or folders to check")
    missing = [str(path) for path in arguments.path if not path.exists()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    if arguments.path:
        files = [(path, str(path), arguments.every_condition) for path in named_files(arguments.path)]
    else:
        named = [(path, str(path.relative_to(root))) for path in files_of(root)]
        files = [(path, name, name.startswith(SHOWN)) for path, name in named]
    found = [line for path, name, every in files for line in check(path, name, every)]
    for line in found:
        print(line)
    print(f"check_coroutines: {len(files)} files, {len(found)} bad forms", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
