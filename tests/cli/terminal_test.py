"""What stays on a terminal's screen: no byte of a job is damaged by braid's own lines."""

import os
import pty

from tool import BRAID, TestCase, main

WIDTH = 80


def screen(text):
    """The lines that a terminal of WIDTH columns shows after these bytes; what was overwritten is gone."""
    lines, column = [[]], 0
    at = 0
    while at < len(text):
        if text[at:at + 3] == "\x1b[K":
            del lines[-1][column:]
            at += 3
            continue
        if text[at] == "\r":
            column = 0
        elif text[at] == "\n":
            lines.append([])
        else:
            if column == WIDTH:
                lines.append([])
                column = 0
            lines[-1] += [" "] * (column + 1 - len(lines[-1]))
            lines[-1][column] = text[at]
            column += 1
        at += 1
    return ["".join(line).rstrip() for line in lines]


def on_terminal(*words, env=None):
    """Runs braid with all three descriptors on a terminal of its own; what it shows in the end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(BRAID, [BRAID, "map", *words], {**os.environ, "TERM": "xterm", "NO_COLOR": "", **(env or {})})
    seen = b""
    while True:
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return screen(seen.decode())


class OnATerminal(TestCase):
    def test_the_screen_of_this_test_wraps_and_erases_as_a_terminal_does(self):
        self.assertEqual(screen("ab\r\ncd\rX\x1b[K"), ["ab", "X"])
        self.assertEqual(screen("a" * 80 + "\r" + "b"), ["b" + "a" * 79])
        self.assertEqual(screen("ab" + " " * 80 + "\r\x1b[Kc"), ["ab", "c"])
        self.assertEqual(screen(" " * 80 + "\r\x1b[Kc"), ["c"])

    def test_a_terminal_of_plain_text_shows_the_summary_on_a_line_of_its_own(self):
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            for options in ((), ("-u",)):
                shown = on_terminal(*options, "-j1", "printf part; false", ":::", "a", env=env)
                self.assertEqual(shown[0], "part", (env, options))
                self.assertRegex(shown[1], "^1 job in ")

    def test_a_last_line_without_newline_survives_progress_line_and_summary(self):
        for options in ((), ("-k",), ("-u",)):
            shown = on_terminal(*options, "-j1", "printf part-{}; sleep 1.3; false", ":::", "a", "b")
            self.assertEqual(shown[0], "part-apart-b", (options, shown))
            self.assertRegex(shown[1], r"^2 jobs in .*2 failed", (options, shown))

    def test_a_line_of_ours_after_whole_lines_stands_on_the_next_one(self):
        for options in ((), ("-u",)):
            shown = on_terminal(*options, "-j1", "echo line-{}; false", ":::", "a", "b")
            self.assertEqual(shown[:2], ["line-a", "line-b"], (options, shown))
            self.assertRegex(shown[2], "^2 jobs in", (options, shown))

    def test_an_error_without_newline_is_followed_by_our_lines_on_the_next(self):
        shown = on_terminal("-j1", "printf oops >&2; false {}", ":::", "a")
        self.assertEqual(shown[0], "oops")
        self.assertRegex(shown[1], "^1 job in")


if __name__ == "__main__":
    main()
